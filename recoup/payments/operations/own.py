"""Payments of the agency's own cases: never client money. Its invoices are settled by the principal, what is
beyond (interest, compensation, costs) is its revenue; undone, all goes back."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money, round_half_up
from recoup.ledger.accounts import ClientAccount, HouseAccount
from recoup.ledger.models import Book
from recoup.ledger.operations import Draft, Leg, Subject, open_books, post
from recoup.payments.models import Allocation, Invoice, InvoiceSettlement
from recoup.payments.queries import invoices_in, open_of, settled_by

HOUSE = Subject(Book.Kind.HOUSE, "House")
Part = tuple[Invoice, Decimal]


def settle_own(*, rows: Iterable[Allocation], by: Actor, at: datetime) -> None:
    """Settle the invoices behind the own cases of `rows`, the oldest first; inside the caller's lock and
    transaction. What was given up is settled by nobody: its invoice is credited."""
    for row in rows:
        if row.case.client.own and not row.waived:
            settle(row, by, at)


def settle(row: Allocation, by: Actor, at: datetime) -> None:
    def unit(amount: Decimal) -> Money:
        return Money(round_half_up(amount, row.currency), row.currency)

    principal = unit(row.principal).amount
    beyond = unit(row.interest + row.compensation + row.costs)
    found = parts(row, principal)
    if not found and not beyond.amount:
        return
    clients = {
        i.client_id: Subject(Book.Kind.CLIENT, i.client.name, i.client_id, i.client_id)
        for i, _ in found
    }
    books = open_books(agency=row.agency_id, wanted=[HOUSE, *clients.values()])
    house = books[Book.Kind.HOUSE, None]
    total = sum((amount for _, amount in found), Decimal(0))
    legs = (
        Leg(house, HouseAccount.SETTLED_FEES, unit(total) + beyond),
        Leg(house, HouseAccount.REVENUE, -beyond),
        *(Leg(books[Book.Kind.CLIENT, i.client_id], ClientAccount.RECEIVABLE, unit(-a)) for i, a in found),
    )  # fmt: skip
    entry = post(
        agency=row.agency_id, by=by, at=at,
        draft=Draft("invoice_paid", f"invoice-own:{row.id}", row.received_on, f"{row.case.number} paid", legs),
    )  # fmt: skip
    for invoice, amount in found:
        InvoiceSettlement.objects.create(
            agency_id=row.agency_id, invoice=invoice, client_id=invoice.client_id, amount=amount, line=row.line,
            entry=entry, on=row.received_on, at=at, by_name=by.name, because=row.case.number,
        )  # fmt: skip
        if amount > 0:
            record(
                agency=row.agency_id, kind="InvoicePaid", by=by, at=at, client=invoice.client_id,
                number=invoice.number, amount=str(unit(amount).amount), currency=row.currency,
            )  # fmt: skip


def parts(row: Allocation, principal: Decimal) -> list[Part]:
    """What of the principal goes to which invoice; taken back from the newest."""
    invoices = invoices_in(row.case)
    if principal >= 0:
        room = open_of(invoices)
        return shared(invoices, room, principal, 1)
    return shared(invoices[::-1], settled_by(row.case, invoices), -principal, -1)


def shared(
    invoices: list[Invoice], room: Mapping[UUID, Decimal], left: Decimal, sign: int
) -> list[Part]:
    found: list[Part] = []
    for invoice in invoices:
        amount = min(left, max(room.get(invoice.id, Decimal(0)), Decimal(0)))
        if amount > 0:
            found.append((invoice, sign * amount))
            left -= amount
    return found
