"""`recoup mail-in FILE… [--agency SLUG]`: e-mails (.eml) into the cases they belong to."""

import argparse
import sys
from pathlib import Path

from django.utils import timezone

from recoup.console.import_bank import agency_of
from recoup.jobs.post_in import Fetched, take_one
from recoup.kernel.refusal import Refusal


def run(argv: list[str]) -> int:
    """0: all taken or known; 1: some were refused (kept, with a task); 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="recoup mail-in")
    parser.add_argument("file", nargs="+")
    parser.add_argument("--agency", default="")
    given = parser.parse_args(argv)
    try:
        agency = agency_of(given.agency)
    except Refusal as refusal:
        print(str(refusal), file=sys.stderr)
        return 2
    found = Fetched()
    for name in given.file:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        take_one(agency, content, Path(name).name, timezone.now(), found)
    print(f"taken {found.taken}, known {found.known}, refused {found.refused}")
    return 1 if found.refused else 0
