"""The stages of a case and the table of moves between them. The diagram in the docs is drawn from it."""

from enum import StrEnum


class Stage(StrEnum):
    SUBMITTED = "submitted"  # waits for the feasibility review
    ACCEPTED = "accepted"  # waits for a collector
    CONTACT = "contact"  # in the treatment plan
    EVALUATION = "evaluation"  # the phase's contacts are done; weigh and decide
    LEGAL = "legal"
    CLOSED = "closed"
    DECLINED = "declined"


MOVES: dict[Stage, tuple[Stage, ...]] = {
    Stage.SUBMITTED: (Stage.ACCEPTED, Stage.DECLINED, Stage.CLOSED),
    Stage.ACCEPTED: (Stage.CONTACT, Stage.CLOSED),
    Stage.CONTACT: (Stage.EVALUATION, Stage.LEGAL, Stage.CLOSED),
    Stage.EVALUATION: (Stage.CONTACT, Stage.LEGAL, Stage.CLOSED),
    Stage.LEGAL: (Stage.CONTACT, Stage.EVALUATION, Stage.CLOSED),
    Stage.CLOSED: (Stage.EVALUATION,),  # reopened, with a reason of its own
    Stage.DECLINED: (),
}

MOVED = " → "  # in a credit note's number: the invoice, then the case it has moved to

OPEN = (Stage.SUBMITTED, Stage.ACCEPTED, Stage.CONTACT, Stage.EVALUATION, Stage.LEGAL)


class HoldKind(StrEnum):
    """Why a debtor is not contacted for now; several may stand at once."""

    DISPUTED = "disputed"
    PROMISE = "promise"
    PLAN = "plan"
    CLIENT_ASKS = "client_asks"
    INSOLVENCY = "insolvency"
    NOTICE = (
        "notice"  # a notice of insolvency may be about this debtor; a person has not looked yet
    )
    REPRESENTED = "represented"  # a lawyer speaks for the debtor: nobody writes past them
    PAID_SAID = "paid_said"  # the debtor says it has paid: we look for the payment
    PARTNER = "partner"  # a partner agency works it
    PAYMENT = "payment"  # a card payment is under way: nobody is reminded of what was paid


class PromiseState(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    PART_KEPT = "part_kept"
    BROKEN = "broken"
    OVER = "over"  # replaced by a later one, or the case ended before its day


class CloseCode(StrEnum):
    PAID = "paid"
    PAID_AND_REST_WAIVED = "paid_and_rest_waived"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    UNCOLLECTABLE = "uncollectable"
    INSOLVENT = "insolvent"
    LIMITATION = "limitation"
    PLAN_COMPLETED = "plan_completed"
    UNTRACEABLE = "untraceable"
    NO_ASSETS = "no_assets"
    UNECONOMIC = "uneconomic"  # what is left is not worth what it would cost
    DISPUTED = "disputed"  # only a court could decide, and the client does not want one


# How a claim ends that stays unpaid in the client's books: it gets a certificate of it.
WRITTEN_OFF = (
    CloseCode.UNCOLLECTABLE, CloseCode.INSOLVENT, CloseCode.LIMITATION, CloseCode.UNTRACEABLE,
    CloseCode.NO_ASSETS, CloseCode.UNECONOMIC,
)  # fmt: skip
