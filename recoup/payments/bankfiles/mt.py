"""Reader of MT940 (statement) and MT942 (interim report) as banks really write them. Pure.

Sign (SWIFT standards, field 61): C credit, D debit, RC reversal of a credit, so a debit, RD reversal
of a debit, so a credit. What an MT942 lists is announced, not booked: the MT940 brings it again.
"""

import calendar
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from recoup.kernel.refusal import N_, Refusal
from recoup.payments.bankfiles import reading
from recoup.payments.bankfiles.balance import Sums, check_days, check_precision, unreadable
from recoup.payments.bankfiles.facts import BOOKED, BankFile, Entry, Remark, Statement
from recoup.payments.bankfiles.identity import Ordinals, digest, line_key, plain, reference
from recoup.payments.bankfiles.mt_details import Details, details, ns_details
from recoup.payments.bankfiles.mt_fields import Field, MtMessage, messages

LINE = re.compile(
    r"\s*(?P<value>[0-9]{6})(?P<entry>[0-9]{4}|[ ]{4})?\s*(?P<mark>RC|RD|EC|ED|C|D)(?P<funds>[A-Z])?\s*"
    r"(?P<amount>[0-9]*[.,]?[0-9]+[.,]?[0-9]*)\s*(?P<type>[A-Z][A-Z0-9 ]{3})?(?P<rest>.*)",
    re.ASCII | re.DOTALL,
)
BALANCE = re.compile(
    r"\s*(?P<mark>[CD])(?P<day>[0-9]{6})(?P<currency>[A-Z]{3})\s*(?P<amount>[0-9.,]+)\s*", re.ASCII
)
TOTAL = re.compile(
    r"\s*(?P<count>[0-9]{1,5})(?P<currency>[A-Z]{3})\s*(?P<amount>[0-9.,]+)\s*", re.ASCII
)
LIMIT = re.compile(r"\s*([A-Z]{3})", re.ASCII)
CREDITS = ("C", "RD", "EC")
SAYS_SOMETHING = ("60F", "60M", "61", "62F", "62M", "34F")
INSTRUCTED = re.compile(r"/OCMT/([A-Z]{3})([0-9]+,[0-9]*)", re.ASCII)


class Balance(NamedTuple):
    amount: Decimal
    currency: str
    on: date | None
    final: bool


class Line(NamedTuple):
    field: Field
    info: Field | None


def read_mt(text: str, *, file: str, keep: Callable[[list[Entry]], None] | None = None) -> BankFile:
    """Every statement of a decoded MT940 or MT942 file; its lines go to `keep`, where that is given.

    Raises `Refusal` `mt_truncated`, `mt_trailing`, `statement_missing`.
    """
    found = [
        m
        for m in messages(text, file=file)
        if any(f.tag in ("20", *SAYS_SOMETHING) for f in m.fields)
    ]
    if not any(f.tag in SAYS_SOMETHING for m in found for f in m.fields):
        raise Refusal(
            "statement_missing", N_("%(file)s is a %(name)s without a statement in it."), file=file, name="MT940"
        )  # fmt: skip
    readers = [MtReader(message, number, file) for number, message in enumerate(found)]
    statements, remarks = [], []
    entries: list[Entry] = []
    keep = keep or entries.extend
    for reader in readers:
        keep(reader.read())
        statements.append(reader.close())
        remarks += reader.remarks
    kinds = {reader.kind for reader in readers}
    return BankFile(
        file, "MT942" if kinds == {"MT942"} else "MT940", None, tuple(statements), tuple(entries), (), tuple(remarks)
    )  # fmt: skip


