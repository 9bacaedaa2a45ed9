"""Another currency: never silently; the rate, its day and its source stand on the posting."""

from datetime import date
from decimal import Decimal

import pytest

from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.ledger.models import Book
from recoup.ledger.queries import balance
from recoup.payments.bankfiles.tests.samples import entry, tx
from recoup.payments.models import Allocation, BankLine
from recoup.payments.operations import (
    allocate,
    allocate_exchanged,
    return_payment,
    settle_exchange,
    take_bank_file,
    undo_allocation,
)
from recoup.payments.queries import left_of, open_lines, owed
from recoup.payments.tests.cast import AT, case_of, trust_account
from recoup.payments.tests.test_bank_file import file_of
from recoup.payments.tests.test_remit import ON, Bank, agrees, client_balance, run

DOLLARS = "DE75512108001245126199"


@pytest.fixture
def euros(house):
    trust_account(house.agency)
    return Bank(house)


@pytest.fixture
def dollars(house):
    trust_account(house.agency, iban=DOLLARS, currency="USD")
    number = [0]

    def shows(amount, opening, name="Müller Feinkost GmbH"):
        number[0] += 1
        side = "CRDT" if Decimal(amount) > 0 else "DBIT"
        size = str(abs(Decimal(amount)))
        one = entry(
            size, side, ref=f"U-{number[0]}", currency="USD", details=tx(size, name, currency="USD")
        )
        closing = str(Decimal(opening) + Decimal(amount))
        content = file_of(one, opening=opening, closing=closing, id=f"U-{number[0]}", account=DOLLARS, currency="USD",
                          seq=str(number[0]))  # fmt: skip
        take_bank_file(agency=house.id, content=content, name="u.xml", by=SYSTEM, at=AT)
        return BankLine.objects.filter(currency="USD").order_by("-id").first()

    return shows


def usd(text):
    return Money(Decimal(text), "USD")


def count(line, case, amount, rate="0.9", **more):
    given = {"rate_on": ON, "source": "ECB reference rate", "because": {"said": "t"}} | more
    return allocate_exchanged(
        line=line, case=case, amount=usd(amount), rate=Decimal(rate), by=SYSTEM, at=AT, **given
    )


def house_balance(account, currency):
    return -balance(
        book=Book.objects.get(kind="house").id, account=account, currency=currency
    ).amount


def test_mo10_a_payment_in_dollars_counts_at_the_stated_rate_with_its_source(house, euros, dollars):
    case = case_of(house.agency, "1000.00")
    line = dollars("500.00", "0.00")
    with pytest.raises(Refusal, match="Paid in USD"):
        allocate(line=line, case=case, amount=usd("500.00"), because={}, by=SYSTEM, at=AT)
    before = owed(case=case, on=ON).total
    exchange = count(line, case, "500.00")
    assert exchange.to_amount == 450 and left_of([line])[line.id] == 0
    fx = exchange.allocation.entry.because["fx"]
    assert (fx["rate"], fx["on"], fx["source"]) == ("0.9", "2026-11-20", "ECB reference rate")
    assert before - owed(case=case, on=ON).total >= 450 and agrees(house)
    assert (house_balance("fx_position", "USD"), house_balance("fx_position", "EUR")) == (500, -450)
    assert client_balance(case, "trust") == -450


def test_nothing_is_paid_on_before_the_bank_has_exchanged_it(house, euros, dollars):
    case = case_of(house.agency, "1000.00")
    exchange = count(dollars("500.00", "0.00"), case, "500.00")
    assert not run(house).remittances, "there are no euros yet"
    sold = dollars("-500.00", "500.00", name="Bank")
    euros.shows(("455.00", tx("455.00", "Bank")))
    bought = BankLine.objects.get(currency="EUR")
    gain = settle_exchange(exchanges=[exchange], sold=sold, bought=bought, by=SYSTEM, at=AT)
    assert (
        gain == 5
        and house_balance("fx_difference", "EUR") == 5
        and house_balance("agency_share", "EUR") == 5
    )
    assert house_balance("fx_position", "USD") == 0 == house_balance("fx_position", "EUR")
    assert not open_lines(house.id) and agrees(house)
    (row,) = run(house).remittances
    assert row.gross == 450 and agrees(house), "the client keeps what was counted"
    with pytest.raises(Refusal, match="exchanged already"):
        settle_exchange(exchanges=[exchange], sold=sold, bought=bought, by=SYSTEM, at=AT)


def test_a_loss_at_the_bank_is_the_agencys(house, euros, dollars):
    exchange = count(dollars("500.00", "0.00"), case_of(house.agency, "1000.00"), "500.00")
    sold = dollars("-500.00", "500.00", name="Bank")
    euros.shows(("447.10", tx("447.10", "Bank")))
    bought = BankLine.objects.get(currency="EUR")
    assert settle_exchange(
        exchanges=[exchange], sold=sold, bought=bought, by=SYSTEM, at=AT
    ) == Decimal("-2.90")
    assert house_balance("agency_share", "EUR") == Decimal("-2.90") and agrees(house)


def test_a_slip_or_a_return_gives_the_line_back_its_dollars(house, euros, dollars):
    case = case_of(house.agency, "1000.00")
    before = owed(case=case, on=ON).total
    line = dollars("500.00", "0.00")
    undo_allocation(
        allocation=count(line, case, "500.00").allocation, because="wrong rate", by=SYSTEM, at=AT
    )
    assert (
        left_of([line])[line.id] == 500 and owed(case=case, on=ON).total == before and agrees(house)
    )
    count(line, case, "500.00", rate="0.91")
    back = dollars("-500.00", "500.00")
    return_payment(line=back, original=line, by=SYSTEM, at=AT)
    assert owed(case=case, on=ON).total == before and not open_lines(house.id) and agrees(house)
    assert house_balance("fx_position", "USD") == 0 == house_balance("fx_position", "EUR")
    assert not run(house).remittances and sum(a.amount for a in Allocation.objects.all()) == 0


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"rate": "0"}, "rate_wrong"), ({"rate": "-1"}, "rate_wrong"), ({"rate": "NaN"}, "rate_wrong"),
        ({"rate": "0.12345678901"}, "rate_wrong"), ({"source": " "}, "rate_source_missing"),
        ({"rate_on": date(2026, 11, 21)}, "day_ahead"), ({"amount": "500.01"}, "line_spent"),
    ],
)  # fmt: skip
def test_what_no_rate_can_say_is_refused(house, euros, dollars, more, code):
    line = dollars("500.00", "0.00")
    with pytest.raises(Refusal) as refused:
        count(line, case_of(house.agency), more.pop("amount", "500.00"), **more)
    assert refused.value.code == code and not Allocation.objects.exists()
