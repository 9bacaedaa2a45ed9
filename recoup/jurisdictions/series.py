"""Series of published rates and amounts: dated, sourced, and known only as far as they are known.

A row of a periodic series holds for its own period and never beyond; a row of a series of changes
holds until the next one, the last until `checked_to`. Days outside raise `NotKnown` with the name of
what is missing: the last value is never carried forward.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from recoup.jurisdictions import periods
from recoup.jurisdictions.overlay import ENTERED, Published, current
from recoup.jurisdictions.yamlfile import HERE, BadPack, read
from recoup.kernel.days import ISO
from recoup.kernel.refusal import N_, NotKnown, Refusal

SCALE = 10**6  # rates are held as whole millionths of a percent
FIGURE = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?", re.ASCII)
NAME = re.compile(r"[A-Z]{2,3}(_[A-Z0-9]+)+", re.ASCII)
STANDING_END = date(9999, 12, 31)
PERIODS = {*periods.BOUNDS, "on_change", "standing", "stated"}
KEYS = {"series", "unit", "period", "refresh", "gaps", "checked_to", "rows"}
ROW_KEYS = {"from", "to", "value", "source", "verified"}


@dataclass(frozen=True, slots=True)
class Row:
    """One published value: percent a year or an amount, from `first` to `last`, both counted."""

    first: date
    last: date
    value: Decimal
    source: str
    verified: str

    @property
    def provisional(self) -> bool:
        """Nobody has read the publication itself: used, but shown as such."""
        return provisional(self.verified)

    @property
    def scaled(self) -> int:
        return int(self.value * SCALE)


def provisional(verified: str) -> bool:
    """Whether a degree of verification is only background knowledge or a derivation."""
    return verified.startswith(("background", "derived"))


@dataclass(frozen=True, slots=True)
class Series:
    """A series with ascending rows that do not overlap."""

    name: str
    unit: str
    period: str
    refresh: str
    checked_to: date
    rows: tuple[Row, ...]
    starts: tuple[int, ...]

    def at(self, day: date) -> Row:
        """The row that holds on `day`. Raises `NotKnown` naming the missing period."""
        i = bisect_right(self.starts, day.toordinal()) - 1
        if i < 0 or self.rows[i].last < day:
            raise self.missing(day)
        return self.rows[i]

    def missing(self, day: date) -> NotKnown:
        """The refusal for a day that this series does not know."""
        period = f"{self.name} {periods.name(self.period, day)}"
        return NotKnown(
            "not_known",
            N_("%(found)s is not known: enter the published value with its source first."),
            found=period,
        )

    def status(self, *, today: date) -> "SeriesStatus":
        """How far the series is known and whether a newer value should have been entered by `today`."""
        standing = self.period == "standing"
        end = self.checked_to if standing else max(row.last for row in self.rows)
        due = None if standing else date.fromordinal(end.toordinal() + 1)
        return SeriesStatus(
            name=self.name,
            unit=self.unit,
            last_period=periods.name(self.period, self.rows[-1].first),
            known_to=end,
            next_refresh=due,
            refresh=self.refresh,
            stale=due is not None and due <= today,
            provisional_rows=sum(row.provisional for row in self.rows),
        )


@dataclass(frozen=True, slots=True)
class SeriesStatus:
    """What the desk shows of a series: known until when, to be refreshed when, stale or not."""

    name: str
    unit: str
    last_period: str
    known_to: date
    next_refresh: date | None
    refresh: str
    stale: bool
    provisional_rows: int


def folder_of(name: str) -> Path:
    """Where a series lives: its country's pack, or the European Union's for the ECB."""
    prefix = name.split("_", 1)[0]
    if prefix == "ECB":
        return HERE / "eu" / "values"
    return HERE / "countries" / ("us_ny" if prefix == "US" else prefix.lower()) / "values"


def series(name: str) -> Series:
    """The series of that name, with the values of the computation's overlay after the pack's own.

    Raises `Refusal` `series_unknown`, `BadPack` for a broken file.
    """
    beside = current()
    return extended(name, beside.of(name)) if beside else pack_series(name)


@lru_cache(maxsize=256)
def extended(name: str, beside: tuple[Published, ...]) -> Series:
    """The pack's series with further values; the pack itself is not touched."""
    own = pack_series(name)
    if not beside:
        return own
    rows = [*own.rows, *(Row(p.first, p.last, p.value, p.source, ENTERED) for p in beside)]
    rows.sort(key=lambda row: row.first)
    return replace(own, rows=tuple(rows), starts=tuple(row.first.toordinal() for row in rows))


def published(
    name: str, *, first: date, last: date | None, value: str, source: str,
    beside: tuple[Published, ...] = (), field: str = "overlay",
) -> Published:  # fmt: skip
    """A value to stand beside the pack: for its own period, or up to `last` where the series is
    published on change.

    Raises `Refusal`: `series_unknown`, `figure_not_plain`, `period_start` (a half-year starts on its
    first day), `before_the_series`, `day_needed`, `day_before`, `rate_known` (the pack, or `beside`, covers such a day).
    """
    own = pack_series(name)
    if not FIGURE.fullmatch(value):
        raise Refusal(
            "figure_not_plain", N_("%(field)s: “%(found)s” is not a plain figure such as 1.27."),
            field=f"{field}.value", found=value[:40],
        )  # fmt: skip
    if first < own.rows[0].first:
        raise Refusal(
            "before_the_series", N_("%(field)s: %(found)s is before %(series)s begins (%(start)s)."),
            field=f"{field}.from", found=first.isoformat(), series=name,
            start=own.rows[0].first.isoformat(),
        )  # fmt: skip
    last = _last(own, first, last, field)
    known = [(row.first, row.last) for row in own.rows]
    known += [(row.first, row.last) for row in beside if row.series == name]
    for start, end in known:
        if start <= last and first <= end:
            raise Refusal(
                "rate_known",
                N_("%(field)s: %(series)s has a value from %(start)s to %(end)s already."),
                field=f"{field}.from", found=first.isoformat(), series=name,
                start=start.isoformat(), end=end.isoformat(),
            )  # fmt: skip
    return Published(name, first, last, Decimal(value), source)


