"""What was too much goes back: once, to an account that a bank takes, after a second person's word."""

from decimal import Decimal

import pytest

from recoup.cases.models import Task
from recoup.files.operations import content_of
from recoup.journeys.refund import propose_refund, release_refund
from recoup.kernel.refusal import Refusal
from recoup.ledger.models import Book
from recoup.ledger.queries import balance
from recoup.payments.bankfiles.tests.samples import tx
from recoup.payments.models import Allocation, BankLine, Refund
from recoup.payments.operations import (
    allocate,
    approve_payout,
    cancel_refund,
    reject_payout,
    undo_allocation,
)
from recoup.payments.queries import (
    credited_back,
    left_of,
    open_lines,
    owed,
    to_pay,
    to_send_back,
)
from recoup.payments.tests.cast import AT, case_of, trust_account
from recoup.payments.tests.test_remit import ON, Bank, agrees, run
from recoup.payments.transfers import validate_pain001

PAYER = "DE02120300000000202051"


@pytest.fixture
def bank(house):
    trust_account(house.agency)
    return Bank(house)


@pytest.fixture
def first(house):
    return house.actor("finance_officer")


@pytest.fixture
def second(house):
    return house.actor("supervisor")


def receives(bank, case, amount, *, iban=PAYER, name="Müller Feinkost GmbH", e2e="E-1"):
    details = tx(amount, name, ref=case.reference if case else "", iban=iban, e2e=e2e)
    bank.shows((amount, details))
    return BankLine.objects.order_by("-id").first()


def overpaid_case(house, bank, **more):
    case = case_of(house.agency, "1000.00")
    line = receives(bank, case, "1500.00", **more)
    return case, line, Allocation.objects.get(case=case)


def propose(line, allocation, by, **more):
    return propose_refund(
        line=line, allocation=allocation, because="too much", by=by, at=AT, **more
    )


def house_balance(account):
    book = Book.objects.get(kind="house")
    return -balance(book=book.id, account=account, currency="EUR").amount


def test_what_was_too_much_goes_back_where_it_came_from(house, bank, first, second):
    case, line, allocation = overpaid_case(house, bank)
    too_much = allocation.overpaid
    refund = propose(line, allocation, first)
    content = content_of(refund.payout.document)
    validate_pain001(content, file="x")
    assert (
        f">{too_much.quantize(Decimal('0.01'))}<".encode() in content and PAYER.encode() in content
    )
    assert house_balance("overpaid") == 0 and house_balance("in_transit") == too_much
    with pytest.raises(Refusal, match="another person"):
        approve_payout(payout=refund.payout, sha256=refund.payout.document.sha256, by=first, at=AT)
    approve_payout(payout=refund.payout, sha256=refund.payout.document.sha256, by=second, at=AT)
    bank.shows((-too_much, tx(str(too_much), "Müller", e2e=refund.number, role="Cdtr")))
    assert house_balance("in_transit") == 0 and not open_lines(house.id) and agrees(house)
    assert owed(case=case, on=ON).total == 0, "what went back was never paid on the case"


def test_nothing_goes_back_twice(house, bank, first):
    _, line, allocation = overpaid_case(house, bank)
    propose(line, allocation, first)
    with pytest.raises(Refusal, match="Nothing of this payment"):
        propose(line, allocation, first)
    with pytest.raises(Refusal, match="on its way back"):
        undo_allocation(allocation=allocation, because="slip", by=first, at=AT)
    assert Task.objects.get(kind="overpaid").done_at is not None


@pytest.mark.parametrize(
    ("iban", "code"),
    [
        ("DE00370400440532013000", "iban_invalid"), ("DE02**************2051", "iban_masked"),
        ("DE02XXXXXXXXXXXXXX2051", "iban_masked"), ("", "account_missing"),
    ],
)  # fmt: skip
def test_bk25_a_bad_or_masked_account_blocks_the_refund(house, bank, first, iban, code):
    _, line, allocation = overpaid_case(house, bank, iban=iban)
    with pytest.raises(Refusal) as refused:
        propose(line, allocation, first)
    assert refused.value.code == code and not Refund.objects.exists() and agrees(house)


