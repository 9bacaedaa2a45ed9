"""What a client may still do with a submitted case."""

from datetime import date
from decimal import Decimal

import pytest

from recoup.cases.models import Case, ClaimLine
from recoup.cases.operations import accept_case
from recoup.cases.queries import principal_of
from recoup.eventlog.models import Event
from recoup.files.models import Document
from recoup.journeys.amend import Amendment, ContactAsked, amend, attach, withdraw
from recoup.journeys.eligibility import eligibility
from recoup.journeys.submit_invoice import LineAsked, Upload
from recoup.journeys.tests.cast import AT, asked, nordlicht, pdf, submitted, ubl
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Contact


@pytest.fixture
def standing(house):
    return nordlicht(house)


@pytest.fixture
def case(standing):
    return submitted(standing, asked()).case


def credit(amount="190.00", ref="G-1"):
    return LineAsked("credit_note", ref, date(2026, 5, 1), date(2026, 5, 1), Decimal(amount))


def test_a_paper_is_attached_once_and_said_in_the_story(standing, case):
    content = pdf({"a.xml": ubl()})  # once: a PDF bears the second of its making
    for _ in range(2):
        (taken,) = attach(case=case, files=[Upload("f.pdf", content)], by=standing.by, at=AT)
        assert taken.document
    assert Document.objects.filter(case_id=case.id, kind="claim").count() == 1
    assert Event.objects.filter(case_id=case.id, kind="DocumentAdded").count() == 1


def test_a_credit_note_lowers_the_claim_and_the_same_one_twice_is_refused(standing, case):
    amend(case=case, amendment=Amendment(lines=(credit(),)), by=standing.by, at=AT)
    assert str(principal_of([case.id])[case.id]) == "1000.00 EUR"
    with pytest.raises(Refusal) as again:
        amend(case=case, amendment=Amendment(lines=(credit(),)), by=standing.by, at=AT)
    assert again.value.code == "claim_line_twice"


def test_a_credit_note_over_all_is_refused_whole(standing, case):
    change = Amendment({"client_reference": "X"}, (credit("1190.00"),))
    with pytest.raises(Refusal) as refused:
        amend(case=case, amendment=change, by=standing.by, at=AT)
    assert refused.value.code == "claim_nothing_left"
    assert ClaimLine.objects.filter(case=case).count() == 1
    assert Case.objects.get(id=case.id).client_reference == ""


def test_after_acceptance_only_credit_notes_are_taken(standing, case):
    accept_case(case=case, by=SYSTEM, at=AT)
    invoice = LineAsked("invoice", "R-2", None, date(2026, 4, 1), Decimal("5.00"))
    for change in (Amendment(lines=(invoice,)), Amendment({"known_dispute": True})):
        with pytest.raises(Refusal) as refused:
            amend(case=case, amendment=change, by=standing.by, at=AT)
        assert refused.value.code == "case_accepted_already"
    amend(case=case, amendment=Amendment(lines=(credit(),)), by=standing.by, at=AT)


def test_a_further_contact_is_known_at_the_debtor(standing, case):
    who = ContactAsked("Frau Voss", "Buchhaltung", "voss@kaufhaus.example", "", "de")
    amend(case=case, amendment=Amendment(contacts=(who,)), by=standing.by, at=AT)
    assert Contact.objects.get(email="voss@kaufhaus.example").role == "Buchhaltung"


def test_a_withdrawn_case_is_closed_with_its_report_and_takes_nothing_more(standing, case, house):
    closure = withdraw(agency=house.agency, case=case, because="Paid to us", by=standing.by, at=AT)
    assert (closure.code, closure.report is not None) == ("withdrawn", True)
    case.refresh_from_db()
    with pytest.raises(Refusal) as refused:
        withdraw(agency=house.agency, case=case, because="Again", by=standing.by, at=AT)
    assert refused.value.code == "case_not_open"


def test_eligibility_answers_as_submitting_would_and_keeps_nothing(standing, house):
    answer = eligibility(
        agency=house.agency, client=standing.client, asked=asked(), by=standing.by, at=AT
    )
    assert answer.eligible and answer.jurisdiction == "DE" and str(answer.claim) == "1190.00 EUR"
    assert not Case.objects.exists() and not Event.objects.filter(kind="CaseSubmitted").exists()
    private = eligibility(
        agency=house.agency, client=standing.client, asked=asked(business=False), by=standing.by, at=AT
    )  # fmt: skip
    assert private.refused.code == "consumer" and not private.eligible
