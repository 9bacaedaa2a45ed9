"""The next-step line of a case: the sentence that the day run's own rules give today."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from recoup.cases.models import Case, Task
from recoup.cases.states import Stage
from recoup.kernel.refusal import N_
from recoup.strategy.facts import gather
from recoup.strategy.plans import STANDARD
from recoup.strategy.rules import VERSION, Decision, decide
from recoup.tenancy.context import scope
from recoup.web.kit.components import Why
from recoup.web.kit.formats import deadline_text
from recoup.web.kit.timeline import filled, readable
from recoup.web.kit.words import word


@dataclass(frozen=True, slots=True)
class Next:
    sentence: str
    why: Why | None = None
    tone: str = ""


def next_of(case: Case, on: date) -> Next | None:
    """What comes next, in the reader's language; None once the case has ended.

    Looks at the whole agency: a task of the house decides too, though the client does not see it.
    """
    if case.stage in (Stage.CLOSED, Stage.DECLINED):
        return None
    with scope(case.agency_id):
        if case.stage == Stage.SUBMITTED:
            return in_review(case)
        if case.stage == Stage.ACCEPTED:
            return Next(_("a collector is being found for this case."))
        facts = gather(case.agency_id, [case], on)[case.id]
        if facts.refusal is not None:
            return Next(
                _("a person looks at it, because the law of this country gives no answer here.")
            )
        return decided(case, decide(facts.facts, STANDARD), on)


def in_review(case: Case) -> Next:
    due = Task.objects.filter(case=case, kind="review").values_list("due_on", flat=True).first()
    if due is None:
        return Next(_("an account manager reviews this case."))
    return Next(_("an account manager reviews this case by %(day)s.") % {"day": deadline_text(due)})


WAIT = N_("we look again on %(day)s, because %(because)s.")
ACT = N_("%(step)s on %(day)s, because %(because)s.")
WITH_PERSON = N_("your collector decides how to go on, because %(because)s.")
CLOSING = N_("the case is being closed, because %(because)s.")


def decided(case: Case, decision: Decision, on: date) -> Next:
    because = filled(decision.because, readable(named(decision.params)))
    day = decision.look_on or max(case.next_action_on or on, on)
    form = {"wait": WAIT, "evaluate": WITH_PERSON, "nothing": WITH_PERSON, "close": CLOSING}.get(
        decision.step, ACT
    )
    sentence = _(form) % {
        "day": deadline_text(day),
        "because": because,
        "step": word(decision.step),
    }
    rows = [(word(key), value) for key, value in readable(named(decision.params)).items()]
    why = Why(
        title=_("How the next step was decided"), rows=rows, steps=[because],
        rule=f"{STANDARD.label}: {decision.rule}", version=VERSION,
    )  # fmt: skip
    return Next(sentence, why, "needs" if decision.rule == "on_hold" else "")


def named(params: dict[str, Any]) -> dict[str, Any]:
    """Codes in the reader's words."""
    return {k: word(str(v)) if k in ("hold", "step", "stage") else v for k, v in params.items()}
