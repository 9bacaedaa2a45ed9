"""A database put back to an earlier moment: nothing leaves a second time (HOSTILE OP07, LT14).

The restore is a real one: the test's database is copied, life goes on, and the copy takes its place.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connections
from psycopg import sql

from conftest import superuser
from recoup.cases.models import Task
from recoup.cases.tests.cast import TODAY, add_debtor, at_work, line, sign_up
from recoup.contact.models import Permit
from recoup.eventlog.heads import publish_head
from recoup.eventlog.operations import record, seal_waiting
from recoup.jobs.dispatch import work_outbox
from recoup.jobs.tests.mail import caught, post_office
from recoup.journeys.day import run_day
from recoup.journeys.prove.chain import published_otherwise
from recoup.journeys.remit import approve
from recoup.journeys.restored import look_for_restore, mark_restored, release, said
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import Refusal
from recoup.outbox.models import Message
from recoup.outbox.operations import queue
from recoup.payments.models import PayoutDecision
from recoup.payments.operations import remit
from recoup.payments.tests.cast import case_of, trust_account
from recoup.payments.tests.test_remit import Bank
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency, Restore
from recoup.tenancy.restores import place_of_rest
from recoup.webhooks.operations import due_endpoints
from tests.cast import NOW

pytestmark = pytest.mark.kills
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def places(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A mail server that cannot be asked what it has got, a letter box that can."""
    settings.MAIL_ROOT, settings.LETTERS_ROOT = tmp_path / "mail", tmp_path / "letters"
    settings.HEADS_ROOT, settings.HEADS_COPY = str(tmp_path / "heads"), ""
    (tmp_path / "heads").mkdir()
    settings.MAIL_CATCHER, settings.EMAIL_HOST = False, "127.0.0.1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    office = post_office(settings.MAIL_ROOT)
    settings.EMAIL_PORT = office.port
    yield tmp_path
    office.stop()


@contextmanager
def put_back() -> Iterator[None]:
    """What is committed inside the block is gone after it, as by restoring a backup taken before."""
    name, copy = os.environ["RECOUP_DB_NAME"], f"{os.environ['RECOUP_DB_NAME']}_backup"
    fresh = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    connections.close_all()
    with superuser() as db:
        db.execute(fresh.format(sql.Identifier(copy), sql.Identifier(name)))
    yield
    connections.close_all()
    with superuser() as db:
        db.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        db.execute(fresh.format(sql.Identifier(name), sql.Identifier(copy)))
        db.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(copy)))


def written_to(house: Any) -> None:
    """A case whose debtor is to be written to by letter and e-mail today."""
    with scope(house.id):
        trust_account(house.agency)
        at_work(sign_up(house), lines=[line("RE-1", "1200.00")], debtor=add_debtor(house))  # fmt: skip


def live(house: Any) -> None:
    run_day(agency=house.agency, on=TODAY, by=SYSTEM, at=NOW)


def gone_out(places: Path) -> tuple[int, int]:
    """(e-mails, letters) that the world outside has got."""
    return len(caught(places / "mail")), len(list((places / "letters").glob("*/*.pdf")))


def states(house: Any) -> dict[str, str]:
    with scope(house.id):
        return dict(Message.objects.filter(gated=True).values_list("channel", "state"))


@pytest.mark.parametrize("planned", ["before the backup", "after the backup"])
def test_what_left_after_the_backup_leaves_no_second_time(
    committed_house: Any, places: Path, planned: str
) -> None:
    house = committed_house
    written_to(house)
    if planned == "before the backup":
        live(house)
    assert look_for_restore(agency=house.agency, at=NOW) is None
    with put_back():
        live(house)
        assert work_outbox(agency=house.id, now=NOW)["sent"] >= 2
    sent = gone_out(places)
    assert sent[1] == 1 and sent[0] >= 1

    restore = look_for_restore(agency=house.agency, at=LATER)
    assert restore is not None and restore.because == "place"
    live(house)  # the house lives on: what it plans meanwhile waits like the rest
    assert work_outbox(agency=house.id, now=LATER) == {}
    assert gone_out(places) == sent, "nothing leaves"
    with scope(house.id):
        release(agency=house.agency, restore=restore, note="compared with the letter box", compared=[], by=SYSTEM, at=LATER)  # fmt: skip
    work_outbox(agency=house.id, now=LATER)
    assert gone_out(places) == sent, (
        "the letter box was asked; the mail server cannot be, so a person is"
    )
    assert states(house) == {"letter": "sent", "email": "unclear"}
    with scope(house.id):
        assert Task.objects.filter(kind="undelivered", done_at__isnull=True).exists()
        assert Permit.objects.filter(channel="letter").count() == 1, "the contact counts"
    assert look_for_restore(agency=house.agency, at=LATER) is None, "noticed once"


