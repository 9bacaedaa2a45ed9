"""The figures of the reports: one statement each, over the rows that row security shows. Nothing is kept:
what a report says is what ledger and cases say at that moment."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from recoup.reports.states import FUNNEL, GROUPINGS

PER_PAGE = 50

# A case and what it came to. `collected`: paid on the claim, also to the client; `principal`: of which
# principal; `given_up`: principal waived. Declined cases were never ours.
CASES = """
SELECT c.id, c.number, c.client_id, c.division_id, v.name AS division, c.collector_id, c.currency, c.stage, c.submitted_at,
       date_trunc('month', c.submitted_at AT TIME ZONE 'UTC')::date AS month,
       d.country, d.name AS debtor, k.name AS client, u.name AS collector, o.code,
       coalesce(l.placed, 0) AS placed, l.first_due,
       ((c.submitted_at AT TIME ZONE 'UTC')::date - l.first_due) AS age,
       coalesce(a.collected, 0) AS collected, coalesce(a.principal, 0) AS principal,
       coalesce(a.given_up, 0) AS given_up, coalesce(r.commission, 0) AS commission,
       coalesce(t.attempts, 0) AS attempts, coalesce(t.reached, false) AS reached,
       (p.case_id IS NOT NULL OR s.case_id IS NOT NULL) AS promised
FROM cases_case c
JOIN parties_debtor d ON d.id = c.debtor_id
JOIN parties_client k ON k.id = c.client_id
LEFT JOIN parties_division v ON v.id = c.division_id
LEFT JOIN tenancy_member m ON m.id = c.collector_id
LEFT JOIN tenancy_user u ON u.id = m.user_id
LEFT JOIN (SELECT DISTINCT ON (case_id) * FROM cases_closure ORDER BY case_id, at DESC, id DESC) o ON o.case_id = c.id
LEFT JOIN (SELECT case_id, sum(CASE kind WHEN 'invoice' THEN amount ELSE -amount END) AS placed,
                  min(due_on) FILTER (WHERE kind = 'invoice') AS first_due
           FROM cases_claimline GROUP BY case_id) l ON l.case_id = c.id
LEFT JOIN (SELECT case_id, sum(amount - overpaid) FILTER (WHERE NOT waived) AS collected,
                  sum(principal) FILTER (WHERE NOT waived) AS principal,
                  sum(principal) FILTER (WHERE waived) AS given_up
           FROM payments_allocation GROUP BY case_id) a ON a.case_id = c.id
LEFT JOIN (SELECT a.case_id, sum(m.commission) AS commission FROM payments_remittedallocation m
           JOIN payments_allocation a ON a.id = m.allocation_id GROUP BY a.case_id) r ON r.case_id = c.id
LEFT JOIN (SELECT case_id, count(*) AS attempts, bool_or(coalesce(right_party, false)) AS reached
           FROM contact_contactattempt GROUP BY case_id) t ON t.case_id = c.id
LEFT JOIN (SELECT DISTINCT case_id FROM cases_promise) p ON p.case_id = c.id
LEFT JOIN (SELECT DISTINCT case_id FROM plans_plan WHERE signed_at IS NOT NULL) s ON s.case_id = c.id
WHERE c.agency_id = %(agency)s AND c.stage <> 'declined'
  AND (%(client)s::uuid IS NULL OR c.client_id = %(client)s)
  AND (%(division)s = '' OR coalesce(c.division_id::text, 'none') = %(division)s)
  AND c.submitted_at >= %(since)s
"""
SUMS = """count(*) AS cases, sum(placed) AS placed, sum(collected) AS collected, sum(principal) AS principal,
          sum(given_up) AS given_up, sum(commission) AS commission, sum(attempts) AS attempts"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose figures, as of which day, of cases placed since when. `client`: only this client's; `division`: only
    of this division's id, or "none" for cases in none."""

    agency: UUID
    today: date
    since: datetime
    client: UUID | None = None
    division: str = ""

    def params(self) -> dict[str, Any]:
        return {"agency": self.agency, "client": self.client, "division": self.division, "since": self.since, "today": self.today}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sum:
    """One row of a report, in one currency."""

    key: str
    label: str
    currency: str
    cases: int
    placed: Decimal
    collected: Decimal
    principal: Decimal
    given_up: Decimal
    commission: Decimal
    attempts: int

    @property
    def open(self) -> Decimal:
        """Principal neither paid nor given up."""
        return self.placed - self.principal - self.given_up

    @property
    def rate(self) -> Decimal:
        """Recovered principal, in per cent of what was placed."""
        return percent(self.principal, self.placed)

    @property
    def cost(self) -> Decimal:
        """Commission for each hundred collected."""
        return percent(self.commission, self.collected)


