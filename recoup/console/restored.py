"""`recoup restored`: whether a restore was noticed, and what waits. `recoup restored --mark "why"`: a person
knows that the machine was put back as a whole, which nothing in it can notice; from then on nothing leaves.

Released at the desk (administrator, Restored) by a person who says what was compared with what.
"""

import argparse
import json
import sys

from django.utils import timezone

from recoup.journeys.restored import look_for_restore, mark_restored, said, waiting
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


def run(argv: list[str]) -> int:
    """0: nothing was restored; 1: it was, and nothing leaves until it is released."""
    parser = argparse.ArgumentParser(prog="recoup restored")
    parser.add_argument("--mark", default="", metavar="WHY")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    found = []
    for agency in Agency.objects.filter(sandbox=False).order_by("slug"):
        now = timezone.now()
        if given.mark:
            mark_restored(agency=agency, why=given.mark, who="recoup restored", at=now)
        restore = look_for_restore(agency=agency, at=now)
        if restore is None:
            continue
        with scope(agency.id):
            found.append({
                "agency": agency.slug, "since": restore.noticed_at.isoformat(), "because": said(restore).sentence(),
                "waiting": dict(waiting(agency.id)),
            })  # fmt: skip
    if given.json:
        print(json.dumps({"restored": found}, ensure_ascii=False))
    for each in found:
        print(
            f"{each['agency']}: {each['because']}; nothing leaves since {each['since']}, {each['waiting']} wait.",
            file=sys.stderr,
        )
    return 1 if found else 0
