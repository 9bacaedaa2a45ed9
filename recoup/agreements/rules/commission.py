"""Commission on what is collected: by size, age, border and phase, with a minimum for the case. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from recoup.agreements.rules.terms import Terms
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal


@dataclass(frozen=True, slots=True)
class Commission:
    """`rate` in percent; `amount` net of value added tax; `band` in words; `clause` of the card;
    `minimum` when the minimum, not the rate, made the amount."""

    rate: Decimal
    amount: Money
    band: str
    clause: str
    minimum: bool = False


def phase_of(stage: str) -> str:
    """The phase of the card that a case's stage falls in: `legal` in court, else `amicable`."""
    return "legal" if stage == "legal" else "amicable"


def commission(
    terms: Terms, *, collected: Money, claim: Money, age_days: int, cross_border: bool, phase: str,
    before: Sequence[tuple[Money, str]] = (),
) -> Commission:  # fmt: skip
    """What is earned on `collected`, after the amounts and phases `before` in the same case.

    `claim` is the principal and `age_days` the days past due when submitted. The amount is the whole
    case's commission with this payment less that without it, so that parts add up to the cent and
    the minimum is charged once. Raises `Refusal` `phase_not_in_card`, `currency_not_in_card`.
    """
    rate = percent(terms, claim=claim, age_days=age_days, cross_border=cross_border, phase=phase)
    parts = [*before, (collected, phase)]
    asked = {"claim": claim, "age_days": age_days, "cross_border": cross_border}
    after, by_minimum = _due(terms, parts, **asked)  # type: ignore[arg-type]
    earlier, _ = _due(terms, list(before), **asked)  # type: ignore[arg-type]
    size, age = terms.size(claim), terms.age(age_days)
    clause = [terms.row(size, age)]
    if cross_border and terms.cross_border:
        clause.append(terms.clauses["cross_border"])
    if terms.phases[phase]:
        clause.append(terms.clauses[phase])
    if by_minimum:
        clause.append(terms.clauses["minimum"])
    words = band(terms, claim.currency, size, age, cross_border, phase)
    return Commission(rate, after - earlier, words, ", ".join(clause), by_minimum)


def commission_due(
    terms: Terms,
    parts: Sequence[tuple[Money, str]],
    *,
    claim: Money,
    age_days: int,
    cross_border: bool,
) -> Money:
    """The commission of a whole case on (amount, phase) parts: never less than the minimum, never more
    than what was collected."""
    return _due(terms, parts, claim=claim, age_days=age_days, cross_border=cross_border)[0]


def percent(
    terms: Terms, *, claim: Money, age_days: int, cross_border: bool, phase: str
) -> Decimal:
    """The rate in percent: the band's, plus points across a border and in court."""
    if phase not in terms.phases:
        raise Refusal(
            "phase_not_in_card", N_("The rate card has no phase “%(found)s”."), field="phase", found=phase
        )  # fmt: skip
    rate = terms.rates[terms.size(claim)][terms.age(age_days)] + terms.phases[phase]
    return rate + terms.cross_border if cross_border else rate


def _due(
    terms: Terms,
    parts: Sequence[tuple[Money, str]],
    *,
    claim: Money,
    age_days: int,
    cross_border: bool,
) -> tuple[Money, bool]:
    zero = Money.zero(claim.currency)
    total = sum((money for money, _ in parts), zero)
    if total.amount <= 0:
        return zero, False
    exact = sum(
        (money.amount * percent(terms, claim=claim, age_days=age_days, cross_border=cross_border, phase=phase)
         for money, phase in parts),
        Decimal(0),
    )  # fmt: skip
    earned = Money(exact / 100, claim.currency).rounded()
    least = min(terms.prices(claim.currency).minimum, total, key=lambda money: money.amount)
    return (least, True) if earned < least else (earned, False)


def band(terms: Terms, currency: str, size: int, age: int, cross_border: bool, phase: str) -> str:
    """`EUR 5000.00–25000.00, 91–180 days, cross-border, amicable`."""
    limits = terms.prices(currency).limits
    low, high = ([None, *limits][size], [*limits, None][size])
    first, last = ([None, *terms.ages][age], [*terms.ages, None][age])
    sizes = f"over {low}" if high is None else f"{low}–{high}" if low else f"up to {high}"
    days = (
        f"over {first}"
        if last is None
        else f"{first + 1}–{last}"
        if first is not None
        else f"0–{last}"
    )
    border = "cross-border" if cross_border else "domestic"
    return f"{currency} {sizes}, {days} days, {border}, {phase}"