def _last(own: Series, first: date, last: date | None, field: str) -> date:
    bounds = periods.BOUNDS.get(own.period)
    if bounds is not None:
        start, end = bounds(first)
        if start != first:
            raise Refusal(
                "period_start",
                N_("%(field)s: values of %(series)s start on %(start)s, not on %(found)s."),
                field=f"{field}.from", found=first.isoformat(), series=own.name,
                start=start.isoformat(),
            )  # fmt: skip
        return end
    if last is None:
        raise Refusal(
            "day_needed",
            N_("%(field)s: %(series)s is published when it changes; say until which day this is known."),
            field=f"{field}.to", series=own.name,
        )  # fmt: skip
    if last < first:
        raise Refusal(
            "day_before", N_("%(field)s: %(found)s is before the first day."),
            field=f"{field}.to", found=last.isoformat(),
        )  # fmt: skip
    return last


@lru_cache(maxsize=256)
def pack_series(name: str) -> Series:
    """The series as its pack holds it. Raises `Refusal` `series_unknown`, `BadPack`."""
    path = folder_of(name) / f"{name}.yaml"
    if not NAME.fullmatch(name) or not path.is_file():
        raise Refusal(
            "series_unknown", N_("There is no series %(found)s."), field="series", found=name
        )
    return build(read(path), name=name)


def names_in(folder: Path) -> list[str]:
    """The names of the series that lie in a pack's folder `values`."""
    return sorted(p.stem for p in (folder / "values").glob("*.yaml") if NAME.fullmatch(p.stem))


def build(content: dict[str, Any], *, name: str) -> Series:
    """A series from a file's content. Raises `BadPack`: gaps, overlaps, disorder, missing sources."""
    if content.get("series") != name:
        raise BadPack(f"{name}: the file holds {content.get('series')!r}")
    _only(content, KEYS, f"{name}")
    period = content.get("period")
    if period not in PERIODS:
        raise BadPack(f"{name}: period {period!r} is none of {sorted(PERIODS)}")
    checked_to = _day(content.get("checked_to"), f"{name}: checked_to")
    gaps = content.get("gaps", False)
    if name.endswith("_PARTIAL") and not gaps:
        raise BadPack(f"{name}: a series called partial must say gaps: true")
    raw = content.get("rows")
    if not isinstance(raw, list) or not raw:
        raise BadPack(f"{name}: no rows")
    rows = tuple(_rows(raw, name=name, period=str(period), checked_to=checked_to))
    for before, after in pairwise(rows):
        if after.first <= before.first:
            raise BadPack(f"{name}: {after.first} does not come after {before.first}")
        if after.first <= before.last:
            raise BadPack(f"{name}: {after.first} overlaps the row from {before.first}")
        if not gaps and (after.first - before.last).days != 1:
            missing = periods.name(str(period), date.fromordinal(before.last.toordinal() + 1))
            raise BadPack(f"{name}: gap, {missing} is missing")
    if period != "standing" and checked_to != rows[-1].last:
        raise BadPack(f"{name}: checked_to {checked_to} is not the end of the last row")
    return Series(
        name=name, unit=str(content["unit"]), period=str(period), refresh=str(content["refresh"]),
        checked_to=checked_to, rows=rows, starts=tuple(row.first.toordinal() for row in rows),
    )  # fmt: skip


def _rows(raw: list[Any], *, name: str, period: str, checked_to: date) -> list[Row]:
    rows: list[Row] = []
    firsts = [_day(row.get("from"), f"{name}: from") for row in raw]
    for i, item in enumerate(raw):
        first, where = firsts[i], f"{name} {firsts[i]}"
        _only(item, ROW_KEYS, where)
        value = item.get("value")
        if not isinstance(value, str) or not FIGURE.fullmatch(value):
            raise BadPack(f"{where}: value {value!r} is not a quoted figure")
        for key in ("source", "verified"):
            if not isinstance(item.get(key), str) or not item[key].strip():
                raise BadPack(f"{where}: no {key}")
        if ("to" in item) != (period == "stated"):
            raise BadPack(f"{where}: `to` belongs to series with stated ends, and only there")
        if period in periods.BOUNDS:
            start, last = periods.BOUNDS[period](first)
            if start != first:
                raise BadPack(f"{where}: a {period} starts on {start}")
        elif period == "stated":
            last = _day(item["to"], f"{where}: to")
        elif i + 1 < len(firsts):
            last = date.fromordinal(max(firsts[i + 1].toordinal() - 1, first.toordinal()))
        else:
            last = STANDING_END if period == "standing" else checked_to
        if last < first:
            raise BadPack(f"{where}: ends before it starts")
        rows.append(Row(first, last, Decimal(value), item["source"], item["verified"]))
    return rows


def _day(text: object, where: str) -> date:
    if not isinstance(text, str) or not ISO.fullmatch(text):
        raise BadPack(f"{where}: {text!r} is not a quoted day")
    return date.fromisoformat(text)


def _only(content: dict[str, Any], allowed: set[str], where: str) -> None:
    unknown = set(content) - allowed
    if unknown:
        raise BadPack(f"{where}: unknown key {sorted(unknown)[0]!r}")