def test_bk26_a_third_party_is_held_with_a_task_until_another_person_has_asked(
    house, bank, first, second
):
    _, line, allocation = overpaid_case(house, bank, name="Harbour Holdings Ltd")
    refund = propose(line, allocation, first)
    assert refund.held_for == "third_party" and refund.payout is None
    assert Task.objects.get(kind="refund_held").done_at is None
    with pytest.raises(Refusal, match="another person clears"):
        release_refund(refund=refund, how="Called them", by=first, at=AT)
    released = release_refund(refund=refund, how="Letter from the group of 3 Nov", by=second, at=AT)
    assert released.payout.document_id and Task.objects.get(kind="refund_held").done_at
    # Whoever proposed it does not approve the file either.
    with pytest.raises(Refusal, match="another person"):
        approve_payout(
            payout=released.payout, sha256=released.payout.document.sha256, by=first, at=AT
        )


def test_another_account_than_the_one_it_came_from_is_held(house, bank, first):
    _, line, allocation = overpaid_case(house, bank)
    refund = propose(line, allocation, first, iban="NL91ABNA0417164300")
    assert refund.held_for == "other_account"
    cancel_refund(refund=refund, because="they do not answer", by=first, at=AT)
    assert house_balance("overpaid") == refund.amount and agrees(house)
    assert propose(line, allocation, first).held_for == ""


def test_a_rejected_file_or_a_returned_refund_leaves_the_money_apart(house, bank, first, second):
    _, line, allocation = overpaid_case(house, bank)
    refund = propose(line, allocation, first)
    reject_payout(payout=refund.payout, because="wrong", by=second, at=AT)
    assert house_balance("overpaid") == refund.amount
    refund = propose(line, allocation, first)
    amount = refund.amount
    bank.shows((-amount, tx(str(amount), "Müller", e2e=refund.number, role="Cdtr")))
    bank.shows((amount, tx(str(amount), "Müller", e2e=refund.number, reason="AC04")))
    refund.refresh_from_db()
    assert (refund.end, house_balance("overpaid"), house_balance("in_transit")) == (
        "returned",
        amount,
        0,
    )
    assert not open_lines(house.id) and agrees(house)
    assert Task.objects.filter(kind="refund_returned").count() == 1


def test_a_payment_taken_back_after_its_refund_is_never_paid_by_others(house, bank, first):
    case, line, allocation = overpaid_case(house, bank)
    other = case_of(house.agency, "100.00")
    receives(bank, other, "300.00", e2e="E-2")
    others = Allocation.objects.get(case=other).overpaid
    refund = propose(line, allocation, first)
    bank.shows(("-1500.00", tx("1500.00", "Müller", e2e="E-1", reason="AC04", role="Dbtr")))
    refund.refresh_from_db()
    assert refund.end == "borne" and house_balance("overpaid") == others
    assert house_balance("agency_share") == -refund.amount and agrees(house)
    assert owed(case=case, on=ON).total > 1000 and Task.objects.filter(kind="refund_borne").exists()
    # The case goes on as if nothing had been paid.
    receives(bank, case, str(to_pay(case=case, on=ON).total), e2e="E-3")
    assert owed(case=case, on=ON).total == 0 and agrees(house)


def test_money_for_nobody_goes_back_whole(house, bank, first):
    line = receives(bank, None, "77.00", name="Somebody Else AG")
    refund = propose(line, None, first)
    assert left_of([line])[line.id] == 0 and refund.amount == 77
    with pytest.raises(Refusal, match="Only"):
        from recoup.kernel.money import Money

        allocate(line=line, case=case_of(house.agency), amount=Money(Decimal(1), "EUR"), because={}, by=first, at=AT)  # fmt: skip
    reject_payout(payout=refund.payout, because="it is ours", by=house.actor("supervisor"), at=AT)
    assert left_of([line])[line.id] == 77 and house_balance("unallocated") == 77 and agrees(house)


def test_a_refund_is_not_the_clients(house, bank, first):
    _, line, allocation = overpaid_case(house, bank)
    propose(line, allocation, first)
    row = run(house).remittances[0]
    assert row.gross == allocation.amount - allocation.overpaid and agrees(house)


