"""Notices read from files: own samples of each register, and the real ones where they lie beside the project."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from recoup.insolvency.notices import read
from recoup.insolvency.states import NoticeKind
from recoup.kernel.refusal import Refusal

SHARED = Path(__file__).parents[4] / "shared" / "data" / "08_insolvency_notices" / "open"
DELTA = {"insolvency": [{"company_number": "01234567", "delta_at": "20261008152823383176", "case_numbers": [{
    "case_number": 1, "case_type": "Compulsory Liquidation", "petition_date": "20260901",
    "wind_up_date": "20261005", "appointments": [{"forename": "Ann", "surname": "Lee", "appt_date": "20261006",
    "practitioner_address": {"address_line_1": "1 High Street", "postal_code": "AB1 2CD"}}]}]}]}  # fmt: skip
BODACC = {"total_count": 7, "results": [
    {"id": "A9", "familleavis": "collective", "dateparution": "2026-10-09", "registre": ["811 038 504", "811038504"],
     "commercant": "LES CORDAGES", "tribunal": "TAE de Lyon", "jugement": json.dumps(
         {"nature": "Jugement d'ouverture", "date": "2026-09-23", "complementJugement": "Redressement judiciaire."})},
    {"id": "C1", "familleavis": "dpc", "registre": ["123456789"]},
]}  # fmt: skip
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:f="https://www.thegazette.co.uk/facets"><f:total>5</f:total>
<entry><id>https://www.thegazette.co.uk/id/notice/77</id><title>NORTHERN ROPE LTD</title><published>2026-07-04T07:43:53Z</published>
<content>Notice of winding-up. (Company Number 09857485) Cheltenham, GL50 1YD</content><f:notice-code>2452</f:notice-code></entry></feed>"""


def test_a_delta_of_companies_house_gives_each_case_with_its_dates_and_practitioner():
    (found,) = read(json.dumps(DELTA).encode(), "delta.json").notices
    assert (found.number, found.country, found.kind) == ("01234567", "GB", NoticeKind.LIQUIDATION)
    assert found.event_on == date(2026, 10, 5), "the order, not the petition"
    assert found.practitioners[0].name == "Ann Lee"
    assert found.practitioners[0].address == "1 High Street, AB1 2CD"


def test_bodacc_tells_proceedings_from_accounts_filed():
    reading = read(json.dumps(BODACC).encode(), "b.json")
    assert reading.total == 7
    opened, accounts = reading.notices
    assert (opened.number, opened.kind, opened.event_on) == (
        "811038504",
        NoticeKind.REORGANISATION,
        date(2026, 9, 23),
    )
    assert accounts.kind == NoticeKind.NONE


def test_the_gazettes_feed_gives_number_and_postcode_out_of_its_text():
    reading = read(ATOM, "g.atom")
    (found,) = reading.notices
    assert (found.company, found.number, found.postcode, found.notice_id) == (
        "NORTHERN ROPE LTD",
        "09857485",
        "GL50 1YD",
        "77",
    )
    assert (found.kind, reading.total) == (NoticeKind.LIQUIDATION, 5)


def test_a_table_keeps_its_good_rows_and_names_the_bad_ones():
    table = "company;number;country;kind;event_on\nRep AB;5560360793;SE;Konkurs;2026-10-01\n;;SE;Konkurs;\nX AB;1;SE;Konkurs;soon\n"
    reading = read(table.encode(), "t.csv")
    assert [n.kind for n in reading.notices] == [NoticeKind.BANKRUPTCY]
    assert reading.warnings == (
        "row 3: neither a company nor a number is given.",
        "row 4: “soon” is no day.",
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "notices_no_rows"), (b"  \n", "notices_no_rows"), (b"{", "notices_unreadable"), (b"[1]", "notices_unknown"),
        (b'{"a": NaN}', "notices_unreadable"), (b"<a/>", "notices_unknown"), (b"<!DOCTYPE a><a/>", "xml_doctype"),
        (b"a;b\n1;2\n", "notices_columns"), (b"company\n", "notices_no_rows"), (b"\xff\xfa", "notices_unreadable"),
        (b'{"insolvency": [{"case_numbers": "x"}]}', "notices_unreadable"), (b"[" * 100_000, "notices_unreadable"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_notices_is_refused_by_name(content, code):
    with pytest.raises(Refusal) as refused:
        read(content, "notices.x")
    assert refused.value.code == code
    assert "notices.x" in refused.value.sentence()


def rows() -> list[dict[str, str]]:
    if not SHARED.is_dir():
        return []
    with open(SHARED / "GROUND_TRUTH.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared/data/08_insolvency_notices is not here")
@pytest.mark.parametrize("row", rows(), ids=lambda r: r["file"].rsplit("/", 1)[-1])
def test_real_files_give_what_the_ground_truth_says(row):
    content = (SHARED / row["file"]).read_bytes()
    if row["well_formed"] == "False":
        with pytest.raises(Refusal):
            read(content, row["file"])
        return
    reading = read(content, row["file"])
    found = reading.notices
    if row["entries"]:
        assert len(found) == int(row["entries"])
    if row["cases"]:
        assert len([n for n in found if n.kind != NoticeKind.DELETED]) == int(row["cases"])
    if row["total"]:
        assert reading.total == int(row["total"])
    if row["companies"]:
        assert [n.company for n in found] == row["companies"].split("|")
    if row["company_numbers"]:
        assert [n.number for n in found] == row["company_numbers"].split("|")
    if row["notice_codes"]:
        assert "|".join(n.code for n in found) == row["notice_codes"]
    if row["postcode"]:
        assert [n.postcode for n in found] == [row["postcode"]]
    if row["judgment_date"]:
        assert [n.event_on for n in found] == [date.fromisoformat(row["judgment_date"])]
    told = {d for n in found for _, d in n.dates} | {
        d for n in found for d in (n.published_on, n.event_on) if d
    }
    told |= {d for n in found for p in n.practitioners for d in (p.appointed_on, p.ceased_on) if d}
    for said in row["dates"].split("|"):
        compact = said.replace("-", "")
        if (
            len(compact) == 8
            and compact.isdigit()
            and not any(said == n.number for n in found)
            and compact < "2100"
        ):
            assert date(int(compact[:4]), int(compact[4:6]), int(compact[6:])) in told, said
    if row["expected_kind"]:
        assert expected(row["expected_kind"]) == {n.kind for n in found}
    if row["case_types"]:
        assert all(n.kind not in (NoticeKind.UNCLEAR, NoticeKind.NONE) for n in found)


def expected(said: str) -> set[NoticeKind]:
    words = {"winding-up petition": NoticeKind.PETITION, "none": NoticeKind.NONE}
    return {words.get(w.split(" (")[0], NoticeKind.LIQUIDATION) for w in said.split("|")}
