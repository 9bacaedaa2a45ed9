"""`recoup dossier CASE --out FILE [--client] [--language CODE] [--agency SLUG] [--json]`: a case as a sealed file."""

import argparse
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from recoup.journeys.dossier import find_case, make_dossier, save, with_stamp
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import N_, Refusal
from recoup.paper.languages import LANGUAGES
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency
from recoup.web.kit.dossier import reader_of


def run(argv: list[str]) -> int:
    """0: written; 1: refused; 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="recoup dossier")
    parser.add_argument("case", help="the case's number or id")
    parser.add_argument("--out", required=True)
    parser.add_argument("--agency", help="where several agencies have a case of this number")
    parser.add_argument("--client", action="store_true", help="without what is internal")
    parser.add_argument(
        "--language", choices=sorted(LANGUAGES), help="of its index; else the agency's"
    )
    parser.add_argument("--no-stamp", action="store_true", help="ask no time stamp authority")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    try:
        answer = made(given)
    except Refusal as refusal:
        error = refusal.as_error()
        print(json.dumps({"error": error}, ensure_ascii=False) if given.json else error["message"])
        return 1
    print(json.dumps(answer, ensure_ascii=False) if given.json else
          f"{answer['file']}: case {answer['case']}, {answer['files']} files, {answer['size']} bytes")  # fmt: skip
    return 0


def made(given: argparse.Namespace) -> dict[str, Any]:
    stamped = bool(settings.TIME_STAMP_URL) and not given.no_stamp
    agency, out = agency_with(given.case, given.agency), Path(given.out)
    with scope(agency.id):
        case = find_case(agency, given.case)
        assert case is not None
        dossier = make_dossier(
            case=case,
            client=given.client,
            by=SYSTEM,
            at=timezone.now(),
            reader=reader_of(given.language or agency.language),
            stamped=stamped,
        )
    if stamped:
        dossier = with_stamp(dossier, url=settings.TIME_STAMP_URL)
    save(dossier, out)
    return {
        "file": given.out, "case": dossier.case, "made_at": dossier.made_at.isoformat(), "files": len(dossier.parts),
        "size": out.stat().st_size, "manifest": dossier.digest,
    }  # fmt: skip


def agency_with(case: str, slug: str | None) -> Agency:
    """Whose case this is. Raises `Refusal` where none or several have it."""
    found = []
    for agency in Agency.objects.order_by("id"):
        if slug in (None, agency.slug):
            with scope(agency.id):
                found += [agency] if find_case(agency, case) else []
    if not found:
        raise Refusal("case_unknown", N_("There is no case %(found)s."), field="case", found=case)
    if len(found) > 1:
        raise Refusal(
            "case_ambiguous", N_("Several agencies have a case %(found)s: name one with --agency."),
            field="agency", found=case,
        )  # fmt: skip
    return found[0]
