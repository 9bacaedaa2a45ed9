"""One file to its table, or a refusal that names it. Pure."""

from recoup.intake.tables.decode import decode
from recoup.intake.tables.delimited import no_rows, read_delimited
from recoup.intake.tables.table import Table
from recoup.intake.tables.workbook import is_workbook, read_workbook
from recoup.kernel.refusal import N_, Refusal

LARGEST = 60_000_000
# By their first bytes: what is no table, whatever it is called.
OTHERS = (
    (b"%PDF", "PDF"), (b"\xd0\xcf\x11\xe0", "XLS"), (b"\x1f\x8b", "GZIP"), (b"MZ", "EXE"),
    (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"{\\rtf", "RTF"), (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7Z"),
)  # fmt: skip


def read_table(content: bytes, *, file: str) -> Table:
    """The sheets of a CSV or XLSX file. `file` names it in messages.

    Raises `Refusal`: `file_too_large`, `no_rows`, `not_a_table`, `workbook_…`, `encoding_…`,
    `no_delimiter`, `quote_open`.
    """
    if len(content) > LARGEST:
        raise Refusal(
            "file_too_large", N_("%(file)s has %(found)d MB; up to %(most)d can be taken at once."),
            file=file, found=len(content) // 1_000_000, most=LARGEST // 1_000_000,
        )  # fmt: skip
    if not content.strip(b"\x00 \t\r\n"):
        raise no_rows(file)
    if is_workbook(content):
        sheets, hidden = read_workbook(content, file=file)
        return Table(sheets, "xlsx", left_out=hidden)
    other = next((name for mark, name in OTHERS if content.startswith(mark)), "")
    if other:
        raise Refusal(
            "not_a_table",
            N_("%(file)s is a %(found)s file; send the list as CSV or as .xlsx."), file=file, found=other,
        )  # fmt: skip
    text, encoding, guessed = decode(content, file=file)
    sheet, delimiter = read_delimited(text, file=file)
    return Table((sheet,), "csv", encoding, delimiter, guessed)
