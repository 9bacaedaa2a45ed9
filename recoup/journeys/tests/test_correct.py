"""Credit notes and corrected invoices: all worked out anew, to the cent, by correction entries."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum

from recoup.cases.models import Case, ClaimLine, Task
from recoup.journeys.correct import correct_claim
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.ledger.models import Posting
from recoup.payments.models import Allocation
from recoup.payments.operations import rederive, report_direct_payment
from recoup.payments.queries import facts_of, owed
from recoup.payments.rules import Parts, owed_of
from recoup.payments.tests.cast import case_of, trust_account
from recoup.payments.tests.test_remit import Bank, agrees, client_balance, run

D = Decimal
AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
ON = AT.date()


@pytest.fixture
def case(house):
    trust_account(house.agency)
    return case_of(house.agency, "1000.00", due=date(2026, 7, 31))


def correct(house, case, amount, on=None, ref="CN-1", **more):
    line = case.lines.get(kind="invoice")
    return correct_claim(
        agency=house.agency, case=case, line=line, ref=ref, amount=D(amount), on=on, because="wrong price",
        by=SYSTEM, at=more.pop("at", AT), **more,
    )  # fmt: skip


def direct(case, amount, on):
    return report_direct_payment(case=case, amount=Money(D(amount), "EUR"), on=on, by=SYSTEM, at=AT)


def booked(case):
    return facts_of([case])[case.id].booked


def by_law(case, on=ON):
    """The sums of all payments' parts as the law gives them now."""
    found = owed_of(facts_of([case])[case.id], on, to_pay=True)
    return sum(
        (
            Parts(a.costs, a.compensation, a.interest, a.principal, a.unallocated)
            for a in found.allocations
        ),
        Parts(),
    )


def balanced():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert (
        not Posting.objects.values("entry_id", "currency")
        .annotate(t=Sum("amount"))
        .exclude(t=0)
        .exists()
    )


def test_interest_on_a_wrong_invoice_never_ran(house, case):
    made = correct(house, case, "400.00")
    fresh = case_of(house.agency, "600.00", due=date(2026, 7, 31), client=case.client, ref="F-2")
    assert made.after is not None and made.after.amount == owed(case=fresh, on=ON).total
    assert made.statement is not None and made.statement.audience == "debtor"


def test_interest_up_to_a_credit_notes_day_stays(house, case):
    before = owed(case=case, on=date(2026, 10, 14)).interest
    correct(house, case, "400.00", on=date(2026, 10, 15))
    after = owed(case=case, on=ON)
    assert after.principal == 600
    assert after.interest > before
    whole = case_of(house.agency, "600.00", due=date(2026, 7, 31), client=case.client, ref="F-2")
    assert after.interest > owed(case=whole, on=ON).interest


def test_the_compensation_is_charged_once_whatever_is_corrected(house, case):
    was = owed(case=case, on=ON).compensation.amount
    correct(house, case, "100.00", ref="CN-1")
    correct(house, case, "100.00", ref="CN-2")
    assert owed(case=case, on=ON).compensation.amount == was == 40


def test_what_was_paid_is_parted_anew_by_a_row_of_nothing(house, case):
    direct(case, "500.00", date(2026, 10, 1))
    made = correct(house, case, "400.00")
    assert [row.amount for row in made.rows] == [0]
    assert booked(case) == by_law(case)
    balanced()


def test_paid_too_much_now_surfaces_and_is_the_debtors(house, case):
    direct(case, "900.00", date(2026, 10, 1))
    made = correct(house, case, "400.00")
    assert made.overpaid == by_law(case).overpaid > 0
    assert owed(case=case, on=ON).total == 0
    assert Case.objects.get(id=case.id).stage == "closed"
    balanced()


def test_the_same_correction_again_is_the_first(house, case):
    direct(case, "500.00", date(2026, 10, 1))
    one, two = correct(house, case, "400.00"), correct(house, case, "400.00")
    assert one.note.id == two.note.id
    assert two.rows == () and ClaimLine.objects.filter(kind="credit_note").count() == 1
    assert rederive(case=case, because={}, by=SYSTEM, at=AT) == []


@pytest.mark.parametrize(
    ("amount", "more", "code"),
    [("1000.01", {}, "credit_too_large"), ("0", {}, "claim_line_amount"), ("-5", {}, "claim_line_amount"),
     ("1.005", {}, "claim_line_amount"), ("10", {"ref": " "}, "reference_missing"),
     ("10", {"on": date(2027, 1, 1)}, "credit_day")],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_changes(house, case, amount, more, code):
    with pytest.raises(Refusal) as caught:
        correct(house, case, amount, **more)
    assert caught.value.code == code
    assert not ClaimLine.objects.filter(kind="credit_note").exists()


def test_the_same_number_with_other_figures_is_refused(house, case):
    correct(house, case, "100.00")
    with pytest.raises(Refusal) as caught:
        correct(house, case, "200.00")
    assert caught.value.code == "claim_line_twice"


def test_a_whole_invoice_can_be_credited_and_the_case_ends(house, case):
    correct(house, case, "1000.00")
    assert owed(case=case, on=ON).total == 0
    assert Case.objects.get(id=case.id).stage == "closed"


# Money that is held, and money that has gone on ----------------------------------------------------


def test_what_is_held_goes_from_the_client_to_the_debtor(house, case):
    Bank(house).pays(case, "800.00")
    over = by_law_after(house, case, "400.00")
    assert over > 0
    assert client_balance(case, "trust") == -(800 - over)
    assert Task.objects.filter(kind="overpaid").count() == 1
    done = run(house, on=ON).remittances[0]
    assert done.gross == 800 - over, "the client gets no more than its own"
    assert client_balance(case, "trust") == 0
    agrees(house)
    balanced()


def test_what_has_been_remitted_becomes_the_clients_debt_and_commission_comes_back(house, case):
    Bank(house).pays(case, "800.00")
    first = run(house, on=ON).remittances[0]
    over = by_law_after(house, case, "400.00")
    assert client_balance(case, "trust") == 0, "never out of other clients' money"
    assert client_balance(case, "receivable") == over
    agrees(house)
    row = Allocation.objects.get(amount=0)
    assert row.because["of"] == "remitted"
    other = case_of(
        house.agency, "5000.00", client=case.client, ref="F-9", agreement=case.agreement
    )
    again = Bank(house)
    again.balance, again.number = D("800.00"), 7
    again.pays(other, "2000.00")
    second = run(house, on=date(2026, 12, 8)).remittances[0]
    assert second.gross == 2000 - over
    assert client_balance(case, "receivable") == 0
    assert first.commission > 0 and min(D(line["commission"]) for line in second.lines) < 0
    agrees(house)
    balanced()


def test_paid_directly_it_is_between_client_and_debtor(house, case):
    direct(case, "900.00", date(2026, 10, 1))
    over = by_law_after(house, case, "400.00")
    row = Allocation.objects.get(amount=0)
    assert (row.because["of"], row.direct, row.overpaid) == ("direct", True, over)
    assert not Task.objects.filter(kind="overpaid").exists()
    balanced()


def by_law_after(house, case, amount):
    """What is overpaid after the correction, as the law alone says."""
    correct(house, case, amount)
    assert booked(case) == by_law(case)
    return by_law(case).overpaid
