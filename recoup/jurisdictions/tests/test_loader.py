"""The loader refuses what a pack must not hold, and every pack that is there stands up to it."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from recoup.jurisdictions import facts, periods
from recoup.jurisdictions.formulas.rates import statutory
from recoup.jurisdictions.formulas.tariffs import table_fee, tables
from recoup.jurisdictions.rules import CODES, rules
from recoup.jurisdictions.rules import build as build_rules
from recoup.jurisdictions.series import build, names_in, series
from recoup.jurisdictions.yamlfile import HERE, BadPack, parse, read
from recoup.kernel.refusal import NotKnown, Refusal

GOOD = {
    "series": "XX_RATE", "unit": "percent", "period": "half_year", "refresh": "1 January and 1 July",
    "checked_to": "2026-12-31",
    "rows": [
        {"from": "2026-01-01", "value": "2.00", "source": "a notice", "verified": "read"},
        {"from": "2026-07-01", "value": "2.50", "source": "a notice", "verified": "background"},
    ],
}  # fmt: skip


def spoilt(**change: object) -> dict[str, object]:
    return GOOD | change


def row(**change: object) -> dict[str, object]:
    return GOOD["rows"][1] | change  # type: ignore[index,operator]


FIRST = GOOD["rows"][0]  # type: ignore[index]


def test_a_good_series_loads_and_says_what_is_provisional() -> None:
    values = build(GOOD, name="XX_RATE")
    assert values.at(date(2026, 6, 30)).value == Decimal("2.00")
    assert values.at(date(2026, 7, 1)).value == Decimal("2.50")
    assert [one.provisional for one in values.rows] == [False, True]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (spoilt(rows=[row(), FIRST]), "does not come after"),
        (spoilt(rows=[FIRST, FIRST]), "does not come after"),
        (spoilt(rows=[FIRST, row(**{"from": "2027-01-01"})]), "gap, XX_RATE 2026-H2" [:4]),
        (spoilt(rows=[FIRST, row(**{"from": "2026-06-01"})]), "starts on"),
        (spoilt(rows=[FIRST, row(source="")]), "no source"),
        (spoilt(rows=[FIRST, row(verified=" ")]), "no verified"),
        (spoilt(rows=[FIRST, row(value="2,50")]), "not a quoted figure"),
        (spoilt(rows=[FIRST, row(value=2.5)]), "not a quoted figure"),
        (spoilt(rows=[FIRST, row(value="NaN")]), "not a quoted figure"),
        (spoilt(rows=[FIRST, row(value="1e1")]), "not a quoted figure"),
        (spoilt(rows=[FIRST, row(**{"from": "2026-7-1"})]), "not a quoted day"),
        (spoilt(rows=[FIRST, row(to="2026-12-31")]), "stated ends"),
        (spoilt(rows=[FIRST, row(remark="x")]), "unknown key"),
        (spoilt(rows=[]), "no rows"),
        (spoilt(remark="x"), "unknown key"),
        (spoilt(period="weekly"), "is none of"),
        (spoilt(checked_to="2027-06-30"), "is not the end"),
        (spoilt(checked_to=None), "not a quoted day"),
        (spoilt(series="XX_OTHER"), "the file holds"),
        (spoilt(period="on_change", checked_to="2026-06-30"), "ends before it starts"),
    ],
)  # fmt: skip
def test_a_spoilt_series_is_refused(content: dict[str, object], says: str) -> None:
    with pytest.raises(BadPack, match=says):
        build(content, name="XX_RATE")


def test_overlapping_stated_rows_are_refused() -> None:
    rows = [
        row(**{"from": "2026-01-01", "to": "2026-02-01"}),
        row(**{"from": "2026-02-01", "to": "2026-03-01"}),
    ]
    with pytest.raises(BadPack, match="overlaps"):
        build(
            spoilt(period="stated", gaps=True, checked_to="2026-03-01", rows=rows), name="XX_RATE"
        )


def test_a_partial_series_must_own_up_to_its_gaps() -> None:
    with pytest.raises(BadPack, match="gaps: true"):
        build(spoilt(series="XX_RATE_PARTIAL"), name="XX_RATE_PARTIAL")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("value: 2.5", "must be quoted"), ("value: 5.0e+3", "must be quoted"), ("value: 2", "must be quoted"),
        ("from: 2026-01-01", "must be quoted"), ("value: .nan", "must be quoted"),
        ("a: '1'\na: '2'", "stands twice"), ("- a", "must be a mapping"), ("a: [", "not YAML"),
        ("2026: a", "must be quoted"), ("a: !!python/object:os.system x", "not YAML"),
    ],
)  # fmt: skip
def test_floats_unquoted_figures_and_doubled_keys_refuse_the_file(text: str, says: str) -> None:
    with pytest.raises(BadPack, match=says):
        parse(text, name="x.yaml")


FOLDERS = [HERE / "eu", *sorted((HERE / "countries").iterdir())]
ALL = [name for folder in FOLDERS for name in names_in(folder)]


@pytest.mark.parametrize("name", ALL)
def test_every_series_loads_and_ends_where_it_is_known(name: str) -> None:
    values = series(name)
    end = values.status(today=date(2026, 11, 21)).known_to
    if values.period != "standing":
        with pytest.raises(NotKnown) as missing:
            values.at(date.fromordinal(end.toordinal() + 1))
        assert missing.value.params["found"].startswith(name)
    with pytest.raises(NotKnown):
        values.at(date.fromordinal(values.rows[0].first.toordinal() - 1))


def test_forty_two_series_are_held() -> None:
    assert len(ALL) == len(set(ALL)) == 42


def test_a_missing_half_year_is_named() -> None:
    with pytest.raises(NotKnown, match="SE_REFERENSRANTA 2027-H1"):
        series("SE_REFERENSRANTA").at(date(2027, 1, 1))
    with pytest.raises(NotKnown, match="HK_JUDGMENT_RATE 2027-Q1"):
        series("HK_JUDGMENT_RATE").at(date(2027, 3, 31))
    with pytest.raises(NotKnown, match="TR_TTK1530_RATE 2024"):
        series("TR_TTK1530_RATE").at(date(2024, 5, 1))
    with pytest.raises(NotKnown, match="NO_STANDARDKOMPENSASJON_NOK 2016-H1"):
        series("NO_STANDARDKOMPENSASJON_NOK").at(date(2016, 1, 1))
    with pytest.raises(NotKnown, match="JP_STATUTORY 2026-04 to 2029-03"):
        series("JP_STATUTORY").at(date(2026, 4, 1))


def test_the_partial_series_never_carries_forward() -> None:
    values = series("ZA_PRESCRIBED_RATE_PARTIAL")
    assert values.at(date(2024, 12, 16)).value == Decimal("11.5")
    for day in (date(2018, 6, 1), date(2022, 2, 1), date(2025, 1, 1)):
        with pytest.raises(NotKnown):
            values.at(day)


@pytest.mark.parametrize(
    "name", ["", "../SE", "SE_referensranta", "SE", "XX_RATE", "SE_NOTHING", "A" * 300]
)
def test_an_unknown_series_is_refused(name: str) -> None:
    with pytest.raises(Refusal, match="no series"):
        series(name)


# A published total must equal base plus margin by the country's formula (traps 9, 10 and 11).
TOTALS = [code for code in CODES if rules(code).interest["kind"] == "base_plus_margin"]


@pytest.mark.parametrize("code", TOTALS)
def test_base_plus_margin_reproduces_every_published_total(code: str) -> None:
    table = statutory(rules(code).interest)
    assert table is not None
    published = series(f"{code}_B2B_STATUTORY")
    assert {row.first.toordinal(): row.value for row in published.rows} == {
        row.first: row.rate for row in table.rows
    }


@pytest.mark.parametrize("code", CODES)
def test_every_pack_stands(code: str) -> None:
    own = rules(code)
    assert own.code == code
    answered = list(facts.facts(code))
    assert len(answered) == 45
    for one in answered:
        assert one.value is None or (one.source and one.verified)
    for tariff in (own.folder / "tariffs").glob("*.yaml"):
        assert tables(own.folder, tariff.stem)


def test_rules_without_a_source_are_refused() -> None:
    content = read(HERE / "countries" / "se" / "rules.yaml")
    content["interest"].pop("source")
    with pytest.raises(BadPack, match="interest: no source"):
        build_rules(content, folder=HERE)
    content = read(HERE / "countries" / "se" / "rules.yaml")
    content["conventions"]["day_count"] = "act/364"
    with pytest.raises(BadPack, match="act/364"):
        build_rules(content, folder=HERE)


@pytest.mark.parametrize("code", ["", "SWE", "se", "US", "XX", "../se", "US_NY"])
def test_an_unknown_jurisdiction_is_refused_by_name(code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        rules(code)
    assert refusal.value.code == "jurisdiction_unknown"


def test_periods_have_their_names_and_bounds() -> None:
    day = date(2026, 8, 31)
    assert periods.half_year(day) == (date(2026, 7, 1), date(2026, 12, 31))
    assert periods.quarter(day) == (date(2026, 7, 1), date(2026, 9, 30))
    assert periods.month(date(2024, 2, 5)) == (date(2024, 2, 1), date(2024, 2, 29))
    assert periods.year(day) == (date(2026, 1, 1), date(2026, 12, 31))
    assert periods.three_years(date(2026, 3, 31)) == (date(2023, 4, 1), date(2026, 3, 31))
    assert [periods.name(p, day) for p in ("half_year", "quarter", "year", "month", "on_change")] == [
        "2026-H2", "2026-Q3", "2026", "2026-08", "2026-08-31",
    ]  # fmt: skip


def test_norway_is_not_false() -> None:
    found = parse("country: NO\non: 'a day'\nflag: true", name="x.yaml")
    assert found == {"country": "NO", "on": "a day", "flag": True}


VERSION = {
    "from": "2025-01-01", "first": {"up_to": "500", "fee": "50"}, "steps": [], "source": "a law", "verified": "read",
}  # fmt: skip


@pytest.mark.parametrize(
    ("versions", "says"),
    [
        ([VERSION | {"source": ""}], "no source"),
        ([VERSION | {"verified": ""}], "no source or degree"),
        ([VERSION, VERSION | {"from": "2026-01-01"}], "overlaps"),
        ([VERSION | {"to": "2026-01-01"}, VERSION | {"from": "2026-01-01"}], "overlaps"),
        ([VERSION | {"to": "2025-12-31"}, VERSION | {"from": "2026-01-01"}], None),
    ],
)
def test_fee_tables_are_sourced_and_do_not_overlap(
    versions: list[object], says: str | None, tmp_path: Path
) -> None:
    (tmp_path / "tariffs").mkdir()
    (tmp_path / "tariffs" / "XX.yaml").write_text(
        json.dumps({"table": "XX", "versions": versions}), encoding="utf-8"
    )
    if says is None:
        for day, fee in ((date(2025, 1, 1), 50), (date(2025, 12, 31), 50), (date(2026, 1, 1), 50)):
            assert table_fee(tmp_path, "XX", Decimal("500"), day) == fee
        with pytest.raises(NotKnown, match="XX 2024-12-31"):
            table_fee(tmp_path, "XX", Decimal("500"), date(2024, 12, 31))
        return
    with pytest.raises(BadPack, match=says):
        tables(tmp_path, "XX")
