"""The states of a plan and the table of moves between them."""

from enum import StrEnum


class PlanState(StrEnum):
    ASKED = "asked"  # waits for the client: something in it is outside the mandate
    OFFERED = (
        "offered"  # waits for the debtor's signature, or for the first payment of a settlement
    )
    AGREED = "agreed"
    KEPT = "kept"
    BROKEN = "broken"
    DECLINED = "declined"  # the client said no, or did not answer in time
    LAPSED = "lapsed"  # not signed in time, or the figures changed before it was
    ENDED = "ended"  # taken back by a person


MOVES: dict[PlanState, tuple[PlanState, ...]] = {
    PlanState.ASKED: (PlanState.OFFERED, PlanState.DECLINED, PlanState.ENDED),
    PlanState.OFFERED: (PlanState.AGREED, PlanState.KEPT, PlanState.LAPSED, PlanState.ENDED),
    PlanState.AGREED: (PlanState.KEPT, PlanState.BROKEN, PlanState.ENDED),
    PlanState.KEPT: (PlanState.BROKEN,),  # a payment that made it kept was returned
    PlanState.BROKEN: (),
    PlanState.DECLINED: (),
    PlanState.LAPSED: (),
    PlanState.ENDED: (),
}

STANDING = (PlanState.ASKED, PlanState.OFFERED, PlanState.AGREED)


class PlanKind(StrEnum):
    INSTALMENTS = "instalments"
    SETTLEMENT = "settlement"


class Every(StrEnum):
    """How far apart instalments are."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"
