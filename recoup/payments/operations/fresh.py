"""Which lines of a bank file are new, which look like others, and whether a statement is missing."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from uuid import UUID

from recoup.kernel.refusal import N_
from recoup.payments.bankfiles import BankFile, Entry
from recoup.payments.models import BankLine, Statement, TrustAccount
from recoup.payments.operations.tally import Tally
from recoup.tenancy.bulk import among_texts

# Reports and notifications of the day: the statement brings the same lines again.
BEFOREHAND = ("camt.052", "camt.054", "MT942")


def fresh_entries(
    agency: UUID, format: str, part: list[Entry], statements: list[Statement], tally: Tally
) -> tuple[list[Entry], set[str]]:
    """Booked lines of a part of a file that no file has brought before, in their order; and the keys of those
    that look like a line of another statement. The parts before it are written already, to these statements."""
    lines = BankLine.objects.filter(agency_id=agency)
    keys = among_texts({e.entry_key for e in part})
    earlier = lines.filter(entry_key__among=keys).exclude(statement__in=statements)
    known = set(earlier.values_list("entry_key", flat=True))
    seen: set[str] = set()
    # No two lines of one statement have the same key (bankfiles/identity.py).
    if len(statements) > 1:
        taken = lines.filter(key__among=among_texts({e.line_key for e in part}))
        seen.update(taken.values_list("key", flat=True))
    fresh: list[Entry] = []
    for entry in part:
        if not entry.is_bookable or is_beforehand(format, entry):
            tally.not_booked += 1
        elif entry.entry_key in known or entry.line_key in seen:
            tally.duplicates += 1
        else:
            seen.add(entry.line_key)
            fresh.append(entry)
    return fresh, alike(agency, fresh, statements, tally)


def is_beforehand(format: str, entry: Entry) -> bool:
    """A line of a report before the statement, without a name by which the statement's is known."""
    return format.startswith(BEFOREHAND) and entry.bank_reference is None


def alike(
    agency: UUID, fresh: list[Entry], statements: list[Statement], tally: Tally
) -> set[str]:  # fmt: skip
    """Nameless lines that another statement has brought alike: perhaps the same money."""
    nameless = [e for e in fresh if e.bank_reference is None]
    lines = BankLine.objects.filter(
        agency_id=agency, likeness__among=among_texts({e.likeness for e in nameless})
    )
    brought: dict[str, set[UUID]] = defaultdict(set)
    for likeness, statement in lines.values_list("likeness", "statement_id") if nameless else ():
        brought[likeness].add(statement)
    found: set[str] = set()
    for entry in nameless:
        own = statements[entry.statement_no].id
        brought[entry.likeness].add(own)
        if brought[entry.likeness] != {own}:
            found.add(entry.line_key)
            tally.warn(
                "line_alike", N_("A line of %(amount)s %(currency)s looks like one of another statement: check that it is other money."),
                amount=str(entry.amount), currency=entry.currency,
            )  # fmt: skip
    return found


def note_gaps(read: BankFile, accounts: dict[int, TrustAccount], tally: Tally) -> None:
    """A statement that does not begin where the one before ended: something is missing (BK05)."""
    last = {a.id: found for a in accounts.values() if (found := last_closing(a.id))}
    for number, statement in enumerate(read.statements):
        account = accounts[number].id
        known = last.get(account)
        later = known and statement.from_on and statement.from_on > known[0]
        if known and later and statement.opening is not None and statement.opening != known[1]:
            tally.warn(
                "statement_gap", N_("Statement %(id)s opens with %(found)s, but the last one closed with %(expected)s: a statement is missing."),
                id=statement.id, found=str(statement.opening), expected=f"{known[1].normalize():f}",
            )  # fmt: skip
        if statement.closing is not None and statement.to_on:
            last[account] = (statement.to_on, statement.closing)


def last_closing(account: UUID) -> tuple[date, Decimal] | None:
    before = Statement.objects.filter(
        account_id=account, closing__isnull=False, to_on__isnull=False
    )
    row = before.order_by("-to_on", "-id").values_list("to_on", "closing").first()
    return None if row is None or row[0] is None or row[1] is None else (row[0], row[1])
