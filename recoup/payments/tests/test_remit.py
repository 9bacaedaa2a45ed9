"""Remittances: paid once, to the cent, valid for the bank; what cannot be paid is held."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from recoup.cases.models import Task
from recoup.files.operations import content_of
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.ledger.models import Book
from recoup.ledger.queries import balance
from recoup.payments.bankfiles.tests.samples import entry, tx
from recoup.payments.models import Allocation, BankLine, Invoice, PayoutFile, Remittance
from recoup.payments.operations import (
    pay_again,
    remit,
    report_direct_payment,
    take_bank_file,
    undo_allocation,
)
from recoup.payments.queries import open_lines, owed, to_pay, trust_check
from recoup.payments.tests.cast import AT, case_of, client_of, trust_account
from recoup.payments.tests.test_bank_file import file_of
from recoup.payments.transfers import validate_pain001

ON = date(2026, 11, 20)


@pytest.fixture
def trust(house):
    return trust_account(house.agency)


class Bank:
    """The bank's side: statements that balance, one after the other."""

    def __init__(self, house):
        self.house, self.balance, self.number = house, Decimal(0), 0

    def shows(self, *lines):
        """`lines` are (signed amount, details)."""
        self.number += 1
        opening = self.balance
        entries = []
        for at, (amount, details) in enumerate(lines):
            size, side = str(abs(Decimal(amount))), "CRDT" if Decimal(amount) > 0 else "DBIT"
            entries.append(entry(size, side, ref=f"B-{self.number}-{at}", details=details))
            self.balance += Decimal(amount)
        content = file_of(
            *entries,
            opening=str(opening),
            closing=str(self.balance),
            id=f"S-{self.number}",
            seq=str(self.number),
        )
        return take_bank_file(agency=self.house.id, content=content, name="a.xml", by=SYSTEM, at=AT)

    def pays(self, case, amount, e2e=""):
        return self.shows(
            (amount, tx(str(amount), "Müller Feinkost GmbH", ref=case.reference, e2e=e2e))
        )


@pytest.fixture
def bank(house, trust):
    return Bank(house)


def run(house, on=ON):
    return remit(agency=house.id, on=on, by=SYSTEM, at=AT)


def client_balance(case, account):
    book = Book.objects.get(subject_id=case.client_id)
    return balance(book=book.id, account=account, currency=case.currency).amount


def agrees(house):
    checks = trust_check(house.id)
    assert all(not check.difference for check in checks), checks
    return True


def test_a_client_gets_what_came_in_less_commission_and_tax(house, bank):
    case = case_of(house.agency, "1000.00")
    bank.pays(case, "1000.00")
    done = run(house)
    row = done.remittances[0]
    # A Swedish client of a Swedish agency, a claim of EUR 1000 against a German debtor, 111 days old:
    # 15 % and 3 points across the border, 25 % tax on it.
    assert (row.gross, row.commission, row.vat, row.net) == (1000, 180, 45, 775)
    assert row.invoice.total == 225 and row.statement_id and row.invoice.document_id
    assert content_of(row.statement).startswith(b"%PDF") and content_of(
        row.invoice.document
    ).startswith(b"%PDF")
    content = content_of(done.payouts[0].document)
    validate_pain001(content, file="x")
    assert b"<EndToEndId>REM-2026-000001</EndToEndId>" in content and b">775.00<" in content
    assert row.lines[0]["clause"].startswith("2026-") and agrees(house)


def test_the_same_day_twice_makes_nothing_new(house, bank):
    bank.pays(case_of(house.agency), "100.00")
    assert len(run(house).remittances) == 1
    again = run(house)
    assert not again.remittances and not again.payouts
    assert (Remittance.objects.count(), PayoutFile.objects.count(), Invoice.objects.count()) == (
        1,
        1,
        1,
    )


