"""What a supervisor looks at: each figure with the cases behind it. Reads only.

Contact rate stands beside recovery rate: calls alone say how busy somebody was, money alone says what
they were given (see docs/words.md).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import MD5, Cast, Concat

from recoup.cases.models import Case, Hold, Promise, Task
from recoup.cases.rules.promises import GRACE
from recoup.cases.states import PromiseState, Stage
from recoup.contact.models import ContactAttempt, Denial
from recoup.contact.operations.reminders import DID_BY_HAND
from recoup.kernel.refusal import N_

SAMPLE = 10  # contacts to listen to or read, of the last week
SILENT = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Figure:
    """`cases` are those behind it, as of a day."""

    name: str
    title: str
    means: str
    cases: Callable[[UUID, date], QuerySet[Case]]


def broken_promises(agency: UUID, on: date) -> QuerySet[Case]:
    """The case's last promise was broken or kept in part, or its day passed, the grace too, and its hold
    still stands; and the case is open."""
    past = Hold.objects.filter(
        case=OuterRef("pk"), kind="promise", lifted_at=None, until__lt=on - GRACE
    )
    last = (
        Promise.objects.filter(case=OuterRef("pk")).order_by("-made_at", "-id").values("state")[:1]
    )
    found = open_cases(agency).annotate(last_promise=Subquery(last))
    unkept = Q(last_promise__in=(PromiseState.BROKEN, PromiseState.PART_KEPT))
    return found.filter(unkept | Exists(past))


def silent_cases(agency: UUID, on: date) -> QuerySet[Case]:
    """In contact for three weeks without any contact attempt, not on hold: nobody speaks."""
    since = on - SILENT
    lately = ContactAttempt.objects.filter(
        agency_id=agency, case=OuterRef("pk"), made_at__date__gte=since
    )
    held = Hold.objects.filter(case=OuterRef("pk"), lifted_at=None).filter(
        Q(until=None) | Q(until__gte=on)
    )
    found = open_cases(agency).filter(stage=Stage.CONTACT, submitted_at__date__lt=since)
    return found.filter(~Exists(lately), ~Exists(held))


def denied_contacts(agency: UUID, on: date) -> QuerySet[Case]:
    """The gate said no within the last seven days."""
    lately = Denial.objects.filter(case=OuterRef("pk"), at__date__gte=on - timedelta(days=7))
    return open_cases(agency).filter(Exists(lately))


def late_tasks(agency: UUID, on: date) -> QuerySet[Case]:
    """A task is three days late or more."""
    late = Task.objects.filter(case=OuterRef("pk"), done_at=None, due_on__lte=on - GRACE)
    return open_cases(agency).filter(Exists(late))


def without_collector(agency: UUID, on: date) -> QuerySet[Case]:
    return open_cases(agency).filter(collector=None).exclude(stage=Stage.SUBMITTED)


def open_cases(agency: UUID) -> QuerySet[Case]:
    return Case.objects.filter(agency_id=agency).exclude(stage__in=(Stage.CLOSED, Stage.DECLINED))


FIGURES: Mapping[str, Figure] = {
    f.name: f
    for f in (
        Figure("broken", N_("Promises not kept"), N_("the promised day passed three days ago or more, and not all of it came"), broken_promises),
        Figure("silent", N_("Silent cases"), N_("in contact, not on hold, and no contact attempt for three weeks"), silent_cases),
        Figure("denied", N_("Denied contacts"), N_("the gate said no within the last seven days"), denied_contacts),
        Figure("late", N_("Late tasks"), N_("something should have been done three days ago or more"), late_tasks),
        Figure("unassigned", N_("Without a collector"), N_("accepted, and nobody has it"), without_collector),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Denied:
    code: str
    because: str
    params: dict[str, Any]
    count: int


def denials_by_reason(agency: UUID, since: datetime) -> list[Denied]:
    """The gate's denials since an instant, by rule, the most frequent first; an example's words."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT code, (array_agg(because ORDER BY at DESC))[1],
                      (array_agg(params ORDER BY at DESC))[1]::text, count(*)
               FROM contact_denial WHERE agency_id = %s AND at >= %s GROUP BY code ORDER BY 4 DESC, 1""",
            [agency, since],
        )
        return [Denied(c, b, json.loads(p), n) for c, b, p, n in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Productivity:
    """One collector in a period: calls, those that reached the right person, promises made in them, and of
    the principal of their cases with an attempt in the period how much was paid, in percent."""

    name: str
    calls: int
    reached: int
    promised: int
    cases: int
    recovery: Decimal | None

    @property
    def contact_rate(self) -> Decimal | None:
        return (
            Decimal(100 * self.reached / self.calls).quantize(Decimal("0.1"))
            if self.calls
            else None
        )


PRODUCTIVITY = """
WITH made AS (
    SELECT a.by_name, a.case_id, a.outcome, a.right_party FROM contact_contactattempt a
    WHERE a.agency_id = %(agency)s AND a.channel IN ('call', 'visit') AND a.made_at >= %(since)s AND a.made_at < %(until)s
), worked AS (SELECT DISTINCT by_name, case_id FROM made),
money AS (
    SELECT w.by_name, count(*) AS cases, sum(c.claimed) AS claimed, sum(p.paid) AS paid FROM worked w
    JOIN LATERAL (SELECT sum(CASE kind WHEN 'invoice' THEN amount ELSE -amount END) AS claimed
                  FROM cases_claimline l WHERE l.case_id = w.case_id) c ON true
    JOIN LATERAL (SELECT coalesce(sum(x.principal), 0) AS paid FROM payments_allocation x
                  WHERE x.case_id = w.case_id AND NOT x.waived AND x.received_on >= %(since)s::date) p ON true
    GROUP BY w.by_name
)
SELECT m.by_name, count(*), count(*) FILTER (WHERE right_party), count(*) FILTER (WHERE outcome = 'promised'),
       money.cases, CASE WHEN money.claimed > 0 THEN round(100 * money.paid / money.claimed, 1) END
