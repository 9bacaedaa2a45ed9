"""One Stmt, Rpt or Ntfctn: its header, balances, and entries split into lines. Pure."""

import sys
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from recoup.kernel.refusal import N_, Refusal
from recoup.payments.bankfiles import reading
from recoup.payments.bankfiles.balance import Sums, check_days, check_precision, unreadable
from recoup.payments.bankfiles.camt_transaction import (
    NOBODY,
    Party,
    Transaction,
    account_id,
    bank_code,
    party_name,
    read,
)
from recoup.payments.bankfiles.facts import BOOKED, Entry, Remark, Statement
from recoup.payments.bankfiles.identity import Ordinals, digest, line_key, plain, reference
from recoup.payments.bankfiles.stream import Flat, Node, first, flat_money, money, node, text

# Available and expected balances may be stated in another currency than the account is kept in.
BOOKED_BALANCES = ("OPBD", "PRCD", "CLBD", "ITBD")
NO_DETAILS = Transaction(
    (), None, None, NOBODY, NOBODY, None, None, None, None, None, None, None, None, ()
)  # fmt: skip


class Balance(NamedTuple):
    code: str
    amount: Decimal
    currency: str
    on: date | None


class Bank(NamedTuple):
    """What the entry says, for all of its transactions."""

    number: int
    amount: Decimal | None
    currency: str
    direction: str
    status: str
    reversal: bool
    booked_on: date | None
    value_on: date | None
    reference: str | None
    code: str | None
    additional: str | None


