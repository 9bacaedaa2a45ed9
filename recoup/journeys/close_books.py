"""The books of a period are closed on a reconciliation that holds."""

from datetime import date, datetime

from django.db import transaction

from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.ledger.models import PeriodClose
from recoup.ledger.operations import close_period
from recoup.payments.books import three_way
from recoup.tenancy.models import Agency


@transaction.atomic
def close_books(*, agency: Agency, up_to: date, by: Actor, at: datetime) -> PeriodClose:
    """Close up to a day, with the figures it was closed on. Nothing can be booked for value in it any more.

    Raises `Refusal` `books_differ` (the three ways do not agree), `period_not_over`, `period_closed`.
    """
    ways = three_way(agency.id, up_to)
    for each in ways:
        if not each.holds:
            off = each.owed_difference or each.bank_difference
            raise Refusal(
                "books_differ", N_("The three ways differ by %(found)s on %(day)s; find it before you close."),
                field="up_to", found=str(off), day=up_to.isoformat(),
            )  # fmt: skip
    made = close_period(
        agency=agency.id, up_to=up_to, figures={"ways": [w.as_json() for w in ways]}, by=by, at=at
    )
    record(
        agency=agency.id,
        kind="BooksClosed",
        by=by,
        at=at,
        audience="internal",
        up_to=up_to.isoformat(),
    )
    return made