class MtReader:
    """One message: header, lines, balance check."""

    def __init__(self, message: MtMessage, number: int, file: str) -> None:
        self.fields, self.number, self.file = message.fields, number, file
        self.remarks: list[Remark] = []
        self.kind = (
            "MT942"
            if any(f.tag in ("34F", "90C", "90D", "13D") for f in self.fields)
            and not self.first("60F", "60M")
            else "MT940"
        )
        self.ref = self.value("20")
        self.sequence = self.value("28C", "28") or None
        self.account = self.value("25", "25P")
        self.opening = self.balance("60F", "60M")
        self.closing = self.balance("62F", "62M", last=True)
        known = self.opening or self.closing
        limit = LIMIT.match(self.value("34F"))
        self.currency = known.currency if known else limit[1] if limit else ""
        self.name = digest(self.ref, self.sequence, self.opening)
        self.sums = Sums()
        self.ordinals = Ordinals()

    def first(self, *tags: str) -> Field | None:
        return next((f for f in self.fields if f.tag in tags), None)

    def value(self, *tags: str) -> str:
        field = self.first(*tags)
        return (reading.clean(field.lines[0]) or "") if field else ""

    def remark(self, code: str, sentence: str, **params: object) -> None:
        self.remarks.append(Remark(code, sentence, {"file": self.file, **params}))

    def balance(self, *tags: str, last: bool = False) -> Balance | None:
        fields = [f for f in self.fields if f.tag in tags]
        if not fields:
            return None
        field = fields[-1] if last else fields[0]
        found = BALANCE.fullmatch(field.lines[0])
        amount = reading.comma_amount(found["amount"]) if found else None
        if not found or amount is None:
            self.remark(
                "balance_unreadable", N_("%(file)s: the balance :%(field)s: cannot be read: “%(found)s”."),
                field=field.tag, found=field.lines[0][:80],
            )  # fmt: skip
            return None
        signed = -amount if found["mark"] == "D" and amount else amount
        return Balance(signed, found["currency"], short_day(found["day"]), field.tag.endswith("F"))

    def lines(self) -> list[Line]:
        """Each :61: with the text that belongs to it: the :86: or :NS: fields right after it."""
        found: list[Line] = []
        open_line = False
        for field in self.fields:
            if field.tag == "61":
                found.append(Line(field, None))
                open_line = True
            elif field.tag in ("86", "NS") and open_line:
                line, info = found[-1]
                more = field if info is None else Field(info.tag, info.lines + field.lines)
                found[-1] = Line(line, more)
            else:
                open_line = False
        return found

    def read(self) -> list[Entry]:
        return [self.entry(at, line) for at, line in enumerate(self.lines())]

    def entry(self, at: int, line: Line) -> Entry:
        found = LINE.fullmatch(line.field.lines[0])
        amount, status, reversal, value_on, booked_on = None, BOOKED, False, None, None
        rest = ""
        if found and (size := reading.comma_amount(found["amount"])) is not None:
            amount = size if found["mark"] in CREDITS or not size else -size
            reversal = found["mark"].startswith("R")
            status = "INFO" if self.kind == "MT942" or found["mark"].startswith("E") else BOOKED
            value_on = short_day(found["value"])
            booked_on = entry_day(found["entry"], value_on) or value_on
            rest = found["rest"]
            self.check_line(at, found["value"], booked_on, value_on, amount)
        else:
            self.remarks.append(unreadable(self.file, at + 1, "61", line.field.lines[0]))
            self.sums.doubtful = True
        self.sums.add(amount, booked=status == BOOKED)
        own, _, bank = rest.partition("//")
        said = self.details(line)
        return self.fact(
            at,
            line,
            amount,
            status,
            reversal,
            booked_on,
            value_on,
            own.strip(),
            reference(bank.strip() or None),
            said,
        )

    def check_line(
        self, at: int, value: str, booked_on: date | None, value_on: date | None, amount: Decimal
    ) -> None:
        if value_on is not None and value_on.strftime("%y%m%d") != value:
            self.remark(
                "day_does_not_exist", N_("%(file)s: line %(row)d has value date %(found)s; read as %(day)s."),
                row=at + 1, field="61", found=value, day=value_on.isoformat(),
            )  # fmt: skip
        self.remarks += check_days(self.file, at + 1, booked_on, value_on)
        if self.currency:
            self.remarks += check_precision(self.file, at + 1, amount, self.currency)

    def details(self, line: Line) -> Details:
        if line.info is None:
            return Details(remittance=reading.clean("\n".join(line.field.lines[1:])))
        return ns_details(line.info.lines) if line.info.tag == "NS" else details(line.info.lines)

    def fact(
        self, at: int, line: Line, amount: Decimal | None, status: str, reversal: bool, booked_on: date | None,
        value_on: date | None, own: str, bank: str | None, said: Details,
    ) -> Entry:  # fmt: skip
        again = self.ordinals.next("entry", bank, plain(amount), booked_on)
        entry_key = line_key(self.account, self.name, bank, amount, booked_on, again)
        likeness = digest(
            self.account, plain(amount), self.currency, booked_on, value_on, own, said.end_to_end_id,
            said.remittance, said.counterparty, said.account,
        )  # fmt: skip
        supplementary = reading.clean("\n".join(line.field.lines[1:]))
        instructed = INSTRUCTED.search(line.field.text) or (
            INSTRUCTED.search(line.info.text) if line.info else None
        )
        return Entry(
            statement=self.ref, statement_no=self.number, entry_no=at, transaction_no=0, booked_on=booked_on,
            value_on=value_on, amount=amount, currency=self.currency, status=status, reversal=reversal,
            counterparty=said.counterparty, counterparty_account=said.account,
            end_to_end_id=said.end_to_end_id or own_reference(own), reference=said.reference,
            remittance=said.remittance, return_reason=said.return_reason, bank_reference=bank,
            mandate_id=said.mandate_id,
            instructed_amount=reading.comma_amount(instructed[2]) if instructed else None,
            instructed_currency=instructed[1] if instructed else None,
            transaction_code=said.code, additional=supplementary, documents=(),
            line_key=entry_key, entry_key=entry_key, likeness=likeness,
        )  # fmt: skip

    def close(self) -> Statement:
        opening, closing = self.opening, self.closing
        lines = len(self.lines())
        return Statement(
            id=self.ref, sequence=self.sequence, account=self.account, currency=self.currency, owner=None,
            from_on=opening.on if opening else None, to_on=closing.on if closing else None,
            opening=opening.amount if opening else None, opening_on=opening.on if opening else None,
            closing=closing.amount if closing else None, closing_on=closing.on if closing else None,
            entries=lines, transactions=lines, credit_sum=self.sums.credit, debit_sum=self.sums.debit,
            balanced=self.balanced(), copy=None,
        )  # fmt: skip

    def balanced(self) -> bool | None:
        if self.kind == "MT942":
            return False if self.sums.doubtful or not self.totals_agree() else None
        if (
            self.opening is None
            or self.closing is None
            or self.opening.currency != self.closing.currency
        ):
            self.remark(
                "balance_missing",
                N_("%(file)s: statement %(found)s has no opening and closing balance to compare."),
                found=self.ref or str(self.number + 1),
            )  # fmt: skip
            return False
        difference = self.closing.amount - self.opening.amount - self.sums.booked
        if difference:
            self.remark(
                "statement_unbalanced",
                N_("%(file)s: statement %(found)s does not balance, by %(difference)s %(currency)s."),
                found=self.ref, difference=str(difference), currency=self.currency,
            )  # fmt: skip
        return not difference and not self.sums.doubtful

    def totals_agree(self) -> bool:
        """The sums an MT942 states (:90C:, :90D:) against those of its lines."""
        for tag, total in (("90C", self.sums.credit), ("90D", -self.sums.debit)):
            found = TOTAL.fullmatch(self.value(tag))
            stated = reading.comma_amount(found["amount"]) if found else None
            if stated is not None and stated != total:
                self.remark(
                    "summary_differs", N_("%(file)s: field :%(field)s: states %(found)s, the lines add up to %(total)s."),
                    field=tag, found=str(stated), total=str(total),
                )  # fmt: skip
                return False
        return True


def short_day(text: str) -> date | None:
    """YYMMDD, 80 to 99 in the last century; the 29th, 30th or 31st of a shorter month is its last day.

    Banks that count every month as 30 days value on the 30th of February.
    """
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:6])
    year += 1900 if year >= 80 else 2000
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def entry_day(text: str | None, value_on: date | None) -> date | None:
    """The booking day MMDD in the year nearest to the value date (3112 valued 0102 is last year's)."""
    if not text or not text.strip() or value_on is None:
        return None
    month, day = int(text[:2]), int(text[2:])
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    near = []
    for year in (value_on.year - 1, value_on.year, value_on.year + 1):
        near.append(date(year, month, min(day, calendar.monthrange(year, month)[1])))
    return min(near, key=lambda on: abs((on - value_on).days))


def own_reference(text: str) -> str | None:
    """The customer reference of :61: where it is one."""
    first = text.split("\n")[0].strip()
    return None if first in ("KREF+", "EREF", "PREF", "MARF") else reference(reading.clean(first))
