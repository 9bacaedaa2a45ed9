"""The order of the desk: the worked table of docs/algorithms/worth.md, and what must hold of any list."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.agreements.rules.terms import Terms
from recoup.agreements.standard_card import TERMS
from recoup.strategy.worth import WorthFacts, worth

PAGE = Path(__file__).resolve().parents[3] / "docs" / "algorithms" / "worth.md"
TODAY, NOW = date(2026, 11, 20), datetime(2026, 11, 20, 10, tzinfo=UTC)
CARD = Terms.read(TERMS)


def table() -> list[dict[str, str]]:
    part = PAGE.read_text(encoding="utf-8").split("## Worked table")[1]
    lines = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("|")]
    return [dict(zip(lines[0], row, strict=True)) for row in lines[2:]]


def facts_of(row: dict[str, str]) -> WorthFacts:
    facts = WorthFacts(
        open=Decimal(row["open"]), currency=row["currency"], age_days=int(row["age"]),
        country=row["country"], cross_border=row["border"] == "yes", disputed=row["disputed"] == "yes",
        due_on=TODAY - timedelta(days=int(row["late"])), reached=row["reached"] == "yes",
        tries=int(row["tries"]), may_now=row["may now"] == "yes",
    )  # fmt: skip
    reason = {
        "none": {}, "broken": {"promised_on": TODAY - timedelta(days=1)}, "wrote": {"wrote": True},
        "appointment": {"appointment": NOW}, "barred": {"barred_on": TODAY + timedelta(days=60)},
    }[row["reason"]]  # fmt: skip
    return replace(facts, **reason)  # type: ignore[arg-type]


@pytest.mark.parametrize("row", table(), ids=lambda row: row["worth"])
def test_the_worked_table(row: dict[str, str]) -> None:
    found = worth(facts_of(row), CARD, NOW, TODAY)
    shown = (
        str(found.parts["chance"]), str(found.parts["reach"]), str(found.parts["moment"]),
        str(found.value), str(found.tier),
    )  # fmt: skip
    assert shown == (row["chance"], row["reach"], row["moment"], row["worth"], row["tier"])


PLAIN = WorthFacts(Decimal(1000), "EUR", 90, "DE", False, False, TODAY)


@given(st.integers(0, 5000), st.integers(0, 40), st.booleans())
def test_older_and_more_often_tried_is_never_worth_more(
    age: int, tries: int, reached: bool
) -> None:
    one = replace(PLAIN, age_days=age, tries=tries, reached=reached)
    value = worth(one, CARD, NOW, TODAY).value
    assert value >= worth(replace(one, age_days=age + 1), CARD, NOW, TODAY).value
    assert value >= worth(replace(one, tries=tries + 1), CARD, NOW, TODAY).value


def test_an_appointment_rises_to_the_top_ten_minutes_before() -> None:
    later = replace(PLAIN, appointment=NOW + timedelta(minutes=11))
    soon = replace(PLAIN, appointment=NOW + timedelta(minutes=10))
    assert [worth(f, CARD, NOW, TODAY).tier for f in (later, soon)] == [1, 0]


def test_the_reason_is_the_strongest_one() -> None:
    broken = replace(PLAIN, promised_on=TODAY - timedelta(days=1), due_on=TODAY - timedelta(days=9))
    assert worth(broken, CARD, NOW, TODAY).because == "the promise for %(on)s was not kept"


def test_a_currency_that_the_card_has_not_counts_as_it_is() -> None:
    assert worth(replace(PLAIN, currency="XAF"), CARD, NOW, TODAY).parts["weight"] == 1