def test_the_payout_is_confirmed_when_the_bank_shows_it(house, bank):
    case = case_of(house.agency)
    bank.pays(case, "1000.00")
    row = run(house).remittances[0]
    done = bank.shows((-row.net, tx(str(row.net), "Client", e2e=row.end_to_end_id, role="Cdtr")))
    assert done.summary["payouts"] == 1 and not open_lines(house.id)
    house_book = Book.objects.get(kind="house")
    assert balance(book=house_book.id, account="in_transit", currency="EUR").amount == 0
    bank.shows(("5000.00", tx("5000.00", "Somebody")))
    twice = bank.shows((-row.net, tx(str(row.net), "Client", e2e=row.end_to_end_id, role="Cdtr")))
    assert twice.status == "taken", twice.file.summary
    assert (
        twice.summary["payouts"] == 0
        and Task.objects.filter(key__startswith="payout-odd:").count() == 1
    )
    assert agrees(house)


def test_a_returned_payout_is_owed_again_and_paid_under_a_new_name(house, bank):
    bank.pays(case_of(house.agency), "1000.00")
    row = run(house).remittances[0]
    with pytest.raises(Refusal, match="has not come back"):
        pay_again(remittance=row, by=SYSTEM, at=AT)
    bank.shows((-row.net, tx(str(row.net), "Client", e2e=row.end_to_end_id, role="Cdtr")))
    back = bank.shows((row.net, tx(str(row.net), "Client", e2e=row.end_to_end_id, reason="AC04")))
    assert back.summary["returned"] == 1 and Task.objects.filter(kind="payout_returned").exists()
    payout = pay_again(remittance=row, by=SYSTEM, at=AT)
    row.refresh_from_db()
    assert row.end_to_end_id == "REM-2026-000001-2"
    assert b"REM-2026-000001-2" in content_of(payout.document)
    with pytest.raises(Refusal, match="has not come back"):
        pay_again(remittance=row, by=SYSTEM, at=AT)
    bank.shows((-row.net, tx(str(row.net), "Client", e2e=row.end_to_end_id, role="Cdtr")))
    assert not open_lines(house.id) and agrees(house)


def test_a_payment_returned_before_the_remittance_is_undone(house, bank):
    case = case_of(house.agency)
    before = owed(case=case, on=ON).total
    bank.pays(case, "400.00", e2e="E-1")
    done = bank.shows(
        ("-400.00", tx("400.00", "Müller Feinkost GmbH", e2e="E-1", reason="AC04", role="Dbtr"))
    )
    assert done.summary["returned"] == 1 and owed(case=case, on=ON).total == before
    assert not run(house).remittances and not open_lines(house.id) and agrees(house)


def test_a_payment_returned_after_the_remittance_is_that_clients_debt(house, bank):
    case, other = case_of(house.agency), case_of(house.agency)
    bank.pays(case, "400.00", e2e="E-1")
    bank.pays(other, "300.00")
    run(house)
    bank.shows(
        ("-400.00", tx("400.00", "Müller Feinkost GmbH", e2e="E-1", reason="AC04", role="Dbtr"))
    )
    assert client_balance(case, "receivable") == 400 and client_balance(other, "receivable") == 0
    assert agrees(house), "the pool of the other clients is whole"
    assert Task.objects.filter(kind="returned_remitted").count() == 1
    tomorrow = ON + timedelta(days=1)
    assert not run(house, tomorrow).remittances, "nothing to pay: the client owes"
    bank.pays(case, "900.00")
    row = run(house, tomorrow).remittances[0]
    assert row.gross == 500 and row.commission == 90, "set off, with the commission taken back"
    assert (
        client_balance(case, "receivable") == 0
        and client_balance(case, "trust") == 0
        and agrees(house)
    )


def test_a_direct_payment_owes_commission_and_stops_interest(house, bank):
    case = case_of(house.agency, "1000.00")
    day = date(2026, 10, 1)
    report_direct_payment(
        case=case, amount=Money(Decimal("600.00"), "EUR"), on=day, by=SYSTEM, at=AT
    )
    assert owed(case=case, on=ON).segments[0].last < day
    assert not run(house).remittances, "no client money to take the commission from yet"
    assert Task.objects.filter(kind="remit_held").count() == 1
    bank.pays(case, "400.00")
    row = run(house).remittances[0]
    assert (row.gross, row.commission) == (400, 180) and row.net == 400 - 180 - 45 and agrees(house)


