"""What a trial has shown so far."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Min

from recoup.cases.models import Closure, Move
from recoup.cases.states import CloseCode, Stage
from recoup.strategy.models import Trial
from recoup.strategy.plans import STANDARD
from recoup.strategy.proportions import Difference, Share, difference, wilson
from recoup.strategy.queries import Split, is_challenged


@dataclass(frozen=True, slots=True)
class Result:
    """Paid in full within the trial's days of coming into contact, among the cases that have had that long;
    `waiting` have not. Every case counts where the hash put it, whatever happened since."""

    champion: Share
    challenger: Share
    difference: Difference
    waiting: int


def result_of(trial: Trial, on: date) -> Result:
    """As of day `on`, in two queries."""
    entered: dict[UUID, date] = {}
    moves = Move.objects.filter(agency_id=trial.agency_id, now=Stage.CONTACT)
    if trial.client_id:
        moves = moves.filter(client_id=trial.client_id)
    firsts = moves.values("case_id").annotate(first=Min("at"))
    for case, first in firsts.values_list("case_id", "first"):
        day = first.date()
        if day >= trial.since and (trial.until is None or day <= trial.until):
            entered[case] = day
    paid = {
        case: at.date()
        for case, at in Closure.objects.filter(
            case_id__in=list(entered), code__in=(CloseCode.PAID, CloseCode.PLAN_COMPLETED)
        ).values_list("case_id", "at")
    }
    split = Split(trial.id, STANDARD, trial.share, trial.since)
    span, counts, waiting = timedelta(days=trial.within_days), [[0, 0], [0, 0]], 0
    for case, day in entered.items():
        if day + span > on:
            waiting += 1
            continue
        arm = counts[is_challenged(split, case)]
        arm[1] += 1
        arm[0] += case in paid and paid[case] <= day + span
    first, second = (wilson(hits, cases) for hits, cases in counts)
    return Result(first, second, difference(first, second), waiting)
