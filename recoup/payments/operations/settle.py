"""What a closing needs of a case's money: its book squared, and the sums of its whole life."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from recoup.agreements.rules import commission_due, phase_of
from recoup.cases.models import Case, ClaimLine
from recoup.cases.queries import principal_of
from recoup.jurisdictions.owed import Owed
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money, round_half_up
from recoup.ledger.accounts import CaseAccount
from recoup.ledger.models import Book, Entry
from recoup.ledger.operations import Draft, Leg, open_book, post
from recoup.ledger.queries import balance
from recoup.payments.models import Allocation, RemittedAllocation
from recoup.payments.operations.booking import Unit, one_at_a_time
from recoup.payments.operations.reckon import price_of, worth
from recoup.payments.rules import PARTS, Parts


@dataclass(frozen=True, slots=True)
class Life:
    """The money of a case from its submission to now, in its currency. principal + interest +
    compensation + costs = collected + waived + outstanding. `fees`: commission on all that was
    collected, net of tax; `remitted`: paid on to the client so far."""

    principal: Money
    interest: Money
    compensation: Money
    costs: Money
    collected: Money
    waived: Money
    outstanding: Money
    fees: Money
    remitted: Money


def life_of(case: Case, owing: Owed) -> Life:
    """The sums of a case; `owing` is what is owed on the day of asking."""
    rows = list(
        Allocation.objects.filter(case=case).select_related("remitted__remittance").order_by("id")
    )
    money = Unit(case.currency)
    total = sum((parts(row) for row in rows), Parts())
    given_up = sum((parts(row) for row in rows if row.waived), Parts())
    own = owing.compensation.open if owing.compensation.currency == case.currency else Decimal(0)
    return Life(
        principal=money(total.principal + owing.principal), interest=money(total.interest + owing.interest),
        compensation=money(total.compensation + own), costs=money(total.costs + owing.costs),
        collected=money(total.settled - given_up.settled), waived=money(given_up.settled),
        outstanding=money(owing.total), fees=fees_of(case, rows), remitted=money(remitted_of(case, rows)),
    )  # fmt: skip


def parts(row: Allocation) -> Parts:
    return Parts(*(getattr(row, name) for name in PARTS))


def fees_of(case: Case, rows: Sequence[Allocation]) -> Money:
    dues = ClaimLine.objects.filter(case=case, kind=ClaimLine.Kind.INVOICE).order_by("due_on")
    price = price_of(
        case, {case.id: dues.values_list("due_on", flat=True)[0]}, principal_of([case.id])
    )
    earned = [
        (Money(round_half_up(worth(row), case.currency), case.currency), phase_of(row.because.get("phase", "")))
        for row in rows if not row.waived
    ]  # fmt: skip
    return commission_due(
        price.terms,
        earned,
        claim=price.claim,
        age_days=price.age_days,
        cross_border=price.cross_border,
    )


def remitted_of(case: Case, rows: Sequence[Allocation]) -> Decimal:
    found = Decimal(0)
    for each in RemittedAllocation.objects.filter(allocation__in=rows).select_related("remittance"):
        line = next(
            row for row in each.remittance.lines if row["allocation"] == str(each.allocation_id)
        )
        found += Decimal(line["received"]) - Decimal(line["commission"]) - Decimal(line["vat"])
    return found


@transaction.atomic
def square_costs(*, case: Case, by: Actor, at: datetime) -> Entry | None:
    """Write off in the memorandum what was charged as costs but counts towards the compensation, once
    nothing is owed any more; None when there is nothing to square."""
    one_at_a_time(case.agency_id)
    book = open_book(
        agency=case.agency_id,
        kind=Book.Kind.CASE,
        name=case.number,
        subject=case.id,
        client=case.client_id,
    )
    left = balance(book=book.id, account=CaseAccount.COSTS, currency=case.currency)
    if not left:
        return None
    legs = (Leg(book, CaseAccount.COSTS, -left), Leg(book, CaseAccount.CLAIMED, left))
    draft = Draft(
        "set_off",
        f"setoff:{case.id}",
        at.date(),
        "Costs counted towards the compensation",
        legs,
        case.client_id,
    )
    return post(agency=case.agency_id, draft=draft, by=by, at=at)