class StatementReader:
    """Reads the entries of one statement as they stream by, then closes it with the balance check."""

    def __init__(self, header: Node, message: str, number: int, file: str) -> None:
        self.message, self.number, self.file = message, number, file
        self.remarks: list[Remark] = []
        self.account = account_of(header, file)
        self.id = text(header, "Id") or ""
        self.sequence = text(header, "ElctrncSeqNb") or text(header, "LglSeqNb")
        self.balances = balances(header)
        booked = [b.currency for b in self.balances if b.code in BOOKED_BALANCES]
        self.currency = text(header, "Acct", "Ccy") or next(iter(booked), "")
        self.name = digest(self.id, self.sequence, opening_of(self.balances))
        self.sums = Sums()
        self.entries = self.transactions = 0
        self.ordinals = Ordinals()

    def remark(self, code: str, sentence: str, **params: object) -> None:
        self.remarks.append(Remark(code, sentence, {"file": self.file, **params}))

    def read(self, entry: Flat, details: Sequence[Transaction]) -> list[Entry]:
        """The lines of one entry: its transactions where they add up to it, else the entry itself."""
        bank = self.bank(entry)
        self.entries += 1
        self.currency = self.currency or bank.currency
        self.sums.add(bank.amount, booked=bank.status == BOOKED and bank.currency == self.currency)
        if bank.currency != self.currency:
            self.remark(
                "entry_currency",
                N_("%(file)s: entry %(row)d is in %(found)s on an account in %(currency)s."),
                row=bank.number + 1, found=bank.currency, currency=self.currency,
            )  # fmt: skip
            self.sums.doubtful = True
        parts = self.split(bank, details)
        # The bank's entry is named by what all of its lines share.
        again = self.ordinals.next("entry", bank.reference, plain(bank.amount), bank.booked_on)
        entry_key = line_key(
            self.account, self.name, bank.reference, bank.amount, bank.booked_on, again
        )
        equal = (
            Ordinals()
        )  # no two entries of a statement have one key, so that lines are counted in theirs
        lines = [
            self.line(bank, at, amount, tx, entry_key, equal)
            for at, (amount, tx) in enumerate(parts)
        ]
        self.transactions += len(lines)
        return lines

    def bank(self, entry: Flat) -> Bank:
        given = flat_money(entry, "Amt") or ("", "")
        size = reading.amount(given[0])
        direction = first(entry, "CdtDbtInd")
        number = self.entries
        if (
            size is None
            or direction not in ("CRDT", "DBIT")
            or not reading.CURRENCY.fullmatch(given[1])
        ):
            self.remarks.append(
                unreadable(
                    self.file, number + 1, "Amt", f"{direction or '–'} {given[0]} {given[1]}"
                )
            )
            self.sums.doubtful, size = True, None
        bank = Bank(
            number,
            None if size is None else -size if direction == "DBIT" and size else size,
            sys.intern(given[1]) if reading.CURRENCY.fullmatch(given[1]) else self.currency,
            direction or "",
            self.status(entry),
            (first(entry, "RvslInd") or "").lower() in ("true", "1"),
            reading.day(first(entry, "BookgDt/Dt", "BookgDt/DtTm")),
            reading.day(first(entry, "ValDt/Dt", "ValDt/DtTm")),
            reference(first(entry, "AcctSvcrRef")) or reference(first(entry, "NtryRef")),
            bank_code(entry),
            reading.clean(first(entry, "AddtlNtryInf")),
        )
        self.remarks += check_precision(self.file, number + 1, bank.amount, bank.currency)
        self.remarks += check_days(self.file, number + 1, bank.booked_on, bank.value_on)
        return bank

    def status(self, entry: Flat) -> str:
        """BOOK, PDNG, INFO, FUTR …; an unmarked line is booked in a statement only."""
        given = first(entry, "Sts/Cd", "Sts/Prtry", "Sts")
        if given:
            return sys.intern(given)
        return BOOKED if self.message == "camt.053" else "INFO"

    def split(
        self, bank: Bank, details: Sequence[Transaction]
    ) -> Sequence[tuple[Decimal | None, Transaction]]:
        """Signed amounts with their transactions, adding up to the entry; one part if they cannot."""
        if not details:
            return [(bank.amount, NO_DETAILS)]
        if len(details) == 1:
            return [(bank.amount, details[0])]
        sizes = [next((a for a, c in tx.amounts if c == bank.currency), None) for tx in details]
        if bank.amount is not None and all(size is not None for size in sizes):
            own = [
                signed(s, tx.direction or bank.direction)
                for s, tx in zip(sizes, details, strict=True)
            ]
            if sum(own) == bank.amount:
                return list(zip(own, details, strict=True))
            # Some banks mark each transaction with the direction of the original payment.
            same = [signed(size, bank.direction) for size in sizes]
            if sum(same) == bank.amount:
                return list(zip(same, details, strict=True))
        self.remark(
            "batch_not_split",
            N_("%(file)s: the %(found)d transactions of entry %(row)d do not add up to it; kept whole."),
            row=bank.number + 1, found=len(details),
        )  # fmt: skip
        return [(bank.amount, NO_DETAILS)]

    def line(
        self, bank: Bank, at: int, amount: Decimal | None, tx: Transaction, entry_key: str,
        equal: Ordinals,
    ) -> Entry:  # fmt: skip
        debit = bank.direction == "DBIT"
        other = counterparty(tx, debit=debit, own=self.account)
        remittance = tx.remittance
        likeness = digest(
            self.account, plain(amount), bank.currency, bank.booked_on, bank.value_on, tx.end_to_end_id,
            tx.reference, remittance or bank.additional, other.name, other.account,
        )  # fmt: skip
        again = equal.next(plain(amount), tx.bank_reference, tx.end_to_end_id)
        return Entry(
            statement=self.id, statement_no=self.number, entry_no=bank.number, transaction_no=at,
            booked_on=bank.booked_on, value_on=bank.value_on, amount=amount, currency=bank.currency,
            status=bank.status, reversal=bank.reversal, counterparty=other.name,
            counterparty_account=other.account, end_to_end_id=tx.end_to_end_id, reference=tx.reference,
            remittance=remittance, return_reason=tx.return_reason,
            bank_reference=tx.bank_reference or bank.reference, mandate_id=tx.mandate_id,
            instructed_amount=tx.instructed[0] if tx.instructed else None,
            instructed_currency=tx.instructed[1] if tx.instructed else None,
            transaction_code=tx.code or bank.code, additional=tx.additional or bank.additional,
            documents=tx.documents,
            line_key=line_key(
                self.account, self.name, entry_key, amount, bank.booked_on, again,
                tx.bank_reference, tx.end_to_end_id,
            ),
            entry_key=entry_key, likeness=likeness,
        )  # fmt: skip

    def close(self, header: Node) -> Statement:
        """The statement with its sums, compared with its balances and the bank's own summary."""
        if account_of(header, self.file) != self.account or (text(header, "Id") or "") != self.id:
            raise Refusal(
                "statement_out_of_order",
                N_("%(file)s: the account of statement %(found)s stands after its entries."),
                file=self.file, found=text(header, "Id") or str(self.number + 1),
            )  # fmt: skip
        found = balances(header)
        opening = opening_of(found)
        closing = closing_of(found)
        period = node(header, "FrToDt")
        self.compare_summary(node(header, "TxsSummry"))
        return Statement(
            id=self.id, sequence=self.sequence, account=self.account, currency=self.currency,
            owner=party_name(node(header, "Acct", "Ownr")),
            from_on=reading.day(text(period, "FrDtTm") or text(period, "FrDt")) or (opening.on if opening else None),
            to_on=reading.day(text(period, "ToDtTm") or text(period, "ToDt")) or (closing.on if closing else None),
            opening=opening.amount if opening else None, opening_on=opening.on if opening else None,
            closing=closing.amount if closing else None, closing_on=closing.on if closing else None,
            entries=self.entries, transactions=self.transactions,
            credit_sum=self.sums.credit, debit_sum=self.sums.debit,
            balanced=self.balanced(opening, closing),
            copy=text(header, "CpyDplctInd"),
        )  # fmt: skip

    def balanced(self, opening: Balance | None, closing: Balance | None) -> bool | None:
        if opening is None or closing is None or opening.currency != closing.currency:
            complete = self.message != "camt.053" or (self.entries and not (opening or closing))
            if not complete:
                self.remark(
                    "balance_missing",
                    N_(
                        "%(file)s: statement %(found)s has no opening and closing balance to compare."
                    ),
                    found=self.id,
                )
            return None if complete and not self.sums.doubtful else False
        if opening.currency != self.currency:
            self.sums.doubtful = True
        difference = closing.amount - opening.amount - self.sums.booked
        if difference:
            self.remark(
                "statement_unbalanced",
                N_("%(file)s: statement %(found)s does not balance, by %(difference)s %(currency)s."),
                found=self.id, difference=str(difference), currency=self.currency,
            )  # fmt: skip
        return not difference and not self.sums.doubtful

    def compare_summary(self, summary: Node) -> None:
        stated = text(summary, "TtlNtries", "NbOfNtries")
        if stated and stated.isascii() and stated.isdigit() and int(stated[:18]) != self.entries:
            self.remark(
                "summary_differs",
                N_("%(file)s: statement %(id)s states %(found)s entries but lists %(entries)d."),
                id=self.id, found=stated[:18], entries=self.entries,
            )  # fmt: skip


