"""An agency's own PostgreSQL, given by `DATABASE_URL`: its owner need be no superuser."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from recoup.config import database
from recoup.config.database import conninfo, ensure_roles, for_django, parameters


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, django_db_setup: None) -> Iterator[str]:
    """A database of an owner who may make roles and nothing more, and a serving role of its own."""
    mark = secrets.token_hex(4)
    boss, app, own = f"boss_{mark}", f"app_{mark}", f"given_{mark}"
    place = parameters("superuser") | {"dbname": "postgres"}
    with psycopg.connect(conninfo(place), autocommit=True) as db:
        db.execute(
            sql.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD 'p w'").format(sql.Identifier(boss))
        )
        db.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(own), sql.Identifier(boss))
        )
        monkeypatch.setattr(database, "APP", app)
        monkeypatch.setenv(f"RECOUP_PG_{app.upper()}", "first word")
        url = f"postgresql://{boss}:p%20w@/{own}?host={place['host']}&port={place['port']}&application_name=recoup"
        monkeypatch.setenv("DATABASE_URL", url)
        yield app
        db.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(own)))
        for role in (app, boss):
            db.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def who(role: str) -> tuple[object, ...] | None:
    with psycopg.connect(conninfo(parameters(role))) as db:
        return db.execute("SELECT current_user, current_setting('application_name')").fetchone()


def test_a_given_server_is_prepared_again_and_again_without_a_superuser(given: str) -> None:
    ensure_roles()
    assert who("app") == (given, "recoup"), "what else the address says counts for both"
    ensure_roles()
    assert who("app") == (given, "recoup")


def test_a_new_password_of_the_serving_role_takes_effect(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_roles()
    monkeypatch.setenv(f"RECOUP_PG_{given.upper()}", "second word")
    ensure_roles()
    assert who("app") == (given, "recoup")


def test_what_django_has_no_name_for_is_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://o:p@db.example:6000/x?sslmode=verify-full")
    found = for_django("owner")
    assert found["OPTIONS"] == {"sslmode": "verify-full"}
    assert [found[key] for key in ("HOST", "PORT", "NAME", "USER")] == [
        "db.example",
        "6000",
        "x",
        "o",
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to somebody else")
def test_files_restored_without_their_owner_are_refused_with_the_remedy(tmp_path: Path) -> None:
    """A copy made by `cp -r` as root: PostgreSQL would not start and leave no word of it."""
    cluster = database.Cluster()
    cluster.place, cluster.data = tmp_path, tmp_path / "data"
    cluster.data.mkdir()
    (cluster.data / "PG_VERSION").write_text(str(database.major(cluster.binaries())))
    with pytest.raises(SystemExit, match=f"chown -R {cluster.user.uid} {tmp_path}"):
        cluster.initialise()
    os.chown(cluster.data, cluster.user.uid, cluster.user.gid)
    cluster.initialise()
