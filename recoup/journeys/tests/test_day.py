"""The day run on cases made by the real operations, and the outbox behind it."""

from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from recoup.cases.models import Case, Charge, Look, Task
from recoup.cases.operations import lift_hold, move_case, plan_next_look, put_on_hold
from recoup.cases.tests.cast import AT, TODAY, add_debtor, at_work, line, profile, sign_up, submit
from recoup.contact.channels.refused import CannotSend
from recoup.contact.models import ContactAttempt, Denial
from recoup.contact.operations import record_call
from recoup.contact.rules import PERMITTED
from recoup.eventlog.models import Event
from recoup.files.models import Document
from recoup.jobs.dispatch import work_outbox
from recoup.journeys import day
from recoup.journeys.accept_and_assign import accept_and_assign
from recoup.journeys.day import Beside, DayReport, live_share, run_day, shares
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.ledger.models import Posting
from recoup.outbox.models import Message
from recoup.parties.models import Contact
from recoup.payments.models import Suggestion
from recoup.payments.operations.allocate import report_direct_payment
from recoup.payments.queries import owed
from recoup.payments.tests.cast import trust_account
from recoup.strategy.facts import gather
from recoup.strategy.models import Decision


class Taken:
    """A channel with memory: takes everything."""

    def __init__(self):
        self.messages = []

    def look_up(self, message):
        return message.id.hex if message.id in self.messages else False

    def hand_over(self, message):
        self.messages.append(message.id)
        return message.id.hex


@pytest.fixture
def standing(house):
    profile(house)
    trust_account(house.agency)
    return sign_up(house)


def live(house, on=TODAY, hour=9):
    at = datetime.combine(on, AT.time(), AT.tzinfo).replace(hour=hour)
    return run_day(agency=house.agency, on=on, by=SYSTEM, at=at)


def send(house, on=TODAY):
    at = datetime.combine(on, AT.time(), AT.tzinfo) + timedelta(minutes=5)
    taken = Taken()
    return work_outbox(agency=house.id, now=at, channels={"email": taken, "letter": taken})


def pay(case):
    """Everything, directly to the client. Without interest in the law the sum of the day is exact."""
    amount = Money(owed(case=case, on=TODAY).total, "EUR")
    report_direct_payment(case=case, amount=amount, on=TODAY, by=SYSTEM, at=AT)


def debtor_messages():
    return Message.objects.filter(gated=True)


def test_a_fresh_case_is_written_to_by_email_and_letter(house, standing):
    case = submit(standing)
    accept_and_assign(agency=house.agency, case=case, by=house.actor("account_manager"), at=AT)
    report = live(house)
    assert (report.letters, report.emails, report.tasks) == (1, 1, 0)
    email, letter = debtor_messages().order_by("channel")
    assert email.recipient == "buchhaltung@mueller.example"
    assert "Müller Logistik GmbH" in letter.recipient
    attempts = list(ContactAttempt.objects.filter(case=case))
    assert {a.channel for a in attempts} == {"email", "letter"}
    paper = Document.objects.get(id=attempts[0].document_id)
    assert paper.audience == "debtor"
    assert email.payload["attachments"] == [str(paper.id)]
    assert attempts[0].answer_by >= TODAY + timedelta(days=10)
    decision = Decision.objects.get(case=case)
    assert (decision.step, decision.rule) == ("first_demand", "first_step v1")
    kinds = set(Event.objects.filter(case_id=case.id).values_list("kind", flat=True))
    assert {"LetterWritten", "CostCharged", "DebtorLinkMade"} <= kinds
    assert send(house)["sent"] >= 2


