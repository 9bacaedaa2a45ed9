"""How well danger signals have warned: precision, recall and lead time on history. Pure.

A debtor was warned when the level first reached the band; it failed on the day on which insolvency stayed
a case or one was closed as not collectable. A warning counts only when it came before; what says nothing
but that the debtor has failed (a notice of insolvency) is no warning.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median, quantiles

from recoup.strategy.proportions import Share, wilson
from recoup.watch.rules import Seen, at_least, level
from recoup.watch.states import Band

OUTCOMES = frozenset(("insolvency", "court_notice", "register_notice"))
LEAST_FOR_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Known:
    """A signal and the day from which it counted: the later of when it was seen and when it was recorded."""

    seen: Seen
    from_on: date


@dataclass(frozen=True, slots=True)
class Backtest:
    """`precision`: of the debtors warned of, how many failed afterwards; `recall`: of those that failed, how
    many had been warned of; `base`: how many fail at all. `lead_days` from the warning to the failure."""

    band: Band
    debtors: int
    failed: int
    warned: int
    caught: int
    precision: Share
    recall: Share
    base: Share
    lead_days: tuple[int, ...]
    kinds: dict[str, Share]

    @property
    def median_lead(self) -> int | None:
        return round(median(self.lead_days)) if self.lead_days else None

    @property
    def quarters(self) -> tuple[int, int] | None:
        if len(self.lead_days) < LEAST_FOR_QUARTERS:
            return None
        low, _, high = quantiles(self.lead_days, n=4)
        return round(low), round(high)


def first_warning(signals: Sequence[Known], band: Band) -> date | None:
    """The first day on which the level reached the band: it only rises on days on which a signal comes."""
    counted = [one for one in signals if one.seen.kind not in OUTCOMES]
    for day in sorted({one.from_on for one in counted}):
        known = [one.seen for one in counted if one.from_on <= day]
        if at_least(level(known, day).band, band):
            return day
    return None


def backtest(
    history: Mapping[object, Sequence[Known]], failed_on: Mapping[object, date | None], band: Band
) -> Backtest:
    """`failed_on` has every debtor looked at, with the day of its failure or None."""
    warned, lead = 0, []
    with_kind: dict[str, int] = {}
    failed_with: dict[str, int] = {}
    for debtor, failed in failed_on.items():
        before = [one for one in history.get(debtor, ()) if failed is None or one.from_on < failed]
        for kind in {one.seen.kind for one in before} - OUTCOMES:
            with_kind[kind] = with_kind.get(kind, 0) + 1
            failed_with[kind] = failed_with.get(kind, 0) + (failed is not None)
        warning = first_warning(before, band)
        if warning is None:
            continue
        warned += 1
        if failed is not None:
            lead.append((failed - warning).days)
    failures = sum(day is not None for day in failed_on.values())
    return Backtest(
        band, len(failed_on), failures, warned, len(lead), wilson(len(lead), warned), wilson(len(lead), failures),
        wilson(failures, len(failed_on)), tuple(sorted(lead)),
        {kind: wilson(failed_with[kind], n) for kind, n in sorted(with_kind.items())},
    )  # fmt: skip
