"""Each check finds what it is for: the superuser breaks the database with every trigger asleep, and
`prove` says it."""

import os
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from conftest import superuser
from recoup.cases.models import ClaimLine
from recoup.cases.operations import add_task, charge_cost
from recoup.cases.tests.cast import AT, at_work, line, sign_up
from recoup.eventlog.operations import seal_waiting
from recoup.files.models import Document
from recoup.files.operations import keep, path_of
from recoup.journeys.close import close_with_report
from recoup.journeys.plans import offer, sign
from recoup.journeys.prove import prove
from recoup.journeys.prove.documents import SHARE, turn_of
from recoup.kernel.actor import SYSTEM, Actor, ActorKind
from recoup.kernel.money import Money
from recoup.parties.operations import add_contact
from recoup.payments.operations import remit
from recoup.payments.tests.cast import trust_account
from recoup.payments.tests.test_remit import Bank
from recoup.plans.operations import set_mandate
from recoup.plans.operations.sign import BOXES
from recoup.plans.rules import Limits, Terms
from recoup.plans.states import PlanKind
from recoup.tenancy.context import scope
from tests.cast import House


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    """Some tests damage a file: the same bytes may be another's who works beside us."""
    settings.FILES_ROOT = tmp_path / "files"


@pytest.fixture
def world(committed_house: House) -> House:
    """A case with a plan, one that was paid and remitted, one that was closed."""
    house: Any = committed_house
    with scope(house.id):
        trust_account(house.agency)
        standing = sign_up(house)
        standing.client.payout_iban = "DE89370400440532013000"
        standing.client.save(update_fields=["payout_iban"])
        set_mandate(client=standing.client, limits=Limits(months=6, first_percent=Decimal(10), discount=Decimal(15), first_days=30), by=standing.by, at=AT)  # fmt: skip
        planned = at_work(standing, lines=[line("RE-1", "1200.00")], key="p")
        add_contact(debtor=planned.debtor, email="chef@mueller.example", name="Chef", by=SYSTEM, at=AT)  # fmt: skip
        plan = offer(agency=house.agency, case=planned, terms=Terms(kind=PlanKind.INSTALMENTS, first_on=date(2026, 12, 1), count=3), by=SYSTEM, at=AT)  # fmt: skip
        sign(agency=house.agency, plan=plan, signatory="Max Müller", ticked=BOXES, ip="192.0.2.1", browser="t",
             by=Actor(ActorKind.DEBTOR, "Müller"), at=AT)  # fmt: skip
        paying = at_work(standing, lines=[line("RE-2", "900.00")], key="q")
        charge_cost(case=paying, kind="other", amount=Money(Decimal("20.00"), "EUR"), on=AT.date(), key="x", because="x", by=SYSTEM, at=AT)  # fmt: skip
        Bank(house).pays(paying, "500.00")
        remit(agency=house.id, on=AT.date(), by=SYSTEM, at=AT)
        over = at_work(standing, lines=[line("RE-3", "300.00")], key="r")
        add_task(agency=house.id, key="call", kind="call", sentence="Call", params={}, role="collector", owner=house.members["collector"], due_on=AT.date(), default="", case=paying, by=SYSTEM, at=AT)  # fmt: skip
        keep(
            agency=house.id,
            content=b"kept",
            name="a.txt",
            media_type="text/plain",
            kind="memo",
            by=SYSTEM,
            at=AT,
        )
        close_with_report(agency=house.agency, case=over, code="withdrawn", because="paid otherwise", by=SYSTEM, at=AT)  # fmt: skip
        while seal_waiting(agency=house.id):
            pass
    return committed_house


BREAKAGES = {
    "each case's kept standing is what claims, holds and payments say": "UPDATE reports_standing SET recovered = recovered + 1",
    "claims are in the ledger, and nothing else is claimed": "UPDATE cases_claimline SET amount = amount + 1 WHERE ref = 'RE-1'",
    "costs are in the ledger, and nothing else is charged": "DELETE FROM cases_charge",
    "payments are parted in the ledger as in the allocation": "UPDATE payments_allocation SET principal = principal - 1, interest = interest + 1",
    "remittances hold exactly the payments they list": "UPDATE payments_remittedallocation SET commission = commission + 1",
    "commission invoices add up": "UPDATE payments_invoice SET vat = vat + 0.01",
    "a plan's instalments are what was offered": "UPDATE plans_instalment SET amount = amount - 10 WHERE number = 2",
    "open tasks are somebody's who is still here": "UPDATE tenancy_member SET active = false",
    "a closed case has its closure and nothing goes on in it": "INSERT INTO cases_look (case_id, agency_id, client_id, collector_id, day) SELECT id, agency_id, client_id, collector_id, '2027-01-01' FROM cases_case WHERE stage = 'closed'",
    "what changed has its event": "DELETE FROM eventlog_event WHERE kind = 'CaseClosed'",
    "every case has a book of its own client's": "UPDATE ledger_book SET client_id = gen_random_uuid() WHERE kind = 'case' AND name LIKE '%1'",
    "rows of a case are under its client": "UPDATE cases_move SET client_id = gen_random_uuid()",
    "every permit is for one of the case's own messages": "INSERT INTO contact_permit (id, agency_id, case_id, client_id, message_id, fence, step, channel, at, house, facts) SELECT gen_random_uuid(), agency_id, id, client_id, gen_random_uuid(), 1, 'x', 'email', now(), '', '{}' FROM cases_case LIMIT 1",
    "no message to a debtor without a permit": "INSERT INTO outbox_message (id, agency_id, channel, key, state, gated, recipient, payload, content_hash, due_at, made_at, fence, attempts, doubt, provider_ref, outcome, settled_at) SELECT gen_random_uuid(), id, 'email', 'k', 'sent', true, 'x', '{}', '', now(), now(), 1, 1, false, '', '{}', now() FROM tenancy_agency",
    "no case without a next step or an owner with a deadline": "UPDATE cases_look SET day = NULL; UPDATE cases_task SET done_at = now()",
    "open cases have their look, under their client and collector, and others none": "UPDATE cases_look SET collector_id = gen_random_uuid()",
    "ledger balanced": "UPDATE ledger_posting SET amount = amount + 1 WHERE account = 'principal'",
    "bank lines taken once": "UPDATE payments_bankline SET amount = amount + 7",
    "trust bank = client balances": "UPDATE ledger_posting SET amount = amount - 7 WHERE account = 'trust_bank'",
    "audit chain unbroken": "UPDATE eventlog_event SET by_name = 'forged' WHERE kind = 'CaseSubmitted'",
    "stages follow the table of moves": "UPDATE cases_move SET was = 'closed'",
}  # fmt: skip


