"""Looks at what was delivered and said, with its own eyes: plain SQL, its own calendar, no line of the gate,
the facts or the day run. It reads the providers' journal, which the product does not write."""

import json
import os
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from recoup.console.workshop import superuser

FIXED = {(1, 1), (12, 25), (12, 26)}
CALLS_FROM, CALLS_TO = 8, 20
MOST_CALLS = 7


def easter(year: int) -> date:
    """Gauss, in the form of the Anonymous Gregorian algorithm (Nature, 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def rests(day: date) -> bool:
    """A day on which nobody may be called anywhere in the simulation."""
    moved = (day - easter(day.year)).days
    return day.weekday() >= 5 or (day.month, day.day) in FIXED or moved in (-2, 1)


class Checker:
    """Remembers what it has seen, so that a day costs what happened on it."""

    def __init__(self, journal: Path) -> None:
        self.journal, self.place = journal, 0
        self.wrong: dict[str, list[str]] = {
            "without_permit": [], "forbidden": [], "doubled": [], "silent": [],
        }  # fmt: skip
        self.seen: Counter[str] = Counter()
        self.papers: dict[tuple[str, date], set[str]] = defaultdict(set)
        self.demanded: dict[str, set[str]] = defaultdict(set)
        self.calls: dict[str, list[date]] = defaultdict(list)
        self.deliveries = self.called = 0
        self.calls_until = datetime(2000, 1, 1, tzinfo=UTC)
        self.db: Any = superuser(os.environ["RECOUP_DB_NAME"])

    def counts(self) -> dict[str, int]:
        return {"delivered": self.deliveries, "called": self.called}

    def found(self) -> dict[str, list[str]]:
        return self.wrong

    def check(self, on: date) -> None:
        for line in self.fresh():
            self.delivered(line)
        self.spoken()
        self.silent(on)

    def fresh(self) -> list[dict[str, Any]]:
        if not self.journal.exists():
            return []
        with self.journal.open() as lines:
            lines.seek(self.place)
            read = lines.readlines()
            self.place = lines.tell()
        return [json.loads(line) for line in read]

    def delivered(self, line: dict[str, Any]) -> None:
        message, at = line["message"], datetime.fromisoformat(line["at"])
        self.seen[message] += 1
        if self.seen[message] > 1:
            self.wrong["doubled"].append(f"message {message} was taken {self.seen[message]} times")
        if not line["gated"]:
            return
        self.deliveries += 1
        if not self.rows(
            "SELECT 1 FROM contact_permit WHERE message_id = %s AND at <= %s", message, at
        ):
            self.wrong["without_permit"].append(f"message {message} of {at}")
        [(case, debtor, zone, step, paper)] = self.rows(
            """SELECT c.id::text, c.debtor_id::text, d.time_zone, a.step, coalesce(a.paper, a.document_id)::text
               FROM outbox_message m JOIN contact_contactattempt a ON a.message_id = m.id
               JOIN cases_case c ON c.id = a.case_id JOIN parties_debtor d ON d.id = c.debtor_id WHERE m.id = %s""",
            message,
        )  # fmt: skip
        local = at.astimezone(ZoneInfo(zone)).date()
        papers = self.papers[debtor, local]
        papers.add(paper)
        if len(papers) > 1:
            self.forbid(f"{len(papers)} papers to debtor {debtor} on {local}")
        if step == "first_demand":
            self.demanded[case].add(paper)
            if len(self.demanded[case]) > 1:
                self.forbid(f"{len(self.demanded[case])} demands in case {case}")
        self.about_the_case(case, at, local, f"{line['channel']} of {at}")
        if line["channel"] == "email":
            bad = self.rows(
                """SELECT 1 FROM contact_contactattempt a JOIN parties_contact k ON k.id = a.contact_id
                   WHERE a.message_id = %s AND (k.opted_out_at < %s OR k.bad_since < %s)""",
                message, at, at,
            )  # fmt: skip
            if bad:
                self.forbid(f"e-mail {message} to an address that had opted out or came back")

    def about_the_case(self, case: str, at: datetime, local: date, what: str) -> None:
        """In contact, not on hold, not paid, overdue: as it was at that instant."""
        stage = self.rows(
            "SELECT now FROM cases_move WHERE case_id = %s AND at <= %s ORDER BY at DESC, id DESC LIMIT 1", case, at
        )  # fmt: skip
        if not stage or stage[0][0] != "contact":
            self.forbid(f"{what}: case {case} stood in {stage}")
        held = self.rows(
            """SELECT kind FROM cases_hold WHERE case_id = %s AND since < %s AND (lifted_at IS NULL OR lifted_at > %s)
               AND ("until" IS NULL OR "until" >= %s)""",
            case, at, at, at.date(),
        )  # fmt: skip
        if held:
            self.forbid(f"{what}: case {case} was on hold ({held[0][0]})")
        [(claimed, paid, first_due)] = self.rows(
            """SELECT (SELECT sum(amount) FROM cases_claimline WHERE case_id = %s AND kind = 'invoice'),
                      (SELECT coalesce(sum(l.principal), 0) FROM payments_allocation l JOIN ledger_entry e ON e.id = l.entry_id
                       WHERE l.case_id = %s AND e.booked_at <= %s),
                      (SELECT min(due_on) FROM cases_claimline WHERE case_id = %s AND kind = 'invoice')""",
            case, case, at, case,
        )  # fmt: skip
        costs = self.rows("SELECT 1 FROM cases_charge WHERE case_id = %s", case)
        if claimed <= paid and not costs:
            self.forbid(f"{what}: case {case} had been paid")
        if local <= first_due:
            self.forbid(f"{what}: case {case} was not due before {first_due}")

    def spoken(self) -> None:
        rows = self.rows(
            """SELECT a.id::text, a.case_id::text, c.debtor_id::text, d.time_zone, a.made_at, a.outcome
               FROM contact_contactattempt a JOIN cases_case c ON c.id = a.case_id JOIN parties_debtor d ON d.id = c.debtor_id
               WHERE a.channel = 'call' AND a.made_at > %s ORDER BY a.made_at""",
            self.calls_until,
        )  # fmt: skip
        for id, case, debtor, zone, at, _outcome in rows:
            self.calls_until = max(self.calls_until, at)
            self.called += 1
            local = at.astimezone(ZoneInfo(zone))
            if rests(local.date()) or not CALLS_FROM <= local.hour < CALLS_TO:
                self.forbid(f"call {id} at {local}")
            week = [d for d in self.calls[debtor] if local.date() - d < timedelta(days=7)]
            self.calls[debtor] = [*week, local.date()]
            if len(week) >= MOST_CALLS:
                self.forbid(f"call {id}: the {len(week) + 1}th in seven days to debtor {debtor}")
            if not self.rows(
                "SELECT 1 FROM contact_permit WHERE case_id = %s AND channel = 'call' AND at = %s",
                case,
                at,
            ):
                self.wrong["without_permit"].append(f"call {id} of {at}")
            self.about_the_case(case, at, local.date(), f"call of {at}")

    def silent(self, on: date) -> None:
        """Every open case has a next look that is not overdue, or a person with a deadline."""
        for number, stage, look in self.rows(
            """SELECT c.number, c.stage, l.day FROM cases_case c LEFT JOIN cases_look l ON l.case_id = c.id
               WHERE c.stage NOT IN ('closed', 'declined')
                 AND (l.day IS NULL OR l.day <= %s)
                 AND NOT EXISTS (SELECT 1 FROM cases_task t WHERE t.case_id = c.id AND t.done_at IS NULL)""",
            on,
        ):  # fmt: skip
            self.wrong["silent"].append(f"{on}: {number} ({stage}) was to be looked at on {look}")

    def forbid(self, what: str) -> None:
        self.wrong["forbidden"].append(what)

    def rows(self, statement: str, *values: Any) -> list[Any]:
        return list(self.db.execute(statement, values).fetchall())
