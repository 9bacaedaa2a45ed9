"""What might be done by somebody now, with what the order of the desk needs: one statement.

Bounded: a person's own tasks, or the `MOST` first due of the house for those who see all; the cost
follows the list, never the portfolio.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from recoup.agreements.queries import card_on
from recoup.agreements.rules.terms import Terms
from recoup.agreements.standard_card import TERMS
from recoup.contact.outcomes import OUTCOMES
from recoup.contact.rules import zone
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.rules import CODES
from recoup.kernel.refusal import Refusal
from recoup.strategy.worth import Worth, WorthFacts, worth

MOST = 2000
FRUITLESS = [o.code for o in OUTCOMES.values() if not o.counts]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task of a case with its worth; amounts in the case's currency."""

    task: UUID
    kind: str
    case: UUID
    number: str
    debtor: str
    client: str
    country: str
    language: str
    zone: str
    currency: str
    open: Decimal
    due_on: date
    due_at: datetime | None
    collector: str
    worth: Worth


# The lists of work of docs/algorithms/worth.md; %(mine)s is filled by `whose`.
STATEMENT = """
SELECT t.id, t.kind, t.due_on, t.due_at, c.id, c.number, c.currency, c.jurisdiction, c.known_dispute,
       d.name, d.country, d.language, d.time_zone, k.name, k.country, u.name,
       coalesce(claimed.sum, 0) - coalesce(paid.sum, 0), claimed.oldest, held.promised, held.disputed,
       coalesce(said.reached, false), coalesce(said.tries, 0), wrote.id IS NOT NULL
FROM (SELECT * FROM cases_task x WHERE x.agency_id = %(agency)s AND x.done_at IS NULL AND x.case_id IS NOT NULL
          AND (%(kinds)s::text[] IS NULL OR x.kind = ANY(%(kinds)s)) AND x.kind <> ALL(%(without)s) AND (%(until)s::date IS NULL OR x.due_on <= %(until)s) {mine}{one}{awake}
      ORDER BY x.due_on, x.id LIMIT %(most)s) t
JOIN cases_case c ON c.id = t.case_id
JOIN parties_debtor d ON d.id = c.debtor_id
JOIN parties_client k ON k.id = c.client_id
LEFT JOIN tenancy_member m ON m.id = t.owner_id
LEFT JOIN tenancy_user u ON u.id = m.user_id
LEFT JOIN LATERAL (SELECT sum(CASE l.kind WHEN 'invoice' THEN l.amount ELSE -l.amount END) AS sum,
                          min(l.due_on) FILTER (WHERE l.kind = 'invoice') AS oldest
                   FROM cases_claimline l WHERE l.case_id = c.id) claimed ON true
LEFT JOIN LATERAL (SELECT sum(a.principal) AS sum FROM payments_allocation a WHERE a.case_id = c.id) paid ON true
LEFT JOIN LATERAL (SELECT max(h.until) FILTER (WHERE h.kind = 'promise') AS promised,
                          coalesce(bool_or(h.kind = 'disputed'), false) AS disputed
                   FROM cases_hold h WHERE h.case_id = c.id AND h.lifted_at IS NULL) held ON true
LEFT JOIN LATERAL (SELECT bool_or(a.right_party) AS reached,
                          count(*) FILTER (WHERE a.outcome = ANY(%(fruitless)s)) AS tries
                   FROM contact_contactattempt a
                   WHERE a.agency_id = %(agency)s AND a.case_id = c.id AND a.channel = 'call') said ON true
LEFT JOIN LATERAL (SELECT r.id FROM cases_task r WHERE r.case_id = c.id AND r.kind = 'reply'
                   AND r.done_at IS NULL LIMIT 1) wrote ON true
"""
MINE = " AND (x.owner_id = %(member)s OR (x.owner_id IS NULL AND x.role = %(role)s))"
ONE = " AND x.case_id = %(case)s"
# A call on a case that rests (a promise, a dispute, a plan) is for another day.
AWAKE = """ AND NOT EXISTS (SELECT FROM cases_hold r WHERE r.case_id = x.case_id AND r.lifted_at IS NULL
                            AND (r.until IS NULL OR r.until >= %(today)s))"""
THEIRS = " AND x.owner_id = %(member)s"


def candidates(
    *, agency: UUID, kinds: Sequence[str] | None, member: UUID | None, role: str, now: datetime, today: date,
    until: date | None = None, without: Sequence[str] = (), case: UUID | None = None,
    most: int = MOST, at_rest: bool = True,
) -> list[Candidate]:  # fmt: skip
    """The open tasks of `member` and those of `role` that nobody owns (all of the house without a
    member, one person's without a role), the most worth doing first. `kinds` None: all but
    `without`; `case`: only that one's; `at_rest`: those of cases on hold too."""
    mine = "" if member is None else MINE if role else THEIRS
    asked: dict[str, Any] = {
        "agency": agency, "kinds": kinds and list(kinds), "without": list(without), "member": member, "role": role, "until": until,
        "most": most, "fruitless": FRUITLESS, "case": case, "today": today,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            STATEMENT.format(mine=mine, one=ONE if case else "", awake="" if at_rest else AWAKE),
            asked,
        )
        rows = cursor.fetchall()
    terms = terms_on(agency, today)
    found = list(ranked(rows, terms, now, today))
    found.sort(key=lambda c: (c.worth.tier, -c.worth.value, c.due_on, c.number))
    return found


def ranked(rows: Sequence[Any], terms: Terms, now: datetime, today: date) -> Iterator[Candidate]:
    hours: dict[tuple[str, str], bool] = {}
    for (task, kind, due_on, due_at, case, number, currency, code, dispute, debtor, country, language,
         clock, client, home, collector, open_, oldest, promised, disputed, reached, tries, wrote) in rows:  # fmt: skip
        if (code, clock) not in hours:
            hours[code, clock] = may_call(code, clock, now)
        facts = WorthFacts(
            open=open_, currency=currency, age_days=(today - oldest).days if oldest else 0,
            country=country, cross_border=home != country, disputed=dispute or disputed, due_on=due_on,
            appointment=due_at, promised_on=promised, reached=reached, tries=tries, wrote=wrote,
            barred_on=barred(code, oldest) if oldest else None, may_now=kind != "call" or hours[code, clock],
        )  # fmt: skip
        yield Candidate(
            task, kind, case, number, debtor, client, country, language, clock, currency, open_, due_on, due_at,
            collector or "", worth(facts, terms, now, today),
        )  # fmt: skip


def may_call(code: str, clock: str, now: datetime) -> bool:
    """Whether the hours of the place allow a call at `now`; yes where its law is not held (the gate says
    so when it is asked)."""
    if code not in CODES:
        return True
    known = zone(clock).key == clock
    return law(code).may_contact(now, zone=clock if known else None).ok


@lru_cache(maxsize=8192)
def barred(code: str, due: date) -> date | None:
    """The last day to sue for what fell due on `due`; None where the law gives no single answer."""
    if code not in CODES:
        return None
    try:
        return law(code).limitation_ends_on(due=due).ends_on
    except Refusal:
        return None


def terms_on(agency: UUID, on: date) -> Terms:
    """The terms of the agency's rate card of the day, read once for each card; the standard card's before
    the first is published (they order a list here, they price nothing)."""
    try:
        card = card_on(agency, on)
    except Refusal:
        return Terms.read(TERMS)
    if card.id not in READ:
        READ[card.id] = Terms.read(card.terms)
    return READ[card.id]


READ: dict[UUID, Terms] = {}  # cards are never changed
