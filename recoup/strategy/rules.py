"""What to do next with a case: decided from facts, first match in an ordered list. Pure.

It decides, it never acts, and it remembers nothing: the step follows from what has actually
happened (a message that never left does not count), not from a level climbed earlier.
"""

from collections.abc import Callable
from dataclasses import field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from recoup.jurisdictions.rules import CODES
from recoup.kernel.days import add_business_days, next_business_day
from recoup.kernel.refusal import N_
from recoup.kernel.sheets import sheet
from recoup.strategy.plans import Plan, PlanKind, Step, holds

VERSION = "1"
LAST_OF_LADDER = "own_last"  # the kind of letter that says that others came before


@sheet(frozen=True, slots=True)
class Contacted:
    """One actual contact: a step that reached the debtor or its letterbox on a day."""

    step: str
    on: date
    answer_by: date | None = None
    outcome: str = ""


@sheet(frozen=True, slots=True)
class Facts:
    """A case on a day. `owed`: the total, or where nothing was paid and nobody asks for the cent, the
    principal; `waiting`: steps on their way out; `undelivered`: messages that did not arrive; `fruitless`:
    the step of each call that reached nobody; `first_due`: when the oldest invoice fell due; `reactions`
    and `has` as in `strategy.plans`; `phase`: first, or again after somebody sent the case back."""

    on: date
    stage: str
    owed: Decimal
    currency: str
    has_collector: bool
    holds: tuple[tuple[str, date | None], ...] = ()
    contacts: tuple[Contacted, ...] = ()
    waiting: tuple[str, ...] = ()
    undelivered: int = 0
    fruitless: tuple[str, ...] = ()
    open_tasks: tuple[str, ...] = ()
    principal: Decimal = Decimal(0)
    first_due: date | None = None
    jurisdiction: str = ""
    country: str = ""
    language: str = ""
    phase: str = "first"
    reactions: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    promised_until: date | None = None

    @property
    def known(self) -> dict[str, Any]:
        """What conditions of steps compare with."""
        return {
            "amount": self.principal, "age_days": (self.on - self.first_due).days if self.first_due else 0,
            "country": (self.country,), "language": (self.language,), "phase": (self.phase,),
            "reaction": self.reactions or ("silent",), "has": self.has,
        }  # fmt: skip

    @property
    def last(self) -> Contacted | None:
        return max(self.contacts, key=lambda c: c.on, default=None)


@sheet(frozen=True, slots=True)
class Decision:
    """`step`: a plan step's name, or wait / close / evaluate / nothing. `look_on`: the day to look again."""

    step: str
    rule: str
    because: str
    params: dict[str, Any] = field(default_factory=dict)
    look_on: date | None = None
    plan_step: Step | None = None


Rule = Callable[[Facts, Plan], Decision | None]


def decide(facts: Facts, plan: Plan) -> Decision:
    """The decision for `facts`; total: some rule always answers."""
    for rule in RULES:
        decision = rule(facts, plan)
        if decision is not None:
            return decision
    raise AssertionError("the last rule always answers")


def nothing_owed(facts: Facts, plan: Plan) -> Decision | None:
    if facts.stage in ("contact", "evaluation", "legal") and facts.owed <= 0:
        return Decision("close", "nothing_owed", N_("everything owed has been paid or waived"))
    return None


def not_in_contact(facts: Facts, plan: Plan) -> Decision | None:
    if facts.stage != "contact":
        return Decision(
            "nothing",
            "not_in_contact",
            N_("the case is with a person (%(stage)s)"),
            {"stage": facts.stage},
        )
    return None


def not_due_yet(facts: Facts, plan: Plan) -> Decision | None:
    """Nobody is dunned for what may still be paid in time: not on the due day, nor, where that is no
    business day, on the next one. A creditor's own friendly word may come before."""
    if facts.first_due is None or plan.kind == PlanKind.OWN:
        return None
    last = to_business_day(facts.first_due, facts.jurisdiction)
    if facts.on > last:
        return None
    return Decision("wait", "not_due_yet", N_("nothing is overdue before %(until)s has passed"),
                    {"until": last.isoformat()}, last + timedelta(days=1))  # fmt: skip


def on_hold(facts: Facts, plan: Plan) -> Decision | None:
    standing = [(kind, until) for kind, until in facts.holds if until is None or until >= facts.on]
    if not standing:
        return None
    kind, until = max(standing, key=lambda h: h[1] or date.max)
    if until is None:
        # A hold without an end has a person and a deadline; the run looks weekly in any case.
        return Decision(
            "wait",
            "on_hold",
            N_("it is on hold (%(hold)s)"),
            {"hold": kind},
            facts.on + timedelta(days=7),
        )
    return Decision("wait", "on_hold", N_("it is on hold (%(hold)s) until %(until)s"),
                    {"hold": kind, "until": until.isoformat()}, until + timedelta(days=1))  # fmt: skip


def promise_waits(facts: Facts, plan: Plan) -> Decision | None:
    """What was promised for a day may be under way some days longer: nobody is dunned meanwhile."""
    until = facts.promised_until
    if until is None or facts.on > until:
        return None
    return Decision("wait", "promise_waits", N_("a promised payment may be under way until %(until)s"),
                    {"until": until.isoformat()}, until + timedelta(days=1))  # fmt: skip


def unread(facts: Facts, plan: Plan) -> Decision | None:
    """A message from the debtor comes before anything that would be sent past it."""
    if "reply" in facts.open_tasks:
        return Decision("wait", "unread", N_("a message from the debtor waits to be read"), {},
                        facts.on + timedelta(days=1))  # fmt: skip
    return None


