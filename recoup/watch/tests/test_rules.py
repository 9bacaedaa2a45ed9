"""Danger signals: the worked table of docs/algorithms/signals.md, and what must hold of any of them."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.watch.accounts import Year, position
from recoup.watch.rules import Standing, band_of, level, proposals, seen, strength
from recoup.watch.states import BANDS, KINDS, Band

PAGE = Path(__file__).resolve().parents[3] / "docs" / "algorithms" / "signals.md"
TODAY = date(2026, 11, 20)
kinds = st.sampled_from(sorted(KINDS))
days = st.integers(-30, 2500)
several = st.lists(st.tuples(kinds, days), max_size=8)


def ago(kind, days):
    return seen(kind, TODAY - timedelta(days=days))


def tables(heading: str = "") -> list[dict[str, str]]:
    text = PAGE.read_text(encoding="utf-8")
    part = text.split("## Worked table")[1] if heading else text.split("## Worked table")[0]
    lines = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("|")]
    return [dict(zip(lines[0], row, strict=True)) for row in lines[2:]]


@pytest.mark.parametrize("row", tables("Worked table"), ids=lambda row: row["signals"])
def test_the_worked_table(row):
    named = [] if row["signals"] == "none" else row["signals"].split(", ")
    found = level([ago(n.split(":")[0], int(n.split(":")[1])) for n in named], TODAY)
    strengths = " ".join(f"{p.strength:.2f}" for p in found.parts) or "–"
    assert (strengths, str(found.score), found.band.value) == (row["strengths"], row["score"], row["band"])  # fmt: skip


def test_the_page_says_what_the_catalogue_says():
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        if cells[0] in KINDS and len(cells) == 6:
            kind = KINDS[cells[0]]
            assert cells[1:5] == [str(kind.number or ""), str(kind.weight), str(kind.half_life), str(kind.lasts)]  # fmt: skip
            assert kind.computed


def test_the_trades_eighteen_signals_are_all_there_once_each():
    assert sorted(k.number for k in KINDS.values() if k.number) == list(range(1, 19))


@given(kinds, days)
def test_a_signal_only_ever_fades_and_ends_on_its_day(kind, days):
    one = ago(kind, 0)
    today, tomorrow = (strength(one, TODAY + timedelta(days=d)) for d in (days, days + 1))
    assert 0 <= today <= one.weight
    if days >= 0:
        assert tomorrow <= today
    assert (today > 0) == (0 <= days < KINDS[kind].lasts)


@given(kinds)
def test_after_its_half_life_half_of_it_is_left(kind):
    one = ago(kind, KINDS[kind].half_life)
    assert strength(one, TODAY) == Decimal(KINDS[kind].weight) / 2


@given(several, kinds, days)
def test_one_more_signal_never_calms_and_nothing_passes_a_hundred(known, kind, day):
    before = level([ago(k, d) for k, d in known], TODAY)
    after = level([ago(k, d) for k, d in (*known, (kind, day))], TODAY)
    assert before.score <= after.score <= 100
    assert len(after.parts) == len(after.kinds)


@given(several)
def test_the_order_in_which_signals_come_does_not_matter(known):
    signals = [ago(k, d) for k, d in known]
    assert level(signals, TODAY).score == level(reversed(signals), TODAY).score


@given(several)
def test_without_news_the_level_never_rises(known):
    signals = [ago(k, abs(d)) for k, d in known]
    scores = [level(signals, TODAY + timedelta(days=d)).score for d in (0, 1, 30, 365, 3000)]
    assert scores == sorted(scores, reverse=True) and scores[-1] == 0


def test_bands_begin_where_the_page_says():
    assert [(least, band_of(Decimal(least))) for least, _ in BANDS] == list(BANDS)
    assert band_of(Decimal("39.9")) == Band.WATCH


def named(signals, **standing):
    return [p.measure.value for p in proposals(level(signals, TODAY), Standing(**standing))]


def test_what_is_proposed_follows_from_the_level_its_kinds_and_what_there_is():
    alarm = [ago("dishonoured", 0), ago("promises_broken", 0)]
    assert named([]) == []
    assert named(alarm, cases=1) == ["law_first", "hold_delivery", "shorten_term"]
    assert named(alarm, cases=1, at_law=1) == ["hold_delivery", "shorten_term"], (
        "it is at law already"
    )
    assert named(alarm, overdue_items=2) == ["place_now", "hold_delivery", "shorten_term"]
    assert named([ago("outsized_order", 0)]) == ["ask_security"]
    assert named([ago("insolvency", 0), *alarm], cases=1) == ["file_claim", "hold_delivery"]


def test_a_debtors_position_is_worked_out_from_what_was_given_and_nothing_else():
    old = Year(date(2024, 12, 31), "EUR", turnover=Decimal(1000), employees=10)
    new = Year(date(2025, 12, 31), "EUR", turnover=Decimal(800), profit=Decimal(-40), assets=Decimal(500),
               equity=Decimal(-25), employees=7)  # fmt: skip
    found = position([new, old])
    assert found is not None
    assert (found.growth, found.staff, found.margin) == (Decimal("-20.0"), Decimal("-30.0"), Decimal("-5.0"))  # fmt: skip
    assert (found.solidity, found.liquidity, found.negative_equity) == (Decimal("-5.0"), None, True)
    other = Year(date(2024, 12, 31), "SEK", turnover=Decimal(1000))
    assert position([new, other]).growth is None, "another currency is no year to compare with"
    assert position([]) is None
