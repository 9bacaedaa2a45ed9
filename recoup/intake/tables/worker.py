"""The child that opens a workbook: bytes on standard input, JSON on standard output.

Exit 3: not a workbook. Killed by the kernel: too much memory or time.
"""

import html
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

MEMORY = 1 << 30
SECONDS = 60
PORTION = 2000
RELATION = re.compile(rb'Id="([^"]*)" Target="([^"]*)"')
SHEET = re.compile(rb'<(?:\w+:)?sheet\b[^>]*?\bname="([^"]*)"[^>]*?\b\w+:id="([^"]*)"')
ERROR = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>(#[^<]{1,20})</',
    re.DOTALL,
)
FORBIDDEN = frozenset({
    "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen",
    "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.kill",
})  # fmt: skip


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    sys.addaudithook(nothing_outside)
    content = sys.stdin.buffer.read()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets: list[dict[str, Any]] = []
        hidden: list[str] = []
        for meta in book.sheets_metadata:
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            if meta.visible != SheetVisibleEnum.Visible:
                hidden.append(meta.name)
                continue
            found: list[list[Any]] = book.get_sheet_by_name(meta.name).to_python(
                skip_empty_area=False
            )  # type: ignore[assignment]
            sheets.append({"name": meta.name, "rows": found})
        for name, row, column, text in errors_in(content):
            put(next((one["rows"] for one in sheets if one["name"] == name), []), row, column, text)
    except (CalamineError, ValueError, KeyError, OSError, SyntaxError):
        return 3
    write(sheets, hidden)
    return 0


def errors_in(content: bytes) -> Iterator[tuple[str, int, int, str]]:
    """Sheet, row, column (from 0) and text of every cell that holds an error such as #REF!: Calamine gives
    those as blank, and a blank one may mean that nothing was paid."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name.lower(): name for name in package.namelist()}
        links = dict(RELATION.findall(b" ".join(sorted(relations(package, parts)))))
        for name, link in SHEET.findall(package.read(parts["xl/workbook.xml"])):
            part = parts.get("xl/" + links.get(link, b"").decode().removeprefix("/xl/").lower())
            if part is None or not has_error(package, part):
                continue
            for cell in ERROR.finditer(package.read(part)):
                letters, row, text = cell[1].decode(), int(cell[2]), cell[3].decode()
                column = 0
                for letter in letters:
                    column = column * 26 + ord(letter) - 64
                yield html.unescape(name.decode()), row - 1, column - 1, text


def relations(package: zipfile.ZipFile, parts: dict[str, str]) -> Iterator[bytes]:
    """Each relation of the workbook with its attributes in one order."""
    for tag in re.findall(
        rb"<(?:\w+:)?Relationship\b[^>]*>", package.read(parts["xl/_rels/workbook.xml.rels"])
    ):
        of = dict(re.findall(rb'\b(Id|Target)="([^"]*)"', tag))
        yield b'Id="%s" Target="%s"' % (of.get(b"Id", b""), of.get(b"Target", b""))


def has_error(package: zipfile.ZipFile, part: str) -> bool:
    with package.open(part) as stream:
        tail = b""
        while piece := stream.read(1 << 20):
            if b't="e"' in tail + piece:
                return True
            tail = piece[-4:]
    return False


def put(rows: list[list[Any]], row: int, column: int, text: str) -> None:
    if row < len(rows) and column < len(rows[row]) and rows[row][column] == "":
        rows[row][column] = text


def write(sheets: list[dict[str, Any]], hidden: list[str]) -> None:
    """One JSON document, its rows in portions: dumped whole it would stand in memory as one text, and
    `json.dump` to a file is several times slower."""
    out = sys.stdout.write
    out('{"sheets": [')
    for place, sheet in enumerate(sheets):
        out(f'{", " if place else ""}{{"name": {json.dumps(sheet["name"])}, "rows": [')
        for start in range(0, len(sheet["rows"]), PORTION):
            part = sheet["rows"][start : start + PORTION]
            out((", " if start else "") + json.dumps(part, default=plain)[1:-1])
        out("]}")
    out(f'], "hidden": {json.dumps(hidden)}}}')


def plain(value: Any) -> Any:
    """Days as a list of one, so that text that looks like a day stays text."""
    if isinstance(value, datetime):
        return [value.date().isoformat()]
    if isinstance(value, date):
        return [value.isoformat()]
    if isinstance(value, time | timedelta):
        return str(value)
    raise TypeError(type(value).__name__)


def nothing_outside(event: str, _: object) -> None:
    if event in FORBIDDEN:
        raise PermissionError(event)


if __name__ == "__main__":
    sys.exit(main())
