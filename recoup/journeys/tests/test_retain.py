"""Personal data goes when its time is over; sums, claims, the chain and the proofs stay. What is preserved
stays whole. And what is held about a person is told to that person, and nobody else's."""

import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from recoup.cases.operations import add_note, add_task, finish_task
from recoup.cases.tests.cast import AT, at_work, line, sign_up
from recoup.contact.models import InboundMail
from recoup.contact.operations import record_call
from recoup.dossier.verify import verify
from recoup.enquiries.models import Enquiry
from recoup.eventlog.models import Event, Seal
from recoup.eventlog.operations import seal_waiting
from recoup.files.models import Document
from recoup.files.operations import keep, path_of
from recoup.jobs.dispatch import work_outbox
from recoup.journeys.close import close_with_report
from recoup.journeys.day import run_day
from recoup.journeys.dossier import make_dossier
from recoup.journeys.prove import prove
from recoup.journeys.prove.chain import chain_unbroken
from recoup.journeys.retain import retain
from recoup.journeys.subject import subject_export
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.ledger.models import Posting
from recoup.parties.models import Contact
from recoup.parties.operations import add_contact
from recoup.payments.operations.allocate import report_direct_payment
from recoup.payments.tests.cast import trust_account
from recoup.retention.models import Erasure
from recoup.retention.operations import lift_preservation, preserve, set_term
from recoup.web.kit.timeline import timeline_entries

LATER = date(2031, 1, 1)
THEN = datetime(2031, 1, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Any) -> None:
    """Bytes are removed here; those of tests in other processes lie in the common store."""
    settings.FILES_ROOT = tmp_path / "files"


@pytest.fixture
def case(house: Any) -> Any:
    """Closed, with a person, an e-mail of hers, a payment; and somebody asked for a price."""
    made = at_work(sign_up(house), lines=[line("RE-1", "1200.00")])
    add_contact(debtor=made.debtor, email="anna.berg@mueller.example", name="Anna Berg", by=SYSTEM, at=AT)  # fmt: skip
    add_contact(debtor=made.debtor, email="info@mueller.example", name="", by=SYSTEM, at=AT)
    document = keep(agency=house.id, content=b"From: anna.berg@mueller.example\n\nI will pay", name="m.eml",
                    media_type="message/rfc822", kind="mail_in", case=made.id, client=made.client_id, by=SYSTEM, at=AT)  # fmt: skip
    InboundMail.objects.create(
        agency_id=house.id, key="k", document=document, kind="reply", sender="anna.berg@mueller.example", sender_name="Anna Berg",
        subject="Pay", text="I will pay", case=made, taken_at=AT,
    )  # fmt: skip
    Enquiry.objects.create(
        agency_id=house.id, key=new_id(), name="Bo Ek", email="bo@ek.example", language="sv", time_zone="UTC", message="How much?", made_at=AT,
    )  # fmt: skip
    report_direct_payment(case=made, amount=Money(Decimal("250.00"), "EUR"), on=AT.date(), by=SYSTEM, at=AT)  # fmt: skip
    close_with_report(agency=house.agency, case=made, code="withdrawn", because="x", by=SYSTEM, at=AT)  # fmt: skip
    return made


ALL = ("people", "mail", "letters", "notes", "tasks", "log", "enquiries")


