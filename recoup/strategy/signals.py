"""What the books say of many debtors at once: the figures behind computed signals, counted by the database.

A constant number of statements for any number of debtors. Each counts for every client's own data and,
where several clients have a debtor, for all of it together (which only the house may see). Everything
is as known on the day: what was recorded later does not count.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from recoup.watch.rules import NOTHING, Counted

Key = tuple[UUID, UUID | None]  # debtor, client (None: the house, over all its clients)
BY = "GROUP BY GROUPING SETS ((debtor_id, client_id), (debtor_id))"
WHOSE = "debtor_id, client_id, count(DISTINCT client_id)"

PAID = f"""
WITH due AS (
    SELECT c.id, c.debtor_id, c.client_id, min(l.due_on) AS due_on
    FROM cases_case c JOIN cases_claimline l ON l.case_id = c.id AND l.kind = 'invoice'
    WHERE c.debtor_id = ANY(%(ids)s) GROUP BY c.id),
paid AS (
    SELECT d.debtor_id, d.client_id, a.received_on AS paid_on, d.due_on
    FROM due d JOIN payments_allocation a ON a.case_id = d.id
    WHERE NOT a.waived AND a.reverses_id IS NULL AND a.amount > 0 AND a.at < %(end)s AND NOT EXISTS (
        SELECT 1 FROM payments_allocation r WHERE r.reverses_id = a.id AND r.at < %(end)s)
    UNION ALL
    SELECT debtor_id, client_id, paid_on, due_on FROM watch_item
    WHERE debtor_id = ANY(%(ids)s) AND paid_on <= %(on)s)
SELECT {WHOSE},
    avg(greatest(paid_on - due_on, 0)) FILTER (WHERE paid_on > %(on)s - 90),
    count(*) FILTER (WHERE paid_on > %(on)s - 90),
    avg(greatest(paid_on - due_on, 0)) FILTER (WHERE paid_on <= %(on)s - 90),
    count(*) FILTER (WHERE paid_on <= %(on)s - 90), max(paid_on)
