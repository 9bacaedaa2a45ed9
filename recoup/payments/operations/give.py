"""Giving the lines of a bank file to cases: certain ones at once, likely ones as suggestions, the rest to a person.

First those that name their case, in the order of the file: only they are ever booked without a person. Then the
others together, when all their payers are known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from recoup.cases.models import Case
from recoup.cases.operations import add_task
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.bankfiles.facts import Remark
from recoup.payments.matching import (
    Candidates,
    Kind,
    Line,
    Match,
    Named,
    OpenCase,
    alone,
    match,
    named_by,
    named_match,
    on_amount,
)
from recoup.payments.models import BankLine, Suggestion
from recoup.payments.operations.allocate import FINANCE, overpaid_tasks
from recoup.payments.operations.booking import Booked, Desk, Grant, Unit, write_many
from recoup.payments.operations.match import (
    COLLECTED,
    DebtorNames,
    Known,
    candidates_for,
    known,
    line_of,
    naming,
    open_case,
)
from recoup.payments.operations.tally import Tally, plain
from recoup.payments.references import DEFAULT_PREFIX, find_references
from recoup.screening.models import ListedParty
from recoup.screening.operations import resembling

SCORES = {Kind.CERTAIN: 100, Kind.LIKELY: 70, Kind.NONE: 30}
NOTHING = Decimal(0)


@dataclass(slots=True)
class Giving:
    """The lines of one file on their way to cases; a part at a time, in the caller's transaction."""

    agency: UUID
    tally: Tally
    by: Actor
    at: datetime
    suspicious: set[str] = field(default_factory=set)

    def named(self, lines: Sequence[BankLine], names: DebtorNames) -> tuple[list[UUID], list[UUID]]:
        """Book what names its case and is certain; the cases that were paid, and the lines that are left, about
        whose payers `names` is asked."""
        incoming = [line for line in lines if line.amount > 0]
        self.tally.unmatched += len(lines) - len(incoming)
        plain_lines = [line_of(line) for line in incoming]
        named = naming(self.agency, plain_lines)
        names.ask(line for line, ids in zip(plain_lines, named, strict=True) if not ids)
        cases = known({id for ids in named for id in ids})
        latest = max((line.value_on for line in incoming), default=self.at.date())
        clerk = Clerk(cases, latest)
        listed = resembling(
            agency=self.agency,
            names=[line.counterparty for line, ids in zip(incoming, named, strict=True) if ids],
        )
        desk, left = Desk(dict(cases.facts)), []
        for line, wanted, ids in zip(incoming, plain_lines, named, strict=True):
            found = clerk.certain(wanted) if ids and line.counterparty not in listed else None
            if found is None or not self.grant(desk, line, found, cases.cases, again=True):
                left.append(line.id)
        return self.write(desk), left

    def match(self, lines: Sequence[BankLine], names: DebtorNames | None = None) -> list[UUID]:
        """Allocate certain lines of those that are left, suggest likely ones; the cases that were paid."""
        plain_lines = [line_of(line) for line in lines]
        latest = max(line.value_on for line in lines)
        candidates, found = candidates_for(self.agency, plain_lines, latest, names)
        cases = found.cases
        listed = resembling(agency=self.agency, names=[line.counterparty for line in lines])
        desk = Desk(dict(found.facts))
        suggestions: list[Suggestion] = []
        for line, wanted in zip(lines, plain_lines, strict=True):
            how = match(wanted, candidates)
            if line.counterparty in listed:
                self.hold_back(line, listed[line.counterparty])
            elif how.kind == Kind.CERTAIN and self.grant(desk, line, how, cases):
                continue
            made = self.suggest(line, how, cases)
            if how.kind == Kind.CERTAIN:
                self.ask_about_ended(line, [cases[id] for id, _ in how.cases])
            suggestions += made
            self.tally.part_matched += bool(made)
            self.tally.unmatched += not made
        Suggestion.objects.bulk_create(suggestions, batch_size=2000)
        return self.write(desk)

    def write(self, desk: Desk) -> list[UUID]:
        write_many(agency=self.agency, booked=desk.done, by=self.by, at=self.at)
        overpaid_tasks(desk.done, by=self.by, at=self.at)
        return [booked.grant.case.id for booked in desk.done]

    def grant(
        self,
        desk: Desk,
        line: BankLine,
        found: Match,
        cases: dict[str, Case],
        *,
        again: bool = False,
    ) -> bool:
        """Split a certain line; False when a person must look (case not in collection, law silent). `again`: the
        line comes once more, and what is to be said of it is said then."""
        paid = [(cases[id], amount) for id, amount in found.cases]
        if line.key in self.suspicious or any(c.stage not in COLLECTED for c, _ in paid):
            return False
        because = {"match": reasons(found.because)}
        grants = [Grant(case, amount, line.value_on, because, line) for case, amount in paid]
        # All or none of a line that pays several cases.
        before, done = [(c.id, desk.facts[c.id]) for c, _ in paid], len(desk.done)
        try:
            booked = [desk.take(grant) for grant in grants]
        except Refusal as refusal:
            desk.facts.update(before)
            del desk.done[done:]
            if not again:
                self.tally.warnings.append(
                    {"code": refusal.code, "text": refusal.text, "params": plain(refusal.params)}
                )
            return False
        if len(found.because) == 1 and len(booked) == 1:
            because["match"] += reasons([left_open(booked[0])])
        self.tally.matched += 1
        self.tally.add_amount(line.currency, line.amount)
        return True

    def suggest(self, line: BankLine, found: Match, cases: dict[str, Case]) -> list[Suggestion]:
        ids = [id for id, _ in found.cases] or list(found.suggestions)
        amounts = dict(found.cases)
        because = reasons(found.because)
        return [
            Suggestion(
                id=new_id(), agency_id=self.agency, line=line, case=cases[id],
                amount=min(amounts.get(id, line.amount), line.amount), score=SCORES[found.kind],
                because=because + standing(cases[id]),
            )
            for id in ids[:5]
        ]  # fmt: skip

    def hold_back(self, line: BankLine, listed: ListedParty) -> None:
        """Money of a payer who resembles an entry of the sanctions list is booked by nobody but a person (BK26)."""
        add_task(
            agency=self.agency, key=f"payer-listed:{line.key}", kind="payer_listed", role=FINANCE,
            sentence=N_("%(name)s, who paid %(amount)s, resembles “%(listed)s” on the sanctions list: have it looked at before you book or return anything."),
            params={"name": line.counterparty, "listed": listed.name, "amount": str(Unit(line.currency)(line.amount))},
            due_on=self.at.date(), default=N_("The money stays unallocated."), by=self.by, at=self.at,
        )  # fmt: skip

    def ask_about_ended(self, line: BankLine, named: list[Case]) -> None:
        """Money that names a case that has ended, or was never taken, is nobody's to book without a look."""
        for case in named:
            if case.stage in COLLECTED:
                continue
            add_task(
                agency=self.agency, key=f"paid-ended:{line.id}:{case.id}", kind="paid_ended", role=FINANCE,
                sentence=N_("%(amount)s came in for case %(number)s, which is “%(stage)s”: give it to the case or send it back."),
                params={"number": case.number, "stage": str(case.stage), "amount": str(Unit(line.currency)(line.amount))},
                due_on=self.at.date() + timedelta(days=2), default=N_("The money stays unallocated."), case=case,
                by=self.by, at=self.at,
            )  # fmt: skip