@pytest.fixture
def spoken(house: Any, tmp_path: Any) -> Any:
    """A case in which a letter left, somebody called and wrote, a note was taken, a task was done; closed."""
    trust_account(house.agency)
    made = at_work(sign_up(house), lines=[line("RE-1", "1200.00")])
    anna = add_contact(
        debtor=made.debtor, email="anna.berg@mueller.example", name="Anna Berg", by=SYSTEM, at=AT
    )
    run_day(agency=house.agency, on=AT.date(), by=SYSTEM, at=AT)
    work_outbox(
        agency=house.id, now=AT + timedelta(hours=1), channels={"email": Post(), "letter": Post()}
    )
    record_call(
        case=made,
        contact=anna,
        outcome="refuses",
        note="Anna Berg says she is ill",
        by=SYSTEM,
        at=AT,
    )
    add_note(case=made, text="Anna Berg is the book-keeper", key=new_id(), by=SYSTEM, at=AT)
    task = add_task(agency=house.id, key="t", kind="reply", sentence="%(sender)s wrote: %(text)s", params={"sender": "Anna Berg", "text": "no"},
                    role="collector", due_on=AT.date(), default="x", case=made, by=SYSTEM, at=AT)  # fmt: skip
    finish_task(task=task, outcome="done", by=SYSTEM, at=AT)
    close_with_report(
        agency=house.agency,
        case=made,
        code="withdrawn",
        because="Anna Berg asked for it",
        by=SYSTEM,
        at=AT,
    )
    while seal_waiting(agency=house.id):
        pass
    return made


class Post:
    def look_up(self, message: Any) -> bool:
        return False

    def hand_over(self, message: Any) -> str:
        return str(message.id.hex)


