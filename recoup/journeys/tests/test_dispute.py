"""A dispute from being raised to its outcome: what rests, what goes on, what the claim is afterwards."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from recoup.cases.models import Case, Hold, Task
from recoup.cases.tests.cast import AT, TODAY, add_debtor, at_work, line, profile, sign_up
from recoup.contact.models import ContactAttempt
from recoup.disputes.models import Dispute, Request, Statement
from recoup.disputes.operations import ask_evidence
from recoup.eventlog.models import Event
from recoup.files.models import Document
from recoup.journeys.dispute import answer_dispute, decide, dispute, rest_of
from recoup.journeys.dispute_days import look_at_disputes
from recoup.journeys.evidence import Paper
from recoup.journeys.tests.test_day import live, send
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import Refusal
from recoup.outbox.models import Message
from recoup.payments.queries import owed
from recoup.payments.tests.cast import trust_account
from recoup.tenancy.context import scope

PAPER = Paper("delivery.pdf", b"%PDF-1.7 delivery note")


@pytest.fixture
def case(house):
    profile(house)
    trust_account(house.agency)
    return at_work(sign_up(house), lines=[line("RE-1", "1200.00"), line("RE-2", "300.00")])


def disputed(case, ref="RE-1", **more):
    found = case.lines.get(ref=ref, kind="invoice")
    return dispute(
        case=case, line=found, text="The goods never came.", by=SYSTEM, at=AT, **more
    ).dispute


def total(case):
    return owed(case=case, on=TODAY).total


def letters(case):
    return Document.objects.filter(case_id=case.id, kind="letter")


def owed_in_letter(case):
    return ContactAttempt.objects.filter(case=case, document__isnull=False).latest("made_at").owed


def test_the_letter_asks_only_for_what_is_not_in_question(house, case):
    found = disputed(case, amount=Decimal("200.00"))
    live(house)
    said = owed_in_letter(case)
    assert Decimal(said["principal"]) == Decimal("1300.00")
    assert Decimal(said["total"]) == rest_of(case, TODAY).amount < total(case)
    assert found.state == "open"


def test_where_nothing_is_left_that_is_not_in_question_the_case_rests(house, case):
    for ref in ("RE-1", "RE-2"):
        disputed(case, ref)
    assert Hold.objects.get(case=case, lifted_at=None).kind == "disputed"
    assert rest_of(case, TODAY).amount == 0
    report = live(house)
    assert (report.letters, report.emails) == (0, 0)
    decide(dispute=Dispute.objects.get(line__ref="RE-2"), state="rejected", side="client", because="It came.", by=SYSTEM, at=AT)  # fmt: skip
    assert not Hold.objects.filter(case=case, lifted_at=None).exists()
    assert live(house, TODAY + timedelta(days=1)).letters == 1
    assert Decimal(owed_in_letter(case)["principal"]) == Decimal("300.00")


def test_a_letter_written_before_the_dispute_does_not_leave_after_it(house, case):
    live(house)
    dispute(case=case, line=case.lines.get(ref="RE-1"), text="Never ordered.", by=SYSTEM, at=AT + timedelta(minutes=2))  # fmt: skip
    send(house)
    states = set(Message.objects.filter(gated=True).values_list("state", flat=True))
    assert states == {"denied"}
    denied = Event.objects.filter(kind="MessageDenied").first()
    assert denied.data["outcome"]["code"] == "disputed"


@pytest.mark.parametrize(
    "state, amount, off",
    [("upheld", None, "1200.00"), ("partly", "200.00", "200.00"), ("rejected", None, "0"), ("settled", "500.00", "500.00")],
)  # fmt: skip
def test_the_outcome_changes_the_claim_by_a_correction_and_ends_the_tasks(
    house, case, state, amount, off
):
    before = owed(case=case, on=TODAY)
    found = disputed(case)
    decide(
        dispute=found, state=state, side="client", because="We looked.", amount=Decimal(amount) if amount else None,
        by=SYSTEM, at=AT,
    )  # fmt: skip
    after = owed(case=case, on=TODAY)
    assert before.principal - after.principal == Decimal(off)
    ended = Dispute.objects.get(id=found.id)
    assert (ended.state, ended.taken_off) == (state, Decimal(off))
    assert (ended.note.ref == ended.number) if Decimal(off) else ended.note is None
    if state == "upheld":
        fresh = sum(c.interest for c in after.claims if c.ref == "RE-1")
        assert fresh == 0, "no interest ever ran on it"
    if state == "settled":
        kept = next(c.interest for c in after.claims if c.ref == "RE-1")
        ran = next(c.interest for c in before.claims if c.ref == "RE-1")
        assert Decimal("0") < ran - kept < Decimal("0.20"), "what had run is kept, but for today"
    assert not Task.objects.filter(
        case=case, kind__in=("dispute", "dispute_answer"), done_at=None
    ).exists()
    assert (
        Event.objects.filter(case_id=case.id, kind="DisputeEnded", audience="debtor").count() == 1
    )


def test_a_case_whose_only_invoice_falls_away_is_closed(house):
    profile(house)
    case = at_work(sign_up(house), lines=[line("RE-1", "900.00")])
    found = disputed(case)
    decide(
        dispute=found, state="upheld", side="client", because="Never delivered.", by=SYSTEM, at=AT
    )
    assert Case.objects.get(id=case.id).stage == "closed"


@pytest.mark.parametrize("amount", [None, "0", "1200.00", "1300.00", "0.001"])
def test_a_part_is_a_part(case, amount):
    found = disputed(case)
    with pytest.raises(Refusal):
        decide(dispute=found, state="partly", side="client", because="x", amount=Decimal(amount) if amount else None, by=SYSTEM, at=AT)  # fmt: skip
    assert Dispute.objects.get().state == "open"


def test_of_two_decisions_the_first_counts(case):
    found = disputed(case)
    decide(dispute=found, state="rejected", side="client", because="It came.", by=SYSTEM, at=AT)
    with pytest.raises(Refusal) as refused:
        decide(dispute=found, state="upheld", side="house", because="No.", by=SYSTEM, at=AT)
    assert refused.value.code == "dispute_ended"
    assert total(case) == owed(case=case, on=TODAY).total


def test_the_debtor_withdraws_and_decides_nothing_and_the_client_does_not_withdraw_for_it(case):
    found = disputed(case)
    for side, state in (("debtor", "upheld"), ("debtor", "rejected"), ("client", "withdrawn")):
        with pytest.raises(Refusal):
            decide(dispute=found, state=state, side=side, because="x", by=SYSTEM, at=AT)
    assert decide(dispute=found, state="withdrawn", side="debtor", because="Found it.", by=SYSTEM, at=AT).state == "withdrawn"  # fmt: skip


def test_each_side_sees_what_is_meant_for_it_and_the_database_says_so(house, case):
    found = disputed(case, papers=[Paper("photo.png", b"\x89PNG\r\n\x1a\n1")])
    say = {"dispute": found, "by": SYSTEM, "at": AT}
    answer_dispute(
        **say, side="house", text="Their lawyer called.", audience="internal", key=uuid4()
    )
    answer_dispute(**say, side="client", text="Our lawyer advises …", audience="client", papers=[PAPER], key=uuid4())  # fmt: skip
    answer_dispute(**say, side="client", text="It was signed for.", audience="debtor", key=uuid4())
    ask_evidence(dispute=found, side="client", what="Order", due_on=TODAY + timedelta(days=5), by=SYSTEM, at=AT)  # fmt: skip
    ask_evidence(dispute=found, side="debtor", what="Photos", due_on=TODAY + timedelta(days=5), by=SYSTEM, at=AT)  # fmt: skip

    def seen():
        texts = {s.text for s in Statement.objects.all() if s.text}
        papers = set(
            Document.objects.filter(kind__startswith="evidence").values_list("name", flat=True)
        )
        return len(texts), papers, Request.objects.count()

    assert seen() == (3, {"photo.png", "delivery.pdf"}, 2)
    with scope(house.id, client=case.client_id):
        assert seen() == (2, {"photo.png", "delivery.pdf"}, 2)
    with scope(house.id, case=case.id):
        assert seen() == (1, {"photo.png"}, 1)
    other = at_work(sign_up(house, "Nordan Papper AB", "5560360793"), key="x", debtor=add_debtor(house, "Andere GmbH", vat="DE129274202"))  # fmt: skip
    with scope(house.id, client=other.client_id):
        assert seen() == (0, set(), 0)
    with scope(house.id, case=other.id):
        assert seen() == (0, set(), 0)


def test_evidence_is_a_task_with_a_day_and_a_default_and_a_paper_answers_it(case):
    found = disputed(case)
    ask_evidence(dispute=found, side="client", what="The delivery note", due_on=TODAY + timedelta(days=5), by=SYSTEM, at=AT)  # fmt: skip
    task = Task.objects.get(kind="evidence")
    assert (task.client_id, task.default) == (case.client_id, "It is decided without it.")
    answer_dispute(dispute=found, side="client", text="Here.", papers=[PAPER], audience="debtor", key=uuid4(), by=SYSTEM, at=AT)  # fmt: skip
    task.refresh_from_db()
    assert task.outcome == "shown"
    assert Request.objects.get().answered_at == AT
    assert Task.objects.get(kind="dispute_answer").outcome == "answered"


def test_evidence_that_does_not_come_is_noted_and_the_collector_decides_without_it(house, case):
    found = disputed(case)
    ask_evidence(dispute=found, side="debtor", what="Photos", due_on=TODAY + timedelta(days=5), by=SYSTEM, at=AT)  # fmt: skip
    later = {"agency": house.agency, "by": SYSTEM, "at": AT + timedelta(days=6)}
    assert look_at_disputes(on=TODAY + timedelta(days=5), **later) == 0, "the day itself is still theirs"  # fmt: skip
    assert [look_at_disputes(on=TODAY + timedelta(days=6), **later) for _ in range(2)] == [1, 0]
    assert Task.objects.get(kind="evidence").outcome == "not shown"
    to_decide = Task.objects.get(key=f"without:{Request.objects.get().id}")
    assert (to_decide.role, to_decide.params["what"], to_decide.done_at) == ("collector", "Photos", None)  # fmt: skip
    assert Event.objects.get(kind="EvidenceMissed").audience == "debtor"
    answer_dispute(dispute=found, side="debtor", text="Late.", papers=[PAPER], key=uuid4(), by=SYSTEM, at=AT)  # fmt: skip
    to_decide.refresh_from_db()
    assert to_decide.outcome == "shown", "what comes before the decision still counts"


def test_a_creditor_that_does_not_answer_is_asked_by_its_collector_once(house, case):
    found = disputed(case)
    after = {
        "agency": house.agency,
        "on": found.answer_by + timedelta(days=1),
        "by": SYSTEM,
        "at": AT,
    }
    assert [look_at_disputes(**after) for _ in range(2)] == [1, 0]
    asked = Task.objects.get(key=f"ask:{found.id}")
    assert asked.role == "collector" and asked.client_id is None
    answer_dispute(dispute=found, side="client", text="It came.", key=uuid4(), by=SYSTEM, at=AT)
    asked.refresh_from_db()
    assert asked.outcome == "answered"


def test_what_was_said_and_decided_is_not_changed(case):
    found = disputed(case)
    decide(dispute=found, state="rejected", side="client", because="It came.", by=SYSTEM, at=AT)
    for change in ("UPDATE disputes_dispute SET because = 'x'", "DELETE FROM disputes_statement"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_what_was_said_is_quoted_without_its_full_stop(house, case):
    """The sentence around it has one of its own: “… never came.”. reads as a slip."""
    disputed(case)
    asked = Task.objects.filter(case=case, kind="dispute_answer").get()
    assert "“The goods never came”. Please" in asked.sentence % asked.params
