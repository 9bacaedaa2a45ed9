"""What may be disputed, asked and decided. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from recoup.disputes.states import TAKING, Side, State
from recoup.kernel.money import round_half_up
from recoup.kernel.refusal import N_, Refusal

ANSWER_DAYS = 10  # business days the creditor has to say something
EVIDENCE_DAYS = 5  # business days for one piece of evidence, when nobody says otherwise
LONGEST_ASKED = 60  # days


@dataclass(frozen=True, slots=True)
class Contested:
    """A part of an invoice that is in dispute; `amount` of what was invoiced."""

    ref: str
    amount: Decimal
    due: date


def amount_of(asked: Decimal | None, *, line: Decimal, credited: Decimal, currency: str) -> Decimal:
    """What is disputed of an invoice: all that is left of it, or the part that was named."""
    left = line - credited
    if asked is None:
        return left
    if asked <= 0 or asked != round_half_up(asked, currency):
        raise Refusal(
            "disputed_amount", N_("%(found)s is not an amount in %(currency)s."), field="amount",
            found=str(asked), currency=currency,
        )  # fmt: skip
    if asked > left:
        raise Refusal(
            "disputed_too_much", N_("%(found)s is more than the invoice says (%(left)s)."), field="amount",
            found=str(asked), left=str(round_half_up(left, currency)),
        )  # fmt: skip
    return asked


def taken_off(state: str, asked: Decimal | None, *, disputed: Decimal, currency: str) -> Decimal:
    """What an outcome takes off the invoice. Raises `Refusal` where outcome and amount do not fit."""
    if state not in TAKING:
        return Decimal(0)
    if state == State.UPHELD:
        return disputed
    if asked is None or asked <= 0 or asked != round_half_up(asked, currency):
        raise Refusal(
            "outcome_amount", N_("Please give the amount that is taken off."), field="amount", found=str(asked or "")
        )  # fmt: skip
    if asked > disputed or (state == State.PARTLY and asked == disputed):
        raise Refusal(
            "outcome_too_much", N_("%(found)s is not a part of what is disputed (%(disputed)s)."), field="amount",
            found=str(asked), disputed=str(round_half_up(disputed, currency)),
        )  # fmt: skip
    return asked


def counts_from(state: str, today: date) -> date | None:
    """From when what is taken off counts: from the invoice's beginning (None) where the debtor was right,
    so that no interest ever ran on it; from the day of the agreement where the two have settled."""
    return today if state == State.SETTLED else None


def may_see(side: str, audience: str) -> bool:
    """Whose eyes a word or paper is for: `internal` the house's, `client` house and creditor, `debtor` all."""
    seen = {Side.DEBTOR: ("debtor",), Side.CLIENT: ("client", "debtor")}
    return side == Side.HOUSE or audience in seen[Side(side)]


def heard_by(side: str, audience: str) -> str:
    """Whom a side may speak to: the debtor to all, the creditor not past itself into the house."""
    if side == Side.DEBTOR:
        return "debtor"
    least = "client" if side == Side.CLIENT else "internal"
    return audience if audience in ("debtor", "client", least) else least


def may_end(side: str, state: str, raised_by: str) -> Refusal | None:
    """Why this side may not end a dispute this way; None when it may."""
    if state == State.WITHDRAWN and side == Side.CLIENT:
        return Refusal(
            "not_yours_to_withdraw", N_("Only who raised the dispute, or the agency on its word, can withdraw it.")
        )  # fmt: skip
    if side == Side.DEBTOR and state != State.WITHDRAWN:
        return Refusal("not_yours_to_decide", N_("The creditor decides this."))
    return None


def by_ref(contested: Iterable[Contested]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for one in contested:
        found[one.ref] = found.get(one.ref, Decimal(0)) + one.amount
    return found
