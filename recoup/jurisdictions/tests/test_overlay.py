"""Values entered beside the packs: only what they say, only in the computation they are given to."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from recoup.console.owed import run
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.overlay import NONE, Overlay, current, parse_overlay, using
from recoup.jurisdictions.owed import Claim, Request, owed
from recoup.jurisdictions.owed.bulk import interest_factors
from recoup.jurisdictions.series import pack_series, series
from recoup.kernel.refusal import NotKnown, Refusal

BASE = {"series": "DE_BASISZINSSATZ", "from": "2027-01-01", "value": "1.77", "source": "BAnz"}
ASKED = Request(
    jurisdiction="DE", currency="EUR", as_of=date(2027, 1, 31), as_of_counted=True,
    claims=(Claim(ref="A", amount=Decimal("1000.00"), due=date(2026, 12, 31)),),
)  # fmt: skip


def beside(**other: str) -> Overlay:
    return parse_overlay([BASE | other])


def test_without_the_value_the_half_year_is_not_known_and_with_it_it_is():
    with pytest.raises(NotKnown, match="2027-H1"):
        owed(ASKED)
    answer = owed(replace(ASKED, overlay=beside()))
    [segment] = answer.segments
    assert (segment.base, segment.rate) == (Decimal("1.77"), Decimal("10.77"))
    assert answer.interest == Decimal("9.15")  # 1000 × 10.77 % × 31 / 365
    assert answer.entered and any("entered and confirmed" in r.sentence() for r in answer.why)
    with pytest.raises(NotKnown, match="2027-H1"):
        owed(ASKED)


def test_a_day_after_the_entered_half_year_is_not_known_either():
    with pytest.raises(NotKnown, match="2027-H2"):
        owed(replace(ASKED, as_of=date(2027, 7, 1), overlay=beside()))


def test_the_packs_are_unchanged_and_two_overlays_do_not_mix():
    before = pack_series("DE_BASISZINSSATZ")
    one = owed(replace(ASKED, overlay=beside()))
    two = owed(replace(ASKED, overlay=beside(value="2.77")))
    assert two.segments[0].rate - one.segments[0].rate == 1
    assert pack_series("DE_BASISZINSSATZ") is before is series("DE_BASISZINSSATZ")
    assert current() is NONE


def test_an_answer_within_the_pack_does_not_rest_on_the_overlay():
    asked = replace(ASKED, as_of=date(2026, 12, 31), overlay=beside())
    asked = replace(asked, claims=(replace(ASKED.claims[0], due=date(2026, 8, 1)),))
    answer = owed(asked)
    assert not answer.entered
    assert answer == owed(replace(asked, overlay=NONE))


def test_law_status_and_factors_see_it_too():
    with pytest.raises(NotKnown):
        interest_factors("DE", until=date(2027, 1, 31))
    with using(beside()):
        rate = law("DE").late_interest(default_on=date(2027, 1, 1), on=date(2027, 1, 2)).rate
        status = series("DE_BASISZINSSATZ").status(today=date(2027, 2, 1))
        factors = interest_factors("DE", until=date(2027, 1, 31))
    assert rate == Decimal("10.77") and not status.stale and status.last_period == "2027-H1"
    got = factors.interest(100_000, date(2027, 1, 1), date(2027, 2, 1))
    assert got == 915


def test_a_change_needs_the_day_until_which_it_is_known():
    change = {"series": "CN_LPR_1Y_CHANGES", "from": "2026-11-20", "value": "2.9", "source": "PBC"}
    with pytest.raises(Refusal, match="until which day"):
        parse_overlay([change])
    [row] = parse_overlay([change | {"to": "2026-12-19"}]).rows
    assert row.last == date(2026, 12, 19)


@pytest.mark.parametrize(
    "wrong, code",
    [
        ({"from": "2026-07-01"}, "rate_known"),
        ({"from": "2027-02-01"}, "period_start"),
        ({"from": "1901-01-01"}, "before_the_series"),
        ({"value": "1,77"}, "figure_not_plain"),
        ({"value": "NaN"}, "figure_not_plain"),
        ({"value": 1.77}, "not_text"),
        ({"source": " "}, "not_text"),
        ({"series": "DE_NOTHING"}, "series_unknown"),
        ({"series": "../../etc"}, "series_unknown"),
        ({"more": "x"}, "unknown_key"),
    ],
)
def test_what_is_refused(wrong, code):
    with pytest.raises(Refusal) as caught:
        parse_overlay([BASE | wrong])
    assert caught.value.code == code


@pytest.mark.parametrize("day", ["0026-01-01", "2027-13-01", "1.1.2027"])
def test_a_day_that_is_none_is_refused(day):
    with pytest.raises(Refusal, match="from"):
        parse_overlay([BASE | {"from": day}])


def test_the_same_half_year_twice_is_refused():
    with pytest.raises(Refusal) as caught:
        parse_overlay([BASE, BASE | {"value": "2"}])
    assert caught.value.code == "rate_known"


def test_recoup_owed_takes_an_overlay_file(tmp_path, capsys):
    asked, values = tmp_path / "asked.json", tmp_path / "values.json"
    asked.write_text(
        json.dumps(
            {"jurisdiction": "DE", "currency": "EUR", "as_of": "2027-01-31",
             "claims": [{"ref": "A", "amount": "1000.00", "due": "2026-12-31"}]}
        )
    )  # fmt: skip
    values.write_text(json.dumps([BASE]))
    assert run([str(asked), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "not_known"
    assert run([str(asked), "--json", "--overlay", str(values)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["entered"] is True and found["segments"][0]["rate"] == "10.77"
    assert run([str(asked), "--overlay"]) == 2


def test_an_entered_amount_says_that_the_compensation_rests_on_it():
    doc = [{"series": "NO_STANDARDKOMPENSASJON_NOK", "from": "2027-01-01", "value": "480", "source": "Finanstilsynet"},
           {"series": "NO_FORSINKELSESRENTE", "from": "2027-01-01", "value": "12.25", "source": "Finanstilsynet"}]  # fmt: skip
    claims = (Claim("A", Decimal("1000.00"), date(2026, 12, 31)),)
    answer = owed(Request("NO", "NOK", date(2027, 1, 31), claims, overlay=parse_overlay(doc)))
    assert answer.compensation.amount == Decimal("480.00")
    assert {r.params["series"] for r in answer.why if r.code == "entered_value"} == {
        "NO_STANDARDKOMPENSASJON_NOK",
        "NO_FORSINKELSESRENTE",
    }
