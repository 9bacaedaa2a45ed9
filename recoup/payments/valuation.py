"""The interest of a whole portfolio in one statement, by the day table of `interest_factors`.

A line's interest is principal × (upto[end] − upto[first]) less, for each payment, the principal it
took × (upto[end] − upto[its day]); divided and rounded once. Principal paid goes to the line that fell
due first, so that line and payment meet where their running sums overlap. docs/algorithms/interest.md
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Min

from recoup.cases.models import Case, ClaimLine
from recoup.cases.states import OPEN
from recoup.jurisdictions.overlay import using
from recoup.jurisdictions.owed.bulk import Factors, interest_factors
from recoup.jurisdictions.rules import rules
from recoup.kernel.money import EXPONENTS, places
from recoup.kernel.refusal import NotAnswered, NotKnown, Refusal
from recoup.lawbook.queries import overlay_of
from recoup.payments.queries import owed_many

# Shared by `value_portfolio` and its benchmark: what stands before it names `line` (id, book, code,
# first, amount in minor units, place in the book), `paid` (book, code, day, amount) and `factor`.
VALUE = """
running_line AS (
    SELECT line.*, sum(amount) OVER w - amount AS below, sum(amount) OVER w AS above
    FROM line WINDOW w AS (PARTITION BY book ORDER BY place)
),
running_paid AS (
    SELECT paid.*, sum(amount) OVER w - amount AS below, sum(amount) OVER w AS above
    FROM paid WINDOW w AS (PARTITION BY book ORDER BY place)
),
less AS (
    SELECT l.id, sum(least(l.above, p.above) - greatest(l.below, p.below)) AS amount,
           sum((least(l.above, p.above) - greatest(l.below, p.below))
               * greatest(0, e.upto - greatest(f.upto, coalesce(d.upto, f.upto)))) AS weighted
    FROM running_paid p
    JOIN running_line l ON l.book = p.book AND l.below < p.above AND p.below < l.above
    JOIN factor f ON f.code = l.code AND f.day = l.first
    LEFT JOIN factor d ON d.code = l.code AND d.day = p.day
    JOIN last e ON e.code = l.code
    GROUP BY l.id
),
valued AS (
    SELECT l.book, l.amount - coalesce(less.amount, 0) AS open,
           div(2 * (l.amount * greatest(0, e.upto - f.upto) - coalesce(less.weighted, 0)) * f.rate
               + e.denominator, 2 * e.denominator) AS interest
    FROM line l
    JOIN factor f ON f.code = l.code AND f.day = l.first AND f.rate > 0
    JOIN last e ON e.code = l.code
    LEFT JOIN less ON less.id = l.id
)
"""
FACTORS = """
factor AS MATERIALIZED (
    SELECT * FROM unnest(%(codes)s::text[], %(days)s::date[], %(uptos)s::numeric[], %(rates)s::numeric[])
        AS t(code, day, upto, rate)
),
last AS MATERIALIZED (
    SELECT t.code, f.upto, t.denominator
    FROM unnest(%(known)s::text[], %(ends)s::date[], %(denominators)s::numeric[]) AS t(code, day, denominator)
    JOIN factor f ON f.code = t.code AND f.day = t.day
),
"""
ROWS = """
plain AS (
    SELECT c.id, c.jurisdiction AS code, c.currency,
           (10 ^ coalesce((%(places)s::jsonb ->> c.currency)::int, 2))::numeric AS unit
    FROM cases_case c
    WHERE c.agency_id = %(agency)s AND c.stage = ANY(%(stages)s) AND c.jurisdiction = ANY(%(known)s)
      AND c.interest = '{}'::jsonb
      AND NOT EXISTS (SELECT 1 FROM cases_claimline x WHERE x.case_id = c.id AND x.kind <> 'invoice')
      AND NOT EXISTS (
          SELECT 1 FROM payments_allocation a WHERE a.case_id = c.id AND (
              a.reverses_id IS NOT NULL OR a.waived OR a.designated <> '' OR a.overpaid <> 0
              OR EXISTS (SELECT 1 FROM payments_allocation b WHERE b.case_id = c.id
                         AND b.id < a.id AND b.received_on > a.received_on)
              OR EXISTS (SELECT 1 FROM cases_charge g WHERE g.case_id = c.id
                         AND g.id > a.id AND g."on" <= a.received_on)))
),
line AS (
    SELECT x.id, x.case_id AS book, plain.code, (x.due_on + 1) AS first, x.amount * plain.unit AS amount,
           row_number() OVER (PARTITION BY x.case_id ORDER BY x.due_on, x.id) AS place
    FROM cases_claimline x JOIN plain ON plain.id = x.case_id
    JOIN last ON last.code = plain.code
),
paid AS (
    SELECT a.case_id AS book, plain.code, a.received_on + (%(shift)s::jsonb ->> plain.code)::int AS day,
           a.principal * plain.unit AS amount, row_number() OVER (PARTITION BY a.case_id ORDER BY a.id) AS place
    FROM payments_allocation a JOIN plain ON plain.id = a.case_id
    WHERE a.received_on <= %(on)s AND a.principal > 0
),
"""
# A case one of whose lines found no factor (not due yet, or older than the table) goes one by one.
SUMS = """
SELECT plain.id, plain.currency, sum(valued.open), sum(valued.interest)
FROM valued JOIN plain ON plain.id = valued.book
GROUP BY plain.id, plain.currency
HAVING count(*) = (SELECT count(*) FROM cases_claimline x WHERE x.case_id = plain.id)
"""


@dataclass(frozen=True, slots=True)
class Valued:
    """A case's open principal and the interest accrued on it by a day, before what was paid of it."""

    principal: Decimal
    interest_accrued: Decimal