def test_a_letter_that_is_not_sent_costs_nothing_and_the_next_one_is_charged_again(house, standing):
    case = at_work(standing)
    live(house)
    charge = Charge.objects.get(case=case)
    costs = owed(case=case, on=TODAY).costs
    assert costs > 0 and costs_booked(case) == charge.amount
    hold = put_on_hold(
        case=case, kind="disputed", because="wrong goods", until=None, by=SYSTEM, at=AT
    )
    assert send(house) == {"denied": 2}
    assert (owed(case=case, on=TODAY).costs, costs_booked(case)) == (0, 0)
    assert Event.objects.filter(case_id=case.id, kind="CostTakenBack").count() == 1
    lift_hold(hold=hold, because="the goods were right", by=SYSTEM, at=AT)
    plan_next_look(case=case, on=TODAY + timedelta(days=1))
    live(house, TODAY + timedelta(days=1))
    assert Charge.objects.get(case=case, reversal=None).key == "demand#1"
    assert owed(case=case, on=TODAY + timedelta(days=1)).costs == costs


def costs_booked(case):
    booked = Posting.objects.filter(book__subject_id=case.id, account="costs")
    return booked.aggregate(sum=Sum("amount"))["sum"]


def test_the_same_day_again_does_nothing_more(house, standing):
    at_work(standing)
    first = live(house)
    counts = [m.objects.count() for m in (Message, ContactAttempt, Decision, Event, Task, Charge)]
    again = live(house)
    assert (first.cases_looked_at, again.cases_looked_at) == (1, 0)
    assert counts == [
        m.objects.count() for m in (Message, ContactAttempt, Decision, Event, Task, Charge)
    ]


def test_where_no_rate_is_held_the_letter_asks_for_the_principal_alone(house, standing):
    case = at_work(standing, jurisdiction="AE")
    assert live(house).letters == 1
    assert ContactAttempt.objects.filter(case=case)[0].owed["total"] == "1200.00"


def test_before_the_deadline_it_waits_and_after_it_somebody_calls(house, standing):
    case = at_work(standing)
    live(house)
    send(house)
    case.refresh_from_db()
    deadline = ContactAttempt.objects.filter(case=case)[0].answer_by
    assert case.next_action_on == deadline + timedelta(days=1)
    assert live(house, deadline).cases_looked_at == 0
    report = live(house, deadline + timedelta(days=1))
    assert report.calls_queued == 1
    task = Task.objects.get(case=case, kind="call")
    assert task.owner_id == case.collector_id
    assert live(house, deadline + timedelta(days=2)).calls_queued == 0, (
        "the task waits with a person"
    )


def test_what_left_late_gives_the_debtor_its_full_time(house, standing):
    case = at_work(standing)
    live(house)
    late = TODAY + timedelta(days=6)
    send(house, late)
    case.refresh_from_db()
    report = live(house, case.next_action_on)
    assert dict(report.actions) == {"wait": 1}
    case.refresh_from_db()
    assert case.next_action_on == late + timedelta(days=11)


def test_after_the_call_the_case_is_weighed(house, standing):
    case = at_work(standing)
    live(house)
    send(house)
    case.refresh_from_db()
    called = case.next_action_on
    live(house, called)
    task = Task.objects.get(case=case, kind="call")
    Task.objects.filter(id=task.id).update(done_at=AT)
    record_call(
        case=case, contact=None, outcome="refuses", note="Will not pay.", by=SYSTEM,
        at=datetime.combine(called, AT.time(), AT.tzinfo),
    )  # fmt: skip
    report = live(house, called + timedelta(days=1))
    assert report.actions == {"evaluate": 1}
    case.refresh_from_db()
    assert (case.stage, case.next_action_on) == ("evaluation", None)
    assert Task.objects.filter(case=case, kind="evaluate", done_at=None).exists()


def test_sent_back_to_contact_the_plan_goes_on_without_a_second_demand(house, standing):
    case = at_work(standing)
    live(house)
    send(house)
    case.refresh_from_db()
    called = case.next_action_on
    live(house, called)
    Task.objects.filter(case=case, kind="call").update(done_at=AT)
    at = datetime.combine(called, AT.time(), AT.tzinfo)
    record_call(case=case, contact=None, outcome="refuses", note="No.", by=SYSTEM, at=at)
    live(house, called + timedelta(days=1))
    case.refresh_from_db()
    back = at + timedelta(days=2)
    move_case(
        case=case, was="evaluation", now="contact", because="try once more", by=SYSTEM, at=back
    )
    Look.objects.filter(case_id=case.id).update(day=back.date())
    assert live(house, back.date()).actions == {"call": 1}
    assert Document.objects.filter(case_id=case.id, kind="letter").count() == 1