def found(on: Any = AT) -> dict[str, list[str]]:
    return {check.name: check.found for check in prove(now=on)}


def test_every_breakage_is_found_by_its_own_check(world: House) -> None:
    before = found()
    assert not any(before.values()), {k: v for k, v in before.items() if v}
    missed = []
    for name, breakage in BREAKAGES.items():
        assert not before[name], f"{name} is broken already"
        with superuser(os.environ["RECOUP_DB_NAME"]) as db:
            db.execute("SET session_replication_role = replica")
            db.execute(breakage)  # type: ignore[call-overload]
        after = found()
        missed += [] if after[name] else [name]
        with superuser(os.environ["RECOUP_DB_NAME"]) as db:
            db.execute("SET session_replication_role = replica")
            mend(db, name)
        before = {n: (after[n] if n != name else []) for n in after}
    assert not missed, missed


def mend(db: Any, name: str) -> None:
    """What later breakages would otherwise be hidden behind."""
    if name == "each case's kept standing is what claims, holds and payments say":
        db.execute("UPDATE reports_standing SET recovered = recovered - 1")
    if name == "payments are parted in the ledger as in the allocation":
        db.execute("UPDATE payments_allocation SET principal = principal + 1, interest = interest - 1")  # fmt: skip
    if name == "trust bank = client balances":
        db.execute("UPDATE ledger_posting SET amount = amount + 7 WHERE account = 'trust_bank'")
    if name == "a closed case has its closure and nothing goes on in it":
        db.execute("DELETE FROM cases_look l USING cases_case c WHERE c.id = l.case_id AND c.stage = 'closed'")  # fmt: skip
    if name == "rows of a case are under its client":
        db.execute("UPDATE cases_move m SET client_id = c.client_id FROM cases_case c WHERE c.id = m.case_id")  # fmt: skip


def test_a_document_that_was_changed_or_lost_is_found_on_its_day(world: House) -> None:
    digest = sha256(b"kept").hexdigest()
    with scope(world.id):  # type: ignore[arg-type]
        assert Document.objects.filter(sha256=digest).exists()
    path = path_of(digest)
    path.write_bytes(b"gone")
    turn = next(n for n in range(SHARE) if (AT.toordinal() + n) % SHARE == turn_of(digest))
    on = AT.fromordinal(AT.toordinal() + turn).replace(tzinfo=AT.tzinfo)
    assert any("does not match its hash" in s for s in found(on)["documents are there"])
    path.unlink()
    assert any("cannot be read" in s for s in found()["documents are there"])


GUARDS = {
    "ALTER TABLE ledger_posting DISABLE TRIGGER balanced": ("ALTER TABLE ledger_posting ENABLE TRIGGER balanced", "the trigger balanced is not in force"),
    "ALTER TABLE eventlog_event DISABLE TRIGGER append_only": ("ALTER TABLE eventlog_event ENABLE TRIGGER append_only", "eventlog_event: the trigger append_only is not in force"),
    "ALTER TABLE cases_hold DISABLE TRIGGER stand_made": ("ALTER TABLE cases_hold ENABLE TRIGGER stand_made", "cases_hold: the trigger stand_made is not in force"),
    "ALTER POLICY division ON talks_said RENAME TO gone": ("ALTER POLICY gone ON talks_said RENAME TO division", "talks_said: divisions do not narrow it"),
    "GRANT DELETE ON payments_bankline TO recoup_app": ("REVOKE DELETE ON payments_bankline FROM recoup_app", "payments_bankline: the application may delete"),
    "ALTER TABLE cases_case NO FORCE ROW LEVEL SECURITY": ("ALTER TABLE cases_case FORCE ROW LEVEL SECURITY", "cases_case: row security is not forced"),
}  # fmt: skip


@pytest.mark.parametrize("off", GUARDS)
def test_a_guard_that_was_taken_away_is_found(committed: None, off: str) -> None:
    on, sentence = GUARDS[off]
    with superuser(os.environ["RECOUP_DB_NAME"]) as db:
        try:
            db.execute(off)  # type: ignore[call-overload]
            said = [s for sentences in found().values() for s in sentences]
        finally:
            db.execute(on)  # type: ignore[call-overload]
    assert any(sentence in one for one in said), said
    assert not any(found().values())


def test_every_claim_line_has_its_check(world: House) -> None:
    with scope(world.id):  # type: ignore[arg-type]
        lines = ClaimLine.objects.count()
    looked = {check.name: check.looked_at for check in prove(now=AT)}
    assert looked["claims are in the ledger, and nothing else is claimed"] == lines > 0
    assert all(looked[n] for n in ("a plan's instalments are what was offered", "guards of the database in force", "what changed has its event"))  # fmt: skip
