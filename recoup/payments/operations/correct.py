"""The claim became less after money had come in: what was paid is parted anew, by correction entries.

Nothing booked is changed. A row of nothing carries the differences: what no claim takes any more is the
debtor's (overpaid), out of the client's trust money while it is held, as that client's debt where it has
been remitted, between client and debtor where it was paid directly. Commission follows the same rows.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.jurisdictions.owed import Owed
from recoup.jurisdictions.owed import owed as by_law
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.payments.models import Allocation
from recoup.payments.operations.allocate import overpaid_tasks
from recoup.payments.operations.booking import Booked, Grant, one_at_a_time, write
from recoup.payments.queries import facts_of
from recoup.payments.rules import Parts, Split, in_order, parts_of, question

HELD, REMITTED, DIRECT = "held", "remitted", "direct"


@transaction.atomic
def rederive(*, case: Case, because: dict[str, Any], by: Actor, at: datetime) -> list[Allocation]:
    """Part the payments of a case as the law does now; the rows written, none where nothing changes. The
    same again writes nothing. One transaction of an agency's money at a time. Raises as `owed` does."""
    one_at_a_time(case.agency_id)
    facts = facts_of([case])[case.id]
    if not facts.paid:
        return []
    paid = in_order(facts.paid)
    answer = by_law(question(facts, paid[-1].on, paid, to_pay=True))
    now = {p.id: parts_of(a) for p, a in zip(paid, answer.allocations, strict=True)}
    total = sum(now.values(), Parts())
    change = total - facts.booked
    if change == Parts():
        return []
    over = overpaid_by_kind(case, now)
    booked = [
        Booked(new_id(), grant_of(case, kind, because, paid[-1].on), split_of(parts, answer))
        for kind, parts in shares(change, over)
    ]
    made = write(agency=case.agency_id, booked=booked, by=by, at=at)
    overpaid_tasks([b for b in booked if b.grant.because["of"] != DIRECT], by=by, at=at)
    return made


def overpaid_by_kind(case: Case, now: dict[UUID, Parts]) -> dict[str, Decimal]:
    """How much more is overpaid than is booked, by where the money is."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    rows = Allocation.objects.filter(case=case).select_related("remitted").order_by("id")
    for row in rows:
        kind = kind_of(row)
        found[kind] -= row.overpaid
        if row.id in now:
            found[kind] += now[row.id].overpaid
    return {kind: amount for kind, amount in found.items() if amount}


def kind_of(row: Allocation) -> str:
    if row.direct:
        return DIRECT
    gone = row.because.get("of") == REMITTED or hasattr(row, "remitted")
    if row.reverses_id and hasattr(row.reverses, "remitted"):
        gone = True
    return REMITTED if gone else HELD


def shares(change: Parts, over: dict[str, Decimal]) -> list[tuple[str, Parts]]:
    """A row for each kind, its parts adding up to nothing; the first takes what is left of the change."""
    kinds = [kind for kind in (HELD, REMITTED, DIRECT) if kind in over] or [HELD]
    others = [(kind, Parts(principal=-over[kind], overpaid=over[kind])) for kind in kinds[1:]]
    rest = change - sum((parts for _, parts in others), Parts())
    return [(kinds[0], rest), *others]


def grant_of(case: Case, kind: str, because: dict[str, Any], on: Any) -> Grant:
    return Grant(
        case, Decimal(0), on, because | {"of": kind}, direct=kind == DIRECT, remitted=kind == REMITTED,
        corrects=True,
    )  # fmt: skip


def split_of(parts: Parts, answer: Owed) -> Split:
    return Split(parts=parts, own=replace(parts), owed=answer)
