"""Reads of the ledger. Balances are sums as of a day and as known at an instant; none is stored."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet, Sum

from recoup.kernel.money import Money
from recoup.ledger.models import Posting


def _as_of(
    rows: QuerySet[Posting], on: date | None, known_at: datetime | None
) -> QuerySet[Posting]:
    if on is not None:
        rows = rows.filter(value_on__lte=on)
    return rows.filter(booked_at__lte=known_at) if known_at is not None else rows


def balance(
    *,
    book: UUID,
    account: str,
    currency: str,
    on: date | None = None,
    known_at: datetime | None = None,
) -> Money:
    """Debit-positive balance of one account, for value up to day `on`, as known at `known_at`."""
    rows = _as_of(
        Posting.objects.filter(book_id=book, account=account, currency=currency), on, known_at
    )
    total: Decimal = rows.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    return Money(total, currency).rounded()


def balances(
    *, agency: UUID, books: Iterable[UUID] | None = None, on: date | None = None,
    known_at: datetime | None = None,
) -> dict[tuple[UUID, str, str], Money]:  # fmt: skip
    """All non-zero balances by (book, account, currency) in one query."""
    rows = Posting.objects.filter(agency_id=agency)
    if books is not None:
        rows = rows.filter(book_id__in=list(books))
    grouped = (
        _as_of(rows, on, known_at)
        .values("book_id", "account", "currency")
        .annotate(total=Sum("amount"))
    )
    return {
        (r["book_id"], r["account"], r["currency"]): Money(r["total"], r["currency"]).rounded()
        for r in grouped.order_by()
        if r["total"]
    }
