"""What clients owe the agency itself becomes a case of its own, and is never client money."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from recoup.cases.models import Case
from recoup.journeys import collect
from recoup.journeys.bill import bill_fee, remind_overdue, send_invoices
from recoup.journeys.letter import payment_of
from recoup.journeys.own_invoices import collect_own, own_invoice_credited, own_invoice_paid
from recoup.journeys.prove.checks import CHECKS
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money, round_half_up
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Client, Debtor
from recoup.payments.models import Allocation, Invoice, Remittance
from recoup.payments.operations import (
    allocate,
    remit,
    set_own_account,
    settle_invoice,
    undo_allocation,
)
from recoup.payments.queries import open_of, owed, to_pay
from recoup.payments.tests.cast import AT, TRUST_IBAN, case_of, client_of, trust_account
from recoup.payments.tests.test_refund import house_balance, receives
from recoup.payments.tests.test_remit import Bank, client_balance

MONEY = {
    "ledger balanced", "trust bank = client balances", "no client is paid from another's money",
    "no line gives more than it has", "allocations are in the ledger",
}  # fmt: skip
OWN = "DE02100500000054540402"
LATER = AT + timedelta(days=39)  # nine days after the invoice was due; the half-year is known


def euro(text: str) -> Money:
    return Money(Decimal(text), "EUR")


@pytest.fixture
def bank(house: Any) -> Bank:
    trust_account(house.agency)
    set_own_account(agency=house.id, currency="EUR", bank="Ownbank", iban=OWN, by=SYSTEM, at=AT)
    return Bank(house)


@pytest.fixture
def invoice(house: Any, bank: Bank) -> Invoice:
    """A set-up fee, overdue on LATER."""
    client = client_of(house.agency, country="DE", vat_number="DE129273398")
    Client.objects.filter(id=client.id).update(registration_number="")
    client.refresh_from_db()
    made = bill_fee(case=case_of(house.agency, client=client), kind="set_up", by=SYSTEM, at=AT)
    assert made is not None
    send_invoices(agency=house.agency, at=AT)
    return Invoice.objects.select_related("client", "document").get(id=made.id)


@pytest.fixture
def case(house: Any, invoice: Invoice) -> Case:
    (made,) = collect_own(agency=house.agency, invoices=[invoice], by=SYSTEM, at=LATER)
    return Case.objects.select_related("client", "debtor", "agreement__rate_card").get(id=made.id)


def left(invoice: Invoice) -> Decimal:
    return open_of([invoice])[invoice.id]


def test_an_overdue_invoice_becomes_a_case_against_its_client_once(house: Any, case: Case, invoice: Invoice) -> None:  # fmt: skip
    assert (case.stage, case.client.own, case.client.name) == ("accepted", True, house.agency.name)
    assert (case.debtor.name, case.debtor.registration_number) == (invoice.client.name, invoice.client.registration_number)  # fmt: skip
    line = case.lines.get()
    assert (line.ref, line.due_on, line.amount) == (invoice.number, invoice.due_on, invoice.total)
    assert line.document is not None and line.document.sha256 == invoice.document.sha256  # type: ignore[union-attr]
    with pytest.raises(Refusal, match=case.number):
        collect_own(agency=house.agency, invoices=[invoice], by=SYSTEM, at=LATER)
    assert (Client.objects.filter(own=True).count(), Debtor.objects.filter(name=invoice.client.name).count()) == (1, 1)  # fmt: skip
    assert case.agreement.rate_card.version == "OWN" and Invoice.objects.count() == 1, "no fee for ourselves"  # fmt: skip


def test_what_is_not_overdue_is_not_collected(house: Any, invoice: Invoice) -> None:
    with pytest.raises(Refusal, match="not overdue"):
        collect_own(agency=house.agency, invoices=[invoice], by=SYSTEM, at=AT)
    assert Case.objects.filter(client__own=True).count() == 0


def test_its_letters_name_our_own_account_never_the_trust_account(house: Any, case: Case) -> None:
    assert payment_of(house.agency, case).iban == OWN
    assert payment_of(house.agency, case_of(house.agency)).iban == TRUST_IBAN


def test_a_collected_invoice_is_reminded_of_by_the_case_alone(house: Any, case: Case) -> None:
    assert remind_overdue(agency=house.agency, on=LATER.date(), at=LATER) == 0


def test_paid_to_our_account_the_invoice_is_settled_the_interest_is_revenue_and_the_case_closes(
    house: Any, case: Case, invoice: Invoice
) -> None:
    revenue, total = house_balance("revenue"), Money(to_pay(case=case, on=LATER.date()).total, "EUR").rounded()  # fmt: skip
    assert total.amount > invoice.total, "interest or compensation by law"
    own_invoice_paid(agency=house.agency, invoice=invoice, amount=total, on=LATER.date(), because="seen", by=SYSTEM, at=LATER)  # fmt: skip
    case.refresh_from_db()
    assert (left(invoice), case.stage) == (0, "closed")
    assert client_balance(case_of_client(invoice), "receivable") == 0
    assert house_balance("revenue") == revenue + (total.amount - invoice.total)
    assert house_balance("agency_share") == 0 and house_balance("trust_bank") == 0
    proved(house)


def case_of_client(invoice: Invoice) -> Case:
    found = Case.objects.filter(client=invoice.client).first()
    assert found is not None
    return found


def test_paid_to_the_trust_account_it_is_our_share_at_once_and_nobody_is_paid_it(
    house: Any, bank: Bank, case: Case, invoice: Invoice
) -> None:
    line = receives(bank, None, str(invoice.total))
    collect.allocate(agency=house.agency, line=line, case=case, amount=Money(invoice.total, "EUR"), because={"by": "hand"}, by=SYSTEM, at=LATER)  # fmt: skip
    assert house_balance("agency_share") == invoice.total
    assert client_balance(case, "trust") == 0
    paid = Allocation.objects.get(case=case)
    assert left(invoice) == invoice.total - round_half_up(paid.principal, "EUR")
    result = remit(agency=house.id, on=LATER.date(), by=SYSTEM, at=LATER)
    assert (result.remittances, result.held, Remittance.objects.count()) == ((), (), 0)
    proved(house)


def test_undone_all_goes_back(house: Any, bank: Bank, case: Case, invoice: Invoice) -> None:
    before = {name: house_balance(name) for name in ("revenue", "settled_fees", "agency_share")}  # fmt: skip
    line = receives(bank, None, "20.00")
    made = allocate(line=line, case=case, amount=euro("20.00"), because={}, designated="principal", by=SYSTEM, at=LATER)  # fmt: skip
    assert left(invoice) == invoice.total - 20
    undo_allocation(allocation=made, because="slip", by=SYSTEM, at=LATER)
    assert left(invoice) == invoice.total
    assert {name: house_balance(name) for name in before} == before
    assert client_balance(case_of_client(invoice), "receivable") == invoice.total
    proved(house)


def test_past_the_case_nothing_settles_a_collected_invoice(house: Any, bank: Bank, case: Case, invoice: Invoice) -> None:  # fmt: skip
    with pytest.raises(Refusal, match=case.number):
        settle_invoice(invoice=invoice, line=receives(bank, None, "10.00"), by=SYSTEM, at=LATER)


def test_a_credit_note_makes_the_claim_less(house: Any, case: Case, invoice: Invoice) -> None:
    note = own_invoice_credited(agency=house.agency, invoice=invoice, net=euro("10.00"), because="agreed", by=SYSTEM, at=LATER)  # fmt: skip
    assert left(invoice) == invoice.total + note.total
    assert owed(case=case, on=LATER.date()).principal == invoice.total + note.total


def test_without_an_account_of_our_own_nothing_is_collected(house: Any) -> None:
    trust_account(house.agency)
    made = bill_fee(case=case_of(house.agency, client=client_of(house.agency)), kind="set_up", by=SYSTEM, at=AT)  # fmt: skip
    with pytest.raises(Refusal, match="account of our own"):
        collect_own(agency=house.agency, invoices=[made], by=SYSTEM, at=LATER)  # type: ignore[list-item]
    assert Case.objects.filter(client__own=True).count() == 0


def proved(house: Any) -> None:
    from django.db import connection

    for check in (one for one in CHECKS if one.name in MONEY):
        with connection.cursor() as cursor:
            cursor.execute(check.wrong)
            assert cursor.fetchall() == [], check.name
