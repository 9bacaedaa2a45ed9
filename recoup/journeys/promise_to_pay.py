"""A debtor says on which day it will pay: it is left in peace until then, and looked at on the day after."""

from datetime import date, datetime, timedelta

from django.db import transaction

from recoup.cases.models import Case, Hold
from recoup.cases.operations import lift_hold, plan_next_look, put_on_hold
from recoup.cases.states import HoldKind, Stage
from recoup.journeys.promises import keep_promise
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.queries import owed
from recoup.tenancy.context import scope

MOST_DAYS = 14  # what is promised for later is a payment plan, and agreed with a person
OPEN_TO_DEBTORS = (Stage.CONTACT, Stage.EVALUATION, Stage.LEGAL)


def promise_to_pay(*, case: Case, on: date, by: Actor, at: datetime) -> Hold:
    """Hold the case through day `on`; the same day again changes nothing.

    Raises `Refusal`: `case_not_open`, `promise_day_past`, `promise_day_far` (more than 14 days from today,
    or from the first of several promises), `promise_broken` (an earlier day passed unpaid: a person
    decides), and those of `owed`; `nothing_owed`.
    """
    # Wider than the debtor's own view: the house's tasks and plan follow from it.
    with scope(case.agency_id), transaction.atomic():
        locked = Case.objects.select_for_update(of=("self",)).get(id=case.id)
        standing = Hold.objects.filter(
            case=locked, kind=HoldKind.PROMISE, lifted_at__isnull=True
        ).first()
        if standing is not None and standing.until == on:
            return standing
        refuse_unfit(locked, standing, on, at.date())
        if standing is not None:
            lift_hold(hold=standing, because=N_("a later promise"), by=by, at=at)
        hold = put_on_hold(
            case=locked,
            kind=HoldKind.PROMISE,
            because=N_("promised by the debtor"),
            until=on,
            by=by,
            at=at,
        )
        keep_promise(case=locked, on=on, amount=None, by=by, at=at, audience="debtor")
        if locked.stage == Stage.CONTACT:
            plan_next_look(case=locked, on=on + timedelta(days=1))
        return hold


def refuse_unfit(case: Case, standing: Hold | None, on: date, today: date) -> None:
    refuse_closed(case)
    if on < today:
        raise Refusal(
            "promise_day_past", N_("%(found)s has passed: please choose a day to come."), field="on", found=on
        )  # fmt: skip
    if standing is not None and standing.until is not None and standing.until < today:
        raise Refusal(
            "promise_broken",
            N_("You were going to pay by %(found)s. Please write to us about another day."),
            field="on", found=standing.until,
        )  # fmt: skip
    latest = latest_day(case, today)
    if latest < today:
        raise Refusal(
            "promise_made_before", N_("You chose a day before. Please write to us about another one."), field="on"
        )  # fmt: skip
    if on > latest:
        raise Refusal(
            "promise_day_far",
            N_("%(found)s is too far away: please choose a day up to %(latest)s, or write to us about paying later."),
            field="on", found=on, latest=latest,
        )  # fmt: skip
    if owed(case=case, on=today).total <= 0:
        raise Refusal("nothing_owed", N_("Nothing is owed any more."))


def latest_day(case: Case, today: date) -> date:
    """Fourteen days from today, or from the first promise of the last four weeks: a day can be moved, but
    not on and on."""
    lately = Hold.objects.filter(
        case=case, kind=HoldKind.PROMISE, since__date__gte=today - timedelta(days=2 * MOST_DAYS)
    )
    first = lately.order_by("since").values_list("since", flat=True).first()
    return (first.date() if first else today) + timedelta(days=MOST_DAYS)


def refuse_closed(case: Case) -> None:
    if case.stage not in OPEN_TO_DEBTORS:
        raise Refusal("case_not_open", N_("This matter is closed; there is nothing more to do."))
