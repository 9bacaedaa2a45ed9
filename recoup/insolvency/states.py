"""What notices tell of, what becomes of a likeness, and the way of a proof of claim."""

from enum import StrEnum


class NoticeKind(StrEnum):
    PETITION = "petition"  # somebody has asked the court; nothing is opened yet
    LIQUIDATION = "liquidation"
    SOLVENT_LIQUIDATION = "solvent_liquidation"  # the members wind up a company that can pay
    ADMINISTRATION = "administration"
    RECEIVERSHIP = "receivership"
    ARRANGEMENT = "arrangement"  # with creditors: CVA, composition, scheme
    REORGANISATION = "reorganisation"
    BANKRUPTCY = "bankruptcy"
    MORATORIUM = "moratorium"
    DISSOLVED = "dissolved"
    DELETED = "deleted"  # the register takes an earlier notice back
    UNCLEAR = "unclear"  # a person reads it
    NONE = "none"  # no insolvency: accounts filed, a change of name


# By these contact stops; the others are read by a person first.
STAYING = frozenset((
    NoticeKind.LIQUIDATION, NoticeKind.ADMINISTRATION, NoticeKind.RECEIVERSHIP, NoticeKind.ARRANGEMENT,
    NoticeKind.REORGANISATION, NoticeKind.BANKRUPTCY, NoticeKind.MORATORIUM, NoticeKind.PETITION,
))  # fmt: skip


class MatchState(StrEnum):
    TO_CONFIRM = "to_confirm"  # alike by name: contact rests until a person has looked
    CERTAIN = "certain"  # the same register number: stayed at once
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class ClaimState(StrEnum):
    DRAFTED = "drafted"
    FILED = "filed"
    ADMITTED = "admitted"
    CONTESTED = "contested"
    PAID_OUT = "paid_out"  # the last dividend has come
    WITHDRAWN = "withdrawn"


MOVES: dict[ClaimState, tuple[ClaimState, ...]] = {
    ClaimState.DRAFTED: (ClaimState.FILED, ClaimState.WITHDRAWN),
    ClaimState.FILED: (ClaimState.ADMITTED, ClaimState.CONTESTED, ClaimState.PAID_OUT, ClaimState.WITHDRAWN),
    ClaimState.CONTESTED: (ClaimState.ADMITTED, ClaimState.PAID_OUT, ClaimState.WITHDRAWN),
    ClaimState.ADMITTED: (ClaimState.PAID_OUT, ClaimState.WITHDRAWN),
    ClaimState.PAID_OUT: (),
    ClaimState.WITHDRAWN: (),
}  # fmt: skip
