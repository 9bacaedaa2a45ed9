"""Where a client's money stands, in one statement over what is kept of each case (reports.models.Standing).

Each case is worth its claim (invoices less credit notes) and what has been paid and given up of the
principal; a case stands in one place only, the first of `PLACES` that fits. Currencies are never mixed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from babel.dates import format_skeleton
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from recoup.kernel.days import add_months
from recoup.kernel.money import Money
from recoup.web.kit.components import Series
from recoup.web.kit.formats import current

COHORTS = 12  # months of placement shown
AGES = ((30, "0-30"), (60, "31-60"), (90, "61-90"), (180, "91-180"), (365, "181-365"))
OLDEST = "366-"
# code, shown when filtered; in the order in which a case is put
PLACES = ("court", "disputed", "plan", "promise", "evaluation", "contact", "waiting")

# All panels from one narrow scan of the kept standings: each row is put into its part once, and the few parts
# are then added up by place, by month of placement, and by age.
OVERVIEW = """
    WITH part AS MATERIALIZED (
        SELECT currency, place, CASE WHEN place <> 'declined' THEN date_trunc('month', placed_on)::date END AS month,
            CASE WHEN place = 'declined' THEN NULL
                WHEN placed_on - due_on <= 30 THEN '0-30' WHEN placed_on - due_on <= 60 THEN '31-60'
                WHEN placed_on - due_on <= 90 THEN '61-90' WHEN placed_on - due_on <= 180 THEN '91-180'
                WHEN placed_on - due_on <= 365 THEN '181-365' ELSE '366-' END AS age,
            count(*) AS cases, sum(claimed) AS claimed, sum(greatest(claimed - paid, 0)) AS still, sum(in30) AS in30,
            sum(in90) AS in90, sum(recovered) AS recovered, sum(collected) AS collected
        FROM reports_standing
        WHERE agency_id = %(agency)s AND client_id = %(client)s
            AND (%(division)s = '' OR coalesce(division_id::text, 'none') = %(division)s)
        GROUP BY 1, 2, 3, 4
    )
    SELECT CASE WHEN grouping(place) = 0 THEN 'place' WHEN grouping(month) = 0 THEN 'month' ELSE 'age' END,
        currency, coalesce(place, month::text, age), sum(cases)::int, sum(claimed), sum(still), sum(in30), sum(in90),
        sum(recovered), sum(collected)
    FROM part GROUP BY GROUPING SETS ((currency, place), (currency, month), (currency, age))
"""
Row = tuple[str, str, int, Decimal, Decimal, Decimal, Decimal, Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Standing:
    """One place in one currency. `share` of the open money of its currency, 0 to 100."""

    place: str
    word: str
    cases: int
    claimed: Money
    open: Money
    share: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Curve:
    """Recovery in percent; `hrefs` opens each label's cases."""

    currency: str
    labels: list[str]
    series: list[Series]
    hrefs: list[str]

    @property
    def few(self) -> bool:
        """Too few months for a line to tell anything."""
        return len(self.labels) < 4


