"""`recoup einvoice FILE… [--json]`: what is written in e-invoices, XML or PDF. Needs no database."""

import json
import sys
from pathlib import Path
from typing import Any

from recoup.intake.einvoice import Reader, refused_document
from recoup.intake.einvoice.transport import LARGEST
from recoup.intake.einvoice.values import display_name
from recoup.kernel.refusal import N_, Refusal

USAGE = "usage: recoup einvoice FILE… [--json]   (- reads standard input)"


def run(argv: list[str]) -> int:
    """0 done, 1 when every file was refused, 2 wrong usage."""
    end = argv.index("--") if "--" in argv else len(argv)
    options, files = [a for a in argv[:end] if a.startswith("--")], argv[end + 1 :]
    files = [a for a in argv[:end] if not a.startswith("--")] + files
    if not files or set(options) - {"--json"}:
        print(USAGE, file=sys.stderr)
        return 2
    with Reader() as reader:
        documents = [document(reader, file) for file in files]
    result: dict[str, Any] = {"files": documents}
    refused = all(d["status"] == "refused" for d in documents)
    if refused:
        result["error"] = documents[0]["error"]
    if "--json" in options:
        print(json.dumps(result, indent=1))
    else:
        print(
            "\n".join(row for d in documents for row in rows(d)).encode("utf-8", "replace").decode()
        )
    return 1 if refused else 0


def document(reader: Reader, file: str) -> dict[str, Any]:
    try:
        return reader.read(content_of(file), file=file).as_document()
    except Refusal as refusal:
        return refused_document(file, refusal)


def content_of(file: str) -> bytes:
    """Raises `Refusal` `file_unreadable`."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(LARGEST + 1)
        with Path(file).open("rb") as stream:
            return stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise Refusal("file_unreadable", N_("%(file)s cannot be opened: %(reason)s."),
                      file=display_name(file), reason=reason) from None  # fmt: skip


def rows(found: dict[str, Any]) -> list[str]:
    """The lines of the table for one file."""
    name = display_name(found["file"])
    if found["status"] != "ok":
        return [f"{name}: {found['status'].replace('_', ' ')}", f"    {found['error']['message']}"]
    amount = f"{found['due_payable'] or found['grand_total'] or '?'} {found['currency'] or ''}"
    return [
        f"{name}: {found['variant']}, {found['kind'].replace('_', ' ')} {found['number'] or '?'}",
        f"    {found['seller']['name'] or '?'} → {found['buyer']['name'] or '?'}",
        f"    {amount}, issued {found['issue_date'] or '?'}, due {found['due_date'] or '?'}",
        *(f"    ! {w['message']}" for w in found["warnings"]),
    ]
