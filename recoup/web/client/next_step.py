"""The next-step line of a case, as the desk sees it too."""

from dataclasses import dataclass
from datetime import date

from recoup.cases.models import Case
from recoup.cases.states import OPEN
from recoup.journeys.next_step import next_step
from recoup.strategy.facts import CaseFacts, gather
from recoup.tenancy.context import scope
from recoup.web.kit.components import Why
from recoup.web.kit.derivations import next_step_text, next_step_why


@dataclass(frozen=True, slots=True)
class Next:
    """`tone` is "needs" where it rests with a person."""

    sentence: str
    why: Why | None = None
    tone: str = ""


def next_of(case: Case, on: date) -> Next | None:
    """What comes next, in the reader's language; None once the case has ended."""
    return look_ahead(case, on)[0]


def look_ahead(case: Case, on: date) -> tuple[Next | None, CaseFacts | None]:
    """What comes next, and the facts that say so, what is owed among them.

    Looks at the whole agency: a task of the house decides too, though the client does not see it.
    """
    if case.stage not in OPEN:
        return None, None
    with scope(case.agency_id):
        seen = gather(case.agency_id, [case], on)[case.id]
        step = next_step(seen, on)
    held = step.decisions and step.decisions[-1].rule == "on_hold"
    return Next(next_step_text(step), next_step_why(step), "needs" if held else ""), seen
