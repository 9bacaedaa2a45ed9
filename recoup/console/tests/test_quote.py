"""`recoup quote`: the page's answer on the command line, kept as a quote."""

import json

import pytest

from recoup.agreements.models import Quote
from recoup.agreements.standard_card import publish_standard_card
from recoup.console.quote import run
from recoup.tenancy.context import scope
from tests.cast import NOW, House

ASKED = ["--creditor", "SE", "--debtor", "DE", "--amount", "18400.00", "--currency", "EUR", "--due", "2026-08-30",
         "--on", "2026-11-21"]  # fmt: skip


def document(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict]:
    code = run([*argv, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture
def shop(house: House) -> House:
    publish_standard_card(agency=house.id, by=house.actor("administrator"), at=NOW)
    return house


def test_a_quote_is_given_and_kept(shop: House, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = document(capsys, *ASKED)
    assert code == 0 and found["rate_card"] == "2026-1" and found["valid_until"] == "2026-12-21"
    assert found["commission"]["rate"] == "12.5" and found["commission"]["amount"] == "2300.00"
    assert found["commission"]["band"] == "EUR 5000.00–25000.00, 0–90 days, cross-border, amicable"
    assert found["set_up_fee"] == "25.00" and found["charged_to_debtor"]["established"] is True
    assert (
        set(found["expected"]) >= {"recovery", "low", "high", "days"}
        and found["expected"]["days"] > 0
    )
    assert all(
        isinstance(s, str) for s in (*found["why"], *found["next_steps"], *found["documents"])
    )
    with scope(shop.id):
        assert Quote.objects.get(number=found["quote"]).asked["due"] == "2026-08-30"


def test_documents_and_dispute_change_what_is_expected(
    shop: House, capsys: pytest.CaptureFixture[str]
) -> None:
    _, good = document(capsys, *ASKED, "--documents=yes", "--disputed=no")
    _, bad = document(capsys, *ASKED, "--documents=no", "--disputed=yes")
    assert float(bad["expected"]["recovery"]) < float(good["expected"]["recovery"])
    assert bad["commission"] == good["commission"]


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [("--amount", "1e3", "amount_not_plain"), ("--amount", "0", "amount_not_positive"), ("--currency", "KWD", "currency_not_in_card"),
     ("--currency", "euro", "currency_unknown"), ("--debtor", "XX", "country_unknown"), ("--due", "30/08/2026", "day_not_iso"),
     ("--due", "1950-01-01", "due_out_of_range"), ("--on", "2026-13-01", "day_unknown"), ("--on", "2025-12-31", "no_rate_card")],
)  # fmt: skip
def test_what_cannot_be_priced_is_refused_and_not_kept(
    shop: House, capsys: pytest.CaptureFixture[str], option: str, value: str, code: str
) -> None:
    argv = list(ASKED)
    argv[argv.index(option) + 1] = value
    exit_code, found = document(capsys, *argv)
    assert exit_code == 1 and found["error"]["code"] == code and found["error"]["message"]
    with scope(shop.id):
        assert not Quote.objects.exists()


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["--creditor", "SE"],
        [*ASKED, "--colour", "red"],
        [*ASKED, "--due"],
        [*ASKED, "--due", "2026-01-01"],
        [*ASKED, "x"],
    ],
)
def test_wrong_usage_is_two(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argv) == 2 and "usage" in capsys.readouterr().err


def test_without_an_agency_there_is_no_price(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = document(capsys, *ASKED)
    assert code == 1 and found["error"]["code"] == "no_agency"


def test_people_get_a_table(shop: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ASKED) == 0
    text = capsys.readouterr().out
    assert "12.5 % = 2300.00 EUR" in text and "Germany" in text and "/quote/" in text
