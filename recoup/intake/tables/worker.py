"""The child that opens a workbook: bytes on standard input, JSON on standard output.

Exit 3: not a workbook. Killed by the kernel: too much memory or time.
"""

import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

MEMORY = 1 << 30
SECONDS = 60
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
    import io

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        del content
        sheets, hidden = [], []
        for meta in book.sheets_metadata:
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            if meta.visible != SheetVisibleEnum.Visible:
                hidden.append(meta.name)
                continue
            found = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
            sheets.append({"name": meta.name, "rows": found})
    except (CalamineError, ValueError, KeyError, OSError):
        return 3
    json.dump({"sheets": sheets, "hidden": hidden}, sys.stdout, default=plain, ensure_ascii=True)
    return 0


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
