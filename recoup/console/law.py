"""`recoup law status [--json] [--on DAY]`: how far each published rate is known, stale ones first. Pure."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime

from recoup.jurisdictions.laws import series_status
from recoup.jurisdictions.series import SeriesStatus
from recoup.kernel.days import parse_day
from recoup.kernel.refusal import Refusal

USAGE = "usage: recoup law status [--json] [--on YYYY-MM-DD]"


def run(argv: list[str]) -> int:
    """Print the table; 0 done, 1 refused, 2 wrong usage."""
    rest = list(argv)
    as_json = "--json" in rest
    rest = [word for word in rest if word != "--json"]
    day: str | None = None
    if "--on" in rest:
        place = rest.index("--on")
        day, rest = (
            (rest[place + 1] if place + 1 < len(rest) else ""),
            rest[:place] + rest[place + 2 :],
        )
    if rest != ["status"]:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        today = datetime.now(UTC).date() if day is None else parse_day(day, field="--on")
    except Refusal as refusal:
        error = refusal.as_error()
        print(json.dumps({"error": error}, ensure_ascii=False) if as_json else error["message"])
        return 1
    found = series_status(today=today)
    if as_json:
        print(json.dumps(document(found, today), ensure_ascii=False, indent=1))
    else:
        print(table(found, today))
    return 0


def document(found: list[SeriesStatus], today: date) -> dict[str, object]:
    rows = [
        {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}
        for row in map(asdict, found)
    ]
    return {"on": today.isoformat(), "stale": sum(one.stale for one in found), "series": rows}


def table(found: list[SeriesStatus], today: date) -> str:
    stale = sum(one.stale for one in found)
    head = f"{len(found)} series, {stale} to be refreshed on {today}"
    width = max(len(one.name) for one in found)
    lines = [
        head,
        "",
        f"  {'series':<{width}}  {'last period':<20} {'known to':<11} {'refresh by':<11}",
    ]
    for one in found:
        due = one.next_refresh.isoformat() if one.next_refresh else "on change"
        marks = ["STALE"] * one.stale
        if one.provisional_rows:
            marks.append(f"{one.provisional_rows} provisional")
        lines.append(
            f"  {one.name:<{width}}  {one.last_period:<20} {one.known_to.isoformat():<11} {due:<11}"
            f" {', '.join(marks)}".rstrip()
        )
    return "\n".join(lines)
