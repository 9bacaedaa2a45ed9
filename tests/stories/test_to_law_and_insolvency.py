"""Five debts that contact could not bring, each in the order of its days: a payment order carried to
enforcement in Sweden, a dispute settled before a German court, a winding-up demand in Hong Kong, a 支付令 in
China, an insolvency with a dividend in England. Each ends with its ledger (`-s`) and with `prove`.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from recoup.cases.models import Case, Charge, Hold, Task
from recoup.cases.operations import NewLine, accept_case, assign_case, put_on_hold, submit_case
from recoup.cases.states import HoldKind
from recoup.cases.states import Stage as CaseStage
from recoup.cases.tests.cast import sign_up
from recoup.eventlog.operations import seal_waiting
from recoup.files.models import Document
from recoup.insolvency.models import Estate
from recoup.insolvency.rules import demand_threshold, may_demand
from recoup.insolvency.states import ClaimState
from recoup.jobs.dispatch import work_outbox
from recoup.journeys.approve import answer
from recoup.journeys.collect import report_direct_payment
from recoup.journeys.insolvency import claim as estates
from recoup.journeys.insolvency.take import take_notices
from recoup.journeys.legal import course as law
from recoup.journeys.legal import papers
from recoup.journeys.prove import prove
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.legal.models import Deadline, Measure
from recoup.legal.operations import move_measure
from recoup.legal.states import Stage
from recoup.parties.operations import find_or_add_debtor
from recoup.payments.queries import owed
from tests.stories.test_a_debt_is_collected import Post, print_ledger


def day(month: int, number: int, year: int = 2026) -> date:
    return date(year, month, number)


def at(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 9, tzinfo=UTC)


@pytest.fixture
def standing(house):
    return sign_up(house)


def a_case(standing, country, currency, amount, *, name, due=date(2026, 6, 1), number=""):
    """A debt in contact: submitted, accepted, nobody has paid."""
    debtor = find_or_add_debtor(
        agency=standing.house.id, name=name, country=country, registration_number=number, vat_number="", address=["Main 1"],
        postcode="10115", city="X", language="en", email="x@y.example", phone="", by=SYSTEM, at=at(day(9, 1)),
    )  # fmt: skip
    made = submit_case(
        agency=standing.house.id, client=standing.client, agreement=standing.agreement, debtor=debtor, currency=currency,
        jurisdiction=country, lines=[NewLine("invoice", f"{country}-1", date(2026, 5, 1), due, Decimal(amount), None)],
        submission_key=country, by=SYSTEM, at=at(day(9, 1)),
    )  # fmt: skip
    accept_case(case=made, by=SYSTEM, at=at(day(9, 2)))
    assign_case(
        case=made,
        collector=standing.house.members["collector"],
        because={},
        by=SYSTEM,
        at=at(day(9, 2)),
    )
    found = Case.objects.select_related(
        "client__account_manager__user",
        "debtor",
        "collector__user",
        "agency",
        "agreement__rate_card",
    )
    return found.get(id=made.id)


def to_law(standing, case, route, on):
    return law.go_to_law(agency=standing.house.agency, case=case, route=route, lawyer=None, because="No answer, no payment",
                         by=standing.house.actor("legal_officer"), at=at(on))  # fmt: skip


def client_agrees(standing, one, amount, on):
    asked = law.ask_budget(agency=standing.house.agency, proceeding=one, cost=Money(Decimal(amount), one.currency), odds=80,
                           days=90, by=SYSTEM, at=at(on))  # fmt: skip
    assert asked.is_open
    answer(agency=standing.house.agency, approval=asked, yes=True, by=standing.by, at=at(on))
    one.refresh_from_db()


def fee(one, amount, on, *, kind="court_fee", recoverable=True):
    law.advance(proceeding=one, kind=kind, amount=Money(Decimal(amount), one.currency), on=on, advanced_by="agency",
                recoverable=recoverable, because=kind, key=f"{kind}{on}", by=SYSTEM, at=at(on))  # fmt: skip


def step(one, now, on):
    law.move(proceeding=one, now=now, on=on, by=SYSTEM, at=at(on))


def the_end(standing, on):
    post = Post()
    work_outbox(agency=standing.house.id, now=at(on), channels={"email": post, "letter": post})
    seal_waiting(agency=standing.house.id)
    print_ledger(standing.house.id)
    wrong = [(c.name, c.found) for c in prove(now=at(on)) if not c.holds]
    assert not wrong, wrong


def test_a_payment_order_in_sweden_is_carried_to_enforcement(standing):
    case = a_case(standing, "SE", "SEK", "84000.00", name="Skuld i Umeå AB")
    # 5 October: the client is asked; the court's fee is the pack's.
    one = to_law(standing, case, "payment_order", day(10, 5))
    assert law.expected_fee(one, day(10, 5))[0] == Money(Decimal("300.00"), "SEK")
    client_agrees(standing, one, "2000.00", day(10, 6))
    # 15 October: the time of the demand is over, the application is filled and filed.
    form = papers.make_form(
        agency=standing.house.agency,
        proceeding=one,
        form="se_payment_order",
        by=SYSTEM,
        at=at(day(10, 15)),
    )
    assert form.title == "Ansökan om betalningsföreläggande"
    fee(one, "300.00", day(10, 15))
    step(one, Stage.FILED, day(10, 15))
    # Served on the 21st: ten days end on Saturday the 31st, All Saints', so on Monday.
    step(one, Stage.SERVED, day(10, 21))
    assert Deadline.objects.get(proceeding=one, kind="answer").on == day(11, 2)
    # Nobody opposes; the order of 4 November is final.
    step(one, Stage.DECIDED, day(11, 4))
    stated = owed(case=case, on=day(11, 4))
    law.award(proceeding=one, kind="order", on=day(11, 4), principal=Money(stated.principal, "SEK"),
              interest=Money(stated.interest, "SEK").rounded(), costs=Money(stated.costs, "SEK"), after=None, source="", by=SYSTEM,
              at=at(day(11, 4)))  # fmt: skip
    step(one, Stage.TITLE, day(11, 5))
    assert Deadline.objects.get(proceeding=one, kind="title_expiry", done_at=None).days is None, (
        "a person finds it out"
    )
    # A search for assets finds a lorry; it is attached, valued and sold.
    search = law.measure(proceeding=one, kind="asset_search", on=day(11, 6), what="Vehicles, accounts", security=None, by=SYSTEM,
                         at=at(day(11, 6)))  # fmt: skip
    move_measure(
        measure=search, now="measure_done", found="A lorry, ABC 123", by=SYSTEM, at=at(day(11, 10))
    )
    assert "lorry" in Measure.objects.get().found
    fee(one, "600.00", day(11, 11), kind="enforcement")
    for stage, on in (
        (Stage.ATTACHED, day(11, 12)),
        (Stage.VALUED, day(11, 16)),
        (Stage.AUCTIONED, day(11, 18)),
    ):
        step(one, stage, on)
    report_direct_payment(agency=standing.house.agency, case=case, amount=Money(Decimal("60000.00"), "SEK"), on=day(11, 19),
                          by=SYSTEM, at=at(day(11, 19)))  # fmt: skip
    step(one, Stage.WATCHED, day(11, 20))
    assert owed(case=case, on=day(11, 20)).total > 0
    assert {c.kind for c in Charge.objects.filter(case=case)} == {"court_fee", "other"}
    assert Task.objects.filter(case=case, done_at=None).exists(), "the title is watched by somebody"
    the_end(standing, day(11, 20))


def test_a_dispute_is_settled_before_a_german_court(standing):
    case = a_case(standing, "DE", "EUR", "20000.00", name="Streit GmbH")
    put_on_hold(
        case=case,
        kind="disputed",
        because="Half of it was broken",
        until=None,
        by=SYSTEM,
        at=at(day(9, 20)),
    )
    with pytest.raises(Refusal) as refused:
        to_law(standing, case, "payment_order", day(10, 1))
    assert refused.value.code == "claim_disputed_order"
    one = to_law(standing, case, "claim", day(10, 1))
    client_agrees(standing, one, "3000.00", day(10, 2))
    papers.review(
        proceeding=one, ticked={"delivery": "CMR note signed"}, by=SYSTEM, at=at(day(10, 5))
    )
    fee(one, "1146.00", day(10, 6), recoverable=False)
    for stage, on in (
        (Stage.FILED, day(10, 6)),
        (Stage.SERVED, day(10, 12)),
        (Stage.HEARING, day(11, 3)),
    ):
        step(one, stage, on)
    # The judge proposes fifteen thousand; both agree.
    none = Money(Decimal(0), "EUR")
    law.award(proceeding=one, kind="court_settlement", on=day(11, 3), principal=Money(Decimal("15000.00"), "EUR"), interest=none,
              costs=none, after={"kind": "none"}, source="Settlement of 3 November", by=SYSTEM, at=at(day(11, 3)))  # fmt: skip
    step(one, Stage.COURT_SETTLEMENT, day(11, 3))
    assert law.title_stands_at(one, day(11, 20))["total"] == Money(Decimal("15000.00"), "EUR")
    report_direct_payment(agency=standing.house.agency, case=case, amount=Money(Decimal("15000.00"), "EUR"), on=day(11, 10),
                          by=SYSTEM, at=at(day(11, 10)))  # fmt: skip
    step(one, Stage.OVER, day(11, 10))
    the_end(standing, day(11, 11))


def test_a_winding_up_is_demanded_in_hong_kong(standing):
    case = a_case(standing, "HK", "HKD", "250000.00", name="Harbour Cargo Limited")
    debt = Money(owed(case=case, on=day(10, 5)).principal, "HKD")
    days, threshold = demand_threshold("HK", debt)
    assert days == 21 and threshold.ok and may_demand(threshold, disputed=False) is None
    one = to_law(standing, case, "winding_up", day(10, 5))
    # Three weeks end on Monday the 26th.
    assert Deadline.objects.get(proceeding=one, kind="demand_period").on == day(10, 26)
    made = papers.make_form(
        agency=standing.house.agency,
        proceeding=one,
        form="hk_statutory_demand",
        by=SYSTEM,
        at=at(day(10, 5)),
    )
    assert made.title == "Statutory demand (Form 1A)"
    # The debtor pays half; the rest is petitioned for.
    report_direct_payment(agency=standing.house.agency, case=case, amount=Money(Decimal("125000.00"), "HKD"), on=day(10, 20),
                          by=SYSTEM, at=at(day(10, 20)))  # fmt: skip
    client_agrees(standing, one, "50000.00", day(10, 27))
    fee(one, "20000.00", day(10, 28), kind="security", recoverable=False)
    step(one, Stage.FILED, day(10, 28))
    assert owed(case=case, on=day(10, 28)).total == Decimal("125000.00"), "no interest as of right"
    the_end(standing, day(10, 30))


def test_a_payment_order_is_asked_for_in_china(standing):
    case = a_case(standing, "CN", "CNY", "70000.00", name="上海远航贸易有限公司")
    one = to_law(standing, case, "payment_order", day(10, 12))
    expected = law.expected_fee(one, day(10, 12))
    assert expected is not None and expected[0].amount > 0, "a third of the property fee"
    client_agrees(standing, one, "5000.00", day(10, 12))
    for name in papers.form_names(one):
        papers.make_form(
            agency=standing.house.agency, proceeding=one, form=name, by=SYSTEM, at=at(day(10, 13))
        )
    assert {d.title for d in Document.objects.filter(kind="court_form")} == {
        "支付令申请书",
        "律师函",
    }
    fee(one, str(expected[0].amount), day(10, 13))
    step(one, Stage.FILED, day(10, 13))
    step(one, Stage.SERVED, day(10, 20))
    # Fifteen days; a written objection on the last one ends the procedure.
    assert Deadline.objects.get(proceeding=one, kind="answer").on == day(11, 4)
    step(one, Stage.OPPOSED, day(11, 4))
    step(one, Stage.OVER, day(11, 5))
    claim = to_law(
        standing,
        Case.objects.select_related("debtor", "client").get(id=case.id),
        "claim",
        day(11, 5),
    )
    assert claim.route == "claim"
    the_end(standing, day(11, 6))


def test_an_english_debtor_goes_insolvent_and_pays_a_dividend(standing):
    case = a_case(standing, "GB", "GBP", "9000.00", name="Northern Rope Ltd", number="01234567")
    notice = b"company;number;country;kind;event_on;court\nNORTHERN ROPE LIMITED;01234567;GB;Creditors Voluntary Liquidation;2026-10-01;\n"
    # 5 October: the register's notice; contact stops at once and the case is with the legal officer.
    taken = take_notices(
        agency=standing.house.agency,
        content=notice,
        name="gazette.csv",
        by=SYSTEM,
        at=at(day(10, 5)),
    )
    estate = taken.stayed[0]
    case.refresh_from_db()
    assert case.stage == CaseStage.LEGAL
    assert Hold.objects.get(case=case, lifted_at=None).kind == HoldKind.INSOLVENCY
    # The practitioner's letter names the last day; the claim is written and filed in time.
    estates.last_day(
        estate=estate,
        on=day(11, 13),
        source="Practitioner's letter of 7 October",
        by=SYSTEM,
        at=at(day(10, 8)),
    )
    proof = estates.write_proof(
        agency=standing.house.agency, estate=estate, case=case, by=SYSTEM, at=at(day(10, 9))
    )
    assert proof.claimed > Decimal("9000.00"), "with interest to the day of opening"
    estates.filed(
        proof=proof,
        on=day(10, 12),
        how="By e-mail to the practitioner",
        by=SYSTEM,
        at=at(day(10, 12)),
    )
    from recoup.insolvency.operations import admit_proof

    admit_proof(proof=proof, amount=Decimal("9000.00"), because="", by=SYSTEM, at=at(day(10, 30)))
    # One dividend of ten percent, then the last of two and a half.
    estates.direct_dividend(agency=standing.house.agency, proof=proof, amount=Money(Decimal("900.00"), "GBP"), on=day(11, 16),
                            last=False, by=SYSTEM, at=at(day(11, 16)))  # fmt: skip
    last = estates.direct_dividend(agency=standing.house.agency, proof=proof, amount=Money(Decimal("225.00"), "GBP"), on=day(11, 18),
                                   last=True, by=SYSTEM, at=at(day(11, 18)))  # fmt: skip
    proof.refresh_from_db()
    assert (proof.state, last.percent) == (ClaimState.PAID_OUT, Decimal("2.5"))
    assert proof.certificate is not None and proof.certificate.kind == "loss_certificate"
    estates.end_case(agency=standing.house.agency, proof=proof, by=SYSTEM, at=at(day(11, 19)))
    case.refresh_from_db()
    assert (case.stage, case.closure.code) == (CaseStage.CLOSED, "insolvent")
    assert Estate.objects.count() == 1
    the_end(standing, day(11, 20))