def value_portfolio(
    agency: UUID, on: date, *, refused: dict[UUID, Refusal] | None = None
) -> dict[UUID, Valued]:
    """Every open case of the agency on day `on`, as `payments.queries.owed` would value it.

    One statement for statutory simple interest with payments in the order of days; what has a contract
    rate, credit notes, compounding or corrected payments goes through `owed_many` together. A case whose
    law gives no figure stands in `refused`; without `refused` the refusal is raised.
    """
    open_cases = Case.objects.filter(agency_id=agency, stage__in=OPEN)
    codes = sorted(set(open_cases.order_by().values_list("jurisdiction", flat=True).distinct()))
    lines = ClaimLine.objects.filter(case__in=open_cases)
    earliest = lines.aggregate(day=Min("due_on"))["day"]
    with using(overlay_of(agency)):
        known = {code: each for code in codes if (each := factors_on(code, on)) is not None}
    with transaction.atomic():
        valued = in_one_statement(agency, on, known, earliest or on)
    every = set(open_cases.values_list("id", flat=True))
    for case, answer in owed_many(agency, every - set(valued), on, refused=refused).items():
        valued[case] = Valued(answer.principal, answer.interest_accrued)
    return valued


def factors_on(code: str, on: date) -> Factors | None:
    """None where the law has no simple statutory rate known to `on`, or rounds by segment."""
    if rules(code).conventions.rounding != "sum":
        return None
    try:
        return interest_factors(code, until=on)
    except (NotKnown, NotAnswered):
        return None


def in_one_statement(
    agency: UUID, on: date, known: dict[str, Factors], earliest: date
) -> dict[UUID, Valued]:
    if not known:
        return {}
    parameters = tables(known, on, earliest) | {
        "agency": agency, "on": on, "stages": [str(stage) for stage in OPEN],
        "places": json.dumps(EXPONENTS),
        "shift": json.dumps({c: int(rules(c).conventions.payment_day_counted) for c in known}),
    }  # fmt: skip
    with connection.cursor() as cursor:
        rows = by_hash(cursor, "WITH " + FACTORS + ROWS + VALUE.lstrip() + SUMS, parameters)
    return {
        case: Valued(
            Decimal(open_).scaleb(-places(currency)), Decimal(interest).scaleb(-places(currency))
        )
        for case, currency, open_, interest in rows
    }


def by_hash(cursor: Any, statement: str, parameters: dict[str, Any]) -> list[Any]:
    """The rows, without nested loops: nothing is known of the arrays' sizes, and the planner would go
    through a day table once for each claim (17 s instead of 1 s for 200,000)."""
    cursor.execute("SET LOCAL enable_nestloop = off")
    cursor.execute(statement, parameters)
    rows = list(cursor.fetchall())
    cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
    return rows


def tables(known: dict[str, Factors], on: date, earliest: date) -> dict[str, Any]:
    """The day tables as arrays, from the first day that is needed on."""
    codes, days, uptos, rates = [], [], [], []
    for code, factors in known.items():
        for day, upto, rate in factors.rows():
            if day >= earliest:
                codes.append(code)
                days.append(day)
                uptos.append(upto)
                rates.append(rate)
    counted = {code: rules(code).conventions.as_of_counted for code in known}
    return {
        "codes": codes, "days": days, "uptos": uptos, "rates": rates, "known": list(known),
        "ends": [on + timedelta(days=1) if counted[code] else on for code in known],
        "denominators": [factors.denominator for factors in known.values()],
    }  # fmt: skip
