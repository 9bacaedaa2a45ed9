"""The review by the agency's own rules, questions to the client with their default, and the reasons of a no."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from recoup.cases.models import Case, Review, Task
from recoup.cases.operations import set_review_rules
from recoup.cases.queries import review_terms
from recoup.cases.rules import ReviewTerms
from recoup.cases.tests.cast import AT, line, profile, sign_up, submit
from recoup.files.models import Document
from recoup.intake.einvoice.tests.samples import pdf
from recoup.journeys.accept_and_assign import decline_and_tell, findings_of
from recoup.journeys.eligibility import eligibility
from recoup.journeys.review import answer, ask_client, end_unanswered, review_by_rule
from recoup.journeys.screen import screen_debtors
from recoup.journeys.submit_invoice import Upload
from recoup.journeys.tests.cast import asked
from recoup.kernel.refusal import Refusal
from recoup.outbox.models import Message
from recoup.parties.operations import find_or_add_debtor
from recoup.screening.operations import review_hit
from recoup.screening.tests.cast import load
from recoup.web.client.tests.test_pages import logged_in, text

OPEN_DOOR = ReviewTerms(
    automatic=True, most={"EUR": Decimal("5000")}, least={"EUR": Decimal("100")},
    passes=("documents_missing", "list_missing"), unanswered="decline",
)  # fmt: skip


@pytest.fixture
def standing(house):
    profile(house)
    return sign_up(house)


def ruled(standing, **more):
    by = standing.house.actor("administrator")
    return set_review_rules(
        agency=standing.house.agency,
        terms=replace(OPEN_DOOR, **more),
        because="A try",
        by=by,
        at=AT,
    )


def codes(case):
    return {f.code: f.level for f in findings_of(case, AT.date())}


def manager(standing):
    return standing.house.actor("account_manager")


def test_without_rules_a_person_decides_and_a_rule_is_a_version(standing):
    submit(standing)
    assert review_by_rule(agency=standing.house.agency, at=AT) == 0
    assert [ruled(standing).version, ruled(standing, automatic=False).version] == [1, 2]
    assert not review_terms(standing.house.id).automatic
    assert review_by_rule(agency=standing.house.agency, at=AT) == 0


def test_what_the_rules_let_pass_is_accepted_once_with_its_findings_kept(standing):
    ruled(standing)
    case = submit(standing)
    large = submit(standing, line("RE-2", "9000.00"), key="large")
    assert review_by_rule(agency=standing.house.agency, at=AT) == 1
    assert review_by_rule(agency=standing.house.agency, at=AT) == 0
    case.refresh_from_db(), large.refresh_from_db()
    assert (case.stage, large.stage) == ("contact", "submitted")
    kept = Review.objects.get(case=case)
    assert (kept.automatic, kept.rules, kept.verdict) == (True, 1, "accepted")
    assert "within_limitation" in {f["code"] for f in kept.findings}
    assert Document.objects.filter(case_id=case.id, kind="acceptance").count() == 1


def test_those_that_do_not_pass_keep_nobody_waiting_and_are_looked_at_again(standing):
    ruled(standing)
    stuck = [submit(standing, line(f"RE-{n}", "9000.00"), key=f"stuck {n}") for n in range(3)]
    fine = submit(standing, line("RE-9"), key="fine")

    def looked(at):
        return review_by_rule(agency=standing.house.agency, at=at, most=2)

    assert [looked(AT), looked(AT), looked(AT)] == [0, 1, 0], (
        "two a run: the fourth is met in the second"
    )
    fine.refresh_from_db()
    assert fine.stage == "contact"
    ruled(standing, most={"EUR": Decimal("10000")})
    later = AT + timedelta(minutes=20)
    assert [looked(later), looked(later)] == [2, 1], "changed rules are met by all that wait"
    assert not Case.objects.filter(id__in=[c.id for c in stuck], stage="submitted").exists()


@pytest.mark.parametrize("more", [{"known_dispute": True}, {"jurisdiction": "KE"}])
def test_what_must_be_looked_at_waits_for_a_person(standing, more):
    ruled(standing)
    case = submit(standing, **more)
    assert review_by_rule(agency=standing.house.agency, at=AT) == 0
    case.refresh_from_db()
    assert case.stage == "submitted"


def test_the_checks_of_parties_amount_and_law(standing):
    ruled(standing)
    case = submit(standing, line("RE-1", "60.00"))
    found = codes(case)
    assert (
        found["below_least"] == found["list_missing"] == "look" and found["no_conflict"] == "good"
    )
    assert codes(submit(standing, key="ke", jurisdiction="KE"))["law_unanswered"] == "look"


def test_a_debtor_that_is_a_client_of_ours_is_a_conflict(standing):
    other = sign_up(standing.house, "Norra Virke AB", "5560360793")
    debtor = find_or_add_debtor(agency=standing.house.id, name="Norra Virke", country="SE", city="Umeå",
                                registration_number="556036-0793", by=standing.by, at=AT)  # fmt: skip
    case = submit(standing, debtor=debtor)
    finding = next(f for f in findings_of(case, AT.date()) if f.code == "conflict")
    assert finding.level == "look" and other.client.reference in finding.params["client"]


def test_the_same_invoice_of_another_client_is_seen_by_staff_only(standing):
    submit(standing, line("RE-7", "700.00"))
    other = sign_up(standing.house, "Norra Virke AB", "5560360793")
    case = submit(other, line("RE-7", "700.00"), key="two", debtor=standing.debtor)
    assert codes(case)["placed_elsewhere"] == "look"
    what = asked(ref="RE-8", name="Kaufhaus Müller GmbH")
    said = eligibility(
        agency=standing.house.agency, client=other.client, asked=what, by=other.by, at=AT
    )
    assert not {f.code for f in said.findings} & {
        "placed_elsewhere",
        "conflict",
        "list_missing",
        "not_screened",
    }


def test_a_likeness_to_a_sanctioned_party_stops_until_an_officer_has_decided(standing):
    load(standing.house, {"id": "s1", "name": "Müller Logistik GmbH", "countries": "de"})
    case = submit(standing)
    assert codes(case)["not_screened"] == "look"
    (hit,) = screen_debtors(
        agency=standing.house.agency, debtors=[standing.debtor], by=standing.by, at=AT
    )
    assert codes(case)["hits_open"] == "stop"
    review_hit(
        hit=hit,
        is_match=True,
        because="The same register number.",
        by=standing.house.actor("legal_officer"),
        at=AT,
    )
    assert codes(case)["sanctioned"] == "stop"


def test_a_question_is_a_task_of_the_client_with_a_default_and_an_answer(standing):
    case = submit(standing)
    until = AT.date() + timedelta(days=7)
    task = ask_client(
        agency=standing.house.agency,
        case=case,
        what="The delivery note, please.",
        until=until,
        by=manager(standing),
        at=AT,
    )
    assert task.client_id == standing.client.id and task.default == "We decide on what we have."
    with pytest.raises(Refusal, match="has a question"):
        ask_client(
            agency=standing.house.agency,
            case=case,
            what="And?",
            until=until,
            by=manager(standing),
            at=AT,
        )
    mail = Message.objects.get(key=f"case-asked:{task.id}")
    assert "delivery note" in mail.payload["text"]
    with pytest.raises(Refusal, match="Write an answer"):
        answer(agency=standing.house.agency, case=case, words=" ", files=[], by=standing.by, at=AT)
    answer(
        agency=standing.house.agency,
        case=case,
        words="Here it is.",
        by=standing.by,
        at=AT,
        files=[Upload("note.pdf", pdf())],
    )
    task.refresh_from_db()
    assert (
        task.outcome == "answered"
        and Document.objects.filter(case_id=case.id, name="note.pdf").exists()
    )
    assert Task.objects.filter(case=case, kind="review", key=f"answered:{task.id}").exists()


@pytest.mark.parametrize(
    ("unanswered", "stage"), [("decline", "declined"), ("decide", "submitted")]
)
def test_no_answer_does_what_was_said_once(standing, unanswered, stage):
    ruled(standing, automatic=False, unanswered=unanswered)
    case = submit(standing)
    until = AT.date() + timedelta(days=7)
    ask_client(
        agency=standing.house.agency,
        case=case,
        what="The order.",
        until=until,
        by=manager(standing),
        at=AT,
    )
    assert end_unanswered(agency=standing.house.agency, on=until, at=AT + timedelta(days=7)) == 0, (
        "until its end"
    )
    late = AT + timedelta(days=8)
    assert end_unanswered(agency=standing.house.agency, on=late.date(), at=late) == 1
    assert end_unanswered(agency=standing.house.agency, on=late.date(), at=late) == 0
    case.refresh_from_db()
    assert case.stage == stage
    if stage == "declined":
        assert "The order." in Review.objects.get(case=case, verdict="declined").change
    else:
        assert Task.objects.filter(case=case, key__startswith="unanswered:").count() == 1


def test_a_no_says_why_and_what_would_change_it(standing):
    case = submit(standing)
    decline_and_tell(
        agency=standing.house.agency,
        case=case,
        because="No contract.",
        change="A signed order.",
        by=manager(standing),
        at=AT,
    )
    kept = Review.objects.get(case=case)
    assert (kept.because, kept.change, kept.automatic) == ("No contract.", "A signed order.", False)
    words = Message.objects.get(key=f"case-declined:{case.id}").payload["text"]
    assert "No contract." in words and "A signed order." in words


# Through the browser ------------------------------------------------------------------------------------


def test_the_desk_asks_and_the_client_answers_on_its_page(standing):
    case = submit(standing)
    desk = logged_in(standing.house.members["account_manager"].user)
    page = reverse("desk:review", args=[case.number])
    data = {
        "ask-key": "00000000-0000-4000-8000-00000000000a",
        "ask-what": "The contract.",
        "ask-until": "2199-01-01",
    }
    assert desk.post(reverse("desk:ask", args=[case.number]), data).url == page
    assert "The contract." in text(desk.get(page))
    portal = logged_in(standing.member.user)
    where = reverse("client:case", args=[case.number])
    assert "The contract." in text(portal.get(where))
    portal.post(reverse("client:answer", args=[case.number]), {"words": "There was none."})
    assert "There was none." in text(portal.get(where))
    assert "There was none." in text(desk.get(page)) or Case.objects.get().stage == "submitted"


def test_the_rules_are_changed_by_those_who_may(standing):
    url = reverse("desk:review_rules")
    data = {"rules-key": "00000000-0000-4000-8000-00000000000b", "rules-automatic": "on", "rules-most": "EUR 5000\nSEK 50000",
            "rules-least": "EUR 50", "rules-passes": ["documents_missing"], "rules-answer_days": "10",
            "rules-unanswered": "decline", "rules-because": "Small ones by themselves"}  # fmt: skip
    assert logged_in(standing.house.members["collector"].user).post(url, data).status_code == 404
    chief = logged_in(standing.house.members["administrator"].user)
    assert chief.post(url, data | {"rules-most": "lots"}).status_code == 422
    assert chief.post(url, data).status_code == 302
    terms = review_terms(standing.house.id)
    assert (terms.automatic, terms.most["SEK"], terms.answer_days, terms.version) == (
        True,
        Decimal("50000.00"),
        10,
        1,
    )
    assert "Small ones by themselves" in text(chief.get(url))
