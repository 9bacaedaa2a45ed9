"""What a client can be asked, and how an approval ends."""

from enum import StrEnum


class ApprovalKind(StrEnum):
    SETTLEMENT = "settlement"
    PLAN = "plan"
    LEGAL_STEP = "legal_step"
    WRITE_OFF = "write_off"
    SUPPLY_STOP = "supply_stop"


class ApprovalState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    DEFAULTED = "defaulted"  # nobody answered in time: what the question said has happened
    DROPPED = "dropped"  # the question fell away: the case has ended, or we have taken it back


MOVES: dict[ApprovalState, tuple[ApprovalState, ...]] = {
    ApprovalState.ASKED: (
        ApprovalState.APPROVED,
        ApprovalState.DECLINED,
        ApprovalState.DEFAULTED,
        ApprovalState.DROPPED,
    ),
    ApprovalState.APPROVED: (),
    ApprovalState.DECLINED: (),
    ApprovalState.DEFAULTED: (),
    ApprovalState.DROPPED: (),
}


class Answer(StrEnum):
    """What happens when nobody answers."""

    APPROVE = "approve"
    DECLINE = "decline"


class BudgetPer(StrEnum):
    MONTH = "month"
    TOTAL = "total"  # of this authority, from its day on
