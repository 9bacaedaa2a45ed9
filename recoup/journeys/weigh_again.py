"""Something has happened that may change the way on: the cases concerned are weighed anew, once for it.

A strong danger signal, a dispute that has ended: asked of the database once a day for all
cases that are being worked on, beside the evaluation at the end of a phase (`steps`) and on request.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from recoup.cases.models import Case
from recoup.cases.states import Stage
from recoup.journeys.evaluate import to_decide, weigh
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_
from recoup.legal.states import Stage as Court
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency
from recoup.watch.states import KINDS

STRONG = 40  # percent: the weight from which a signal may change the way on
NEWS = timedelta(days=7)  # what is older has been weighed, or nobody thought it worth it
MOST = 500
SIGNAL = N_("A danger signal was raised: %(signal)s.")
COURT = N_("Before the court: %(number)s is at “%(court_stage)s”.")
# What a court does that may change the way on: opposition, a decision, a title, something taken or nothing to take.
TURNS = (Court.OPPOSED, Court.DECIDED, Court.TITLE, Court.AUCTIONED, Court.WATCHED)
WORKED_ON = (Stage.CONTACT, Stage.EVALUATION, Stage.LEGAL)
DISPUTE = N_("A dispute has ended: %(number)s.")
NEWER = "coalesce((SELECT max(e.made_at) FROM strategy_evaluation e WHERE e.case_id = c.id), '-infinity'::timestamptz)"
# The house weighs with everything it knows; what a client is told of it is worked out from its own (`Counsel`).
SINCE = f"""
SELECT c.id, 'signal', s.kind FROM cases_case c JOIN watch_signal s ON s.debtor_id = c.debtor_id
WHERE c.agency_id = %(agency)s AND c.stage = ANY(%(stages)s) AND s.withdrawn_at IS NULL AND s.weight >= %(strong)s
  AND s.at > %(after)s AND s.at <= %(at)s AND s.expires_on > %(on)s AND s.at > {NEWER}
UNION ALL
SELECT c.id, 'dispute', d.number FROM cases_case c JOIN disputes_dispute d ON d.case_id = c.id
WHERE c.agency_id = %(agency)s AND c.stage = ANY(%(stages)s) AND d.ended_at > %(after)s AND d.ended_at <= %(at)s
  AND d.ended_at > {NEWER}
UNION ALL
SELECT c.id, 'court', p.number || ' ' || t.now FROM cases_case c JOIN legal_proceeding p ON p.case_id = c.id
  JOIN legal_step t ON t.proceeding_id = p.id
WHERE c.agency_id = %(agency)s AND c.stage = 'legal' AND t.now = ANY(%(court)s) AND t.at > %(after)s AND t.at <= %(at)s
  AND t.at > {NEWER}
ORDER BY 1, 2"""  # noqa: S608 - no value of a request is in it


def weigh_what_changed(
    *, agency: Agency, on: date, by: Actor, at: datetime, most: int = MOST
) -> int:
    """Weigh anew what has news; each gets its task. Again for the same day it does nothing more: the
    evaluation is newer than the news. Returns how many."""
    with scope(agency.id), transaction.atomic():
        news = happened(agency.id, on, at)
        ids = list(news)[:most]
        cases = {
            c.id: c
            for c in Case.objects.select_for_update(of=("self",))
            .select_related("client", "debtor", "collector__user", "agreement__rate_card")
            .filter(id__in=ids, stage__in=WORKED_ON)
        }
        return sum(
            weigh_for(agency, [cases[id]], *news[id], on, by, at) for id in ids if id in cases
        )


def happened(agency: UUID, on: date, at: datetime) -> dict[UUID, tuple[str, str]]:
    """Case → (what kind of news, which)."""
    with connection.cursor() as cursor:
        cursor.execute(SINCE, {
            "agency": agency, "stages": [s.value for s in WORKED_ON], "court": [t.value for t in TURNS], "strong": STRONG, "on": on, "at": at,
            "after": at - NEWS,
        })  # fmt: skip
        found: dict[UUID, tuple[str, str]] = {}
        for case, kind, what in cursor.fetchall():
            found.setdefault(case, (kind, what))
    return found


def said(kind: str, what: str) -> tuple[str, dict[str, str]]:
    if kind == "signal":
        return SIGNAL, {"signal": KINDS[what].label}
    if kind == "dispute":
        return DISPUTE, {"number": what}
    number, _space, stage = what.rpartition(" ")
    return COURT, {"number": number, "court_stage": stage}


def weigh_for(
    agency: Agency, cases: Sequence[Case], kind: str, what: str, on: date, by: Actor, at: datetime
) -> int:
    because, params = said(kind, what)
    made = weigh(agency=agency, cases=cases, on=on, because=because, params=params, by=by, at=at)
    for one in made:
        to_decide(one.case, on=on, due_on=one.due_on, by=by, at=at)
    return len(made)
