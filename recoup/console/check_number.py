"""`recoup check-number KIND [--] VALUE… [--json]`: whether numbers can exist. Needs no database."""

import json
import sys
from dataclasses import asdict

from recoup.kernel.refusal import Refusal
from recoup.parties.numbers import Check, check_number

USAGE = """usage: recoup check-number KIND [--json] [--] VALUE…
kinds: vat, iban, bic, lei, company:CC, phone:CC (CC: SE, DE, HK, …); - reads values from standard input"""


def run(argv: list[str]) -> int:
    """0 done, whatever the numbers are worth; 2 wrong usage, an unknown kind included."""
    end = argv.index("--") if "--" in argv else len(argv)
    options = [a for a in argv[:end] if a.startswith("--")]
    words = [a for a in argv[:end] if not a.startswith("--")]
    kind, values = (words[0], words[1:] + argv[end + 1 :]) if words else ("", [])
    if values == ["-"] and end == len(argv):
        values = [line.rstrip("\r\n") for line in sys.stdin if line.strip()]
    if not values or set(options) - {"--json"}:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        checks = [check_number(kind, value) for value in values]
    except Refusal as refusal:
        print(refusal.sentence(), USAGE, sep="\n", file=sys.stderr)
        if "--json" in options:
            print(json.dumps({"error": refusal.as_error()}))
        return 2
    if "--json" in options:
        print(json.dumps({"results": [asdict(check) for check in checks]}, indent=1))
    else:
        print("\n".join(map(row, checks)).encode("utf-8", "replace").decode())
    return 0


def row(check: Check) -> str:
    return f"{'valid  ' if check.valid else 'INVALID'}  {check.normalised or check.value:36.60}  {check.why}"
