"""How a plan is going: payments fill its instalments in the order of days; kept, late, broken. Pure."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from recoup.kernel.money import round_half_up

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Due:
    """An instalment as agreed."""

    number: int
    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Use:
    """What of a payment went to an instalment."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Going:
    """An instalment on a day. `state`: paid, late (paid, but after its grace), part, open, missed.
    `days_late`: from its day to the one on which it was paid in full, or to the day of asking."""

    due: Due
    uses: tuple[Use, ...]
    state: str
    paid_on: date | None
    days_late: int

    @property
    def paid(self) -> Decimal:
        return sum((use.amount for use in self.uses), ZERO)

    @property
    def left(self) -> Decimal:
        return self.due.amount - self.paid


@dataclass(frozen=True, slots=True)
class Course:
    """`missed` are the instalments whose grace has passed unpaid; `too_much` is beyond the plan."""

    instalments: tuple[Going, ...]
    too_much: Decimal

    @property
    def paid(self) -> Decimal:
        return sum((one.paid for one in self.instalments), ZERO)

    @property
    def left(self) -> Decimal:
        return sum((one.left for one in self.instalments), ZERO)

    @property
    def kept(self) -> bool:
        return all(one.left <= 0 for one in self.instalments)

    @property
    def missed(self) -> tuple[Going, ...]:
        return tuple(one for one in self.instalments if one.state == "missed")

    @property
    def next(self) -> Going | None:
        """The first instalment that is not paid in full."""
        return next((one for one in self.instalments if one.left > 0), None)

    def broken(self, *, accelerates: bool) -> bool:
        """One missed instalment breaks a plan that accelerates, two break any."""
        return len(self.missed) >= (1 if accelerates or len(self.instalments) == 1 else 2)


def course(
    dues: Sequence[Due], payments: Sequence[tuple[date, Decimal]], *, on: date, grace_days: int
) -> Course:
    """Fill the instalments with `payments` (day received, amount), the earliest first."""
    waiting = deque(sorted(payments))
    found = []
    for due in sorted(dues, key=lambda d: (d.due_on, d.number)):
        uses, left = [], due.amount
        while left > 0 and waiting:
            day, amount = waiting.popleft()
            taken = min(left, amount)
            uses.append(Use(day, taken))
            left -= taken
            if taken < amount:
                waiting.appendleft((day, amount - taken))
        found.append(going(due, tuple(uses), left, on, grace_days))
    return Course(tuple(found), sum((amount for _, amount in waiting), ZERO))


def going(due: Due, uses: tuple[Use, ...], left: Decimal, on: date, grace_days: int) -> Going:
    until = due.due_on + timedelta(days=grace_days)
    paid_on = uses[-1].on if left <= 0 and uses else None
    late = max(0, ((paid_on or on) - due.due_on).days)
    if paid_on is not None:
        state = "late" if paid_on > until else "paid"
    elif on > until:
        state = "missed"
    else:
        state = "part" if uses else "open"
    return Going(due, uses, state, paid_on, late)


def penalty(amount: Decimal, days: int, percent: Decimal, currency: str) -> Decimal:
    """Agreed interest on an instalment of `amount` paid `days` late, `percent` a year of 365 days."""
    return round_half_up(amount * percent * days / 36500, currency)
