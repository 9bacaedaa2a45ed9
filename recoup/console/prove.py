"""`recoup prove [--json]`: every invariant the database can be asked. Exit 1 when one does not hold."""

import json
import sys

from django.utils import timezone

from recoup.journeys.prove import prove


def run(argv: list[str]) -> int:
    if unknown := [a for a in argv if a != "--json"]:
        print(f"recoup prove: unknown {unknown[0]}", file=sys.stderr)
        return 2
    checks = prove(now=timezone.now())
    holds = all(c.holds for c in checks)
    if "--json" in argv:
        fields = ("name", "holds", "looked_at", "found", "seconds")
        rows = [{f: getattr(c, f) for f in fields} for c in checks]
        print(json.dumps({"holds": holds, "checks": rows}, ensure_ascii=False))
        return 0 if holds else 1
    for check in checks:
        print(
            f"{'holds' if check.holds else 'BROKEN':7} {check.name:58} {check.looked_at:>9}  {check.seconds:.3f} s"
        )
        for sentence in check.found:
            print(f"        {sentence}")
    return 0 if holds else 1
