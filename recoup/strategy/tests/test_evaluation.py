"""Weighing a case: the worked table of docs/algorithms/evaluation.md, and what must hold of any case."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.strategy.evaluation import LEAST, MOST, Base, Option, Weighing, evaluate

PAGE = Path(__file__).resolve().parents[3] / "docs" / "algorithms" / "evaluation.md"
BASE = Base(Decimal(40), Decimal(28), Decimal(52))
PLAIN = Weighing(date(2026, 11, 20), Decimal("8400.00"), "EUR", BASE)
CASES = {
    "nothing known": {},
    "answered, part paid": {"reactions": ("answered", "part_paid")},
    "refused, documents complete": {"reactions": ("refused",)},
    "silent after 4, no documents": {"contacts": 4, "documents": False},
    "disputed": {"disputed": True},
    "alarm 82": {"band": "alarm", "score": Decimal(82)},
    "insolvent": {"insolvent": True, "band": "alarm", "score": Decimal(95)},
    "barred in 40 days": {"barred_in": 40},
    "50.00 owed, silent after 4, no documents, owes 3 others": {
        "owed": Decimal("50.00"), "contacts": 4, "documents": False, "others": 3,
    },
    "mandate gives nothing up": {"discount": Decimal(0)},
    "a suit is pending, opposed": {"suit": "pending", "disputed": True, "reactions": ("refused",)},
    "a title": {"suit": "title"},
    "a title, alarm 82": {"suit": "title", "band": "alarm", "score": Decimal(82)},
    "a title, nothing to take": {"suit": "watched", "contacts": 4},
    "50.00 owed, a title, nothing to take": {"owed": Decimal("50.00"), "suit": "watched", "contacts": 4},
}  # fmt: skip


def table() -> list[list[str]]:
    part = PAGE.read_text(encoding="utf-8").split("## Worked table")[1]
    return [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("|")][2:]


def test_every_row_has_its_case():
    assert [row[0] for row in table()] == list(CASES)


@pytest.mark.parametrize("row", table(), ids=lambda row: row[0])
def test_the_worked_table(row):
    found = evaluate(replace(PLAIN, **CASES[row[0]]))
    way = found.way(found.recommended)
    shown = [f"{found.points:+d}", found.chance, found.recommended, way.chance, way.expected, way.cost, way.net]  # fmt: skip
    assert [str(value) for value in shown] == row[1:]


facts = st.builds(
    Weighing, on=st.just(PLAIN.on), currency=st.just("EUR"), base=st.just(BASE),
    owed=st.decimals("0.01", "9999999.99", places=2), contacts=st.integers(0, 20),
    reactions=st.sets(st.sampled_from(["answered", "refused", "part_paid", "broke_promise"])).map(tuple),
    documents=st.booleans(), disputed=st.booleans(), insolvent=st.booleans(), abroad=st.booleans(),
    band=st.sampled_from(["calm", "watch", "warning", "alarm"]), others=st.integers(0, 9),
    negative_equity=st.booleans(), barred_in=st.none() | st.integers(-400, 2000),
    discount=st.none() | st.decimals("0", "90", places=0), months=st.integers(0, 36), plan_broken=st.booleans(), suit=st.sampled_from(["", "pending", "title", "watched"]),
)  # fmt: skip


@given(facts)
def test_there_is_always_an_answer_and_it_is_an_open_way(case):
    found = evaluate(case)
    way = found.way(found.recommended)
    assert not way.why_not
    assert [w.option for w in found.ways] == list(Option)
    for each in found.ways:
        assert each.low <= each.expected <= each.high <= case.owed
        assert each.option == Option.STOP or LEAST <= each.chance <= MOST


@given(facts)
def test_worse_news_never_raises_the_chance(case):
    before = evaluate(case).chance
    for worse in (
        {"disputed": True},
        {"others": case.others + 3},
        {"negative_equity": True, "solidity": None},
        {"insolvent": True},
    ):
        assert evaluate(replace(case, **worse)).chance <= before  # fmt: skip


@given(facts)
def test_the_points_are_the_sum_of_the_reasons(case):
    found = evaluate(case)
    assert found.points == sum(r.points for r in found.reasons)
    assert [abs(r.points) for r in found.reasons] == sorted((abs(r.points) for r in found.reasons), reverse=True)  # fmt: skip
