"""Treatment plans as data. Pure. A plan is an ordered list of steps; which is next follows from facts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """`answer_days`: how long the debtor has before the next step is considered (days from the last
    actual contact); `consequence`: what is said to follow, true by construction: the next step; `tries`:
    after so many attempts that reached nobody the step counts as done."""

    name: str
    channels: tuple[str, ...]
    letter: str | None
    answer_days: int
    charge: str | None = None
    consequence: str | None = None
    tries: int = 5


@dataclass(frozen=True, slots=True)
class Plan:
    name: str
    version: str
    steps: tuple[Step, ...]

    @property
    def label(self) -> str:
        return f"{self.name} {self.version}"

    def step(self, name: str) -> Step | None:
        return next((s for s in self.steps if s.name == name), None)


STANDARD = Plan(
    "standard", "1",
    (
        # Ten days: the statute asks for reasonable time; eight is the supervisor's least (SE), the post
        # takes the rest.
        Step("first_demand", ("email", "letter"), "notice", answer_days=10, charge="demand", consequence="call"),
        Step("call", ("call",), None, answer_days=7),
    ),
)  # fmt: skip
