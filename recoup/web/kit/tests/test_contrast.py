"""The tokens' contrast, computed by WCAG 2.2 from the style sheet itself, in light and in dark."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[1] / "static" / "kit" / "tokens.css").read_text()
GROUNDS = ("bg", "surface", "sunken")
TEXT = [(ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent", "money", "needs", "danger", "legal")
        for ground in GROUNDS]  # fmt: skip
ON_SOFT = [(tone, f"{tone}-soft") for tone in ("accent", "money", "needs", "danger", "legal")]
INK_ON_SOFT = [("ink", soft) for _, soft in ON_SOFT]
ON_FILLED = [("on-accent", "accent"), ("on-accent", "accent-strong"), ("on-danger", "danger"),
             ("surface", "ink")]  # fmt: skip
# 1.4.11: the edge of a control, the focus ring and a chart's line against what they stand on.
SHAPES = [(mark, ground) for mark in ("control", "focus", "chart-1", "chart-2", "chart-3", "chart-4")
          for ground in ("bg", "surface")]  # fmt: skip


def tokens(theme: str) -> dict[str, str]:

    start = CSS.index(':root[data-bs-theme="dark"]')
    dark = dict(
        re.findall(r"--k-([a-z0-9-]+): (#[0-9a-f]{6});", CSS[start : CSS.index("}", start)])
    )
    first = dict(
        re.findall(r"--k-([a-z0-9-]+): (#[0-9a-f]{6});", CSS[CSS.index(":root {") : start])
    )
    assert set(dark) == set(first)
    return dark if theme == "dark" else first


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT + ON_SOFT + INK_ON_SOFT + ON_FILLED)
def test_text_meets_aa(theme, ink, ground):
    colours = tokens(theme)
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), SHAPES)
def test_shapes_that_mean_something_meet_three_to_one(theme, mark, ground):
    colours = tokens(theme)
    assert contrast(colours[mark], colours[ground]) >= 3