def test_five_calls_that_reach_nobody_end_the_trying(house, standing):
    case = at_work(standing)
    live(house)
    send(house)
    case.refresh_from_db()
    day = case.next_action_on
    for n in range(5):
        assert live(house, day + timedelta(days=n)).calls_queued == 1
        Task.objects.filter(case=case, kind="call", done_at=None).update(done_at=AT)
        record_call(case=case, contact=None, outcome="no_answer", note="", by=SYSTEM,
                    at=datetime.combine(day + timedelta(days=n), AT.time(), AT.tzinfo))  # fmt: skip
    assert live(house, day + timedelta(days=5)).actions == {"evaluate": 1}


@pytest.mark.parametrize(("jurisdiction", "at"), [("KR", TODAY), ("DE", date(2031, 7, 1))])
def test_where_the_law_gives_no_answer_a_person_is_asked(house, standing, jurisdiction, at):
    """Nobody has written down Korea's law; for 2031 no base rate is published yet."""
    case = at_work(standing, jurisdiction=jurisdiction)
    found = gather(house.id, [case], at)[case.id]
    report = live(house, at)
    assert found.refusal is not None
    task = Task.objects.get(case=case, kind="ask")
    assert task.sentence % task.params == found.refusal.sentence()
    assert (report.tasks, report.letters) == (1, 0)
    case.refresh_from_db()
    assert case.next_action_on == at + timedelta(days=1)
    assert live(house, at + timedelta(days=1)).tasks == 0, "the question stands already"


def test_a_letter_that_lacks_what_the_law_wants_said_is_asked_about_once_and_not_planned(
    house, standing
):
    """France wants sentences of its own, and the house has written none."""
    case = at_work(standing, jurisdiction="FR")
    assert live(house).tasks == 1
    for days in range(1, 5):
        assert live(house, TODAY + timedelta(days=days)).tasks == 0, "the question stands already"
    task = Task.objects.get(case=case, kind="ask")
    assert "law of FR" in task.sentence % task.params
    assert not case.attempts.exists(), "what cannot be written is no attempt"
    assert not Charge.objects.filter(case=case).exists()
    other = at_work(standing, key="other", lines=[line("RE-9")])
    live(house, TODAY + timedelta(days=5))
    assert other.attempts.exists(), "the debtor's other case does not wait for it"
    assert not case.denials.exists()


def test_without_a_trust_account_nothing_is_sent_and_somebody_is_told(house):
    profile(house)
    case = at_work(sign_up(house))
    report = live(house)
    task = Task.objects.get(case=case, kind="ask")
    assert "no trust account in EUR" in task.sentence % task.params
    assert (report.letters, debtor_messages().count()) == (0, 0)
    assert not Charge.objects.filter(case=case).exists(), "nothing was demanded, nothing is charged"
    trust_account(house.agency)
    assert live(house, TODAY + timedelta(days=1)).letters == 1


def test_paid_meanwhile_means_nothing_is_sent(house, standing):
    case = at_work(standing, jurisdiction="AE")
    live(house)
    pay(case)
    assert send(house) == {"denied": 2}
    assert {m.outcome["code"] for m in debtor_messages()} == {"nothing_owed"}
    assert set(Event.objects.filter(kind="MessageDenied").values_list("case_id", flat=True)) == {
        case.id
    }
    assert live(house, TODAY + timedelta(days=1)).actions == {"close": 1}
    assert Task.objects.filter(case=case, kind="close").exists()


def test_a_paid_case_is_not_written_to(house, standing):
    case = at_work(standing, jurisdiction="AE")
    pay(case)
    assert live(house).actions == {"close": 1}
    assert not debtor_messages().exists()


