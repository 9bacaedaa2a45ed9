"""`recoup notices FILE… [--agency SLUG] [--json]`: files of insolvency notices, held against our debtors."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.utils import timezone

from recoup.console.import_bank import agency_of
from recoup.journeys.insolvency.take import take_notices
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


def run(argv: list[str]) -> int:
    """0: all taken or known; 1: a file was refused (the others are taken); 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="recoup notices")
    parser.add_argument("file", nargs="+")
    parser.add_argument("--agency", default="")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    try:
        agency = agency_of(given.agency)
    except Refusal as refusal:
        print(str(refusal), file=sys.stderr)
        return 2
    found = [taken(agency, name) for name in given.file]
    if given.json:
        print(json.dumps({"files": found}, ensure_ascii=False))
    else:
        print("\n".join(line(one) for one in found))
    return 1 if any(one["status"] == "refused" for one in found) else 0


def taken(agency: Agency, name: str) -> dict[str, Any]:
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        with scope(agency.id):
            return take_notices(
                agency=agency, content=content, name=Path(name).name, by=SYSTEM, at=timezone.now()
            ).as_json() | {"file": name}
    except OSError as error:
        refusal = Refusal("file_unreadable", N_("%(file)s cannot be read: %(why)s."), file=name, why=error.strerror)  # fmt: skip
    except Refusal as said:
        refusal = said
    return {"file": name, "status": "refused", "error": refusal.as_error()}


def line(one: dict[str, Any]) -> str:
    if one["status"] == "refused":
        return f"{one['file']}: {one['error']['message']}"
    return (
        f"{one['file']}: {one['status']}, {one['notices']} notices, {one['fresh']} new; "
        f"stayed {len(one['stayed'])}, held {len(one['held'])}, to read {len(one['to_read'])}"
    )