def everything_said(house: Any) -> str:
    """Every text of every row of this agency, as the database has it."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if any(f.name == "agency" for f in model._meta.fields):
                cursor.execute(f"SELECT t::text FROM {model._meta.db_table} t")
                found += [f"{model.__name__}: {row}" for (row,) in cursor.fetchall()]
    return "\n".join(found)


def test_after_it_nobody_finds_the_person_and_chain_sums_and_dossier_hold(house: Any, spoken: Any, tmp_path: Any) -> None:  # fmt: skip
    terms(house, names=ALL)
    assert "Anna Berg" in everything_said(house)
    letters = [path_of(d.sha256) for d in Document.objects.filter(case_id=spoken.id, kind="letter")]
    heads, before = [s.hash for s in Seal.objects.order_by("seq")], sums(house)
    assert letters and all(p.exists() for p in letters)
    found = run(house)
    assert all(
        erased > 0
        for name, (_due, _held, erased) in found.items()
        if name not in ("mail", "enquiries")
    ), found
    rest = [
        row
        for row in everything_said(house).splitlines()
        if "Anna Berg" in row or "anna.berg" in row
    ]
    assert not [row for row in rest if not row.startswith(REMAINS)], rest
    assert not any(p.exists() for p in letters)
    assert run(house) == dict.fromkeys(ALL, (0, 0, 0)), "again it does nothing more"
    while seal_waiting(agency=house.id):
        pass
    assert [s.hash for s in Seal.objects.order_by("seq")][: len(heads)] == heads
    assert sums(house) == before
    wrong = {c.name: c.found for c in prove(now=AT) if c.found}
    assert not wrong
    file = tmp_path / "a.zip"
    file.write_bytes(make_dossier(case=spoken, client=False, by=SYSTEM, at=THEN).content())
    assert verify(file).holds
    entries = timeline_entries(Event.objects.filter(case_id=spoken.id))
    assert any("erased" in entry.body for entry in entries)


REMAINS = (
    "Closure:",
    "Move:",
)  # why a case was moved and closed is the case's own way, as its client was told it


def test_preserved_nothing_of_it_goes(house: Any, spoken: Any) -> None:
    terms(house, names=ALL)
    preserve(case=spoken, because="A court has asked for it", by=SYSTEM, at=AT)
    before = everything_said(house).count("Anna Berg")
    assert {name: erased for name, (_due, _held, erased) in run(house).items()} == dict.fromkeys(
        ALL, 0
    )
    assert everything_said(house).count("Anna Berg") == before


@pytest.mark.parametrize("change", [
    "data = jsonb_set(data, '{text}', '{\"sealed\": \"no\"}'), salts = '{}'",
    "data = '{}', salts = '{}'",
    "data = jsonb_set(data, '{key}', '\"other\"'), salts = '{}'",
    "data = jsonb_set(data, '{text}', '\"other\"')",
])  # fmt: skip
def test_the_log_gives_way_to_nothing_but_its_commitments(
    house: Any, spoken: Any, change: str
) -> None:
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE eventlog_event SET {change} WHERE kind = 'NoteAdded'")


def test_a_wrong_commitment_or_value_is_found_by_the_chain(house: Any, spoken: Any) -> None:
    note = Event.objects.get(kind="NoteAdded")
    false = note.data | {"text": {"sealed": "0" * 64}}
    with transaction.atomic():
        Event.objects.filter(id=note.id).update(data=false, salts={})
        assert [w for w in chain_unbroken(house.id)[1] if str(note.id) in w]


def terms(
    house: Any, months: int = 36, names: tuple[str, ...] = ("people", "mail", "enquiries")
) -> None:
    for name in names:
        set_term(agency=house.id, record_class=name, months=months, ground="Our own rule no. 4", by=SYSTEM, at=AT)  # fmt: skip


def run(house: Any, on: date = LATER, dry: bool = False) -> dict[str, tuple[int, int, int]]:
    found = retain(agency=house.agency, on=on, by=SYSTEM, at=THEN, dry=dry)
    return {r.record_class: (r.due, r.held, r.erased) for r in found if r.months is not None}


def sums(house: Any) -> Any:
    return list(Posting.objects.values("account", "currency").annotate(total=Sum("amount")).order_by("account", "currency"))  # fmt: skip


def test_without_a_term_nothing_is_erased(house: Any, case: Any) -> None:
    assert run(house) == {}
    assert Contact.objects.filter(name="Anna Berg").exists()


def test_a_dry_run_counts_and_leaves_everything(house: Any, case: Any) -> None:
    terms(house)
    assert run(house, dry=True) == {"people": (1, 0, 0), "mail": (1, 0, 0), "enquiries": (1, 0, 0)}
    assert InboundMail.objects.get().text == "I will pay" and not Erasure.objects.exists()


def test_what_is_over_goes_and_sums_chain_and_proofs_stay(house: Any, case: Any, tmp_path: Any) -> None:  # fmt: skip
    terms(house)
    before = sums(house)
    path = path_of(InboundMail.objects.get().document.sha256)
    assert run(house) == {"people": (1, 0, 1), "mail": (1, 0, 1), "enquiries": (1, 0, 1)}
    assert run(house) == {"people": (0, 0, 0), "mail": (0, 0, 0), "enquiries": (0, 0, 0)}
    assert not Contact.objects.filter(name="Anna Berg").exists()
    assert Contact.objects.filter(email="info@mueller.example").exists(), "a company's own address names nobody"  # fmt: skip
    mail = InboundMail.objects.get()
    assert (mail.sender, mail.text, path.exists()) == ("", "", False)
    assert Enquiry.objects.get().email == ""
    assert sums(house) == before
    assert {e.ground for e in Erasure.objects.all()} == {"Our own rule no. 4"} and all(len(e.proof) == 64 for e in Erasure.objects.all())  # fmt: skip
    while seal_waiting(agency=house.id):
        pass
    wrong = {c.name: c.found for c in prove(now=AT) if c.found}
    assert not wrong
    file = tmp_path / "a.zip"
    file.write_bytes(make_dossier(case=case, client=False, by=SYSTEM, at=THEN).content())
    assert verify(file).holds
    with zipfile.ZipFile(file) as whole:
        (erased,) = [d for d in json.loads(whole.read("documents.json")) if d["erased"]]
        assert erased["path"] not in whole.namelist() and erased["sha256"] == mail.document.sha256


def test_before_its_time_and_while_a_case_goes_on_nothing_goes(house: Any, case: Any) -> None:
    terms(house)
    assert run(house, on=AT.date() + timedelta(days=30 * 35))["people"] == (0, 0, 0)
    at_work(sign_up(house, "Nordlicht AB", "5560360793"), debtor=case.debtor, lines=[line("RE-2")], key="2")  # fmt: skip
    found = run(house)
    assert found["people"] == (0, 0, 0), "another case against the debtor is open"
    assert found["mail"][2] == 1


def test_what_is_preserved_stays_whole_until_it_is_lifted(house: Any, case: Any) -> None:
    terms(house)
    preserve(case=case, because="A court has asked for it", by=SYSTEM, at=AT)
    assert run(house) == {"people": (1, 1, 0), "mail": (1, 1, 0), "enquiries": (1, 0, 1)}
    assert InboundMail.objects.get().text == "I will pay"
    assert lift_preservation(case=case, by=SYSTEM, at=THEN) and not lift_preservation(case=case, by=SYSTEM, at=THEN)  # fmt: skip
    assert run(house)["mail"] == (1, 0, 1)


def test_the_newest_term_counts_and_a_ground_is_needed(house: Any, case: Any) -> None:
    terms(house, 12)
    terms(house, 600)
    assert run(house)["mail"] == (0, 0, 0)
    for months, ground, code in ((0, "x", "retention_months"), (12, " ", "retention_ground")):
        with pytest.raises(Refusal) as caught:
            set_term(agency=house.id, record_class="mail", months=months, ground=ground, by=SYSTEM, at=AT)  # fmt: skip
        assert caught.value.code == code


def test_a_person_is_told_all_that_is_held_and_nobody_elses(house: Any, case: Any) -> None:
    content = subject_export(agency=house.agency, email="Anna.Berg@mueller.example", by=SYSTEM, at=AT)  # fmt: skip
    with zipfile.ZipFile(BytesIO(content)) as whole:
        told = json.loads(whole.read("data.json"))["held"]
        assert whole.read("mail/001.eml").endswith(b"I will pay")
    assert [c["name"] for c in told["contacts"]] == ["Anna Berg"]
    assert [m["text"] for m in told["mails_received"]] == ["I will pay"]
    text = json.dumps(told)
    assert "bo@ek.example" not in text and "info@mueller.example" not in text
    with pytest.raises(Refusal, match="Nothing is held"):
        subject_export(agency=house.agency, email="nobody@x.example", by=SYSTEM, at=AT)


def test_the_worked_day_of_the_algorithm(house: Any, case: Any) -> None:
    terms(house)
    assert run(house, on=date(2029, 11, 20), dry=True)["people"] == (0, 0, 0)
    assert run(house, on=date(2029, 11, 21), dry=True)["people"] == (1, 0, 0)


def test_the_page_shows_terms_and_the_case_is_preserved_by_a_button(house: Any, case: Any, client: Any) -> None:  # fmt: skip
    client.force_login(house.members["supervisor"].user)
    client.post("/desk/retention/set/", {"class": "mail", "months": "36", "ground": "Our own rule"})
    assert "Our own rule" in client.get("/desk/retention/").content.decode()
    client.post("/desk/retention/set/", {"class": "mail", "months": "soon", "ground": "x"})
    assert "Give the months as a number" in client.get("/desk/retention/").content.decode()
    client.post(f"/desk/cases/{case.number}/preserve/", {"because": "A court has asked"})
    assert "A court has asked" in client.get(f"/desk/cases/{case.number}/").content.decode()
    client.post(f"/desk/cases/{case.number}/preserve/", {})
    assert lift_preservation(case=case, by=SYSTEM, at=THEN) is False


def test_an_erased_file_says_so_instead_of_failing(house: Any, case: Any, client: Any) -> None:
    terms(house)
    document = InboundMail.objects.get().document
    client.force_login(house.members["supervisor"].user)
    assert client.get(f"/desk/documents/{document.id}/").status_code == 200
    run(house)
    response = client.get(f"/desk/documents/{document.id}/")
    assert response.status_code == 410 and "has been erased" in response.content.decode()
    assert "erased" in client.get(f"/desk/cases/{case.number}/").content.decode()