@pytest.mark.parametrize("what", ["disputed", "withdrawn", "opted_out", "bad"])
def test_what_happens_after_queueing_stops_the_message(house, standing, what):
    case = at_work(standing)
    live(house)
    if what == "disputed":
        put_on_hold(case=case, kind="disputed", because="wrong goods", until=None, by=SYSTEM, at=AT)
    elif what == "withdrawn":
        move_case(case=case, was="contact", now="evaluation", because="withdrawn", by=SYSTEM, at=AT)
    else:
        field = {"opted_out": "opted_out_at", "bad": "bad_since"}[what]
        Contact.objects.filter(debtor=case.debtor).update(**{field: AT})
    states = send(house)
    if what in ("disputed", "withdrawn"):
        assert states == {"denied": 2}
    else:
        assert states == {"denied": 1, "sent": 1}, "the letter goes"
        case.refresh_from_db()
        assert case.next_action_on > TODAY + timedelta(days=9), "the letter counts as contact"


def test_a_payment_waiting_to_be_matched_holds_the_letter_back(house, standing, monkeypatch):
    case = at_work(standing)
    monkeypatch.setattr(
        Suggestion.objects, "filter", lambda **_: FakeSuggestions(case.id), raising=True
    )
    report = live(house)
    assert report.denied == {"payment_waiting": 1}
    assert Denial.objects.get(case=case).code == "payment_waiting"
    case.refresh_from_db()
    assert case.next_action_on == TODAY + timedelta(days=1)


class FakeSuggestions:
    def __init__(self, case):
        self.case = case

    def values_list(self, *_, **__):
        return [self.case]


def test_no_way_to_write_becomes_a_question_once(house, standing):
    case = at_work(standing)
    type(case.debtor).objects.filter(id=case.debtor_id).update(address=[], postcode="", city="")
    Contact.objects.filter(debtor=case.debtor).update(opted_out_at=AT)
    report = live(house)
    assert set(report.denied) == {"opted_out", "no_address"}
    assert Task.objects.filter(case=case, kind="ask").count() == 1
    case.refresh_from_db()
    assert case.next_action_on == TODAY + timedelta(days=7)


def test_both_channels_failing_brings_the_case_to_a_person(house, standing):
    case = at_work(standing)
    live(house)
    Message.objects.filter(gated=True).update(state="failed", settled_at=AT)
    Look.objects.filter(case_id=case.id).update(day=TODAY + timedelta(days=1))
    assert live(house, TODAY + timedelta(days=1)).actions == {"evaluate": 1}
    case.refresh_from_db()
    back = datetime.combine(TODAY + timedelta(days=3), AT.time(), AT.tzinfo)
    move_case(case=case, was="evaluation", now="contact", because="new address", by=SYSTEM, at=back)
    Look.objects.filter(case_id=case.id).update(day=TODAY + timedelta(days=3))
    assert live(house, TODAY + timedelta(days=3)).actions == {"first_demand": 1}, (
        "the new try counts afresh"
    )


def test_an_address_that_takes_nothing_is_not_written_to_again(house, standing):
    case = at_work(standing)
    live(house)
    refusing, taken = Taken(), Taken()

    def refuse(message):
        raise CannotSend("the recipient was refused (550)", "recipient")

    refusing.hand_over = refuse
    channels = {"email": refusing, "letter": taken}
    assert work_outbox(agency=house.id, now=AT, channels=channels) == {"failed": 1, "sent": 1}
    contact = Contact.objects.get(debtor=case.debtor)
    assert contact.bad_since == AT
    assert Task.objects.filter(case=case, kind="undelivered").count() == 1
    case.refresh_from_db()
    assert case.next_action_on > TODAY + timedelta(days=9), "the letter has left, the plan goes on"


def test_the_email_names_the_deadline_as_the_debtor_writes_days(house, standing):
    at_work(standing)
    live(house)
    [mail] = debtor_messages().filter(channel="email")
    assert "2026-1" not in mail.payload["text"]
    assert "30. November 2026" in mail.payload["text"].replace("\xa0", " ")
    assert "/d/" in mail.payload["text"]


# What a demand costs ---------------------------------------------------------------------------


