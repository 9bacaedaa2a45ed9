"""`recoup retention [--dry-run] [--on DAY] [--agency SLUG] [--json]`: erase what is due.
`recoup retention --set CLASS --months N --ground TEXT --agency SLUG`: a term.
`recoup preserve CASE [--because TEXT | --lift]`: nothing of the case is erased."""

import argparse
import json
from dataclasses import asdict
from datetime import date
from typing import Any

from django.utils import timezone

from recoup.console.dossier import agency_with
from recoup.journeys.dossier import find_case
from recoup.journeys.retain import retain
from recoup.kernel.actor import SYSTEM
from recoup.kernel.days import parse_day
from recoup.kernel.refusal import N_, Refusal
from recoup.retention import operations
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


def run(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="recoup retention")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--on")
    parser.add_argument("--agency")
    parser.add_argument(
        "--set", dest="record_class", help="people, mail, letters, notes, tasks, log or enquiries"
    )
    parser.add_argument("--months", type=int, default=0)
    parser.add_argument("--ground", default="")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    return said(given.json, lambda: set_term(given) if given.record_class else retained(given))


def preserve(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="recoup preserve")
    parser.add_argument("case")
    parser.add_argument("--agency")
    parser.add_argument("--because", default="")
    parser.add_argument("--lift", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    return said(given.json, lambda: preserved(given))


def said(as_json: bool, act: Any) -> int:
    """0: done; 1: refused."""
    try:
        answer = act()
    except Refusal as refusal:
        error = refusal.as_error()
        print(json.dumps({"error": error}, ensure_ascii=False) if as_json else error["message"])
        return 1
    print(json.dumps(answer, ensure_ascii=False, indent=None if as_json else 1))
    return 0


def retained(given: argparse.Namespace) -> dict[str, Any]:
    now = timezone.now()
    on = parse_day(given.on, field="on") if given.on else now.date()
    return {"on": on.isoformat(), "dry_run": given.dry_run, "agencies": [
        {"agency": agency.slug, "classes": rows(agency, on, given.dry_run)} for agency in agencies(given.agency)
    ]}  # fmt: skip


def rows(agency: Agency, on: date, dry: bool) -> list[dict[str, Any]]:
    found = retain(agency=agency, on=on, by=SYSTEM, at=timezone.now(), dry=dry)
    return [asdict(one) for one in found]


def set_term(given: argparse.Namespace) -> dict[str, Any]:
    (agency,) = agencies(given.agency, one=True)
    with scope(agency.id):
        term = operations.set_term(
            agency=agency.id, record_class=given.record_class, months=given.months, ground=given.ground,
            by=SYSTEM, at=timezone.now(),
        )  # fmt: skip
    return {"agency": agency.slug, "class": term.record_class, "months": term.months, "ground": term.ground}  # fmt: skip


def preserved(given: argparse.Namespace) -> dict[str, Any]:
    agency = agency_with(given.case, given.agency)
    with scope(agency.id):
        case = find_case(agency, given.case)
        assert case is not None
        if given.lift:
            lifted = operations.lift_preservation(case=case, by=SYSTEM, at=timezone.now())
            return {"case": case.number, "preserved": False, "lifted": lifted}
        row = operations.preserve(case=case, because=given.because, by=SYSTEM, at=timezone.now())
        return {"case": case.number, "preserved": True, "since": row.since.isoformat(), "because": row.because}  # fmt: skip


def agencies(slug: str | None, *, one: bool = False) -> list[Agency]:
    found = list(Agency.objects.filter(slug=slug) if slug else Agency.objects.order_by("id"))
    if not found or (one and len(found) > 1):
        raise Refusal("agency_unknown", N_("Name the agency with --agency."), field="agency", found=slug or "")  # fmt: skip
    return found