def still_going_out(facts: Facts, plan: Plan) -> Decision | None:
    if facts.waiting:
        return Decision("wait", "going_out", N_("the step %(step)s is on its way"),
                        {"step": facts.waiting[0]}, facts.on + timedelta(days=1))  # fmt: skip
    return None


def cannot_be_reached(facts: Facts, plan: Plan) -> Decision | None:
    if facts.undelivered >= 2 and not facts.contacts:
        return Decision(
            "evaluate",
            "cannot_be_reached",
            N_("%(tries)d messages could not be delivered"),
            {"tries": facts.undelivered},
        )
    return None


def time_to_answer(facts: Facts, plan: Plan) -> Decision | None:
    last = facts.last
    until = answer_until(last, plan) if last else None
    if last and until and until >= facts.on:
        return Decision("wait", "time_to_answer", N_("the debtor has until %(until)s to answer the step %(step)s of %(on)s"),
                        {"until": until.isoformat(), "step": last.step, "on": last.on.isoformat()},
                        until + timedelta(days=1))  # fmt: skip
    return None


def answer_until(last: Contacted, plan: Plan) -> date | None:
    """The deadline that was stated; after a letter never less time than the plan gives from the day it
    left: what left late must not cost the debtor days. None where nothing is left to wait for (a call
    that ended in a refusal)."""
    step = plan.step(last.step)
    if last.answer_by is None or step is None or step.letter is None:
        return last.answer_by
    return max(last.answer_by, last.on + timedelta(days=step.answer_days))


def next_of_plan(facts: Facts, plan: Plan) -> Decision | None:
    """The first step of the plan that is this case's and has not been taken. Whatever is paid in part, or
    learned meanwhile, no step counts as done that was not done."""
    done = {c.step for c in facts.contacts}
    known = facts.known
    step = next(
        (
            s for s in plan.steps
            if s.name not in done and facts.fruitless.count(s.name) < s.tries
            and all(holds(c, known) for c in s.when)
        ),
        None,
    )  # fmt: skip
    if step is None:
        return None
    last = facts.last
    if step.name in facts.open_tasks or any(c in facts.open_tasks for c in step.channels):
        return Decision("wait", "with_a_person", N_("the step %(step)s waits for the collector"),
                        {"step": step.name}, facts.on + timedelta(days=1))  # fmt: skip
    if last is None:
        return Decision(
            step.name,
            "first_step",
            N_("the case is accepted and nobody has written yet"),
            plan_step=step,
        )
    opens = after_business_days(last.on, step.wait, facts.jurisdiction)
    if facts.on < opens:
        return Decision("wait", "not_yet", N_("the step %(step)s follows %(days)d business days after the last contact of %(on)s"),
                        {"step": step.name, "days": step.wait, "on": last.on.isoformat()}, opens)  # fmt: skip
    return Decision(step.name, "no_answer", N_("nobody answered the step %(step)s of %(on)s"),
                    {"step": last.step, "on": last.on.isoformat()}, plan_step=step)  # fmt: skip


@lru_cache(maxsize=20_000)
def after_business_days(day: date, count: int, code: str) -> date:
    if not count:
        return day
    return add_business_days(day, count, code) if code in CODES else day + timedelta(days=count)


@lru_cache(maxsize=20_000)
def to_business_day(day: date, code: str) -> date:
    return next_business_day(day, code) if code in CODES else day


def newest_of_ladder(facts: Facts, plan: Plan) -> Decision | None:
    """A client's own ladder: the newest step whose day has come. Earlier ones that were missed are passed,
    not made up for one after the other; what was missed before the due day least of all."""
    if plan.kind != PlanKind.OWN or facts.first_due is None:
        return None
    known = facts.known
    mine = [s for s in plan.steps if s.after is not None and all(holds(c, known) for c in s.when)]
    come = [s for s in mine if day_of(facts, s) <= facts.on]
    if facts.on > facts.first_due:
        come = [s for s in come if day_of(facts, s) > facts.first_due]  # "it will be due" is over
    if not any(c.on > facts.first_due for c in facts.contacts):
        # Nobody is told "last reminder" who has had none.
        come = [s for s in come if s.letter != LAST_OF_LADDER] or come
    newest = come[-1] if come else None
    if newest is not None and newest.name not in {c.step for c in facts.contacts}:
        last = facts.last
        said = {"step": last.step, "on": last.on.isoformat()} if last else {}
        because = (
            N_("nobody answered the step %(step)s of %(on)s") if last else N_("its day has come")
        )
        return Decision(newest.name, "ladder", because, said, plan_step=newest)
    ahead = [day_of(facts, s) for s in mine if day_of(facts, s) > facts.on]
    if not ahead:
        return plan_is_done(facts, plan)
    return Decision("wait", "not_yet_its_day", N_("the next step of the ladder has its day on %(until)s"),
                    {"until": min(ahead).isoformat()}, min(ahead))  # fmt: skip


def day_of(facts: Facts, step: Step) -> date:
    assert facts.first_due is not None and step.after is not None
    return facts.first_due + timedelta(days=step.after)


def plan_is_done(facts: Facts, plan: Plan) -> Decision | None:
    last = facts.last
    return Decision("evaluate", "plan_done", N_("all steps of the plan %(plan)s are done, the last on %(on)s"),
                    {"plan": plan.label, "on": last.on.isoformat() if last else ""})  # fmt: skip


RULES: tuple[Rule, ...] = (
    nothing_owed, not_in_contact, not_due_yet, on_hold, promise_waits, unread, still_going_out, cannot_be_reached, time_to_answer, newest_of_ladder,
    next_of_plan, plan_is_done,
)  # fmt: skip