FROM paid WHERE paid_on > %(on)s - 455 AND paid_on <= %(on)s {BY}"""

# A promise is broken when its day and three more have passed and nothing came in: as settled on record,
# or as the hold that waited for it shows.
PROMISES = f"""
SELECT {WHOSE}, count(*), max(day) FROM (
    SELECT c.debtor_id, c.client_id, c.id, p."on" AS day
    FROM cases_promise p JOIN cases_case c ON c.id = p.case_id
    WHERE c.debtor_id = ANY(%(ids)s) AND p.state IN ('broken', 'part_kept') AND p.settled_at < %(end)s
      AND p."on" >= %(on)s::date - 365
    UNION
    SELECT c.debtor_id, c.client_id, c.id, h."until"
    FROM cases_hold h JOIN cases_case c ON c.id = h.case_id
    WHERE c.debtor_id = ANY(%(ids)s) AND h.kind = 'promise' AND h."until" < %(on)s::date - 3
      AND h."until" >= %(on)s::date - 365 AND (h.lifted_at IS NULL OR h.lifted_at::date > h."until")
      AND NOT EXISTS (
        SELECT 1 FROM payments_allocation a WHERE a.case_id = c.id AND NOT a.waived AND a.amount > 0
          AND a.at < %(end)s AND a.received_on BETWEEN h.since::date AND h."until" + 3)) broken {BY}"""

CALLS = f"""
SELECT {WHOSE}, count(*) FILTER (WHERE outcome IN ('no_answer', 'left_message')),
    count(*) FILTER (WHERE right_party), max(made_at)::date FROM (
    SELECT c.debtor_id, c.client_id, a.outcome, a.right_party, a.made_at
    FROM contact_contactattempt a JOIN cases_case c ON c.id = a.case_id
    WHERE c.debtor_id = ANY(%(ids)s) AND a.channel = 'call' AND a.made_at < %(end)s
      AND a.made_at >= %(on)s::date - 30) called {BY}"""

DISHONOURED = f"""
SELECT {WHOSE}, count(*), max(at)::date FROM (
    SELECT c.debtor_id, c.client_id, r.at FROM payments_allocation r JOIN cases_case c ON c.id = r.case_id
    JOIN payments_bankline l ON l.id = r.line_id AND l.amount < 0
    WHERE c.debtor_id = ANY(%(ids)s) AND r.reverses_id IS NOT NULL AND r.at < %(end)s
      AND r.at >= %(on)s::date - 365) returned {BY}"""

CAME_BACK = f"""
SELECT {WHOSE}, count(*), max(at)::date FROM (
    SELECT c.debtor_id, c.client_id, m.taken_at AS at FROM contact_inboundmail m
    JOIN cases_case c ON c.id = m.case_id
    WHERE c.debtor_id = ANY(%(ids)s) AND m.kind = 'hard' AND m.taken_at < %(end)s
      AND m.taken_at >= %(on)s::date - 90
    UNION ALL
    SELECT c.debtor_id, c.client_id, m.settled_at FROM outbox_message m JOIN cases_case c ON c.id = m.case_id
    WHERE c.debtor_id = ANY(%(ids)s) AND m.gated AND m.state = 'failed' AND m.settled_at < %(end)s
      AND m.settled_at >= %(on)s::date - 90) back {BY}"""

ACCOUNTS = f"""
SELECT {WHOSE}, count(DISTINCT account), max(value_on) FROM (
    SELECT c.debtor_id, c.client_id, l.counterparty_account AS account, l.value_on
    FROM payments_allocation a JOIN cases_case c ON c.id = a.case_id JOIN payments_bankline l ON l.id = a.line_id
    WHERE c.debtor_id = ANY(%(ids)s) AND a.amount > 0 AND a.at < %(end)s AND l.counterparty_account <> ''
      AND l.value_on > %(on)s::date - 365) used {BY}"""

STAYED = f"""
SELECT {WHOSE}, count(*), max(since)::date FROM (
    SELECT c.debtor_id, c.client_id, h.since FROM cases_hold h JOIN cases_case c ON c.id = h.case_id
    WHERE c.debtor_id = ANY(%(ids)s) AND h.kind = 'insolvency' AND h.since < %(end)s
      AND (h.lifted_at IS NULL OR h.lifted_at >= %(end)s)) stays {BY}"""

# Orders, limits and what is used of them are one client's and one currency's: the currency with most orders.
TRADES = """
WITH newest AS (
    SELECT DISTINCT ON (debtor_id, client_id, currency) debtor_id, client_id, currency, amount, "on"
    FROM watch_trade WHERE debtor_id = ANY(%(ids)s) AND kind = 'order' AND "on" <= %(on)s AND at < %(end)s
    ORDER BY debtor_id, client_id, currency, "on" DESC, amount DESC),
orders AS (
    SELECT t.debtor_id, t.client_id, t.currency, count(*) AS orders,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY t.amount::double precision) FILTER (WHERE t."on" < n."on") AS median,
        count(*) FILTER (WHERE t."on" < n."on") AS earlier,
        max(n.amount) FILTER (WHERE n."on" > %(on)s::date - 30) AS newest, max(n."on") AS newest_on,
        coalesce(sum(t.amount) FILTER (WHERE t."on" > %(on)s::date - 90), 0) AS now,
        coalesce(sum(t.amount) FILTER (WHERE t."on" <= %(on)s::date - 90 AND t."on" > %(on)s::date - 180), 0) AS before
    FROM watch_trade t JOIN newest n USING (debtor_id, client_id, currency)
    WHERE t.kind = 'order' AND t."on" <= %(on)s AND t.at < %(end)s AND t."on" > %(on)s::date - 455
    GROUP BY 1, 2, 3),
used AS (
    SELECT debtor_id, client_id, currency,
        coalesce(sum(amount) FILTER (WHERE paid_on > %(on)s::date - 90 AND paid_on <= %(on)s), 0) AS receipts_now,
        coalesce(sum(amount) FILTER (WHERE paid_on <= %(on)s::date - 90 AND paid_on > %(on)s::date - 180), 0) AS receipts_before,
        coalesce(sum(amount) FILTER (WHERE coalesce(issued_on, due_on) <= %(on)s AND (paid_on IS NULL OR paid_on > %(on)s)), 0) AS now,
        coalesce(sum(amount) FILTER (WHERE coalesce(issued_on, due_on) <= %(on)s::date - 90
            AND (paid_on IS NULL OR paid_on > %(on)s::date - 90)), 0) AS before,
        max(coalesce(issued_on, due_on)) FILTER (WHERE coalesce(issued_on, due_on) <= %(on)s) AS newest_on
    FROM watch_item WHERE debtor_id = ANY(%(ids)s) AND at < %(end)s GROUP BY 1, 2, 3),
