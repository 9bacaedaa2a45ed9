"""`recoup import-cases FILE --client REF [--mapping M] [--dry-run] [--agency SLUG] [--json]`: a list of debts
into cases; `recoup undo-import PLACEMENT` takes a whole placement back."""

import argparse
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from recoup.console.bankfile import content_of
from recoup.console.import_bank import agency_of
from recoup.intake.models import PlacedRow, Placement
from recoup.intake.states import State
from recoup.journeys.place import (
    Checked,
    check,
    confirm,
    looked,
    receive_file,
    run_placement,
    undo_placement,
)
from recoup.journeys.place.read import refuse_unclear
from recoup.journeys.place.run import problems_by_row
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.parties.queries import clients_called, known_references
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

Document = dict[str, Any]


def run(argv: list[str]) -> int:
    """0: read, whatever came of its rows; 1: the file is refused as a whole; 2: wrong usage. While a worker
    has the list, its end is waited for."""
    parser = argparse.ArgumentParser(prog="recoup import-cases")
    parser.add_argument("file")
    parser.add_argument(
        "--client",
        required=True,
        help="the client's reference such as K-000001, a number, an e-mail address or the name",
    )
    parser.add_argument("--mapping", default="", help="JSON, or a file of it: {\"columns\": {\"debtor\": \"Heading\"}}, and decimal, order, country, currency, grouping, sheet, header")  # fmt: skip
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--agency", default="")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    try:
        agency = agency_of(given.agency)
        content = content_of(given.file)
        found = taken(
            agency, given.client, given.file, content, mapping_of(given.mapping), given.dry_run
        )
    except Refusal as refusal:
        return refused(refusal.as_error(), given.json)
    if "error" in found:
        return refused(found["error"], given.json)
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        table(found)
    return 0


def refused(error: dict[str, Any], as_json: bool) -> int:
    print(json.dumps({"error": error}, ensure_ascii=False) if as_json else error["message"])
    return 1


def mapping_of(text: str) -> dict[str, Any] | None:
    """Raises `Refusal` `mapping_wrong`."""
    if not text:
        return None
    try:
        written = text if text.lstrip().startswith("{") else Path(text).read_text()
        found = json.loads(written)
    except (OSError, ValueError):
        raise Refusal("mapping_wrong", N_("The mapping's “%(field)s” cannot be “%(found)s”."),
                      field="mapping", found=text[:80]) from None  # fmt: skip
    if not isinstance(found, dict):
        raise Refusal("mapping_wrong", N_("The mapping's “%(field)s” cannot be “%(found)s”."),
                      field="mapping", found=text[:80])  # fmt: skip
    return found


def client_by(agency: Agency, reference: str) -> Client:
    """Raises `Refusal` `client_unknown`, `client_ambiguous`."""
    found = clients_called(agency=agency.id, text=reference)
    if len(found) == 1:
        return found[0]
    if found:
        raise Refusal("client_ambiguous", N_("Several clients are called “%(found)s”: %(known)s. Give the reference."),
                      field="client", found=reference, known=", ".join(c.reference for c in found))  # fmt: skip
    raise Refusal("client_unknown", N_("There is no client “%(found)s”; there are: %(known)s."), field="client",
                  found=reference, known=known_references(agency.id))  # fmt: skip


def taken(
    agency: Agency,
    reference: str,
    name: str,
    content: bytes,
    chosen: dict[str, Any] | None,
    dry: bool,
) -> Document:
    now = timezone.now()
    with scope(agency.id):
        client = client_by(agency, reference)
        before = transaction.savepoint()
        placement = receive_file(
            client=client, name=name, content=content, chosen=chosen, by=SYSTEM, at=now
        )
        if placement.state == State.REFUSED:
            if dry:
                transaction.savepoint_rollback(before)
            return {"error": named(placement.refusal, name)}
        if dry:
            found = looked(placement)
            refuse_unclear(found, name)
            checked = check(placement=placement, found=found, today=now.date())
            said = {
                "rows": placement.rows, "accepted": checked.accepted, "rejected": len(checked.rejected),
                "duplicates": len(checked.duplicates), "cases": len(checked.groups),
                "amounts": amounts_of(checked), **problems(problems_by_row(checked.problems)),
            }  # fmt: skip
            transaction.savepoint_rollback(before)
            return {"placement": None, **said, "undo": None}
        if placement.state == State.READ:
            confirm(placement=placement, by=SYSTEM, at=now)
    run_placement(agency=agency, placement=placement.id, at=now, wait=True)
    with scope(agency.id):
        return document(placement)


def amounts_of(checked: Checked) -> dict[str, str]:
    sums: dict[str, Decimal] = {}
    for group in checked.groups:
        for debt in group.debts:
            sign = 1 if debt.kind == "invoice" else -1
            sums[group.currency] = sums.get(group.currency, Decimal(0)) + sign * debt.amount
    return {currency: f"{amount:.2f}" for currency, amount in sorted(sums.items())}


def named(error: dict[str, Any], name: str) -> dict[str, Any]:
    return {k: error[k] for k in ("code", "message", "row", "field", "found") if k in error} | {
        "file": name
    }


def document(placement: Placement) -> Document:
    placement.refresh_from_db()
    rows = PlacedRow.objects.filter(placement=placement).exclude(problems=[]).order_by("row")
    found = dict(rows.values_list("row", "problems"))
    kept = {
        k: placement.summary.get(k, 0)
        for k in ("rows", "accepted", "rejected", "duplicates", "cases")
    }
    return {
        "placement": placement.number, **kept, "amounts": placement.summary.get("amounts", {}), **problems(found),
        "undo": f"recoup undo-import {placement.number}",
    }  # fmt: skip


def problems(by_row: dict[int, list[dict[str, Any]]]) -> Document:
    said: dict[str, list[dict[str, Any]]] = {"warnings": [], "errors": []}
    for row, found in sorted(by_row.items()):
        for p in found:
            one = {"row": row, "field": p["field"], "code": p["code"], "message": p["text"] % p["params"],
                   "found": str(p["params"].get("found", ""))}  # fmt: skip
            said["errors" if p["error"] else "warnings"].append(one)
    return said


def table(found: Document) -> None:
    for name in ("placement", "rows", "accepted", "rejected", "duplicates", "cases"):
        print(f"{name:14}{found[name] if found[name] is not None else '-':>16}")
    for each in found["errors"]:
        print(f"row {each['row']}: {each['message']}")
    if found["undo"]:
        print(f"to undo: {found['undo']}", file=sys.stderr)


def undo(argv: list[str]) -> int:
    """0: undone; 1: refused, nothing changed; 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="recoup undo-import")
    parser.add_argument("placement")
    parser.add_argument("--agency", default="")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    try:
        agency = agency_of(given.agency)
        with scope(agency.id):
            placement = Placement.objects.filter(agency=agency, number=given.placement).first()
            if placement is None:
                raise Refusal(
                    "placement_unknown",
                    N_("There is no placement “%(found)s”."),
                    found=given.placement,
                )
            cases = undo_placement(placement=placement, by=SYSTEM, at=timezone.now())
    except Refusal as refusal:
        return refused(refusal.as_error(), given.json)
    found = {"placement": given.placement, "cases": cases, "state": "undone"}
    print(json.dumps(found) if given.json else f"{given.placement}: {cases} cases taken back")
    return 0