FROM made m JOIN money ON money.by_name = m.by_name GROUP BY m.by_name, money.cases, money.claimed, money.paid
ORDER BY 2 DESC, 1
"""


def productivity(agency: UUID, since: datetime, until: datetime) -> list[Productivity]:
    """Calls and visits of a period by who made them. Amounts are compared with amounts of the same case,
    so that currencies mix only as shares."""
    with connection.cursor() as cursor:
        cursor.execute(PRODUCTIVITY, {"agency": agency, "since": since, "until": until})
        return [Productivity(*row) for row in cursor.fetchall()]


def quality_sample(agency: UUID, on: date) -> list[ContactAttempt]:
    """Calls and visits of the last seven days that nobody has looked at, drawn by the hash of their key
    and the week: the same for everybody who looks, and nobody's choice."""
    week = f"{on.isocalendar().year}-{on.isocalendar().week}"
    found = ContactAttempt.objects.filter(
        agency_id=agency, channel__in=("call", "visit"), made_at__date__gt=on - timedelta(days=7),
        quality=None,
    ).exclude(step=DID_BY_HAND)  # fmt: skip
    drawn = found.annotate(
        lot=MD5(Concat(Cast("id", TextField()), Value(week, output_field=TextField())))
    )
    return list(drawn.select_related("case__debtor").order_by("lot")[:SAMPLE])


@dataclass(frozen=True, slots=True)
class Load:
    """A collector's workload."""

    member: UUID
    name: str
    open: int
    capacity: int
    due: int
    late: int
    away: date | None

    @property
    def share(self) -> Decimal:
        """Of the capacity, in percent, at most 100."""
        return (
            Decimal(min(100, 100 * self.open // self.capacity)) if self.capacity else Decimal(100)
        )


LOADS = """
SELECT m.id, u.name, coalesce(held.n, 0), coalesce(f.capacity, 0), coalesce(todo.due, 0), coalesce(todo.late, 0),
       greatest(f.absent_until, away.last_on)
FROM tenancy_member m JOIN tenancy_user u ON u.id = m.user_id
LEFT JOIN cases_collectorprofile f ON f.member_id = m.id
LEFT JOIN (SELECT collector_id, count(*) AS n FROM cases_case WHERE agency_id = %(agency)s
           AND stage IN ('submitted','accepted','contact','evaluation','legal') AND collector_id IS NOT NULL GROUP BY 1) held
    ON held.collector_id = m.id
LEFT JOIN (SELECT owner_id, count(*) FILTER (WHERE due_on <= %(on)s) AS due, count(*) FILTER (WHERE due_on < %(on)s) AS late
           FROM cases_task WHERE agency_id = %(agency)s AND done_at IS NULL AND owner_id IS NOT NULL GROUP BY 1) todo
    ON todo.owner_id = m.id
LEFT JOIN (SELECT member_id, max(last_on) AS last_on FROM cases_absence WHERE agency_id = %(agency)s
           AND cancelled_at IS NULL AND first_on <= %(on)s AND last_on >= %(on)s GROUP BY 1) away ON away.member_id = m.id
WHERE m.agency_id = %(agency)s AND m.active AND m.role = 'collector' ORDER BY u.name LIMIT 1000
"""


def loads(agency: UUID, on: date) -> list[Load]:
    """Every collector's open cases, what is due, and whether they are away; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(LOADS, {"agency": agency, "on": on})
        return [Load(*row) for row in cursor.fetchall()]


def newest_first(found: QuerySet[Case]) -> QuerySet[Case]:
    return found.order_by(F("id").desc())
