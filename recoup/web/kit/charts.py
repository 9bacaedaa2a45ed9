"""Geometry of the small charts that are drawn on the server. Pure: numbers in, coordinates out.

Colours and fonts are the style sheet's; each chart's template adds a table with the same values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from recoup.web.kit.components import Series

LEFT, RIGHT, TOP, BOTTOM = 56, 8, 10, 24


@dataclass(frozen=True, slots=True)
class Tick:
    at: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Mark:
    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    label: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Drawn:
    series: Series
    css: str
    path: str
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class Chart:
    width: int
    height: int
    left: int
    right: int
    foot: int
    ticks: list[Tick]
    columns: list[tuple[Decimal, str]]
    drawn: list[Drawn]


def steps_up_to(highest: Decimal, wanted: int = 4) -> list[Decimal]:
    """Round values from 0 to at least `highest`, about `wanted` of them: 0, 25, 50, 75, 100."""
    if highest <= 0:
        return [Decimal(0), Decimal(1)]
    rough = highest / wanted
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(power * f for f in (1, 2, Decimal("2.5"), 5, 10) if power * f >= rough)
    count = int((highest / step).to_integral_value(ROUND_CEILING))
    return [step * i for i in range(count + 1)]


def _round(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"))


def _css(series: Series, index: int) -> str:
    return f"k-series-{series.tone or index % 4 + 1}"


def _frame(
    labels: Sequence[str], series: Sequence[Series], width: int, height: int
) -> tuple[list[Tick], Decimal]:
    values = [Decimal(v) for s in series for v in s.values if v is not None]
    if any(v < 0 for v in values) or any(len(s.values) != len(labels) for s in series):
        raise ValueError("a chart needs one value of at least 0 (or None) for each label")
    steps = steps_up_to(max(values, default=Decimal(0)))
    scale = Decimal(height - TOP - BOTTOM) / steps[-1]
    return [Tick(_round(height - BOTTOM - v * scale), v) for v in steps], scale


def _columns(labels: Sequence[str], centres: Sequence[Decimal]) -> list[tuple[Decimal, str]]:
    """The labels there is room for below the chart: every one, every second …"""
    apart = centres[1] - centres[0] if len(centres) > 1 else Decimal(1000)
    wide = max((len(label) for label in labels), default=1) * 7 + 12
    every = int((wide / apart).to_integral_value(ROUND_CEILING))
    return list(zip(centres, labels, strict=True))[::every]


def lines(
    labels: Sequence[str], series: Sequence[Series], width: int = 640, height: int = 220
) -> Chart:
    """Coordinates of a line chart; a gap (None) breaks the line. Raises `ValueError` if uneven."""
    ticks, scale = _frame(labels, series, width, height)
    gap = Decimal(width - LEFT - RIGHT) / max(1, len(labels) - 1)
    xs = [_round(LEFT + gap * i) for i in range(len(labels))]
    drawn = []
    for index, one in enumerate(series):
        marks, path, pen = [], "", "M"
        for x, label, value in zip(xs, labels, one.values, strict=True):
            if value is None:
                pen = "M"
                continue
            y = _round(height - BOTTOM - Decimal(value) * scale)
            marks.append(Mark(x, y, Decimal(0), Decimal(0), label, Decimal(value)))
            path += f"{pen}{x} {y}"
            pen = "L"
        drawn.append(Drawn(one, _css(one, index), path, marks))
    return Chart(width, height, LEFT, width - RIGHT, height - 6, ticks, _columns(labels, xs), drawn)


def bars(
    labels: Sequence[str], series: Sequence[Series], width: int = 640, height: int = 220
) -> Chart:
    """Coordinates of a bar chart, one group of bars a label. Raises `ValueError` if uneven."""
    ticks, scale = _frame(labels, series, width, height)
    slot = Decimal(width - LEFT - RIGHT) / max(1, len(labels))
    bar = min(slot * Decimal("0.62") / max(1, len(series)), Decimal(44))
    centres = [_round(LEFT + slot * i + slot / 2) for i in range(len(labels))]
    drawn = []
    for index, one in enumerate(series):
        shift = bar * (Decimal(index) - Decimal(len(series)) / 2)
        marks = []
        for x, label, value in zip(centres, labels, one.values, strict=True):
            if value is not None:
                tall = Decimal(value) * scale
                marks.append(Mark(_round(x + shift), _round(height - BOTTOM - tall), _round(bar - 2),
                                  _round(tall), label, Decimal(value)))  # fmt: skip
        drawn.append(Drawn(one, _css(one, index), "", marks))
    return Chart(width, height, LEFT, width - RIGHT, height - 6, ticks, _columns(labels, centres),
                 drawn)  # fmt: skip