def test_a_german_demand_is_charged_once_and_stands_in_the_letter(house, standing):
    case = at_work(standing)
    before = owed(case=case, on=TODAY).total
    live(house)
    charge = Charge.objects.get(case=case)
    assert (charge.kind, charge.key) == ("demand", "demand")
    after = owed(case=case, on=TODAY)
    assert after.total > before
    assert ContactAttempt.objects.filter(case=case)[0].owed["total"] == str(after.total)
    Message.objects.filter(gated=True).update(state="failed", settled_at=AT)
    ContactAttempt.objects.filter(case=case)  # a second letter is written, a second charge is not
    Look.objects.filter(case_id=case.id).update(day=TODAY)
    live(house)
    assert Charge.objects.filter(case=case).count() == 1


def test_a_swedish_demand_costs_180_kronor_within_the_450(house):
    profile(house, countries=("SE",), languages=("sv",))
    trust_account(house.agency, currency="SEK", iban="SE3550000000054910000003")
    standing = sign_up(house)
    case = at_work(standing, jurisdiction="SE", currency="SEK")
    before = owed(case=case, on=TODAY)
    live(house)
    assert Charge.objects.get(case=case).amount == Decimal("180.00")
    after = owed(case=case, on=TODAY)
    assert before.compensation.open == Decimal("450.00")
    assert after.total == before.total, "the 180 are within the 450 (lag 1981:739 § 5)"


@pytest.mark.parametrize(
    ("jurisdiction", "currency"), [("GB", "GBP"), ("SE", "EUR"), ("HK", "HKD")]
)
def test_where_no_tariff_grants_it_nothing_is_charged(house, jurisdiction, currency):
    profile(house)
    trust_account(house.agency, currency=currency)
    case = at_work(sign_up(house), jurisdiction=jurisdiction, currency=currency)
    report = live(house)
    assert report.letters + report.tasks == 1
    assert not Charge.objects.filter(case=case).exists()


# Many ------------------------------------------------------------------------------------------


def many(standing, count):
    return [
        at_work(
            standing,
            key=f"k{n}",
            lines=[line(f"RE-{n}")],
        )
        for n in range(count)
    ]


@contextmanager
def counted():
    with CaptureQueriesContext(
        connection,
    ) as found:
        yield found


def test_facts_take_as_many_queries_for_sixty_cases_as_for_ten(house, standing):
    cases = many(standing, 60)
    loaded = list(Case.objects.select_related("client", "debtor", "collector__user"))
    with counted() as ten:
        gather(house.id, loaded[:10], TODAY)
    with counted() as sixty:
        assert len(gather(house.id, loaded, TODAY)) == len(cases)
    assert len(ten) == len(sixty) <= 19


def test_a_day_of_waiting_takes_as_many_queries_for_sixty_cases_as_for_ten(house, standing):
    cases = many(standing, 60)
    for case in cases:
        put_on_hold(case=case, kind="promise", because="by phone", until=TODAY, by=SYSTEM, at=AT)
    ids = [c.id for c in cases]
    Look.objects.filter(case_id__in=ids[10:]).update(day=TODAY + timedelta(days=90))
    with counted() as ten:
        assert live(house).cases_looked_at == 10
    Look.objects.filter(case_id__in=ids).update(day=TODAY)
    with counted() as sixty:
        assert live(house).cases_looked_at == 60
    assert len(sixty) <= len(ten), "the first also makes the row of the day"


def test_one_case_that_breaks_stops_no_other(house, standing, monkeypatch):
    [good] = many(standing, 1)
    other = add_debtor(house, "Kurz & Klein GmbH", "DE811569869")
    bad = at_work(standing, key="bad", debtor=other, lines=[line("RE-9")])
    from recoup.journeys import typesetting

    compose = typesetting.compose

    def broken(agency, known, *rest):
        if known.case.id == bad.id:
            raise KeyError("poison")
        return compose(agency, known, *rest)

    monkeypatch.setattr(typesetting, "compose", broken)
    report = live(house)
    assert report.letters == 2
    assert ContactAttempt.objects.filter(case=good, document__isnull=False).count() == 2
    assert set(Message.objects.filter(case_id=bad.id).values_list("state", flat=True)) == {
        "cancelled"
    }
    task = Task.objects.get(case=bad, kind="ask")
    assert "KeyError" in task.sentence % task.params
    bad.refresh_from_db()
    assert bad.next_action_on == TODAY + timedelta(days=1)


