"""Treatment plans as data. Pure. A plan is an ordered list of steps; which is next follows from facts."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

Value = Decimal | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A step is for a case whose `fact` compares so: amount and age with at_least and below, the others
    with is and is_not against one or several codes."""

    fact: str
    op: str
    value: Value


@dataclass(frozen=True, slots=True)
class Step:
    """`answer_days`: how long the debtor has before the next step is considered (days from the last
    actual contact); `wait`: business days in the debtor's calendar that must have passed since the last
    actual contact before this step; `consequence`: what is said to follow, true by construction: the next
    step; `tries`: after so many attempts that reached nobody the step counts as done; `when`: all of
    these must hold, else the step is none of this case's; `after`: in a client's own ladder, so many days
    after the due day (before it when negative) its day has come."""

    name: str
    channels: tuple[str, ...]
    letter: str | None
    answer_days: int
    charge: str | None = None
    consequence: str | None = None
    tries: int = 5
    wait: int = 0
    when: tuple[Condition, ...] = ()
    after: int | None = None

    @property
    def written(self) -> tuple[str, ...]:
        return written(self.channels)


WRITTEN = ("letter", "email", "sms")


@cache
def written(channels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(c for c in channels if c in WRITTEN)


class PlanKind(StrEnum):
    """COLLECTION: of cases, in the house's name. OWN: of receivables a client has not placed, in its name."""

    COLLECTION = "collection"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Plan:
    name: str
    version: str
    steps: tuple[Step, ...]
    kind: str = PlanKind.COLLECTION

    @property
    def label(self) -> str:
        return f"{self.name} {self.version}"

    def step(self, name: str) -> Step | None:
        return next((s for s in self.steps if s.name == name), None)

    @property
    def branches(self) -> bool:
        """Whether a step depends on the amount, so that it must be known to the cent."""
        return any(c.fact == "amount" for s in self.steps for c in s.when)


STANDARD = Plan(
    "standard", "1",
    (
        # Ten days: the statute asks for reasonable time; eight is the supervisor's least (SE), the post
        # takes the rest.
        Step("first_demand", ("email", "letter"), "notice", answer_days=10, charge="demand", consequence="call"),
        Step("call", ("call",), None, answer_days=7),
    ),
)  # fmt: skip

STANDARD_OWN = Plan(
    "own reminders", "1",
    (
        Step("friendly", ("email",), "own_word", answer_days=0, after=-3),
        Step("due_day", ("email",), "own_word", answer_days=0, after=0),
        Step("first_day", ("email",), "own_reminder", answer_days=5, after=1),
        Step("reminder", ("email", "letter"), "own_reminder", answer_days=6, after=7),
        Step("last", ("email", "letter"), "own_last", answer_days=6, after=14),
    ),
    PlanKind.OWN,
)  # fmt: skip
STANDARDS = {PlanKind.COLLECTION: STANDARD, PlanKind.OWN: STANDARD_OWN}

NUMBERS = {"amount": ("at_least", "below"), "age_days": ("at_least", "below")}
REACTIONS = ("silent", "answered", "refused", "part_paid", "broke_promise", "disputed")
CODES: dict[str, tuple[str, ...] | None] = {
    "country": None, "language": None, "phase": ("first", "again"), "reaction": REACTIONS,
    "has": ("email", "phone"),
}  # fmt: skip


def holds(condition: Condition, known: dict[str, Any]) -> bool:
    """Whether a condition holds for the facts `known` (a number, or a set of codes, by name)."""
    found = known[condition.fact]
    if condition.fact in NUMBERS:
        assert isinstance(condition.value, Decimal)
        at_least = found >= condition.value
        return at_least if condition.op == "at_least" else not at_least
    assert isinstance(condition.value, tuple)
    among = bool(set(condition.value) & set(found))
    return among if condition.op == "is" else not among
