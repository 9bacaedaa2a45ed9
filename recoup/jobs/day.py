"""A day of one agency, by as many processes as the machine has to spare for it."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from recoup.journeys.day import Beside, DayReport, Share, run_day
from recoup.kernel.actor import SYSTEM
from recoup.tenancy.models import Agency

WORTH = 4000  # due cases; a process takes about a second to start


def live_day(*, agency: Agency, on: date, at: datetime, typeset: bool = True) -> DayReport:
    """The day run; a large day is parted among `RECOUP_DAY_PROCESSES` (else two, if there are two cores).
    What a process leaves undone that dies, this one does."""
    return run_day(
        agency=agency, on=on, by=SYSTEM, at=at, typeset=typeset, beside=beside(agency, on, at)
    )  # fmt: skip


def beside(agency: Agency, on: date, at: datetime) -> Beside:
    def start(shares: list[Share]) -> Callable[[], DayReport]:
        # Ours may run longer than theirs: their answers are small and wait in the pipe.
        others = [begin(agency, on, at, share) for share in shares]
        return lambda: together(on, others)

    return Beside(worth=lambda due: min(processes(), 1 + due // WORTH), start=start)


def processes() -> int:
    given = os.environ.get("RECOUP_DAY_PROCESSES", "")
    return int(given) if given.isdigit() else min(2, os.cpu_count() or 1)


def begin(agency: Agency, on: date, at: datetime, share: Share) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [
            sys.executable, "-m", "recoup", "day", "--on", on.isoformat(), "--at", at.isoformat(),
            "--agency", str(agency.id), "--share", f"{share.first or ''}/{share.end or ''}", "--json",
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def together(on: date, others: "list[subprocess.Popen[str]]") -> DayReport:
    """What the others did. One that died has said nothing: what it committed stands, and counts as done."""
    total = DayReport(on)
    for process in others:
        answer, _ = process.communicate()
        if process.returncode == 0:
            total.add(read(on, json.loads(answer)))
    return total


def read(on: date, answer: dict[str, Any]) -> DayReport:
    """A report as `recoup day --json` prints it."""
    report = DayReport(on)
    for name, found in answer.items():
        if name != "on":
            setattr(report, name, Counter(found) if isinstance(found, dict) else found)
    return report
