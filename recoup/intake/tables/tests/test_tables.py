"""Tables of every encoding and dialect are read whole, or refused by name."""

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from recoup.intake.tables import read_table
from recoup.intake.tables.decode import decode
from recoup.intake.tables.workbook import cell_text
from recoup.kernel.refusal import Refusal

DATA = Path(__file__).parents[4].parent / "shared" / "data" / "09_messy_tables" / "open"
held = pytest.mark.skipif(not DATA.exists(), reason="../shared/data/09_messy_tables is not there")
HEAD = "Firma;Ort;Betrag\n"


def code_of(content, file="x.csv"):
    with pytest.raises(Refusal) as refused:
        read_table(content, file=file)
    return refused.value.code


@pytest.mark.parametrize(("text", "encoding"), [
    ("Müller & Söhne;Straße;Größe\n" * 9, "cp1252"), ("Créances;10 €;à régler\n" * 9, "iso8859-15"),
    ("Müller & Söhne;Straße\n".replace("\n", "\r") * 9, "mac_roman"), ("公司名称;绿之峰股份有限公司;金额\n" * 9, "gb18030"),
    ("公司名稱;朋聯實業有限公司;九龍觀塘區\n" * 9, "big5hkscs"), ("Αθήνα;Εταιρεία;Ποσό\n" * 9, "iso8859-7"),
])  # fmt: skip
def test_an_undeclared_encoding_is_found_and_said_to_be_a_guess(text, encoding):
    found, name, guessed = decode(text.encode(encoding), file="x.csv")
    assert (found, guessed) == (text, True), name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_declared_encoding_is_no_guess_and_leaves_no_mark(encoding):
    table = read_table((HEAD + "Åä;Malmö;1\n").encode(encoding), file="x.csv")
    assert not table.guessed and table.sheets[0].rows[0].cells[0] == "Firma"


def test_utf16_without_a_mark_is_read():
    assert (
        read_table((HEAD + "Åä;Malmö;1\n").encode("utf-16-le"), file="x.csv").sheets[0].width == 3
    )


def test_a_quote_left_open_is_refused_with_its_line_however_long_the_file():
    """IM02: the csv module alone would swallow the rows after it into one cell."""
    rows = "".join(f'"Firma {i}";"Ort";{i}\n' for i in range(5000))
    broken = HEAD + '"Offen;"Ort";1\n' + rows
    with pytest.raises(Refusal) as refused:
        read_table(broken.encode(), file="x.csv")
    assert refused.value.code == "quote_open" and refused.value.params["row"] == 2
    unquoted = HEAD + '"Offen;Ort;1\n' + "".join(f"Firma {i};Ort;{i}\n" for i in range(500))
    assert code_of(unquoted.encode()) == "quote_open"


@pytest.mark.parametrize("content", [b"", b"  \n\r\n \t", b"\xef\xbb\xbf", b";;;\n;;;\n"])
def test_nothing_is_not_zero_rows_taken(content):
    assert code_of(content) == "no_rows"


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7", b"\xd0\xcf\x11\xe0 old", b"MZ....", b"PK\x03\x04 broken"]
)
def test_what_is_no_table_is_refused_whatever_it_is_called(content):
    assert code_of(content, "liste.csv") in ("not_a_table", "workbook_broken")


def test_a_huge_cell_and_a_nul_leave_the_other_rows_alone():
    content = HEAD + "A;" + "x" * 200_000 + ";1\n" + "B\x00;Ort;2\n" + "C;Ort;3\n"
    assert [len(row.cells) for row in read_table(content.encode(), file="x").sheets[0].rows] == [
        3
    ] * 4


def package(extra=None, content=b"<a/>", name="xl/workbook.xml"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", b"<Types/>")
        book.writestr(name, content)
        for part in extra or ():
            book.writestr(part, b"x")
    return out.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked():
    """IM10."""
    assert code_of(package(content=b"0" * 30_000_000), "x.xlsx") == "workbook_too_big"
    assert code_of(package([f"xl/p{i}" for i in range(1001)]), "x.xlsx") == "workbook_too_big"


def test_macros_are_refused_whatever_the_ending():
    """IM11."""
    assert code_of(package(["xl/vbaProject.bin"]), "x.xlsx") == "workbook_macros"


def test_a_workbook_that_claims_a_million_columns_ends_in_the_child():
    xlsxwriter = pytest.importorskip("xlsxwriter")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "a")
        sheet.write_string(1048575, 16383, "z")
    assert code_of(out.getvalue(), "x.xlsx") == "workbook_too_big"


def workbook(rows, **options):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("Liste")
        hidden = book.add_worksheet("Archiv")
        hidden.hide()
        hidden.write_string(0, 0, "old")
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                sheet.write(y, x, cell)
    return out.getvalue()


def test_a_workbook_gives_text_as_text_and_leaves_hidden_sheets_out():
    rows = read_table(workbook([["Nr", "Betrag"], ["00123", 12.5], ["1-2", 3]]), file="x.xlsx")
    assert rows.left_out == ("Archiv",) and len(rows.sheets) == 1
    assert [[cell_text(c) for c in row.cells] for row in rows.sheets[0].rows][1:] == [
        ["00123", "12.5"],
        ["1-2", "3"],
    ]


def test_days_of_both_calendars_are_the_same_days():
    """IM13."""
    from datetime import date

    for options in ({}, {"date_1904": True}):
        xlsxwriter = pytest.importorskip("xlsxwriter")
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, options) as book:
            style = book.add_format({"num_format": "dd.mm.yyyy"})
            book.add_worksheet().write_datetime(0, 0, date(2026, 3, 1), style)
        assert read_table(out.getvalue(), file="x.xlsx").sheets[0].rows[0].cells == [
            date(2026, 3, 1)
        ]


@held
@pytest.mark.parametrize("truth", [
    pytest.param(row, id=row["file"]) for row in (csv.DictReader(io.StringIO((DATA / "GROUND_TRUTH_text_tables.csv").read_text())) if DATA.exists() else [])
])  # fmt: skip
def test_every_text_table_is_read_as_its_ground_truth_or_refused_by_name(truth):
    path = DATA / truth["file"]
    try:
        table = read_table(path.read_bytes(), file=path.name)
    except Refusal as refusal:
        assert path.name in refusal.sentence()
        assert truth["status"] != "ok" or truth["delimiter"] in ("(single column)", " "), (
            refusal.code
        )
        return
    rows = table.sheets[0].rows
    delimiter = {"\t": "TAB"}.get(table.delimiter, table.delimiter)
    if truth["delimiter"] in ",;|TAB":
        assert delimiter == truth["delimiter"]
        assert Counter(len(row.cells) for row in rows).most_common(1)[0][0] == int(
            truth["columns_mode"]
        )
    # Wholly blank rows are counted there and left out here; nothing else may be missing.
    text = path.read_bytes().decode(table.encoding)
    raw = [r for r in csv.reader(io.StringIO(text, newline=""), delimiter=table.delimiter) if r]
    assert len(rows) == sum(any(c.strip("\ufeff \xa0") for c in r) for r in raw)
    assert len(raw) == int(truth["rows_incl_header"])
