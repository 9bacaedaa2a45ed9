"""To law: with the client's word, within the budget, on court days, nothing missed in silence."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from recoup.approvals.models import Approval
from recoup.cases.models import Case, Charge, Task
from recoup.cases.operations import NewLine, put_on_hold, submit_case
from recoup.cases.states import Stage as CaseStage
from recoup.cases.tests.cast import AT, sign_up
from recoup.journeys.approve import answer
from recoup.journeys.legal import course as verbs
from recoup.journeys.legal import law_firms, papers
from recoup.journeys.legal.alarms import alarm
from recoup.journeys.next_step import next_step
from recoup.journeys.prove import prove
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refusal import NotAnswered, Refusal
from recoup.ledger.models import Posting
from recoup.legal.models import Deadline, LawyerRecord, LimitationLook, Outlay, Proceeding
from recoup.legal.operations import give_back
from recoup.legal.rules import LIMITATION_ALARMS, next_look, step_of
from recoup.legal.states import MOVES, Stage
from recoup.strategy.facts import gather
from recoup.tenancy.context import scope
from recoup.watch.models import Signal

SEK = "SEK"


@pytest.fixture
def standing(house):
    return sign_up(house)


def case_of(
    standing, country="SE", currency="SEK", amount="84000.00", due=date(2026, 6, 1), key="L"
):
    from recoup.parties.operations import find_or_add_debtor

    debtor = find_or_add_debtor(
        agency=standing.house.id, name=f"Skuld {country} AB", country=country, registration_number="", vat_number="",
        address=["Gatan 1"], postcode="111 22", city="Umeå", language="sv", email="a@b.example", phone="", by=SYSTEM, at=AT,
    )  # fmt: skip
    made = submit_case(
        agency=standing.house.id, client=standing.client, agreement=standing.agreement, debtor=debtor, currency=currency,
        jurisdiction=country, lines=[NewLine("invoice", f"F-{key}", date(2026, 5, 1), due, Decimal(amount), None)],
        submission_key=key, by=SYSTEM, at=AT,
    )  # fmt: skip
    for stage in (CaseStage.ACCEPTED, CaseStage.CONTACT):
        Case.objects.filter(id=made.id).update(stage=stage)
    return loaded(made.id)


def loaded(id):
    return Case.objects.select_related(
        "client__account_manager__user",
        "debtor",
        "collector__user",
        "agency",
        "agreement__rate_card",
    ).get(id=id)


def open_one(standing, case, route="payment_order"):
    return verbs.go_to_law(
        agency=standing.house.agency,
        case=case,
        route=route,
        lawyer=None,
        because="No answer",
        by=SYSTEM,
        at=AT,
    )


def approved(standing, one, amount):
    made = verbs.ask_budget(agency=standing.house.agency, proceeding=one, cost=Money(Decimal(amount), one.currency),
                            odds=80, days=60, by=SYSTEM, at=AT)  # fmt: skip
    answer(agency=standing.house.agency, approval=made, yes=True, by=SYSTEM, at=AT)
    one.refresh_from_db()
    return made


def pay(one, amount, **more):
    said = {
        "kind": "court_fee",
        "advanced_by": "agency",
        "recoverable": True,
        "because": "",
        "key": f"k{amount}",
    } | more
    return verbs.advance(
        proceeding=one,
        amount=Money(Decimal(amount), one.currency),
        on=AT.date(),
        by=SYSTEM,
        at=AT,
        **said,
    )


def move(one, now, on=AT.date(), at=AT):
    verbs.move(proceeding=one, now=now, on=on, by=SYSTEM, at=at)


def test_the_case_is_with_the_legal_officer_and_the_next_step_says_the_deadline(standing):
    case = case_of(standing)
    one = open_one(standing, case)
    case = loaded(case.id)
    assert (case.stage, case.next_action_on) == (CaseStage.LEGAL, None)
    found = next_step(gather(standing.house.id, [case], AT.date())[case.id], AT.date())
    assert found.step == "legal_deadline" and found.params["proceeding"] == one.number
    with pytest.raises(Refusal) as refused:
        open_one(standing, case)
    assert refused.value.code == "proceeding_open"


def test_nothing_is_spent_before_the_client_has_approved_it_nor_beyond(standing):
    one = open_one(standing, case_of(standing))
    with pytest.raises(Refusal) as refused:
        pay(one, "300.00")
    assert refused.value.code == "not_approved"
    approved(standing, one, "900.00")
    pay(one, "300.00")
    assert pay(one, "300.00").id == Outlay.objects.get().id, "the same cause once"
    with pytest.raises(Refusal) as refused:
        pay(one, "600.01", key="more")
    assert refused.value.code == "beyond_budget"
    assert Charge.objects.get(case=one.case).amount == Decimal("300.00")
    assert balance("receivable") == Decimal("300.00") and balance("law_costs") == Decimal("-300.00")
    assert Approval.objects.get().is_yes


def balance(account):
    return sum((p.amount for p in Posting.objects.filter(account=account)), Decimal(0))


def test_a_security_that_the_client_gave_comes_back_once(standing):
    one = open_one(standing, case_of(standing))
    approved(standing, one, "50000.00")
    made = pay(one, "50000.00", kind="security", advanced_by="client", recoverable=False)
    assert balance("outlays") == Decimal("50000.00") and balance("trust") == 0
    first = give_back(outlay=made, on=AT.date(), by=SYSTEM, at=AT)
    assert give_back(outlay=made, on=AT.date(), by=SYSTEM, at=AT).id == first.id
    assert balance("outlays") == 0
    with pytest.raises(Refusal):
        pay(one, "1.00", kind="security", recoverable=True)


def test_each_stage_begins_its_deadlines_and_ends_those_before(standing):
    one = open_one(standing, case_of(standing))
    assert {d.kind for d in Deadline.objects.filter(done_at=None)} == {"demand_period"}
    move(one, Stage.FILED)
    move(one, Stage.SERVED, on=date(2026, 11, 18))
    (answer_by,) = Deadline.objects.filter(done_at=None)
    assert (answer_by.kind, answer_by.on, answer_by.days) == ("answer", date(2026, 11, 30), 10), (
        "28 November is a Saturday"
    )
    move(one, Stage.DECIDED)
    assert {d.kind: d.days for d in Deadline.objects.filter(done_at=None)} == {"appeal": None}, (
        "nobody has established it"
    )
    verbs.enter_deadline(
        proceeding=one,
        kind="appeal",
        on=date(2026, 12, 12),
        source="The decision, page 2",
        by=SYSTEM,
        at=AT,
    )
    (found,) = Deadline.objects.filter(done_at=None)
    assert found.on == date(2026, 12, 11), "a Saturday: the last court day before, for caution"


@pytest.mark.parametrize("was", list(Stage))
def test_the_table_of_moves_is_kept_by_code_and_database(standing, was):
    one = open_one(standing, case_of(standing))
    for now in Stage:
        if now in MOVES[was]:
            continue
        with pytest.raises(Refusal):
            from recoup.legal.operations import move_proceeding

            move_proceeding(proceeding=one, was=was, now=now, on=AT.date(), by=SYSTEM, at=AT)


def test_a_deadline_is_announced_before_and_shouted_after_each_step_once(standing):
    one = open_one(standing, case_of(standing))
    move(one, Stage.FILED)
    move(one, Stage.SERVED)
    due = Deadline.objects.get(done_at=None).on
    on = AT.date()
    while on <= due + timedelta(days=2):
        at = datetime.combine(on, AT.timetz())
        alarm(agency=standing.house.agency, on=on, by=SYSTEM, at=at)
        alarm(agency=standing.house.agency, on=on, by=SYSTEM, at=at)
        on += timedelta(days=1)
    said = Task.objects.filter(kind="legal_deadline", key__contains=":").values_list(
        "sentence", flat=True
    )
    assert sum(s.startswith("MISSED") for s in said) == 1
    assert Deadline.objects.get(on=due, kind="answer").missed_at
    assert len([s for s in said if "is due on" in s]) == 4


def test_limitation_never_passes_unseen_for_any_pack_over_ten_years():
    """Looked at only when a look is due, every alarm is sounded, and there is a look on each of the last days."""
    for start in range(0, 3650, 73):
        first = date(2020, 1, 1) + timedelta(days=start)
        for distance in (400, 365, 90, 31, 8, 2, 0):
            ends, on, heard = first + timedelta(days=distance), first, []
            while on <= ends:
                step = step_of(LIMITATION_ALARMS, (ends - on).days)
                heard += [step] if step is not None else []
                coming = next_look(ends, on)
                assert coming > on
                on = coming
            due = [n for n in LIMITATION_ALARMS if n <= distance]
            assert set(due) <= set(heard), (distance, heard)


def test_a_case_near_the_end_of_limitation_is_told_and_a_part_payment_moves_it(standing):
    case = case_of(standing, country="DE", currency="EUR", due=date(2023, 6, 1))
    found = alarm(agency=standing.house.agency, on=AT.date(), by=SYSTEM, at=AT)
    assert found.limitation == 1
    assert LimitationLook.objects.get().ends_on == date(2026, 12, 31)
    task = Task.objects.get(kind="limitation_near")
    assert task.params["last"] == "2026-12-31" and task.role == "legal_officer"
    assert alarm(agency=standing.house.agency, on=AT.date(), by=SYSTEM, at=AT).limitation == 0
    assert case.stage == CaseStage.CONTACT


def test_a_payment_order_is_not_opened_for_a_disputed_claim_nor_where_there_is_none(standing):
    from recoup.cases.operations import put_on_hold

    case = case_of(standing)
    put_on_hold(case=case, kind="disputed", because="Wrong colour", until=None, by=SYSTEM, at=AT)
    with pytest.raises(Refusal) as refused:
        open_one(standing, case)
    assert refused.value.code == "claim_disputed_order"
    with pytest.raises(NotAnswered):
        open_one(standing, case_of(standing, "HK", "HKD", key="hk"))
    with pytest.raises(Refusal) as refused:
        open_one(standing, case_of(standing, "HK", "HKD", key="big"), "small_claim")
    assert refused.value.code == "above_limit"


def test_a_winding_up_asks_for_the_least_amount_of_the_law_and_for_an_undisputed_debt(standing):
    small = case_of(standing, "HK", "HKD", amount="9000.00")
    with pytest.raises(Refusal) as refused:
        open_one(standing, small, "winding_up")
    assert refused.value.code == "below_threshold"
    large = case_of(standing, "HK", "HKD", amount="90000.00", key="large")
    one = open_one(standing, large, "winding_up")
    assert verbs.least_now(one, AT.date()).ok
    put_on_hold(case=large, kind="disputed", because="broken", until=None, by=SYSTEM, at=AT)
    with pytest.raises(Refusal) as refused:
        verbs.move(proceeding=one, now=Stage.FILED, on=AT.date(), by=SYSTEM, at=AT)
    assert refused.value.code == "claim_disputed"
    one.refresh_from_db()
    assert one.stage == Stage.PREPARING


def test_a_judgment_is_a_danger_signal_for_its_client_and_no_other(standing):
    one = open_one(standing, case_of(standing))
    for now in (Stage.FILED, Stage.DECIDED, Stage.TITLE):
        verbs.move(proceeding=one, now=now, on=AT.date(), by=SYSTEM, at=AT)
    signal = Signal.objects.get()
    assert (signal.kind, signal.client_id, signal.public) == ("court_notice", one.client_id, False)


def test_interest_goes_on_after_judgment_by_the_pack_or_by_what_a_person_has_read(standing):
    hk = open_one(standing, case_of(standing, "HK", "HKD", key="hk"), "claim")
    zero = Money(Decimal(0), "HKD")
    verbs.award(proceeding=hk, kind="judgment", on=date(2026, 1, 5), principal=Money(Decimal("84000.00"), "HKD"), interest=zero,
                costs=zero, after=None, source="", by=SYSTEM, at=AT)  # fmt: skip
    stands = verbs.title_stands_at(hk, AT.date())
    assert stands["since"] > 0 and stands["segments"] and "Cap. 4" in stands["award"].source
    se = open_one(standing, case_of(standing))
    nothing = Money(Decimal(0), SEK)
    verbs.award(proceeding=se, kind="order", on=date(2026, 11, 2), principal=Money(Decimal("84000.00"), SEK), interest=nothing,
                costs=nothing, after=None, source="", by=SYSTEM, at=AT)  # fmt: skip
    assert verbs.title_stands_at(se, AT.date())["since"] is None, (
        "not established for Sweden: nothing is guessed"
    )


def test_evidence_names_its_gaps_and_a_person_closes_them(standing):
    one = open_one(standing, case_of(standing))
    missing = {line.paper.code for line in papers.evidence_lines(one) if not line.paper.there}
    assert missing == {"invoice", "demand"}
    papers.review(proceeding=one, ticked={}, by=SYSTEM, at=AT)
    assert Task.objects.filter(kind="evidence_gap").count() == 2
    papers.review(
        proceeding=one,
        ticked={"demand": "Registered letter of 3 October, receipt kept"},
        by=SYSTEM,
        at=AT,
    )
    assert {line.paper.code for line in papers.evidence_lines(one) if not line.paper.there} == {
        "invoice"
    }


def test_a_law_firms_records_are_taken_once_and_bad_rows_named(standing):
    one = open_one(standing, case_of(standing))
    rows = f"proceeding;code;on;text;amount\n{one.number};filed;2026-11-19;Lodged;\n{one.number};dance;2026-11-19;;\nL-9;note;2026-11-19;x;\n{one.number};note;soon;;\n"
    taken = law_firms.take_lawyer_file(
        agency=standing.house.agency,
        content=rows.encode(),
        name="f.csv",
        partner=None,
        by=SYSTEM,
        at=AT,
    )
    assert [r.code for r in taken.fresh] == ["filed"]
    assert {(w["row"], w["code"]) for w in taken.file.wrong} == {
        ("3", "record_code"),
        ("4", "proceeding_unknown"),
        ("5", "day_not_iso"),
    }
    assert Task.objects.filter(kind="lawyer_report").count() == 1
    as_json = json.dumps(
        [{"proceeding": one.number, "code": "filed", "on": "2026-11-19", "text": "Lodged"}]
    ).encode()
    again = law_firms.take_lawyer_file(
        agency=standing.house.agency, content=as_json, name="f.json", partner=None, by=SYSTEM, at=AT
    )
    assert not again.fresh and again.file.known == 1 and LawyerRecord.objects.count() == 1
    content, _ = law_firms.export(one, "json", AT.date())
    assert json.loads(content)["owed"]["principal"] == "84000.00"
    assert b"creditor.creditor.name" in law_firms.export(one, "csv", AT.date())[0]


def test_a_client_sees_its_own_proceeding_and_a_stranger_none(standing, stranger):
    one = open_one(standing, case_of(standing))
    with scope(standing.house.id, client=standing.client.id):
        assert Proceeding.objects.get().id == one.id
    with scope(stranger.id):
        assert not Proceeding.objects.exists()
    assert all(
        c.holds
        for c in prove(now=AT)
        if c.name in ("ledger balanced", "isolation policies present")
    )
