"""`recoup payment-file FILE… [--json]`: whether pain.001 and pain.008 files may go to a bank. Needs no database."""

import json
import sys
from pathlib import Path
from typing import Any

from recoup.kernel.refusal import N_, Refusal
from recoup.payments.transfers import validate_payment_file

USAGE = "usage: recoup payment-file FILE… [--json]"
LARGEST = 50_000_000


def run(argv: list[str]) -> int:
    """0 all may go; 1 one was refused, with its reason; 2 wrong usage."""
    files = [a for a in argv if a != "--json"]
    if not files or any(f.startswith("--") for f in files):
        print(USAGE, file=sys.stderr)
        return 2
    found = [check(name) for name in files]
    if "--json" in argv:
        print(json.dumps({"files": found}, ensure_ascii=False, indent=1))
    else:
        print("\n".join(map(row, found)))
    return int(any(each["status"] == "refused" for each in found))


def check(name: str) -> dict[str, Any]:
    try:
        return {"file": name, "status": "ok"} | validate_payment_file(content_of(name), file=name)
    except Refusal as refusal:
        return {"file": name, "status": "refused", "error": refusal.as_error()}


def content_of(name: str) -> bytes:
    try:
        with Path(name).open("rb") as handle:
            content = handle.read(LARGEST + 1)
    except OSError as error:
        raise Refusal("file_unreadable", N_("%(file)s cannot be read: %(reason)s."), file=name,
                      reason=error.strerror or "unknown") from None  # fmt: skip
    if len(content) > LARGEST:
        raise Refusal(
            "file_too_large",
            N_("%(file)s is larger than %(found)s bytes."),
            file=name,
            found=str(LARGEST),
        )
    return content


def row(found: dict[str, Any]) -> str:
    if found["status"] == "ok":
        return f"ok       {found['file']}: {found['format']}, {found['transactions']} payments, {found['sum']}"
    return f"REFUSED  {found['error']['message']}"
