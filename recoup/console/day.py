"""`recoup day [--on DAY | --from DAY --to DAY] [--json]`: everything that is due on a day."""

import argparse
import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from recoup.jobs.day import live_day
from recoup.jobs.dispatch import work_outbox
from recoup.journeys.day import DayReport, Share, live_share
from recoup.journeys.legal.alarms import alarm
from recoup.kernel.actor import SYSTEM
from recoup.kernel.days import parse_day
from recoup.kernel.refusal import Refusal
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


def run(argv: list[str]) -> int:
    """One document for one day, a list in `days` for a span. Exit 1 for a day that is none."""
    parser = argparse.ArgumentParser(prog="recoup day")
    for option in ("--on", "--from", "--to"):
        parser.add_argument(option)
    # How a large day's process starts another beside itself (jobs/day.py).
    for option in ("--agency", "--at", "--share"):
        parser.add_argument(option, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    if given.share:
        print(json.dumps(document(one_share(given))))
        return 0
    try:
        days = days_of(given.on, getattr(given, "from"), given.to)
    except Refusal as refusal:
        print(json.dumps({"error": refusal.as_error()}, ensure_ascii=False))
        return 1
    documents = [document(live(day)) for day in days]
    answer: dict[str, Any] = documents[0] if len(documents) == 1 else {"days": documents}
    if given.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        for one in documents:
            print(", ".join(f"{k} {v}" for k, v in one.items()))
    return 0


def days_of(on: str | None, first: str | None, last: str | None) -> list[date]:
    """The days asked for; today when none is."""
    if first and last:
        start, end = parse_day(first, field="--from"), parse_day(last, field="--to")
        return [start + timedelta(days=n) for n in range((end - start).days + 1)]
    return [parse_day(on, field="--on") if on else timezone.now().date()]


def live(on: date) -> DayReport:
    """The day run, the alarms of courts and limitation, and the outbox of all agencies; a day other than today
    is lived at nine o'clock UTC."""
    now = timezone.now()
    at = now if on == now.date() else datetime.combine(on, time(9), UTC)
    total = DayReport(on)
    for agency in Agency.objects.order_by("id"):
        report = live_day(agency=agency, on=on, at=at)
        with scope(agency.id):
            alarm(agency=agency, on=on, by=SYSTEM, at=at)
        while any(
            n
            for state, n in work_outbox(agency=agency.id, now=at).items()
            if state in ("sent", "failed")
        ):
            pass
        total.add(report)
    return total


def one_share(given: argparse.Namespace) -> DayReport:
    first, end = (UUID(debtor) if debtor else None for debtor in given.share.split("/"))
    return live_share(
        agency=Agency.objects.get(id=given.agency), on=date.fromisoformat(given.on),
        share=Share(first, end), by=SYSTEM, at=datetime.fromisoformat(given.at),
    )  # fmt: skip


def document(report: DayReport) -> dict[str, Any]:
    return {
        "on": report.on.isoformat(), "cases_looked_at": report.cases_looked_at, "actions": dict(report.actions),
        "letters": report.letters, "emails": report.emails, "calls_queued": report.calls_queued,
        "tasks": report.tasks, "denied": dict(report.denied), "seconds": round(report.seconds, 3),
    }  # fmt: skip
