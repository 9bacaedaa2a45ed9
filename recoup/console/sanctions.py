"""`recoup sanctions load FILE|status`: the list that parties are compared with."""

import argparse
import json
import sys
from typing import Any

from django.utils import timezone

from recoup.console.import_bank import agency_of
from recoup.journeys.screen import take_list
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import N_, Refusal
from recoup.screening.models import Hit, SanctionsList
from recoup.screening.queries import current_list
from recoup.tenancy.context import scope


def run(argv: list[str]) -> int:
    """0: loaded (or this file was already) or the status; 1: refused, nothing changed; 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="recoup sanctions")
    verbs = parser.add_subparsers(dest="verb", required=True)
    load = verbs.add_parser(
        "load", help="a file in OpenSanctions' simple format, targets.simple.csv"
    )
    load.add_argument("file")
    load.add_argument(
        "--complete", action="store_true", help="it is whole though much shorter than the last"
    )
    for each in (load, verbs.add_parser("status")):
        each.add_argument("--agency", default="")
        each.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    try:
        found = status(given.agency) if given.verb == "status" else loaded(given)
    except Refusal as refusal:
        error = refusal.as_error()
        print(json.dumps({"error": error}, ensure_ascii=False) if given.json else error["message"])
        return 1
    print(json.dumps(found, ensure_ascii=False) if given.json else "\n".join(f"{k:12} {v}" for k, v in found.items()))  # fmt: skip
    return 0


def loaded(given: argparse.Namespace) -> dict[str, Any]:
    agency = agency_of(given.agency)
    print("comparing everybody with the list …", file=sys.stderr)
    try:
        with open(given.file, "rb") as file, scope(agency.id):
            version, done = take_list(agency=agency, file=file, name=given.file, may_shrink=given.complete,
                                      by=SYSTEM, at=timezone.now())  # fmt: skip
    except OSError as error:
        raise Refusal("file_unreadable", N_("%(file)s cannot be read: %(why)s."), file=given.file, why=error.strerror) from None  # fmt: skip
    return described(version) | done


def status(slug: str) -> dict[str, Any]:
    agency = agency_of(slug)
    with scope(agency.id):
        version = current_list(agency.id)
        waiting = Hit.objects.filter(agency_id=agency.id, review=None, listed__until=None).count()
        return (described(version) if version else {"version": None}) | {"undecided": waiting}


def described(version: SanctionsList) -> dict[str, Any]:
    return {"version": version.number, "file": version.file_name, "sha256": version.sha256, "entries": version.rows,
            "added": version.added, "gone": version.gone, "loaded_at": version.loaded_at.isoformat()}  # fmt: skip
