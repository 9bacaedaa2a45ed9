"""The way of a proceeding, and what stands beside it."""

from enum import StrEnum


class Route(StrEnum):
    PAYMENT_ORDER = "payment_order"
    SMALL_CLAIM = "small_claim"
    CLAIM = "claim"
    ARBITRATION = "arbitration"
    WINDING_UP = "winding_up"


class Stage(StrEnum):
    PREPARING = "preparing"  # letter before action, papers put together
    FILED = "filed_at_court"
    SERVED = "served"
    OPPOSED = "opposed"
    HEARING = "hearing"
    COURT_SETTLEMENT = "court_settlement"
    DECIDED = "decided"  # judgment or order; may still be appealed
    APPEALED = "appealed"
    TITLE = "title"  # final and enforceable
    ATTACHED = "attached"
    VALUED = "valued"
    AUCTIONED = "auctioned"
    WATCHED = "watched"  # nothing to take now; the title is kept and looked at for years
    OVER = "over"


S = Stage
MOVES: dict[Stage, tuple[Stage, ...]] = {
    S.PREPARING: (S.FILED, S.COURT_SETTLEMENT, S.OVER),
    S.FILED: (S.SERVED, S.OPPOSED, S.DECIDED, S.COURT_SETTLEMENT, S.OVER),
    S.SERVED: (S.OPPOSED, S.HEARING, S.DECIDED, S.COURT_SETTLEMENT, S.OVER),
    S.OPPOSED: (S.FILED, S.HEARING, S.DECIDED, S.COURT_SETTLEMENT, S.OVER),
    S.HEARING: (S.DECIDED, S.COURT_SETTLEMENT, S.OVER),
    S.COURT_SETTLEMENT: (S.TITLE, S.OVER),
    S.DECIDED: (S.APPEALED, S.TITLE, S.COURT_SETTLEMENT, S.OVER),
    S.APPEALED: (S.HEARING, S.DECIDED, S.TITLE, S.COURT_SETTLEMENT, S.OVER),
    S.TITLE: (S.ATTACHED, S.WATCHED, S.OVER),
    S.ATTACHED: (S.VALUED, S.TITLE, S.WATCHED, S.OVER),
    S.VALUED: (S.AUCTIONED, S.TITLE, S.WATCHED, S.OVER),
    S.AUCTIONED: (S.TITLE, S.WATCHED, S.OVER),
    S.WATCHED: (S.TITLE, S.ATTACHED, S.OVER),
    S.OVER: (),
}
BEFORE_TITLE = (S.PREPARING, S.FILED, S.SERVED, S.OPPOSED, S.HEARING, S.DECIDED, S.APPEALED)


class OutlayKind(StrEnum):
    COURT_FEE = "court_fee"
    LAWYER = "lawyer"
    SECURITY = "security"  # comes back
    ENFORCEMENT = "enforcement"
    OTHER = "other"


class AdvancedBy(StrEnum):
    AGENCY = "agency"
    CLIENT = "client"


class MeasureKind(StrEnum):
    ASSET_SEARCH = "asset_search"
    PRESERVATION = "preservation"  # attachment, freezing, before or during suit


class MeasureState(StrEnum):
    ASKED = "measure_asked"
    GRANTED = "granted"
    REFUSED = "measure_refused"
    DONE = "measure_done"
    LIFTED = "lifted"


MEASURE_MOVES: dict[MeasureState, tuple[MeasureState, ...]] = {
    MeasureState.ASKED: (MeasureState.GRANTED, MeasureState.REFUSED, MeasureState.DONE),
    MeasureState.GRANTED: (MeasureState.DONE, MeasureState.LIFTED),
    MeasureState.REFUSED: (), MeasureState.DONE: (MeasureState.LIFTED,), MeasureState.LIFTED: (),
}  # fmt: skip
