"""Amounts, days and refusals as people of five languages write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils.translation import override

from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.operations import NUMBER_WRONG
from recoup.web.kit import formats

D = Decimal
NBSP = "\u00a0"


def shown(source: str, **context: object) -> str:
    return Template("{% load kit %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", f"−1,234,567.50{NBSP}EUR"),
        ("sv", f"−1{NBSP}234{NBSP}567,50{NBSP}EUR"),
        ("de", f"−1.234.567,50{NBSP}EUR"),
        ("zh-hant", f"−1,234,567.50{NBSP}EUR"),
        ("zh-hans", f"−1,234,567.50{NBSP}EUR"),
    ],
)
def test_an_amount_has_its_language_s_separators_a_true_minus_and_its_currency(language, text):
    with override(language):
        assert formats.money_text(D("-1234567.5"), "EUR") == text


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("5000", "JPY", "5,000"),
        ("1.2345", "KWD", "1.235"),
        ("0.005", "EUR", "0.01"),
        ("-0.001", "EUR", "0.00"),
    ],
)
def test_an_amount_is_rounded_to_its_currency_s_minor_unit(amount, currency, text):
    with override("en"):
        assert formats.amount_text(D(amount), currency) == text


def test_a_float_is_no_amount():
    with pytest.raises(TypeError, match="Decimal"):
        formats.amount_text(1.5, "EUR")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="float"):
        formats.number_text(1.5)  # type: ignore[arg-type]


def test_no_amount_without_its_currency():
    with pytest.raises(ValueError, match="currency"):
        shown("{% money amount %}", amount=D("5"))


def test_the_money_tag_keeps_the_exact_value_for_machines():
    with override("de"):
        html = shown("{% money m %}", m=Money(D("-1234.5"), "EUR"))
    assert '<data value="-1234.50">−1.234,50</data>' in html
    assert "EUR" in html


def test_an_unknown_amount_says_so():
    with override("en"):
        assert 'aria-label="not known"' in shown("{% money m %}", m=None)


@pytest.mark.parametrize(
    ("language", "day", "deadline"),
    [
        ("en", "24 Nov 2026", "Tue 24 Nov 2026"),
        ("sv", "24 nov. 2026", "tis 24 nov. 2026"),
        ("de", "24.11.2026", "Di., 24. Nov. 2026"),
        ("zh-hant", "2026年11月24日", "2026年11月24日週二"),
        ("zh-hans", "2026年11月24日", "2026年11月24日周二"),
    ],
)
def test_a_deadline_names_the_weekday(language, day, deadline):
    with override(language):
        assert formats.day_text(date(2026, 11, 24)) == day
        assert formats.deadline_text(date(2026, 11, 24)) == deadline


def test_only_a_law_date_in_the_past_is_red():
    today, past = date(2026, 11, 21), date(2026, 11, 19)
    with override("en"):
        assert "k-overdue" in shown("{% deadline d today True %}", d=past, today=today)
        assert "k-overdue" not in shown("{% deadline d today %}", d=past, today=today)
        assert "k-overdue" not in shown("{% deadline d today True %}", d=today, today=today)
        assert "2 days ago" in shown("{% deadline d today True %}", d=past, today=today)


def test_an_instant_needs_its_time_zone():
    with pytest.raises(ValueError, match="time zone"):
        formats.instant_text(datetime(2026, 11, 24, 14, 5))
    with override("en"):
        html = shown("{% instant at %}", at=datetime(2026, 11, 24, 14, 5, tzinfo=UTC))
    assert html == '<time datetime="2026-11-24T14:05:00Z">24 Nov 2026, 14:05</time>'


def test_a_percentage_follows_the_language_s_custom():
    with override("sv"):
        assert formats.percent_text(D("8.50")) == f"8,5{NBSP}%"
    with override("en"):
        assert formats.percent_text(D("10")) == "10%"


def test_a_refusal_fills_its_gaps_in_the_reader_s_formats():
    refusal = Refusal("late", N_("%(owed)s was due on %(due)s."),
                      owed=Money(D("1234.5"), "EUR"), due=date(2026, 11, 24))  # fmt: skip
    with override("de"):
        assert formats.refusal_text(refusal) == f"1.234,50{NBSP}EUR was due on 24.11.2026."


def test_a_refusal_is_escaped_like_any_text():
    html = shown("{% refusal r %}", r=Refusal("x", N_("Found %(found)s."), found="<script>"))
    assert html == "Found &lt;script&gt;."


def test_a_reason_within_a_refusal_is_in_the_readers_language_too() -> None:
    wrong = Refusal("number_invalid", NUMBER_WRONG, field="X", found="FR00", country="FR", why="The check digit is wrong.")  # fmt: skip
    with override("sv"):
        assert formats.refusal_text(wrong).endswith("Kontrollsiffran är fel.")


def test_a_country_within_a_refusal_is_named_as_the_reader_names_it() -> None:
    refused = Refusal("x", N_("“%(found)s” is not a country we know."), found="x", country="DE")
    refused.text = "in %(country)s"
    with override("sv"):
        assert formats.refusal_text(refused) == "in Tyskland"