def test_a_later_head_of_the_chain_stops_a_database_that_lies_where_it_lay(
    committed_house: Any, places: Path
) -> None:
    house = committed_house
    with scope(house.id):
        queue(agency=house.id, channel="email", key="k", recipient="a@client.example",
              payload={"subject": "s", "text": "t", "attachments": []}, at=NOW, gated=False)  # fmt: skip
    happen(house, 1)
    assert look_for_restore(agency=house.agency, at=NOW) is None
    with put_back():
        happen(house, 3)
    with scope(house.id):  # as if it had been put back in its old place
        Agency.objects.filter(id=house.id).update(lives_in="")
    restore = look_for_restore(agency=house.agency, at=LATER)
    assert restore is not None and restore.because == "witness"
    assert restore.params["published"] == restore.params["seq"] + 3
    assert "was published" in said(restore).sentence()
    assert missed(house)
    with pytest.raises(IntegrityError, match="was restored"), scope(house.id):
        Message.objects.filter(key="k").update(state="attempting")
    with scope(house.id):
        release(agency=house.agency, restore=restore, note="nothing had left", compared=["email"], by=SYSTEM, at=LATER)  # fmt: skip
    assert work_outbox(agency=house.id, now=LATER) == {"sent": 1}
    assert missed(house) == [], "what is known to be gone is no longer missed"
    happen(house, 1, at=LATER + timedelta(minutes=1))
    assert look_for_restore(agency=house.agency, at=LATER) is None
    with put_back():
        happen(house, 1, at=LATER + timedelta(minutes=2))
    with scope(house.id):
        Agency.objects.filter(id=house.id).update(lives_in="")
    assert look_for_restore(agency=house.agency, at=LATER + timedelta(hours=1)), "nor is the next one overlooked"  # fmt: skip


def missed(house: Any) -> list[str]:
    with scope(house.id):
        return published_otherwise(house.id)


def happen(house: Any, times: int, at: Any = NOW) -> None:
    """Events, sealed, and the head of their chain published."""
    with scope(house.id):
        for _ in range(times):
            record(agency=house.id, kind="NoteAdded", by=SYSTEM, at=at)
        seal_waiting(agency=house.id)
    publish_head(agency=house.id, at=at)


def test_a_payment_file_is_not_approved_before_anybody_has_looked(
    committed_house: Any, places: Path
) -> None:
    """The worker looks once a minute; who approves a file in between looks too."""
    house = committed_house
    with scope(house.id):
        trust_account(house.agency)
        Bank(house).pays(case_of(house.agency, "1000.00"), "300.00")
        (payout,) = remit(
            agency=house.id, on=NOW.date(), by=house.actor("finance_officer"), at=NOW
        ).payouts
        second = house.actor("supervisor")
    assert look_for_restore(agency=house.agency, at=NOW) is None
    with put_back():
        pass
    with scope(house.id):
        with pytest.raises(Refusal) as refused:
            approve(agency=house.agency, payout=payout, sha256=payout.document.sha256, by=second, at=LATER)  # fmt: skip
        assert refused.value.code == "restored"
        assert (
            not PayoutDecision.objects.exists()
            and Restore.objects.filter(released_at=None).exists()
        )


def test_a_person_can_say_so_and_must_say_what_was_compared(
    committed_house: Any, places: Path
) -> None:
    house = committed_house
    restore = mark_restored(agency=house.agency, why="snapshot of the night", who="Anna", at=NOW)
    assert restore is not None
    again = mark_restored(agency=house.agency, why="again", who="Anna", at=NOW)
    assert again is not None and again.id == restore.id, "one at a time"
    with scope(house.id):
        assert due_endpoints(agency=house.id, at=NOW) == []
        with pytest.raises(Refusal, match="compared"):
            release(agency=house.agency, restore=restore, note=" ", compared=[], by=SYSTEM, at=NOW)
        release(agency=house.agency, restore=restore, note="all of it", compared=[], by=SYSTEM, at=NOW)  # fmt: skip
        with pytest.raises(Refusal, match="already"):
            release(agency=house.agency, restore=restore, note="twice", compared=[], by=SYSTEM, at=NOW)  # fmt: skip
    with pytest.raises(IntegrityError, match="never changed"), scope(house.id):
        Restore.objects.filter(id=restore.id).update(note="another")


def test_a_host_that_does_not_tell_its_server_is_known_by_its_database(
    committed_house: Any,
) -> None:
    told = place_of_rest().split("/")
    assert len(told) == 3 and all(part.isdigit() for part in told)
    with superuser(os.environ["RECOUP_DB_NAME"]) as db:
        db.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
        try:
            assert place_of_rest() == f"-/-/{told[2]}"
        finally:
            db.execute("GRANT EXECUTE ON FUNCTION pg_control_system() TO PUBLIC")


def test_lt14_a_copy_for_trying_out_writes_to_nobody_else(
    committed_house: Any, places: Path, settings: Any
) -> None:
    house = committed_house
    settings.ONLY_TO = {"tester@house.example", "trial.example"}
    written_to(house)
    live(house)
    with scope(house.id):
        for address in ("Tester@house.example", "any@trial.example", "any@house.example"):
            queue(agency=house.id, channel="email", key=address, recipient=address,
                  payload={"subject": "s", "text": "t", "attachments": []}, at=NOW, gated=False)  # fmt: skip
    work_outbox(agency=house.id, now=NOW)
    assert gone_out(places) == (2, 0)
    assert states(house) == {"letter": "cancelled", "email": "cancelled"}