@pytest.mark.parametrize(
    ("iban", "code"), [("", "iban_missing"), ("DE00370400440532013000", "iban_invalid")]
)
def test_a_client_without_a_good_account_is_held_and_others_go_on(house, bank, iban, code):
    bad = case_of(house.agency, client=client_of(house.agency, iban=iban))
    good = case_of(house.agency)
    bank.pays(bad, "100.00")
    bank.pays(good, "100.00")
    done = run(house)
    assert [row.client_id for row in done.remittances] == [good.client_id]
    assert [held.because.code for held in done.held] == [code]
    assert Task.objects.filter(kind="remit_held").count() == 1
    run(house)
    assert Task.objects.filter(kind="remit_held").count() == 1


def test_what_was_undone_is_not_remitted(house, bank):
    case = case_of(house.agency)
    bank.pays(case, "100.00")
    line = BankLine.objects.get()
    undo_allocation(allocation=Allocation.objects.get(), because="wrong case", by=SYSTEM, at=AT)
    assert not run(house).remittances and open_lines(house.id).get().left == line.amount
    with pytest.raises(Refusal, match="already been undone"):
        undo_allocation(
            allocation=Allocation.objects.get(amount=100), because="again", by=SYSTEM, at=AT
        )


def test_money_that_has_left_cannot_be_undone_by_a_slip(house, bank):
    bank.pays(case_of(house.agency), "100.00")
    run(house)
    with pytest.raises(Refusal, match="has been remitted"):
        undo_allocation(allocation=Allocation.objects.get(), because="wrong case", by=SYSTEM, at=AT)


def test_an_overpayment_is_not_remitted(house, bank):
    case = case_of(house.agency, "100.00")
    whole = to_pay(case=case, on=ON).total
    bank.pays(case, "500.00")
    assert run(house).remittances[0].gross == whole and agrees(house)


def test_a_payout_file_that_was_never_written_gets_its_own_identifiers(house, bank):
    bank.pays(case_of(house.agency), "100.00")
    first = run(house).payouts[0]
    content = content_of(first.document)
    PayoutFile.objects.filter(id=first.id).update(document=None)
    run(house)
    first.refresh_from_db()
    assert content_of(first.document) == content


def test_papers_add_up_over_several_cases_and_currencies(house, bank):
    client = client_of(house.agency)
    for n, amount in enumerate(("433.33", "466.67", "410.01")):
        bank.pays(case_of(house.agency, "500.00", client=client, ref=f"F-{n}"), amount)
    row = run(house).remittances[0]
    assert sum(Decimal(line["vat"]) for line in row.lines) == row.vat
    assert row.vat == (row.commission * Decimal("0.25")).quantize(Decimal("0.01"), "ROUND_HALF_UP")


def test_more_than_the_trust_share_is_never_paid(house, bank):
    from recoup.ledger.operations import Draft, Leg, post

    case = case_of(house.agency)
    bank.pays(case, "1000.00")
    client, own = Book.objects.get(subject_id=case.client_id), Book.objects.get(kind="house")
    cent = Money(Decimal("0.01"), "EUR")
    legs = (Leg(client, "trust", cent), Leg(own, "overpaid", -cent))
    post(
        agency=house.id,
        draft=Draft("test", "test:1", ON, "a cent too little", legs),
        by=SYSTEM,
        at=AT,
    )
    done = run(house)
    assert not done.remittances and [held.because.code for held in done.held] == ["trust_short"]


def test_less_than_the_commission_waits(house, bank):
    bank.pays(case_of(house.agency), "20.00")
    assert [held.because.code for held in run(house).held] == ["nothing_to_pay"]


def test_more_than_a_bank_carries_is_held(house, bank):
    bank.pays(case_of(house.agency, "9000000000.00"), "5000000000.00")
    assert [held.because.code for held in run(house).held] == ["amount_not_payable"]


def test_a_currency_without_a_trust_account_is_held(house, bank):
    from recoup.payments.models import TrustAccount

    bank.pays(case_of(house.agency), "500.00")
    TrustAccount.objects.update(currency="SEK")
    assert [held.because.code for held in run(house).held] == ["no_trust_account"]