def test_the_gate_sees_letter_and_email_of_one_paper_as_one(house, standing):
    case = at_work(standing)
    live(house)
    states = send(house)
    assert states == {"sent": 2}
    known = gather(
        house.id, [Case.objects.select_related("client", "debtor").get(id=case.id)], TODAY
    )[case.id]
    from recoup.contact.rules import gate
    from recoup.strategy.plans import STANDARD

    paper = known.attempts[0].document_id
    at = AT + timedelta(hours=1)
    step = STANDARD.step("first_demand")
    assert gate(known.gate_facts("letter", step, paper=paper), at) == PERMITTED
    assert gate(known.gate_facts("letter", step), at).code == "demand_made"


def test_debtors_of_another_agency_are_left_alone(house, standing, stranger):
    at_work(standing)
    assert live(stranger).cases_looked_at == 0
    assert add_debtor(house).id == standing.debtor.id


def many_due(house, standing, n=12):
    """`n` debtors, every third of them with two cases; all accepted."""
    cases = []
    for number in range(n):
        debtor = add_debtor(house, name=f"Debtor {number} GmbH", vat="")
        for again in range(1 + (number % 3 == 0)):
            case = submit(
                standing,
                debtor=debtor,
                key=f"{number}-{again}",
                lines=[line(f"F-{number}-{again}")],
            )
            accept_and_assign(
                agency=house.agency, case=case, by=house.actor("account_manager"), at=AT
            )
            cases.append(case)
    return cases


def day_parted(house, others, monkeypatch):
    """Lived by three, of whom the others are `others(shares)`."""
    monkeypatch.setattr(day, "HEAD_START", 0)
    beside = Beside(worth=lambda due: 3, start=lambda shares: lambda: others(shares))
    return run_day(agency=house.agency, on=TODAY, by=SYSTEM, at=AT, beside=beside)


def test_shares_of_a_day_do_together_what_one_does_and_no_debtor_is_in_two(
    house, standing, monkeypatch
):
    cases = many_due(house, standing)
    seen = []

    def others(shares):
        total = DayReport(TODAY)
        for share in shares:
            part = live_share(agency=house.agency, on=TODAY, share=share, by=SYSTEM, at=AT)
            seen.append(part.cases_looked_at)
            total.add(part)
        return total

    report = day_parted(house, others, monkeypatch)
    assert report.cases_looked_at == len(cases)
    assert len(seen) == 2 and min(seen) > 2 and sum(seen) < len(cases), "the debtors were parted"
    assert report.letters == 12, "one letter a debtor, whichever process wrote it"
    assert Decision.objects.count() == len({(d.case_id, d.step) for d in Decision.objects.all()})
    assert live(house).cases_looked_at == 0


def test_what_a_process_leaves_that_died_is_done_by_the_one_that_began(
    house, standing, monkeypatch
):
    cases = many_due(house, standing)
    report = day_parted(house, lambda shares: DayReport(TODAY), monkeypatch)
    assert report.cases_looked_at == len(cases)
    assert report.letters == 12


def test_shares_leave_no_debtor_out_and_the_first_has_a_head_start(house, standing, monkeypatch):
    many_due(house, standing)
    monkeypatch.setattr(day, "HEAD_START", 4)

    def taken(parts):
        found = shares(house.agency.id, TODAY, 16, parts)
        return [len(day.due_ids(house.agency.id, TODAY, share=share)) for share in found]

    assert sum(taken(1)) == sum(taken(2)) == sum(taken(5)) == sum(taken(40)) == 16
    assert taken(2)[0] > taken(2)[1]
    assert len(taken(40)) <= 13, "a debtor is never in two"
