"""What came of a promise to pay. Pure."""

from datetime import date, timedelta
from decimal import Decimal

from recoup.cases.states import PromiseState

GRACE = timedelta(days=3)  # a payment takes so long from the promised day


def what_came(
    *, on: date, amount: Decimal | None, owed: Decimal, paid: Decimal, left: Decimal, today: date
) -> PromiseState | None:
    """The state of a promise for day `on` as of `today`; None while it may still be kept. `amount`: what was
    promised (None: all that was `owed` then); `paid`: what came in since; `left`: what is owed now."""
    if paid > 0 and (left <= 0 or paid >= (owed if amount is None else amount)):
        return PromiseState.KEPT
    if left <= 0:
        return PromiseState.OVER
    if today <= on + GRACE:
        return None
    return PromiseState.PART_KEPT if paid > 0 else PromiseState.BROKEN
