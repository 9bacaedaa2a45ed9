"""From the law's or the contract's rule to the rate of every day. Pure.

A `RateTable` holds the whole rate in ascending rows; floating rates are read day by day, rates fixed
at default (GB, IE, CZ, ZA, JP, CN) are read once, on the first day of interest, for the debt's life.
Directive 2011/7/EU art. 2(5)-(6): a reference rate plus a margin, half-year by half-year.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from recoup.jurisdictions.series import SCALE, STANDING_END, Series, provisional, series
from recoup.kernel.refusal import NotKnown

HALF_POINT = SCALE // 2
FOREVER = STANDING_END.toordinal()


@dataclass(frozen=True, slots=True)
class RateRow:
    """A rate in percent a year with its parts, for the ordinals `first` to `last`, both counted."""

    first: int
    last: int
    scaled: int
    rate: Decimal
    base: Decimal | None
    margin: Decimal | None
    source: str
    verified: str
    series: str | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class RateTable:
    """Rates in ascending order without overlap; `missing` makes the refusal for a day outside."""

    rows: tuple[RateRow, ...]
    starts: tuple[int, ...]
    at_default: bool
    missing: Callable[[date], NotKnown]

    def row(self, ordinal: int) -> RateRow:
        """The row of one day. Raises `NotKnown`."""
        i = bisect_right(self.starts, ordinal) - 1
        if i < 0 or self.rows[i].last < ordinal:
            raise self.missing(date.fromordinal(ordinal))
        return self.rows[i]

    def pieces(self, default: int, first: int, end: int) -> list[tuple[int, int, RateRow]]:
        """(first, end, row) covering first ≤ day < end; `default` is the first day of interest."""
        if self.at_default:
            return [(first, end, self.row(default))]
        i = bisect_right(self.starts, first) - 1
        found: list[tuple[int, int, RateRow]] = []
        rows = self.rows
        while first < end:
            if i < 0 or i >= len(rows) or not rows[i].first <= first <= rows[i].last:
                raise self.missing(date.fromordinal(first))
            stop = rows[i].last + 1
            if stop > end:
                stop = end
            found.append((first, stop, rows[i]))
            first, i = stop, i + 1
        return found


def table(
    rows: list[RateRow], *, at_default: bool, missing: Callable[[date], NotKnown]
) -> RateTable:
    return RateTable(tuple(rows), tuple(row.first for row in rows), at_default, missing)


def fixed(rate: Decimal, *, source: str, verified: str = "agreed") -> RateTable:
    """One rate for ever, as a contract states it."""
    row = RateRow(1, FOREVER, _scaled(rate), rate, None, None, source, verified, None, False)
    return table([row], at_default=False, missing=_never)


def whole(values: Series, *, at_default: bool) -> RateTable:
    """A series that publishes the whole rate."""
    rows = [
        _row(row.first, row.last, row.value, None, None, row.source, row.verified, values.name)
        for row in values.rows
    ]
    return table(rows, at_default=at_default, missing=values.missing)


def base_plus_margin(
    base: Series,
    margins: list[tuple[date, Decimal]],
    *,
    at_default: bool,
    source: str,
    up_to_half: bool,
) -> RateTable:
    """Base plus a dated margin (percentage points); a negative base is added, not cut off.

    `up_to_half` rounds the total up to the next half point (Belgium, Loi 2.8.2002 art. 5).
    """
    rows: list[RateRow] = []
    ends = [day.toordinal() - 1 for day, _ in margins[1:]] + [FOREVER]
    for row in base.rows:
        for (since, margin), end in zip(margins, ends, strict=True):
            first = max(row.first, since)
            last = date.fromordinal(min(row.last.toordinal(), end))
            if first > last:
                continue
            rate = row.value + margin
            if up_to_half:
                rate = Decimal(-(-_scaled(rate) // HALF_POINT)) / 2
            cited = f"{source}; {row.source}" if source else row.source
            rows.append(_row(first, last, rate, row.value, margin, cited, row.verified, base.name))
    return table(rows, at_default=at_default, missing=base.missing)


def base_times(base: Series, factor: Decimal, *, at_default: bool, source: str) -> RateTable:
    """Base times a factor (China: the one-year LPR with a mark-up); the mark-up is shown as margin."""
    rows = [
        _row(row.first, row.last, row.value * factor, row.value, row.value * (factor - 1),
             f"{source}; {row.source}", row.verified, base.name)
        for row in base.rows
    ]  # fmt: skip
    return table(rows, at_default=at_default, missing=base.missing)


def statutory(rule: dict[str, Any]) -> RateTable | None:
    """The table of a country's `interest` rule; None where none is owed as of right or none is held."""
    found = _by_kind(rule)
    return None if found is None else _as_far_as(rule, found)


def _by_kind(rule: dict[str, Any]) -> RateTable | None:
    at_default = rule["fixing"] == "at_default"
    kind = rule["kind"]
    if kind == "base_plus_margin":
        margins = [(date.fromisoformat(m["from"]), Decimal(m["value"])) for m in rule["margin"]]
        return base_plus_margin(
            series(rule["base"]), margins, at_default=at_default, source=rule["source"],
            up_to_half=rule.get("total_rounding") == "up_to_half",
        )  # fmt: skip
    if kind == "base_times":
        factor = Decimal(rule["factor"])
        return base_times(
            series(rule["base"]), factor, at_default=at_default, source=rule["source"]
        )
    if kind == "series":
        return whole(series(rule["series"]), at_default=at_default)
    return None


def _as_far_as(rule: dict[str, Any], found: RateTable) -> RateTable:
    """A rate is no surer than the rule that makes it: background there marks every row."""
    if not provisional(rule["verified"]):
        return found
    rows = [replace(row, provisional=True) for row in found.rows]
    return table(rows, at_default=found.at_default, missing=found.missing)


def _row(
    first: date, last: date, rate: Decimal, base: Decimal | None, margin: Decimal | None,
    source: str, verified: str, name: str,
) -> RateRow:  # fmt: skip
    # Interest is never negative: a total below nought bears nothing.
    rate = max(rate, Decimal(0))
    return RateRow(
        first.toordinal(), last.toordinal(), _scaled(rate), rate, base, margin, source, verified, name,
        provisional(verified),
    )  # fmt: skip


def _scaled(rate: Decimal) -> int:
    scaled = rate * SCALE
    whole_part = int(scaled)
    assert whole_part == scaled, f"rate {rate} is finer than a millionth of a percent"
    return whole_part


def _never(day: date) -> NotKnown:
    raise AssertionError(f"a fixed rate has no end, not even on {day}")
