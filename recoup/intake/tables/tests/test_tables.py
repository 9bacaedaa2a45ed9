"""Tables of every encoding and dialect are read whole, or refused by name."""

import csv
import io
import re
import zipfile
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from recoup.intake.tables import read_table
from recoup.intake.tables.decode import decode
from recoup.intake.tables.table import is_blank
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


def test_im11_links_outside_dde_and_embedded_objects_are_passed_over():
    """What a workbook points at is neither fetched nor run: the value last seen stands in its cell."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for row, formula in enumerate(("=cmd|'/c calc'!A1", "=[1]Other!A1", '=WEBSERVICE("http://127.0.0.1:9/x")', '=HYPERLINK("http://127.0.0.1:9/x","Pay")')):  # fmt: skip
            sheet.write_formula(row, 0, formula, None, f"seen {row}")
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("xl/externalLinks/externalLink1.xml", "<externalLink><ddeLink ddeService='cmd' ddeTopic='/c calc'/></externalLink>")  # fmt: skip
        package.writestr("xl/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0" + b"MZ" * 200)
    table = read_table(out.getvalue(), file="x.xlsx")
    assert [row.cells for row in table.sheets[0].rows] == [[f"seen {row}"] for row in range(4)]


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


def test_a_sheet_that_begins_further_in_keeps_its_rows_and_columns():
    xlsxwriter = pytest.importorskip("xlsxwriter")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(2, 2, ["a", "b"])
        sheet.write_formula(4, 3, "=1/0", None, "#DIV/0!")
    rows = read_table(out.getvalue(), file="x.xlsx").sheets[0].rows
    assert [(row.number, row.cells) for row in rows] == [
        (3, ["", "", "a", "b"]),
        (5, ["", "", "", "#DIV/0!"]),
    ]


def test_a_cell_that_holds_an_error_is_not_blank():
    """An error in the column of what was paid must not pass for nothing paid."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("Other & first").write_string(0, 0, "x")
        sheet = book.add_worksheet("Debts & more")
        sheet.write_row(0, 0, ["Amount", "Paid", "Town"])
        sheet.write_number(1, 0, 5)
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_string(1, 2, "Luleå")
    table = read_table(out.getvalue(), file="x.xlsx")
    assert [cell_text(c) for c in table.sheets[1].rows[1].cells] == ["5", "#DIV/0!", "Luleå"]


def test_days_of_both_calendars_are_the_same_days():
    """IM13."""
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
    # Every cell as the stated encoding and delimiter have it.
    stated = path.read_bytes().decode(truth["encoding"].replace("ascii", "utf-8")).removeprefix("\ufeff")  # fmt: skip
    wanted = [r for r in csv.reader(io.StringIO(stated, newline=""), delimiter=table.delimiter, quotechar=truth["quotechar"] or '"') if any(c.strip("\ufeff \xa0") for c in r)]  # fmt: skip
    assert [row.cells for row in rows] == wanted


SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
EPOCHS = {True: date(1904, 1, 1), False: date(1899, 12, 30)}


def raw_sheets(path):
    """(name, rows of what each cell that is not empty holds) of the visible sheets, straight from the
    package's XML: text, or the number as written."""
    with zipfile.ZipFile(path) as package:
        parts = {n.lower(): n for n in package.namelist()}

        def xml(name):
            return ElementTree.fromstring(package.read(parts[name.lower()]))

        book = xml("xl/workbook.xml")
        links = {e.get("Id"): e.get("Target").removeprefix("/xl/") for e in xml("xl/_rels/workbook.xml.rels")}  # fmt: skip
        shared = ["".join(t.text or "" for part in ("t", "r/{}t") for t in si.findall(SHEET + part.format(SHEET)))
                  for si in xml("xl/sharedstrings.xml")] if "xl/sharedstrings.xml" in parts else []  # fmt: skip
        properties = book.find(SHEET + "workbookPr")
        old = properties is not None and properties.get("date1904") in ("1", "true")
        for sheet in book.iter(SHEET + "sheet"):
            target = links[next(v for k, v in sheet.attrib.items() if k.endswith("}id"))]
            if sheet.get("state", "visible") == "visible" and target.startswith("worksheets"):
                yield sheet.get("name"), [held_by(cell, shared) for cell in xml(f"xl/{target}").iter(SHEET + "c")], old  # fmt: skip


def held_by(cell, shared):
    row = int(re.sub(r"[^0-9]", "", cell.get("r"))) if cell.get("r") else 0
    value = cell.find(SHEET + "v")
    if cell.get("t") == "inlineStr":
        return row, "s", "".join(t.text or "" for t in cell.iter(SHEET + "t"))
    text = value.text or "" if value is not None else ""
    return row, cell.get("t", "n"), shared[int(text)] if cell.get("t") == "s" else text


@held
@pytest.mark.parametrize("path", [
    pytest.param(p, id=p.name) for p in (sorted(DATA.rglob("*.xlsx")) if DATA.exists() else [])
])  # fmt: skip
def test_every_workbook_is_read_cell_by_cell_or_refused_by_name(path):
    try:
        table = read_table(path.read_bytes(), file=path.name)
    except Refusal as refusal:
        assert path.name in refusal.sentence()
        return
    found = {s.name: s for s in table.sheets}
    for name, cells, old in raw_sheets(path):
        mine = [c for row in found[name].rows for c in row.cells if not is_blank(c)]
        theirs = [(kind, text) for _, kind, text in cells if text.strip("\u00a0 \t\r\n")]
        assert len(mine) == len(theirs), name
        for a, (kind, text) in zip(mine, theirs, strict=True):
            assert same(a, kind, text, EPOCHS[old]), (name, a, kind, text)


def same(mine, kind, text, epoch):
    if isinstance(mine, bool):
        return kind == "b" and mine is (text == "1")
    if isinstance(mine, date):
        stated = text[:10] if kind == "d" else str(epoch + timedelta(days=int(float(text))))
        return str(mine) == stated or float(text) < 61  # the leap day that 1900 never had
    if isinstance(mine, Decimal):
        return abs(float(mine) - float(text)) <= 1e-9 * max(1.0, abs(float(text)))
    if kind in ("s", "str", "inlineStr", "e"):
        return (
            mine.split()
            == text.replace("_x005F_", "\0").replace("_x000D_", "").replace("\0", "_").split()
        )
    return kind == "n"  # a time of day or a duration, given as text
