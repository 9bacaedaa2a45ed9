"""Taking a bank file: whole or not at all, each line once, whatever happens in between."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from recoup.cases.operations import add_task
from recoup.eventlog.operations import record
from recoup.files.operations import keep
from recoup.kernel.actor import Actor
from recoup.kernel.bulk import undisturbed
from recoup.kernel.faults import fault
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import N_, Refusal
from recoup.ledger.accounts import HouseAccount
from recoup.ledger.operations import Draft, Leg, open_book, write_entries
from recoup.payments import bankfiles
from recoup.payments.bankfiles import Entry, Spool, read_bankfile
from recoup.payments.bankfiles.spool import PART
from recoup.payments.models import BankFile, BankLine, Statement, TrustAccount
from recoup.payments.operations.allocate import FINANCE
from recoup.payments.operations.booking import Unit, one_at_a_time
from recoup.payments.operations.fresh import fresh_entries, note_gaps
from recoup.payments.operations.give import Giving
from recoup.payments.operations.match import DebtorNames
from recoup.payments.operations.outgoing import may_be_known, settle_known
from recoup.payments.operations.release import note_statuses
from recoup.payments.operations.tally import Taken, Tally, plain
from recoup.tenancy.bulk import (
    among,
    attach,
    doubled,
    fresh_statistics,
    insert_many,
    read_many,
)

Read = bankfiles.BankFile
GROWN = ("payments_bankline", "payments_allocation", "payments_suggestion")


class Row(NamedTuple):
    """A line to be written, without its entry."""

    id: UUID
    statement: UUID
    account: UUID
    key: str
    entry_key: str
    likeness: str
    bank_reference: str
    booked_on: date
    value_on: date
    amount: Decimal
    currency: str
    counterparty: str
    counterparty_account: str
    end_to_end_id: str
    reference: str
    remittance: str
    return_reason: str


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
        with transaction.atomic(), undisturbed():
            Statement.objects.bulk_create(statements, batch_size=1000)
            for number, part in enumerate(self.spool.parts(), 1):
                self.write_fresh(part, statements)
                if doubled(number):
                    fresh_statistics(*GROWN)
            fault("bank.lines_written")
            paid = self.match(statements, self.settle(statements))
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
            self.write([self.row(e, statements[e.statement_no]) for e in fresh])

    def written(
        self, lines: "QuerySet[BankLine]", statements: list[Statement]
    ) -> Iterator[list[BankLine]]:
        """These lines in their order, a part at a time."""
        mine = {s.id: s for s in statements}
        part = read_many(lines.order_by("id")[:PART])
        while part:
            for line in part:
                statement = mine[line.statement_id]
                attach(line, statement=statement, account=statement.account)
            yield part
            part = read_many(lines.filter(id__gt=part[-1].id).order_by("id")[:PART])

    def lines(self, statements: list[Statement]) -> "QuerySet[BankLine]":
        return BankLine.objects.filter(
            agency_id=self.agency, statement__in=[s.id for s in statements]
        )

    def settle(self, statements: list[Statement]) -> set[UUID]:
        """Payouts and returns that name themselves; the lines that need no matching any more."""
        settled: set[UUID] = set()
        for part in self.written(may_be_known(self.lines(statements)), statements):
            outgoing = settle_known(part, by=self.by, at=self.at)
            self.tally.payouts += outgoing.payouts
            self.tally.returned += outgoing.returned
            settled |= outgoing.settled
        return settled

    def match(self, statements: list[Statement], settled: set[UUID]) -> list[UUID]:
        """First the lines that name a case, then the others, when all of their payers have been asked about."""
        giving = Giving(self.agency, self.tally, self.by, self.at, self.suspicious)
        names, left, paid = DebtorNames(self.agency), [], []
        for number, part in enumerate(self.written(self.lines(statements), statements), 1):
            done, rest = giving.named([line for line in part if line.id not in settled], names)
            paid += done
            left += rest
            if doubled(number):
                fresh_statistics(*GROWN)
        names.look()
        for start in range(0, len(left), PART):
            wanted = BankLine.objects.filter(id__among=among(left[start : start + PART]))
            for lines in self.written(wanted, statements):
                paid += giving.match(lines, names)
        return paid

    def write(self, rows: list[Row]) -> None:
        """Post lines and write them with one statement."""
        entries = self.post(rows)
        fault("bank.lines_posted")
        insert_many(
            "payments_bankline", LINE, ((*row, entry) for row, entry in zip(rows, entries, strict=True)),
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

    def row(self, e: Entry, statement: Statement) -> Row:
        """The values of a line in the order of `LINE`, but for its entry in the ledger."""
        assert e.amount is not None, "only bookable entries come here"
        booked = e.booked_on or e.value_on or statement.to_on or self.at.date()
        return Row(
            new_id(), statement.id, statement.account_id, e.line_key, e.entry_key, e.likeness, (e.bank_reference or "")[:60],
            booked, e.value_on or booked, e.amount, e.currency, (e.counterparty or "")[:200],
            (e.counterparty_account or "")[:40], (e.end_to_end_id or "")[:60], (e.reference or "")[:60],
            e.remittance or e.additional or "", (e.return_reason or "")[:10],
        )  # fmt: skip

    def post(self, rows: list[Row]) -> list[UUID]:
        """Each line: trust bank against what is nobody's yet."""
        house = open_book(agency=self.agency, kind="house", name="House")
        names = {account.id: account.name for account in self.accounts.values()}
        drafts = []
        for row in rows:
            money = Unit(row.currency)(row.amount)
            legs = (
                Leg(house, HouseAccount.TRUST_BANK, money),
                Leg(house, HouseAccount.UNALLOCATED, -money),
            )
            memo = f"{row.counterparty or names[row.account]} {row.reference or row.end_to_end_id}".strip()
            drafts.append(Draft("bank_line", f"bankline:{row.key}", row.value_on, memo, legs))
        return write_entries(agency=self.agency, drafts=drafts, by=self.by, at=self.at)

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