def test_a_refund_that_comes_back_after_its_payment_went_is_the_agencys_again(house, bank, first):
    receives(bank, case_of(house.agency, "9000.00"), "5000.00", e2e="E-0")  # the account has enough
    _, line, allocation = overpaid_case(house, bank)
    refund = propose(line, allocation, first)
    amount = refund.amount
    back = tx("1500.00", "Müller", e2e="E-1", reason="AC04", role="Dbtr")
    bank.shows(("-1500.00", back))
    assert house_balance("agency_share") == -amount
    # The bank shows the refund only now, and then that nobody took it.
    bank.shows((-amount, tx(str(amount), "Müller", e2e=refund.number, role="Cdtr")))
    assert house_balance("in_transit") == 0 and not open_lines(house.id)
    bank.shows((amount, tx(str(amount), "Müller", e2e=refund.number, reason="AC04")))
    refund.refresh_from_db()
    assert refund.end == "made_good" and not open_lines(house.id) and agrees(house)
    assert house_balance("agency_share") == house_balance("in_transit") == 0
    assert Task.objects.get(kind="refund_borne").done_at is not None
    assert not Task.objects.filter(kind="refund_returned").exists(), "it is owed to nobody"


def test_a_file_whose_payment_was_taken_back_is_not_approved_and_rejecting_it_gives_the_share_back(
    house, bank, first, second
):
    _, line, allocation = overpaid_case(house, bank)
    refund = propose(line, allocation, first)
    bank.shows(("-1500.00", tx("1500.00", "Müller", e2e="E-1", reason="AC04", role="Dbtr")))
    with pytest.raises(Refusal, match="was taken back"):
        approve_payout(payout=refund.payout, sha256=refund.payout.document.sha256, by=second, at=AT)
    reject_payout(payout=refund.payout, because="taken back", by=second, at=AT)
    assert house_balance("agency_share") == house_balance("in_transit") == 0 and agrees(house)


def test_a_held_refund_is_not_sent_when_its_payment_is_taken_back(house, bank, first, second):
    _, line, allocation = overpaid_case(house, bank, name="Harbour Holdings Ltd")
    refund = propose(line, allocation, first)
    bank.shows(("-1500.00", tx("1500.00", "Harbour", e2e="E-1", reason="AC04", role="Dbtr")))
    refund.refresh_from_db()
    assert refund.end == "cancelled" and house_balance("in_transit") == 0 and agrees(house)
    with pytest.raises(Refusal):
        release_refund(refund=refund, how="Called them", by=second, at=AT)


def test_what_a_credit_note_leaves_too_much_goes_back_to_who_paid(house, bank, first, second):
    from recoup.journeys.correct import correct_claim

    case = case_of(house.agency, "1000.00")
    whole = to_pay(case=case, on=AT.date()).total
    line = receives(bank, case, str(whole))
    assert not list(to_send_back(house.id)) and not credited_back(house.id)
    correct_claim(
        agency=house.agency, case=case, line=case.lines.get(kind="invoice"), ref="CN-1", amount=Decimal("400.00"),
        on=None, because="wrong price", by=first, at=AT,
    )  # fmt: skip
    ((allocation, too_much),) = credited_back(house.id)
    assert allocation.line_id == line.id and too_much == house_balance("overpaid") > 400
    assert Task.objects.get(kind="overpaid").done_at is None
    refund = propose(line, allocation, first)
    assert (refund.amount, refund.iban) == (too_much, PAYER) and not credited_back(house.id)
    assert Task.objects.get(kind="overpaid").done_at is not None
    approve_payout(payout=refund.payout, sha256=refund.payout.document.sha256, by=second, at=AT)
    bank.shows((-too_much, tx(str(too_much), "Müller", e2e=refund.number, role="Cdtr")))
    assert house_balance("overpaid") == house_balance("in_transit") == 0 and agrees(house)
    assert owed(case=case, on=ON).total == 0 and not open_lines(house.id)
    with pytest.raises(Refusal, match="Nothing of this payment"):
        propose(line, allocation, first)
    # It comes back: owed to the payer again, as much as before.
    bank.shows((too_much, tx(str(too_much), "Müller", e2e=refund.number, reason="AC04")))
    assert credited_back(house.id) == [(allocation, too_much)] and agrees(house)
