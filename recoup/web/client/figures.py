"""The portal's sums, each by currency and each in one query. Currencies are never mixed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from babel.dates import format_skeleton
from django.db.models import DecimalField, F, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse

from recoup.kernel.days import add_months
from recoup.kernel.money import Money
from recoup.ledger.accounts import ClientAccount
from recoup.ledger.models import Book
from recoup.ledger.queries import balances
from recoup.parties.models import Client
from recoup.payments.models import Allocation, Remittance
from recoup.web.kit.components import Series
from recoup.web.kit.divisions import of_division
from recoup.web.kit.formats import current

AMOUNT = DecimalField(max_digits=19, decimal_places=4)
SHOWN_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Months:
    """Collected per month in one currency."""

    currency: str
    labels: list[str]
    series: list[Series]
    hrefs: list[str]


def collected(client: UUID) -> list[Money]:
    """What debtors have paid on the claims, undone payments taken off."""
    rows = (
        Allocation.objects.filter(client_id=client, waived=False)
        .values("currency")
        .annotate(total=Sum(F("amount") - F("overpaid"), output_field=AMOUNT))
        .order_by("currency")
    )
    return [Money(r["total"], r["currency"]).rounded() for r in rows if r["total"]]


def on_its_way_by_case(client: UUID, division: str = "") -> list[Money]:
    """What has come in through us on the cases in view and stands in no remittance yet."""
    held = Allocation.objects.filter(
        client_id=client,
        waived=False,
        direct=False,
        remitted__isnull=True,
        **of_division(division, "case__"),
    )
    return of_cases(held)


def remitted_by_case(client: UUID, division: str = "") -> list[Money]:
    """What has come in on the cases in view and was paid out, before commission."""
    own = of_division(division, "case__")
    return of_cases(Allocation.objects.filter(client_id=client, remitted__isnull=False, **own))


def of_cases(rows: QuerySet[Allocation]) -> list[Money]:
    summed = rows.values("currency").annotate(
        total=Sum(F("amount") - F("overpaid"), output_field=AMOUNT)
    )
    return [Money(r["total"], r["currency"]).rounded() for r in summed.order_by("currency") if r["total"]]  # fmt: skip


def on_its_way(client: Client) -> list[Money]:
    """Client money held in trust that has not been paid out yet."""
    books = list(
        Book.objects.filter(kind=Book.Kind.CLIENT, subject_id=client.id).values_list(
            "id", flat=True
        )
    )
    found = balances(agency=client.agency_id, books=books)
    return [-money for (_, account, _), money in sorted(found.items(), key=lambda i: i[0][2])
            if account == ClientAccount.TRUST and money]  # fmt: skip


def months(client: UUID, today: date, division: str = "", to: str = "") -> list[Months]:
    """The last twelve months with what was collected in each, by currency."""
    first = add_months(today.replace(day=1), 1 - SHOWN_MONTHS)
    rows = (
        Allocation.objects.filter(
            client_id=client,
            waived=False,
            received_on__gte=first,
            **of_division(division, "case__"),
        )
        .annotate(month=TruncMonth("received_on"))
        .values("currency", "month")
        .annotate(total=Sum(F("amount") - F("overpaid"), output_field=AMOUNT))
        .order_by("currency", "month")
    )
    sums: dict[str, dict[date, Decimal]] = defaultdict(dict)
    for row in rows:
        sums[row["currency"]][row["month"]] = row["total"]
    days = [add_months(first, n) for n in range(SHOWN_MONTHS)]
    labels = [format_skeleton("MMM", day, locale=current()) for day in days]
    return [
        Months(
            currency,
            labels,
            [
                Series(
                    currency, [max(per.get(day, Decimal(0)), Decimal(0)) for day in days], "money"
                )
            ],
            [f"{reverse('client:cases')}?show=all&paid={day:%Y-%m}{to}" for day in days],
        )
        for currency, per in sums.items()
    ]


def summed(amounts: Iterable[Money]) -> list[Money]:
    found: dict[str, Money] = {}
    for money in amounts:
        found[money.currency] = found.get(money.currency, Money.zero(money.currency)) + money
    return [found[currency] for currency in sorted(found)]


def remitted(client: UUID) -> list[Money]:
    """What has been paid out, net."""
    rows = (
        Remittance.objects.filter(client_id=client)
        .values("currency")
        .annotate(total=Sum("net"))
        .order_by("currency")
    )
    return [Money(r["total"], r["currency"]).rounded() for r in rows]
