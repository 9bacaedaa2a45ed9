"""A throw-away database of its own for benchmarks and simulations, beside the agency's: made, migrated,
used and dropped. Needs the embedded server, or a superuser's word for another."""

import os
import subprocess
import sys
from collections.abc import Sequence

import psycopg
from psycopg import sql

from recoup.config import database

MARK = "RECOUP_WORKSHOP"


def superuser(dbname: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection that row security and triggers do not bind: for making data and for checking alone."""
    place = database.parameters("superuser") | {"dbname": dbname}
    return psycopg.connect(**place, autocommit=True)  # type: ignore[arg-type]


def in_workshop(command: Sequence[str]) -> int | None:
    """Run `recoup command` again in a database of its own and return its exit code; None when this process
    is that one already. Exit 1 where no such database can be made."""
    if os.environ.get(MARK):
        return None
    if database.given_url() is not None:
        print("recoup: this needs the embedded database (unset DATABASE_URL)", file=sys.stderr)
        return 1
    name = f"workshop_{os.getpid()}"
    made(name)
    try:
        place = os.environ | {MARK: "yes", "RECOUP_DB_NAME": name, "RECOUP_ADMIN": "yes"}
        return subprocess.run(
            [sys.executable, "-m", "recoup", *command], env=place, check=False
        ).returncode
    finally:
        if not os.environ.get("RECOUP_KEEP_WORKSHOP"):
            with superuser("postgres") as db:
                db.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
                )


def made(name: str) -> None:
    with superuser("postgres") as db:
        db.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(database.OWNER)
            )
        )
    with superuser(name) as inside:
        database.prepare(inside, database.OWNER)


def migrated() -> None:
    """The tables, as the owner makes them."""
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", database="owner", verbosity=0)
    connections["owner"].close()
