"""`recoup import-bank FILE [--agency SLUG] [--json]`: a bank file into the books."""

import argparse
import json
import sys
from typing import Any

from django.utils import timezone

from recoup.console.bankfile import content_of
from recoup.journeys.collect import take_bank_file
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.operations import Taken
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


def run(argv: list[str]) -> int:
    """0: taken (or known already); 1: refused or held, nothing booked; 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="recoup import-bank")
    parser.add_argument("file")
    parser.add_argument("--agency", default="")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    try:
        agency = agency_of(given.agency)
        content = content_of(given.file)
        with scope(agency.id):
            taken = take_bank_file(
                agency=agency, content=content, name=given.file, by=SYSTEM, at=timezone.now()
            )
    except Refusal as refusal:
        error = refusal.as_error()
        print(json.dumps({"error": error}, ensure_ascii=False) if given.json else error["message"])
        return 1
    found = document(taken)
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        table(found)
    if taken.status == "held":
        print("held: the file does not balance; nothing is booked", file=sys.stderr)
    return 1 if taken.status == "held" else 0


def agency_of(slug: str) -> Agency:
    """The agency of a slug; the first where none is named. Raises `Refusal` `agency_unknown`."""
    agencies = Agency.objects.order_by("id")
    agency = agencies.filter(slug=slug).first() if slug else agencies.first()
    if agency is None:
        raise Refusal("agency_unknown", N_("There is no agency “%(found)s”."), found=slug)
    return agency


def document(taken: Taken) -> dict[str, Any]:
    """CONTRACT's document. `matched` counts lines given to cases; `part_matched` those that wait with
    a suggestion; `errors` why a file is held."""
    s = taken.summary
    warnings = [warning(w) for w in s["warnings"]]
    held = taken.status == "held"
    found: dict[str, Any] = {
        "status": taken.status, "statement_files": 0 if held else 1, "statements": s["statements"],
        "entries": s["entries"], "new": s["new"], "matched": s["matched"], "part_matched": s["part_matched"],
        "unmatched": s["unmatched"], "returned": s["returned"], "payouts": s["payouts"],
        "duplicates": s["duplicates"], "not_booked": s["not_booked"], "amount_matched": s["amount_matched"],
        "warnings": warnings, "errors": [],
    }  # fmt: skip
    if held:
        unbalanced = [w for w in warnings if w["code"] != "summary_differs"]
        error = (
            unbalanced[0]
            if unbalanced
            else {"code": "statement_unbalanced", "message": "does not balance"}
        )
        found |= {"errors": unbalanced or [error], "error": error}
    return found


def warning(of: dict[str, Any]) -> dict[str, str]:
    return {"code": of["code"], "message": of["text"] % of["params"]}


def table(found: dict[str, Any]) -> None:
    for name in ("status", "entries", "new", "matched", "part_matched", "unmatched", "returned", "payouts",
                 "duplicates", "not_booked"):  # fmt: skip
        print(f"{name.replace('_', ' '):14}{found[name]:>10}")
    for currency, amount in found["amount_matched"].items():
        print(f"{'matched':14}{amount:>10} {currency}")
    for each in found["warnings"]:
        print(f"! {each['message']}")
