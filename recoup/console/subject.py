"""`recoup subject-export EMAIL --out FILE [--agency SLUG] [--json]`: what is held about a person."""

import argparse
from pathlib import Path
from typing import Any

from django.utils import timezone

from recoup.console.retention import agencies, said
from recoup.journeys.subject import subject_export
from recoup.kernel.actor import SYSTEM
from recoup.tenancy.context import scope


def run(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="recoup subject-export")
    parser.add_argument("email")
    parser.add_argument("--out", required=True)
    parser.add_argument("--agency")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)

    def made() -> dict[str, Any]:
        (agency,) = agencies(given.agency, one=True)
        with scope(agency.id):
            content = subject_export(agency=agency, email=given.email, by=SYSTEM, at=timezone.now())
        Path(given.out).write_bytes(content)
        return {"file": given.out, "about": given.email, "size": len(content)}

    return said(given.json, made)
