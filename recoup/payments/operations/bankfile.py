"""Taking a bank file: whole or not at all, each line once, whatever happens in between."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.cases.operations import add_task
from recoup.eventlog.operations import record
from recoup.files.operations import keep
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import N_, Refusal
from recoup.ledger.accounts import HouseAccount
from recoup.ledger.models import Entry as LedgerEntry
from recoup.ledger.operations import Draft, Leg, open_book, post_many
from recoup.payments import bankfiles
from recoup.payments.bankfiles import Entry, Spool, read_bankfile
from recoup.payments.bankfiles.spool import PART
from recoup.payments.matching import Kind, Match, match
from recoup.payments.models import BankFile, BankLine, Statement, Suggestion, TrustAccount
from recoup.payments.operations.allocate import FINANCE, overpaid_tasks
from recoup.payments.operations.booking import Desk, Grant, Unit, desk_for, one_at_a_time, write
from recoup.payments.operations.fresh import fresh_entries, note_gaps
from recoup.payments.operations.match import COLLECTED, DebtorNames, candidates_for, line_of
from recoup.payments.operations.outgoing import settle_known
from recoup.payments.operations.release import note_statuses
from recoup.payments.operations.tally import Taken, Tally, plain
from recoup.screening.models import ListedParty
from recoup.screening.operations import resembling
from recoup.tenancy.bulk import doubled, fresh_statistics, insert_many

SCORES = {Kind.CERTAIN: 100, Kind.LIKELY: 70, Kind.NONE: 30}
Read = bankfiles.BankFile
GROWN = ("payments_bankline", "payments_allocation", "payments_suggestion")
LINE = {
    "id": "uuid", "statement_id": "uuid", "account_id": "uuid", "key": "text", "entry_key": "text", "likeness": "text",
    "bank_reference": "text", "booked_on": "date", "value_on": "date", "amount": "numeric", "currency": "text",
    "counterparty": "text", "counterparty_account": "text", "end_to_end_id": "text", "reference": "text",
    "remittance": "text", "return_reason": "text", "entry_id": "uuid",
}  # fmt: skip


def take_bank_file(*, agency: UUID, content: bytes, name: str, by: Actor, at: datetime) -> Taken:
    """Take a bank file: keep it by its hash, book every new line, give certain ones to their cases,
    suggest likely ones, leave the rest to a person.

    Nothing is booked twice: not the same bytes, nor the same lines in a renamed, duplicate or
    overlapping file. A file that does not balance is held: kept, a task, nothing booked. A pain.002 is
    kept as the bank's answer to our payment files. Raises
    `Refusal` for a file as a whole: unreadable (as `read_bankfile`), `bankfile_no_statement`,
    `account_not_ours`, `account_currency`.
    """
    digest = sha256(content).hexdigest()
    known = BankFile.objects.filter(agency_id=agency, sha256=digest).first()
    if known is not None:
        return Taken(known, "known", again(known))  # before anything of it is read
    with Spool() as spool:
        read = read_bankfile(content, file=name, keep=spool.add)
        return take_read(run_of(agency, read, spool, by, at), content, digest, name)


def take_read(run: "Run", content: bytes, digest: str, name: str) -> Taken:
    """The file as read, inside one transaction and alone."""
    agency, by, at = run.agency, run.by, run.at
    with transaction.atomic():
        one_at_a_time(agency)
        known = BankFile.objects.filter(agency_id=agency, sha256=digest).first()
        if known is not None:
            return Taken(known, "known", again(known))
        if run.read.payment_statuses:
            return take_status_report(agency, run.read, run.spool, content, name, by, at)
        run.accounts = own_accounts(agency, run.read)
        if any(s.balanced is False for s in run.read.statements):
            return run.hold(content, name)
        return run.take(content, name)


def run_of(agency: UUID, read: Read, spool: Spool, by: Actor, at: datetime) -> "Run":
    tally = Tally(statements=len(read.statements), entries=len(spool))
    tally.warnings += [
        {"code": w.code, "text": w.text, "params": plain(w.params)} for w in read.warnings[:200]
    ]
    return Run(agency, read, spool, {}, tally, by, at)


def take_status_report(
    agency: UUID, read: Read, spool: Spool, content: bytes, name: str, by: Actor, at: datetime
) -> Taken:
    """A pain.002: the bank's answers to our payment files are kept, refusals become tasks."""
    run = Run(agency, read, spool, {}, Tally(), by, at)
    file = run.file(content, name, "taken")
    counts = note_statuses(file=file, statuses=read.payment_statuses, by=by, at=at)
    file.summary = run.tally.as_json() | {"statuses": counts}
    file.save(force_insert=True)
    record(agency=agency, kind="StatusReportTaken", by=by, at=at, audience="internal", name=file.name,
           answers=counts["answers"], refused=counts["refused"], unknown=counts["unknown"])  # fmt: skip
    return Taken(file, "taken", file.summary)