def words() -> dict[str, str]:
    return {
        "waiting": _("waiting for review"), "contact": _("in contact"), "evaluation": _("being weighed"),
        "promise": _("promised"), "plan": _("in a plan"), "disputed": _("disputed"), "court": _("at court"),
        "ended": _("ended"), "declined": _("declined"),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Overview:
    """Every place with cases, by currency, in the order a debt travels; what came in; recovery."""

    places: list[Standing]
    collected: list[Money]
    recovery: "Recovery"


def overview(
    agency: UUID, client: UUID, today: date, *, division: str = "", to: str = ""
) -> Overview:
    """Of all the client's cases in view, or of those in one division (its id, or "none"). `to` is added to
    each address."""
    with connection.cursor() as cursor:
        cursor.execute(OVERVIEW, {"agency": agency, "client": client, "division": division})
        rows = cursor.fetchall()
    by: dict[str, list[Row]] = {"place": [], "month": [], "age": []}
    for kind, *row in rows:
        if row[1] is not None:  # declined cases are of no month and no age
            by[kind].append(tuple(row))
    came: dict[str, Decimal] = defaultdict(Decimal)
    for currency, *_rest, collected in by["place"]:
        came[currency] += collected
    return Overview(
        standing(by["place"]), [Money(came[c], c).rounded() for c in sorted(came) if came[c]],
        recovery(by["month"], by["age"], today, to),
    )  # fmt: skip


def standing(rows: Sequence[Row]) -> list[Standing]:
    whole: dict[str, Decimal] = defaultdict(Decimal)
    for currency, place, _cases, _claimed, still, *_rest in rows:
        whole[currency] += still if place in PLACES else 0
    named, order = words(), [*reversed(PLACES), "ended", "declined"]
    found = [
        Standing(
            place, named.get(place, place), cases, Money(claimed, currency).rounded(),
            Money(still, currency).rounded(),
            share(still, whole[currency]) if place in PLACES else Decimal(0),
        )
        for currency, place, cases, claimed, still, *_rest in rows
    ]  # fmt: skip
    return sorted(found, key=lambda s: (s.open.currency, order.index(s.place)))


def share(part: Decimal, whole: Decimal) -> Decimal:
    return min(Decimal(100), part * 100 / whole).quantize(Decimal("0.1")) if whole > 0 else Decimal(0)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recovery:
    by_month: list[Curve]
    by_age: list[Curve]


def recovery(by_month: Sequence[Row], by_age: Sequence[Row], today: date, to: str) -> Recovery:
    """By month of placement (what came in within 30 and 90 days, and to date) and by the age of the
    oldest invoice at placement. A share that cannot be known yet is left out, not shown as nothing."""
    months: dict[str, dict[date, list[Decimal]]] = defaultdict(dict)
    ages: dict[str, dict[str, list[Decimal]]] = defaultdict(dict)
    first = add_months(today.replace(day=1), 1 - COHORTS)
    for currency, month, _cases, claimed, _still, in30, in90, ever, _all in by_month:
        if (placed := date.fromisoformat(month)) >= first:
            months[currency][placed] = [claimed, in30, in90, ever]
    for currency, age, _cases, claimed, _still, _in30, _in90, ever, _all in by_age:
        ages[currency][age] = [claimed, ever]
    return Recovery(
        told(
            month_curve(currency, per, first, today, to) for currency, per in sorted(months.items())
        ),
        told(age_curve(currency, per, to) for currency, per in sorted(ages.items())),
    )


def told(curves: Iterable[Curve]) -> list[Curve]:
    """Those with anything recovered: a line along nothing tells nothing."""
    return [curve for curve in curves if any(v for one in curve.series for v in one.values)]


def month_curve(
    currency: str, per: dict[date, list[Decimal]], first: date, today: date, to: str
) -> Curve:
    days = [add_months(first, n) for n in range(COHORTS)]
    days = [d for d in days if d >= min(per)]

    def rate(day: date, place: int, after: int) -> Decimal | None:
        """None for a month without cases, and until its last case is as old as the question."""
        if day not in per or (today - add_months(day, 1)).days < after - 1:
            return None
        return share(per[day][place], per[day][0])

    return Curve(
        currency, [format_skeleton("yMMM", day, locale=current()) for day in days],
        [
            Series(_("to date"), [rate(day, 3, -31) for day in days]),
            Series(_("within 90 days"), [rate(day, 2, 90) for day in days]),
            Series(_("within 30 days"), [rate(day, 1, 30) for day in days]),
        ],
        [f"{reverse('client:cases')}?show=all&placed={day:%Y-%m}{to}" for day in days],
    )  # fmt: skip


def age_curve(currency: str, per: dict[str, list[Decimal]], to: str) -> Curve:
    codes = [code for _days, code in AGES] + [OLDEST]
    known = [code for code in codes if code in per]
    return Curve(
        currency, [age_word(code) for code in known],
        [Series(_("recovered"), [share(per[code][1], per[code][0]) for code in known])],
        [f"{reverse('client:cases')}?show=all&age={code}{to}" for code in known],
    )  # fmt: skip


def age_word(code: str) -> str:
    low, _dash, high = code.partition("-")
    return _("%(low)s–%(high)s days") % {"low": low, "high": high} if high else _("over a year")
