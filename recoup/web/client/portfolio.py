"""Where a client's money stands, worked out by the database in two statements, whatever the number of cases.

Each case is worth its claim (invoices less credit notes) and what has been paid and given up of the
principal; a case stands in one place only, the first of `PLACES` that fits. Currencies are never mixed.
"""

from collections import defaultdict
from collections.abc import Iterable
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

STANDING = """
    WITH claim AS (
        SELECT case_id, sum(CASE kind WHEN 'invoice' THEN amount ELSE -amount END) claimed, min(due_on) due_on
        FROM cases_claimline WHERE agency_id = %(agency)s AND client_id = %(client)s GROUP BY case_id
    ), paid AS (
        SELECT case_id, sum(principal) principal, sum(principal) FILTER (WHERE NOT waived) recovered
        FROM payments_allocation WHERE agency_id = %(agency)s AND client_id = %(client)s GROUP BY case_id
    )
    SELECT currency, place, count(*), sum(claimed), sum(greatest(claimed - principal, 0)) FROM (
        SELECT c.currency, claim.claimed, coalesce(paid.principal, 0) principal, CASE
            WHEN c.stage = 'declined' THEN 'declined'
            WHEN c.stage = 'closed' THEN 'ended'
            WHEN c.stage = 'legal' THEN 'court'
            WHEN EXISTS (SELECT 1 FROM cases_hold h WHERE h.case_id = c.id AND h.kind = 'disputed'
                         AND h.lifted_at IS NULL) THEN 'disputed'
            WHEN EXISTS (SELECT 1 FROM plans_plan p WHERE p.case_id = c.id AND p.state = 'agreed') THEN 'plan'
            WHEN EXISTS (SELECT 1 FROM cases_promise p WHERE p.case_id = c.id AND p.state = 'open') THEN 'promise'
            WHEN c.stage IN ('submitted', 'accepted') THEN 'waiting'
            ELSE c.stage END place
        FROM cases_case c JOIN claim ON claim.case_id = c.id LEFT JOIN paid ON paid.case_id = c.id
        WHERE c.agency_id = %(agency)s AND c.client_id = %(client)s
    ) one GROUP BY currency, place
"""
RECOVERED = """
    WITH one AS (
        SELECT c.id, c.currency, date_trunc('month', c.submitted_at AT TIME ZONE %(zone)s)::date AS placed,
            (c.submitted_at AT TIME ZONE %(zone)s)::date AS placed_on,
            sum(CASE l.kind WHEN 'invoice' THEN l.amount ELSE -l.amount END) claimed, min(l.due_on) due_on
        FROM cases_case c JOIN cases_claimline l ON l.case_id = c.id
        WHERE c.agency_id = %(agency)s AND c.client_id = %(client)s AND c.stage <> 'declined'
            AND l.agency_id = %(agency)s AND l.client_id = %(client)s
        GROUP BY c.id
    ), got AS (
        SELECT a.case_id, sum(a.principal) ever,
            sum(a.principal) FILTER (WHERE a.received_on < one.placed_on + 30) in30,
            sum(a.principal) FILTER (WHERE a.received_on < one.placed_on + 90) in90
        FROM payments_allocation a JOIN one ON one.id = a.case_id
        WHERE a.agency_id = %(agency)s AND a.client_id = %(client)s AND NOT a.waived GROUP BY a.case_id
    )
    SELECT one.currency, one.placed, CASE
            WHEN placed_on - due_on <= 30 THEN '0-30' WHEN placed_on - due_on <= 60 THEN '31-60'
            WHEN placed_on - due_on <= 90 THEN '61-90' WHEN placed_on - due_on <= 180 THEN '91-180'
            WHEN placed_on - due_on <= 365 THEN '181-365' ELSE '366-' END age,
        count(*), sum(claimed), coalesce(sum(in30), 0), coalesce(sum(in90), 0), coalesce(sum(ever), 0)
    FROM one LEFT JOIN got ON got.case_id = one.id GROUP BY 1, 2, 3
"""


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


def standing(agency: UUID, client: UUID) -> list[Standing]:
    """Every place with cases, by currency, in the order a debt travels."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"agency": agency, "client": client})
        rows = cursor.fetchall()
    whole: dict[str, Decimal] = defaultdict(Decimal)
    for currency, place, _cases, _claimed, still in rows:
        whole[currency] += still if place in PLACES else 0
    named, order = words(), [*reversed(PLACES), "ended", "declined"]
    found = [
        Standing(
            place, named.get(place, place), cases, Money(claimed, currency).rounded(),
            Money(still, currency).rounded(),
            share(still, whole[currency]) if place in PLACES else Decimal(0),
        )
        for currency, place, cases, claimed, still in rows
    ]  # fmt: skip
    return sorted(found, key=lambda s: (s.open.currency, order.index(s.place)))


def share(part: Decimal, whole: Decimal) -> Decimal:
    return min(Decimal(100), part * 100 / whole).quantize(Decimal("0.1")) if whole > 0 else Decimal(0)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recovery:
    by_month: list[Curve]
    by_age: list[Curve]


def recovery(agency: UUID, client: UUID, zone: str, today: date) -> Recovery:
    """By month of placement (what came in within 30 and 90 days, and to date) and by the age of the
    oldest invoice at placement. A share that cannot be known yet is left out, not shown as nothing."""
    with connection.cursor() as cursor:
        cursor.execute(RECOVERED, {"agency": agency, "client": client, "zone": zone})
        rows = cursor.fetchall()
    months: dict[str, dict[date, list[Decimal]]] = defaultdict(lambda: defaultdict(lambda: [Decimal(0)] * 4))  # fmt: skip
    ages: dict[str, dict[str, list[Decimal]]] = defaultdict(lambda: defaultdict(lambda: [Decimal(0)] * 2))  # fmt: skip
    first = add_months(today.replace(day=1), 1 - COHORTS)
    for currency, placed, age, _cases, claimed, in30, in90, ever in rows:
        if placed >= first:
            at = months[currency][placed]
            months[currency][placed] = [a + b for a, b in zip(at, (claimed, in30, in90, ever), strict=True)]  # fmt: skip
        ages[currency][age] = [a + b for a, b in zip(ages[currency][age], (claimed, ever), strict=True)]  # fmt: skip
    return Recovery(
        told(month_curve(currency, per, first, today) for currency, per in sorted(months.items())),
        told(age_curve(currency, per) for currency, per in sorted(ages.items())),
    )


def told(curves: Iterable[Curve]) -> list[Curve]:
    """Those with anything recovered: a line along nothing tells nothing."""
    return [curve for curve in curves if any(v for one in curve.series for v in one.values)]


def month_curve(currency: str, per: dict[date, list[Decimal]], first: date, today: date) -> Curve:
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
        [f"{reverse('client:cases')}?show=all&placed={day:%Y-%m}" for day in days],
    )  # fmt: skip


def age_curve(currency: str, per: dict[str, list[Decimal]]) -> Curve:
    codes = [code for _days, code in AGES] + [OLDEST]
    known = [code for code in codes if code in per]
    return Curve(
        currency, [age_word(code) for code in known],
        [Series(_("recovered"), [share(per[code][1], per[code][0]) for code in known])],
        [f"{reverse('client:cases')}?show=all&age={code}" for code in known],
    )  # fmt: skip


def age_word(code: str) -> str:
    low, _dash, high = code.partition("-")
    return _("%(low)s–%(high)s days") % {"low": low, "high": high} if high else _("over a year")