def again(file: BankFile) -> dict[str, Any]:
    """The same bytes once more: as many lines as the first time, all of them known."""
    counted = {name: file.summary.get(name, 0) for name in ("statements", "entries")}
    tally = Tally(**counted, duplicates=counted["entries"])
    return tally.as_json() | {"first": file.taken_at.isoformat(), "first_name": file.name}


def own_accounts(agency: UUID, read: Read) -> dict[int, TrustAccount]:
    """The trust account of each statement. Raises `Refusal` when one is not ours or in another currency."""
    if not read.statements:
        raise Refusal(
            "bankfile_no_statement", N_("%(file)s is a %(found)s and holds no statement of an account."),
            file=read.file, found=read.format,
        )  # fmt: skip
    ours: dict[str, list[TrustAccount]] = {}
    for account in TrustAccount.objects.filter(agency_id=agency):
        ours.setdefault(account.iban.replace(" ", "").upper(), []).append(account)
    found: dict[int, TrustAccount] = {}
    for number, statement in enumerate(read.statements):
        accounts = ours.get(statement.account.replace(" ", "").upper())
        if not accounts:
            raise Refusal(
                "account_not_ours", N_("%(file)s: account %(found)s is not one of our trust accounts."),
                file=read.file, row=number + 1, field="account", found=statement.account,
            )  # fmt: skip
        fitting = [a for a in accounts if a.currency == statement.currency]
        if not fitting:
            raise Refusal(
                "account_currency", N_("%(file)s: account %(account)s is kept in %(currency)s, the statement in %(found)s."),
                file=read.file, row=number + 1, field="currency", found=statement.currency,
                account=statement.account, currency=accounts[0].currency,
            )  # fmt: skip
        found[number] = fitting[0]
    return found