class Clerk:
    """Which lines are certain by the cases they name. The law is asked what is open on a case only where a line
    cannot be judged without: for one case named by its reference, the booking itself will say it."""

    def __init__(self, cases: Known, on: date) -> None:
        self.cases, self.on = cases, on
        self.opened: dict[str, Decimal] = {}
        self.candidates = Candidates(self.seen(id, NOTHING) for id in cases.cases)

    def certain(self, line: Line) -> Match | None:
        references = find_references(line.text, prefix=DEFAULT_PREFIX)
        named = named_by(line, references, self.candidates)
        if (found := alone(line, named)) is not None:
            return found
        found = named_match(line, self.priced(named)) if named else None
        return found if found is not None and found.kind == Kind.CERTAIN else None

    def priced(self, named: Named) -> Named:
        for case, _ in named:
            if case.id not in self.opened:
                self.opened[case.id] = self.cases.open_of(self.cases.cases[case.id].id, self.on)
        return [(self.seen(case.id, self.opened[case.id]), reason) for case, reason in named]

    def seen(self, id: str, open: Decimal) -> OpenCase:
        case = self.cases.cases[id]
        return open_case(case, self.cases.names[case.id], open)


def left_open(booked: Booked) -> Remark:
    """What the payment leaves open, by its own split."""
    over = booked.split.parts.overpaid
    rest = -over if over > 0 else booked.split.owed.total
    return on_amount(rest, booked.grant.case.currency)


def reasons(because: Iterable[Remark]) -> list[dict[str, Any]]:
    return [{"code": r.code, "text": r.text, "params": plain(r.params)} for r in because]


def standing(case: Case) -> list[dict[str, Any]]:
    """What speaks against booking on the case without a look."""
    if case.stage in COLLECTED:
        return []
    text = N_("Case %(number)s is “%(stage)s”.")
    return [
        {
            "code": "case_not_collected",
            "text": text,
            "params": {"number": case.number, "stage": case.stage},
        }
    ]
