"""The child that opens a workbook: bytes on standard input, on standard output JSON, a document on each line: of each
sheet its name and its rows in portions, at the end the names of the hidden ones.

Exit 3: not a workbook. Killed by the kernel: too much memory or time.
"""

import html
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
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
        known = [m for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
        hidden = [m.name for m in known if m.visible != SheetVisibleEnum.Visible]
        errors: dict[str, dict[int, list[tuple[int, str]]]] = {}
        for name, row, column, text in errors_in(content):
            errors.setdefault(name, {}).setdefault(row, []).append((column, text))
        del content
        visible = (m.name for m in known if m.visible == SheetVisibleEnum.Visible)
        write(((n, rows_of(book.get_sheet_by_name(n), errors.get(n, {}))) for n in visible), hidden)
    except (CalamineError, ValueError, KeyError, OSError, SyntaxError):
        return 3
    return 0


def rows_of(sheet: Any, errors: dict[int, list[tuple[int, str]]]) -> Iterator[list[Any]]:
    """Row by row, so that no more than a portion stands in memory; from the first column on."""
    before = [""] * (sheet.start[1] if sheet.start else 0)
    for number, found in enumerate(sheet.iter_rows()):
        row = before + found if before else found
        for column, text in errors.get(number, ()):
            if column < len(row) and row[column] == "":
                row[column] = text
        yield row


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


def write(sheets: Iterable[tuple[str, Iterator[list[Any]]]], hidden: list[str]) -> None:
    """A line for each portion of rows, so that the parent takes one while the next is read and neither holds
    all of it as text."""
    for name, rows in sheets:
        say({"name": name})
        while part := list(islice(rows, PORTION)):
            say(part)
    say({"hidden": hidden})


def say(what: Any) -> None:
    sys.stdout.write(json.dumps(what, default=plain) + "\n")
    sys.stdout.flush()


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