def percent(part: Decimal, whole: Decimal) -> Decimal:
    return (part * 100 / whole).quantize(Decimal("0.1")) if whole else Decimal(0)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case behind a figure."""

    id: UUID
    number: str
    debtor: str
    client: str
    division: str | None
    country: str
    collector: str | None
    currency: str
    stage: str
    submitted_at: datetime
    first_due: date | None
    placed: Decimal
    collected: Decimal
    principal: Decimal
    given_up: Decimal


COLUMNS = ", ".join(CaseRow.__dataclass_fields__)


def grouped(asked: Asked, name: str) -> list[Sum]:
    """A report by one of GROUPINGS, by currency."""
    how = GROUPINGS[name]
    label = {
        "client": "max(client)",
        "collector": "max(collector)",
        "division": "max(division)",
    }.get(name, "''")
    return [Sum(*row) for row in fetched(
        f"""SELECT {how.key} AS key, coalesce({label}, ''), currency, {SUMS} FROM ({CASES}) b WHERE {how.only}
            GROUP BY 1, currency ORDER BY currency, 1""", asked.params())]  # fmt: skip


def summed(asked: Asked, name: str, key: str, currency: str) -> Sum | None:
    """What the cases behind a figure come to together, in one currency."""
    found = condition_of(name, key)
    if found is None:
        return None
    condition, more = found
    rows = fetched(
        f"""SELECT %(key)s AS key, '', currency, {SUMS} FROM ({CASES}) b WHERE {condition} AND currency = %(currency)s
            GROUP BY currency""", asked.params() | {"key": key} | more | {"currency": currency})  # fmt: skip
    return Sum(*rows[0]) if rows else None


def funnel(asked: Asked) -> list[Sum]:
    """Each step of the funnel, by currency."""
    steps = " UNION ALL ".join(
        f"SELECT {n} AS place, '{name}' AS key, b.* FROM b WHERE {condition}"
        for n, (name, _, condition) in enumerate(FUNNEL)
    )
    rows = fetched(
        f"""WITH b AS ({CASES}) SELECT key, '', currency, {SUMS} FROM ({steps}) x
            GROUP BY place, key, currency ORDER BY currency, place""", asked.params())  # fmt: skip
    found = [Sum(*row) for row in rows]
    known = {(r.key, r.currency): r for r in found}
    none = Decimal(0)
    return [
        known.get((step, currency)) or Sum(step, "", currency, 0, none, none, none, none, none, 0)
        for currency in dict.fromkeys(r.currency for r in found)
        for step, _, _ in FUNNEL
    ]


@dataclass(frozen=True, slots=True)
class Step:
    """What came in of the cases placed in `month`, `after` so many months. Principal only."""

    currency: str
    month: date
    placed: Decimal
    after: int
    principal: Decimal


def stairs(asked: Asked) -> list[Step]:
    """Recovery by placement month; a month without money has no row, one without any has `after` 0."""
    return [Step(*row) for row in fetched(
        f"""WITH b AS ({CASES}), placed AS (SELECT currency, month, sum(placed) AS placed FROM b GROUP BY 1, 2)
            SELECT p.currency, p.month, p.placed, coalesce(x.after, 0)::int, coalesce(x.principal, 0) FROM placed p
            LEFT JOIN (
                SELECT b.currency, b.month, greatest(0, (extract(year FROM a.received_on) - extract(year FROM b.month)) * 12
                       + extract(month FROM a.received_on) - extract(month FROM b.month)) AS after, sum(a.principal) AS principal
                FROM b JOIN payments_allocation a ON a.case_id = b.id WHERE NOT a.waived GROUP BY 1, 2, 3
            ) x ON x.currency = p.currency AND x.month = p.month
            ORDER BY p.currency, p.month, 4""", asked.params())]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contacts of a month and what followed. `paid`: payments on cases contacted in that month."""

    month: date
    attempts: int
    reached: int
    promises: int
    kept: int
    paid: int