def account_of(header: Node, file: str) -> str:
    account = account_id(node(header, "Acct"))
    if account is None:
        raise Refusal(
            "statement_without_account", N_("%(file)s: statement %(found)s names no account."),
            file=file, found=text(header, "Id") or "?",
        )  # fmt: skip
    return account


def signed(size: Decimal | None, direction: str) -> Decimal:
    assert size is not None
    return -size if direction == "DBIT" and size else size


def day(of: Node) -> date | None:
    """Dt or, as some banks write, DtTm."""
    return reading.day(text(of, "Dt") or text(of, "DtTm"))


def counterparty(tx: Transaction, *, debit: bool, own: str) -> Party:
    """The other side; a return keeps the parties of the original, so the own account is passed over."""
    first, second = (tx.creditor, tx.debtor) if debit else (tx.debtor, tx.creditor)
    if second is NOBODY:
        return first
    return second if first is NOBODY or (first.account == own and own) else first


def balances(header: Node) -> list[Balance]:
    """The readable balances, in the order of the file."""
    found = []
    for of in header.get("Bal", ()):
        given = read(money(of, "Amt")) if isinstance(of, dict) else None
        if given is None:
            continue
        code = text(of, "Tp", "CdOrPrtry", "Cd") or text(of, "Tp", "Cd") or ""
        amount = signed(given[0], text(of, "CdtDbtInd") or "")
        found.append(Balance(code, amount, given[1], day(node(of, "Dt"))))
    return found


def opening_of(found: list[Balance]) -> Balance | None:
    """Opening booked, else the previous closing booked; the earliest where there are several."""
    for code in ("OPBD", "PRCD"):
        some = [b for b in found if b.code == code]
        if some:
            return min(some, key=lambda b: b.on or date.max)
    return None


def closing_of(found: list[Balance]) -> Balance | None:
    """Closing booked; the latest where there are several."""
    some = [b for b in found if b.code == "CLBD"]
    return max(reversed(some), key=lambda b: b.on or date.min) if some else None