@dataclass(slots=True)
class Run:
    """One file on its way in, inside one transaction. Of its lines a part at a time is in memory: they come out
    of the spool, are written, and are read again from the books to be matched."""

    agency: UUID
    read: Read
    spool: Spool
    accounts: dict[int, TrustAccount]
    tally: Tally
    by: Actor
    at: datetime
    suspicious: set[str] = field(default_factory=set)

    def file(self, content: bytes, name: str, status: str) -> BankFile:
        document = keep(
            agency=self.agency, content=content, name=name, kind="bank_file", audience="internal",
            media_type="application/xml" if content.lstrip()[:1] == b"<" else "text/plain",
            title=f"{self.read.format} {name}"[:200], by=self.by, at=self.at,
        )  # fmt: skip
        fault("bank.file_kept")
        return BankFile(
            agency_id=self.agency, sha256=document.sha256, name=document.name, format=self.read.format[:40],
            document=document, taken_at=self.at, by_name=self.by.name, status=status,
        )  # fmt: skip

    def hold(self, content: bytes, name: str) -> Taken:
        """Keep a file that does not balance for a person; nothing of it is booked."""
        file = self.file(content, name, "held")
        file.summary = self.tally.as_json()
        file.save(force_insert=True)
        off = [s for s in self.read.statements if s.balanced is False]
        params: dict[str, Any] = {
            "name": file.name,
            "statement": ", ".join(s.id for s in off)[:100],
        }
        add_task(
            agency=self.agency, key=f"bankfile:{file.id}", kind="bank_file_held", role=FINANCE,
            sentence=N_("%(name)s does not balance (statement %(statement)s) and is held: ask the bank for it again."),
            params=params, due_on=self.at.date() + timedelta(days=1), default=N_("Nothing of it is booked."),
            by=self.by, at=self.at,
        )  # fmt: skip
        record(agency=self.agency, kind="BankFileHeld", by=self.by, at=self.at, audience="internal",
               file=str(file.id), **params)  # fmt: skip
        return Taken(file, "held", file.summary)

    def take(self, content: bytes, name: str) -> Taken:
        note_gaps(self.read, self.accounts, self.tally)
        file = self.file(content, name, "taken")
        # The file's row is append-only, so it is written last, with its summary; its key is known.
        paid = self.write_and_match(file, self.statements(file))
        return Taken(file, "taken", file.summary, tuple(dict.fromkeys(paid)))

    def write_and_match(self, file: BankFile, statements: list[Statement]) -> list[UUID]:
        with transaction.atomic():
            Statement.objects.bulk_create(statements, batch_size=1000)
            for number, part in enumerate(self.spool.parts(), 1):
                self.write_fresh(part, statements)
                if doubled(number):
                    fresh_statistics(*GROWN)
            fault("bank.lines_written")
            settled = self.settle(statements)
            names = self.names_of(statements, settled)
            paid: list[UUID] = []
            for number, lines in enumerate(self.written(statements, settled), 1):
                paid += self.match(lines, names)
                if doubled(number):
                    fresh_statistics(*GROWN)
            fault("bank.suggested")
            file.summary = self.tally.as_json()
            file.save(force_insert=True)
            self.tell(file)
            fault("bank.file_written")
        return paid

    def write_fresh(self, part: list[Entry], statements: list[Statement]) -> None:
        fresh, suspicious = fresh_entries(
            self.agency, self.read.format, part, statements, self.tally
        )
        self.tally.new += len(fresh)
        self.suspicious |= suspicious
        if fresh:
            self.write([self.line(e, statements[e.statement_no]) for e in fresh])

    def written(
        self, statements: list[Statement], but: Collection[UUID] = ()
    ) -> Iterator[list[BankLine]]:  # fmt: skip
        """This file's lines in their order, a part at a time, without those of `but`."""
        mine = {s.id: s for s in statements}
        lines = BankLine.objects.filter(agency_id=self.agency, statement__in=list(mine)).order_by("id")  # fmt: skip
        part = list(lines[:PART])
        while part:
            for line in part:
                line.statement = mine[line.statement_id]
                line.account = line.statement.account
            if kept := [line for line in part if line.id not in but]:
                yield kept
            part = list(lines.filter(id__gt=part[-1].id)[:PART])

    def settle(self, statements: list[Statement]) -> set[UUID]:
        """Payouts and returns that name themselves; the lines that need no matching any more."""
        settled: set[UUID] = set()
        for part in self.written(statements):
            outgoing = settle_known(part, by=self.by, at=self.at)
            self.tally.payouts += outgoing.payouts
            self.tally.returned += outgoing.returned
            settled |= outgoing.settled
        return settled

    def names_of(self, statements: list[Statement], settled: set[UUID]) -> DebtorNames:
        """Who is called like a payer of this file; asked for all of its lines at once."""
        names = DebtorNames(self.agency)
        for part in self.written(statements, settled):
            names.ask(line_of(line) for line in part if line.amount > 0)
        names.look()
        return names

    def write(self, lines: list[BankLine]) -> None:
        """Post lines and write them with one statement."""
        for line, entry in zip(lines, self.post(lines), strict=True):
            line.entry_id = entry.id
        fault("bank.lines_posted")
        insert_many(
            "payments_bankline", LINE, ([getattr(line, name) for name in LINE] for line in lines),
            constants={"agency_id": ("uuid", self.agency)},
        )  # fmt: skip

    # Writing ---------------------------------------------------------------------------------

    def statements(self, file: BankFile) -> list[Statement]:
        return [
            Statement(
                agency_id=self.agency, file=file, account=self.accounts[n], identifier=s.id[:60],
                sequence=(s.sequence or "")[:30], from_on=s.from_on, to_on=s.to_on, opening=s.opening,
                closing=s.closing,
            )
            for n, s in enumerate(self.read.statements)
        ]  # fmt: skip

    def line(self, e: Entry, statement: Statement) -> BankLine:
        assert e.amount is not None, "only bookable entries come here"
        booked = e.booked_on or e.value_on or statement.to_on or self.at.date()
        return BankLine(
            agency_id=self.agency, statement=statement, account=statement.account, key=e.line_key,
            entry_key=e.entry_key, likeness=e.likeness, bank_reference=(e.bank_reference or "")[:60],
            booked_on=booked, value_on=e.value_on or booked, amount=e.amount, currency=e.currency,
            counterparty=(e.counterparty or "")[:200], counterparty_account=(e.counterparty_account or "")[:40],
            end_to_end_id=(e.end_to_end_id or "")[:60], reference=(e.reference or "")[:60],
            remittance=e.remittance or e.additional or "", return_reason=(e.return_reason or "")[:10],
        )  # fmt: skip

    def post(self, lines: list[BankLine]) -> list[LedgerEntry]:
        return post_many(agency=self.agency, drafts=self.drafts(lines), by=self.by, at=self.at)

    def drafts(self, lines: list[BankLine]) -> list[Draft]:
        """Each line: trust bank against what is nobody's yet."""
        house = open_book(agency=self.agency, kind="house", name="House")
        found = []
        for line in lines:
            money = Unit(line.currency)(line.amount)
            legs = (
                Leg(house, HouseAccount.TRUST_BANK, money),
                Leg(house, HouseAccount.UNALLOCATED, -money),
            )
            memo = f"{line.counterparty or line.account.name} {line.reference or line.end_to_end_id}".strip()
            found.append(Draft("bank_line", f"bankline:{line.key}", line.value_on, memo, legs))
        return found

    # Matching --------------------------------------------------------------------------------

    def match(self, lines: list[BankLine], names: DebtorNames | None = None) -> list[UUID]:
        """Allocate certain lines, suggest likely ones; returns the cases that were paid."""
        incoming = [line for line in lines if line.amount > 0]
        self.tally.unmatched += len(lines) - len(incoming)
        if not incoming:
            return []
        plain_lines = [line_of(line) for line in incoming]
        latest = max(line.value_on for line in incoming)
        candidates, cases = candidates_for(self.agency, plain_lines, latest, names)
        listed = resembling(agency=self.agency, names=[line.counterparty for line in incoming])
        desk = desk_for(list(cases.values()))
        suggestions: list[Suggestion] = []
        for line, wanted in zip(incoming, plain_lines, strict=True):
            found = match(wanted, candidates)
            if line.counterparty in listed:
                self.hold_back(line, listed[line.counterparty])
            elif found.kind == Kind.CERTAIN and self.grant(desk, line, found, cases):
                self.tally.matched += 1
                self.tally.add_amount(line.currency, line.amount)
                continue
            made = self.suggest(line, found, cases)
            if found.kind == Kind.CERTAIN:
                self.ask_about_ended(line, [cases[id] for id, _ in found.cases])
            suggestions += made
            self.tally.part_matched += bool(made)
            self.tally.unmatched += not made
        write(agency=self.agency, booked=desk.done, by=self.by, at=self.at)
        overpaid_tasks(desk.done, by=self.by, at=self.at)
        Suggestion.objects.bulk_create(suggestions, batch_size=2000)
        return [booked.grant.case.id for booked in desk.done]

    def grant(self, desk: Desk, line: BankLine, found: Match, cases: dict[str, Case]) -> bool:
        """Split a certain line; False when a person must look (case not in collection, law silent)."""
        paid = [(cases[id], amount) for id, amount in found.cases]
        if line.key in self.suspicious or any(c.stage not in COLLECTED for c, _ in paid):
            return False
        because = {"match": reasons(found)}
        try:
            grants = [Grant(case, amount, line.value_on, because, line) for case, amount in paid]
            # All or none of a line that pays several cases.
            trial = Desk(dict(desk.facts))
            for grant in grants:
                trial.take(grant)
        except Refusal as refusal:
            self.tally.warnings.append(
                {"code": refusal.code, "text": refusal.text, "params": plain(refusal.params)}
            )
            return False
        desk.facts = trial.facts
        desk.done += trial.done
        return True

    def suggest(self, line: BankLine, found: Match, cases: dict[str, Case]) -> list[Suggestion]:
        ids = [id for id, _ in found.cases] or list(found.suggestions)
        amounts = dict(found.cases)
        because = reasons(found)
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

    def tell(self, file: BankFile) -> None:
        """The event, and one task for all lines that wait for a person."""
        tally = self.tally
        waiting = tally.part_matched + tally.unmatched
        record(
            agency=self.agency, kind="BankFileTaken", by=self.by, at=self.at, audience="internal", file=str(file.id),
            name=file.name, new=tally.new, duplicates=tally.duplicates, matched=tally.matched, waiting=waiting,
        )  # fmt: skip
        if waiting:
            add_task(
                agency=self.agency, key=f"bankfile:{file.id}", kind="match_lines", role=FINANCE,
                sentence=N_("%(waiting)d lines of %(name)s wait to be matched, %(likely)d with a suggestion."),
                params={"waiting": waiting, "name": file.name, "likely": tally.part_matched},
                due_on=self.at.date() + timedelta(days=1), default=N_("The money stays unallocated."),
                by=self.by, at=self.at,
            )  # fmt: skip


def reasons(found: Match) -> list[dict[str, Any]]:
    return [{"code": r.code, "text": r.text, "params": plain(r.params)} for r in found.because]


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