limits AS (
    SELECT DISTINCT ON (debtor_id, client_id, currency) debtor_id, client_id, currency, amount
    FROM watch_trade WHERE debtor_id = ANY(%(ids)s) AND kind = 'limit' AND "on" <= %(on)s AND at < %(end)s
    ORDER BY debtor_id, client_id, currency, "on" DESC, id DESC)
SELECT DISTINCT ON (debtor_id, client_id) debtor_id, client_id, o.earlier, o.newest, o.median, o.now, o.before,
    o.newest_on, u.receipts_now, u.receipts_before, l.amount, u.now, u.before, u.newest_on
FROM used u FULL JOIN orders o USING (debtor_id, client_id, currency)
    FULL JOIN limits l USING (debtor_id, client_id, currency)
ORDER BY debtor_id, client_id, coalesce(o.orders, 0) DESC, l.amount DESC NULLS LAST"""


@dataclass
class Tally:
    """The figures of one debtor while they come in, statement by statement."""

    figures: dict[str, Any] = field(default_factory=dict)
    newest: dict[str, date] = field(default_factory=dict)


def count(debtors: Iterable[UUID], on: date) -> dict[Key, Counted]:
    """The figures of each debtor by client, and over all clients where there are several. Eight statements."""
    known: dict[str, Any] = {"ids": list(debtors), "on": on, "end": on + timedelta(days=1)}
    found: dict[Key, Tally] = defaultdict(Tally)
    several: set[UUID] = set()
    with connection.cursor() as cursor:
        for name, statement in STATEMENTS.items():
            cursor.execute(statement, known)
            for debtor, client, clients, *values in cursor.fetchall():
                if client is None and clients < 2:
                    continue
                if client is None:
                    several.add(debtor)
                TAKES[name](found[debtor, client], values)
        cursor.execute(TRADES, known)
        for debtor, client, *values in cursor.fetchall():
            take_trades(found[debtor, client], values)
    return {
        key: Counted(**tally.figures, newest=tally.newest) for key, tally in found.items()
        if key[1] is not None or key[0] in several
    }  # fmt: skip


def take_paid(tally: Tally, values: list[Any]) -> None:
    now, times, before, times_before, newest = values
    tally.figures |= {"late_now": now, "paid_now": times, "late_before": before, "paid_before": times_before}  # fmt: skip
    tally.newest["paying_later"] = newest


def counts(figure: str, kind: str) -> Any:
    def take(tally: Tally, values: list[Any]) -> None:
        tally.figures[figure], tally.newest[kind] = values

    return take


def take_calls(tally: Tally, values: list[Any]) -> None:
    in_vain, reached, newest = values
    tally.figures["in_vain"] = 0 if reached else in_vain
    tally.newest["calls_unreturned"] = newest


def take_stayed(tally: Tally, values: list[Any]) -> None:
    tally.figures["stayed"], tally.newest["insolvency"] = bool(values[0]), values[1]


def take_trades(tally: Tally, values: list[Any]) -> None:
    (orders, newest, median, now, before, newest_on, receipts_now, receipts_before, limit, used,
     used_before, item_on) = values  # fmt: skip
    tally.figures |= {
        "orders": orders or 0, "order_newest": newest, "order_median": None if median is None else Decimal(str(median)),
        "orders_now": now or NOTHING, "orders_before": before or NOTHING, "limit": limit,
        "receipts_now": receipts_now or NOTHING, "receipts_before": receipts_before or NOTHING,
        "used_now": used or NOTHING, "used_before": used_before or NOTHING,
    }  # fmt: skip
    if newest_on:
        tally.newest |= {"outsized_order": newest_on, "growing_too_fast": newest_on}
    if item_on:
        tally.newest["limit_used"] = item_on


STATEMENTS = {
    "paid": PAID, "promises": PROMISES, "calls": CALLS, "dishonoured": DISHONOURED, "came_back": CAME_BACK,
    "accounts": ACCOUNTS, "stayed": STAYED,
}  # fmt: skip
TAKES = {
    "paid": take_paid, "promises": counts("broken", "promises_broken"), "calls": take_calls,
    "dishonoured": counts("dishonoured", "dishonoured"), "came_back": counts("came_back", "returned_mail"),
    "accounts": counts("accounts", "banks_changed"), "stayed": take_stayed,
}  # fmt: skip
