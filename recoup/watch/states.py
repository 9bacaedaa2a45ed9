"""Danger signals by kind, and the bands of a debtor's level. Pure data.

The first eighteen are the trade's own list, in its order; the rest is what a creditor's books and the
registers show. `weight` is the share of certainty that one fresh signal gives, in percent: the house's
own estimate, not measured (docs/algorithms/signals.md; `recoup signals` measures them on history).
"""

from dataclasses import dataclass
from enum import StrEnum

from recoup.kernel.refusal import N_

VERSION = "signals 1"


class Source(StrEnum):
    OBSERVED = "observed"  # by a person, with a note or a document
    COMPUTED = "computed"  # from the books, by a rule
    NOTICE = "notice"  # a court or a register has published it


class Band(StrEnum):
    CALM = "calm"
    WATCH = "watch"
    WARNING = "warning"
    ALARM = "alarm"


BANDS: tuple[tuple[int, Band], ...] = ((70, Band.ALARM), (40, Band.WARNING), (20, Band.WATCH), (0, Band.CALM))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """`number`: its place among the eighteen, 0 for the others. After `half_life` days half of the weight
    is left, after `lasts` days nothing."""

    code: str
    number: int
    label: str
    weight: int
    half_life: int
    lasts: int
    computed: bool = False


KINDS: dict[str, Kind] = {
    k.code: k
    for k in (
        Kind("moved_down", 1, N_("Office moved down-market"), 25, 365, 1095),
        Kind("staff_leaving", 2, N_("Managers or staff leave often"), 25, 180, 540),
        Kind("sued", 3, N_("Sued by others"), 45, 365, 1095),
        Kind("evasive", 4, N_("Finance people are evasive"), 25, 90, 270),
        Kind("paying_later", 5, N_("Pays later than before"), 35, 120, 365, True),
        Kind("promises_broken", 6, N_("Promises to pay broken repeatedly"), 40, 120, 365, True),
        Kind("out_of_reach", 7, N_("The person in charge cannot be reached"), 30, 60, 180),
        Kind("accident", 8, N_("The person in charge had an accident"), 25, 180, 365),
        Kind("conflict", 9, N_("Conflict in the management, unclear direction"), 25, 180, 540),
        Kind("outside_investments", 10, N_("Unclear investments outside the business"), 25, 365, 730),
        Kind("calls_unreturned", 11, N_("Calls are not returned"), 30, 60, 180, True),
        Kind("postdated", 12, N_("Many post-dated cheques or notes"), 30, 120, 365),
        Kind("dishonoured", 13, N_("Payments dishonoured"), 55, 180, 540, True),
        Kind("cash_tight", 14, N_("Too many receivables of its own, cash is tight"), 35, 180, 540),
        Kind("banks_changed", 15, N_("Banks changed often"), 20, 180, 540, True),
        Kind("below_cost", 16, N_("Sells below cost"), 35, 180, 540),
        Kind("outsized_order", 17, N_("Sudden outsized order"), 30, 90, 270, True),
        Kind("growing_too_fast", 18, N_("Orders grow faster than payments"), 25, 180, 365, True),
        Kind("returned_mail", 0, N_("Mail comes back"), 25, 90, 270, True),
        Kind("limit_used", 0, N_("New use of its credit limit"), 15, 60, 180, True),
        Kind("court_notice", 0, N_("Notice of a court"), 60, 365, 1095),
        Kind("register_notice", 0, N_("Notice of a register"), 40, 365, 1095),
        Kind("insolvency", 0, N_("Insolvency proceedings"), 95, 730, 1825, True),
    )
}  # fmt: skip


class Measure(StrEnum):
    """What is proposed to a creditor or the house when signals add up."""

    HOLD_DELIVERY = "hold_delivery"
    SHORTEN_TERM = "shorten_term"
    ASK_SECURITY = "ask_security"
    PLACE_NOW = "place_now"
    LAW_FIRST = "law_first"
    FILE_CLAIM = "file_claim"