def contacts(asked: Asked) -> list[Contacts]:
    return [Contacts(*row) for row in fetched(
        f"""WITH b AS ({CASES}),
            t AS (SELECT date_trunc('month', made_at AT TIME ZONE 'UTC')::date AS month, count(*) AS attempts,
                         count(*) FILTER (WHERE right_party) AS reached
                  FROM contact_contactattempt WHERE case_id IN (SELECT id FROM b) GROUP BY 1),
            p AS (SELECT date_trunc('month', made_at AT TIME ZONE 'UTC')::date AS month, count(*) AS promises,
                         count(*) FILTER (WHERE state IN ('kept', 'part_kept')) AS kept
                  FROM cases_promise WHERE case_id IN (SELECT id FROM b) GROUP BY 1),
            a AS (SELECT date_trunc('month', received_on)::date AS month, count(*) AS paid FROM payments_allocation
                  WHERE NOT waived AND reverses_id IS NULL AND amount > 0 AND case_id IN (SELECT id FROM b) GROUP BY 1)
            SELECT month, coalesce(attempts, 0), coalesce(reached, 0), coalesce(promises, 0), coalesce(kept, 0), coalesce(paid, 0)
            FROM t FULL JOIN p USING (month) FULL JOIN a USING (month) ORDER BY month DESC LIMIT 24""", asked.params())]  # fmt: skip


# The cases behind a figure of the contacts: table, its moment, and which rows of it count.
BEHIND = {
    "attempts": ("contact_contactattempt", "made_at AT TIME ZONE 'UTC'", "true"),
    "reached": ("contact_contactattempt", "made_at AT TIME ZONE 'UTC'", "right_party"),
    "promises": ("cases_promise", "made_at AT TIME ZONE 'UTC'", "true"),
    "kept": ("cases_promise", "made_at AT TIME ZONE 'UTC'", "state IN ('kept', 'part_kept')"),
    "paid": ("payments_allocation", "received_on", "NOT waived AND reverses_id IS NULL AND amount > 0"),
}  # fmt: skip
MONTH = re.compile(r"20\d{2}-(?:0[1-9]|1[0-2])")
STILL_OPEN = "stage NOT IN ('closed', 'declined') AND placed - principal - given_up > 0"


def behind_contacts(key: str) -> tuple[str, dict[str, Any]] | None:
    """`reached:2026-11`: the cases that were reached in that month."""
    what, _, month = key.partition(":")
    if what not in BEHIND or not MONTH.fullmatch(month):
        return None
    table, moment, which = BEHIND[what]
    return (
        f"id IN (SELECT case_id FROM {table} WHERE {which} AND to_char({moment}, 'YYYY-MM') = %(key)s)",
        {"key": month},
    )


def condition_of(name: str, key: str) -> tuple[str, dict[str, Any]] | None:
    """The condition of the cases behind one row; None for what no report has."""
    if name in GROUPINGS:
        how = GROUPINGS[name]
        return f"({how.key}) = %(key)s AND {how.only}", {"key": key}
    steps = {step: condition for step, _, condition in FUNNEL}
    if name == "funnel" and key in steps:
        return steps[key], {}
    if name == "forecast" and key == "open":
        return STILL_OPEN, {}
    return behind_contacts(key) if name == "contacts" else None


def cases_behind(asked: Asked, name: str, key: str, currency: str, *, after: UUID | None = None, most: int = PER_PAGE + 1) -> list[CaseRow]:  # fmt: skip
    """A page of them, the newest first; `currency` "" for those in any."""
    found = condition_of(name, key)
    if found is None:
        return []
    condition, more = found
    params = asked.params() | more | {"currency": currency, "after": after, "most": most}
    return [CaseRow(*row) for row in fetched(
        f"""SELECT {COLUMNS} FROM ({CASES}) b WHERE {condition} AND (%(currency)s = '' OR currency = %(currency)s)
            AND (%(after)s::uuid IS NULL OR id < %(after)s) ORDER BY id DESC LIMIT %(most)s""", params)]  # fmt: skip


def all_cases(asked: Asked) -> Iterator[CaseRow]:
    """Every case, by a cursor on the server: as many as there are, in bounded memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM ({CASES}) b ORDER BY currency, id", asked.params())
        while rows := cursor.fetchmany(2000):
            yield from (CaseRow(*row) for row in rows)


def fetched(sql: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
