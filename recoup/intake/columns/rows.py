"""Every row's verdict: a debt, or the reasons why it cannot be one. Pure.

Reasons are refusals: a code, a sentence with gaps, the field and the value found. Nothing is cut,
corrected or guessed on the way: what does not fit is said.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from recoup.intake.columns import amounts, days
from recoup.intake.columns.debtors import WHOLE, Debtor, Debtors
from recoup.intake.columns.fields import FIELDS, heading
from recoup.intake.columns.header import Layout
from recoup.intake.columns.ordinary import Ordinary
from recoup.intake.columns.places import currency_of
from recoup.intake.columns.profile import Profile
from recoup.intake.columns.words import sensitive
from recoup.intake.tables.table import Cell, Row, is_blank
from recoup.intake.tables.workbook import cell_text
from recoup.kernel.money import round_half_up
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.rules import match_name

SCIENTIFIC = re.compile(r"\d[.,]?\d*E\+?\d+", re.ASCII | re.IGNORECASE)
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ud800-\udfff\ufffe\uffff]")
FORMULA = ("=", "+", "-", "@")
# Most cells, one on a line: plain ASCII that no check below concerns.
ORDINARY = re.compile(r"^\+?[A-Za-z0-9][A-Za-z0-9.,&/@_-]*(?: [A-Za-z0-9.,&/@_-]+)*$", re.ASCII | re.MULTILINE)  # fmt: skip
NONE: AbstractSet[Cell] = frozenset()
COUNTED = (
    "invoice",
    "customer_no",
    "registration_number",
)  # numbers that a spreadsheet may have shortened
NOISE = Decimal("0.000001")
FARTHEST = timedelta(days=3 * 366)
OLDEST = date(1990, 1, 1)
CREDITS = frozenset(heading(w) for w in (
    "credit note", "credit", "credit memo", "cn", "gutschrift", "gs", "avoir", "note de credit", "kreditfaktura",
    "kreditnota", "kredit", "creditnota", "credit nota", "abono", "nota de credito", "nota di credito", "kredittnota",
    "korekta", "贷项通知单", "贷记单", "貸項通知單", "credit_note", "381",
))  # fmt: skip
YES = frozenset(
    heading(w)
    for w in ("yes", "y", "true", "1", "x", "ja", "j", "oui", "o", "si", "s", "tak", "是", "有")
)
NO = frozenset(heading(w) for w in ("no", "n", "false", "0", "nein", "nej", "non", "nee", "nie", "否", "无", "無", "none", "-")) | {""}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked of every row: the card's `currencies`, the `client`'s own reference, the day.
    `also`: what else the client is called, folded; `country`: the client's own. `divisions` that a row may
    name, by all they are called, folded; `division` is that of a row which names none, None for the client
    as a whole, and `named` says that there is no such row."""

    currencies: tuple[str, ...]
    client: str
    today: date
    also: frozenset[str] = frozenset()
    country: str = ""
    divisions: Mapping[str, UUID] = field(default_factory=dict)
    division: UUID | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """`error` rejects its row; a warning does not."""

    row: int
    field: str
    code: str
    text: str
    params: dict[str, Any]
    error: bool = True

    @property
    def found(self) -> str:
        return str(self.params.get("found", ""))

    def as_refusal(self) -> Refusal:
        return Refusal(self.code, self.text, **self.params)


class Debt(NamedTuple):
    """A row that can be placed. `debtor` is its place in `Read.debtors`; `amount` is positive, `kind`
    says which way it counts."""

    row: int
    debtor: int
    kind: str
    ref: str
    issued_on: date | None
    due_on: date
    amount: Decimal
    currency: str
    reference: str = ""
    dispute: bool = False
    note: str = ""
    division: UUID | None = None


@dataclass(slots=True)
class Read:
    """Every row that may be a debt stands either in `debts` or, by an error, in `problems`."""

    debts: list[Debt] = field(default_factory=list)
    debtors: list[Debtor] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0

    @property
    def rejected(self) -> set[int]:
        return {p.row for p in self.problems if p.error}


class Reader:
    """Reads the rows of one layout; holds what is decided once for all of them."""

    def __init__(self, layout: Layout, found: Profile, terms: Terms) -> None:
        self.columns, self.mapping, self.terms, self.found = (
            layout.mapping.columns,
            layout.mapping,
            terms,
            found,
        )
        self.read = Read(rows=len(layout.rows))
        self.assumed = (
            "" if layout.mapping.country or "country" in layout.mapping.columns else terms.country
        )
        self.ordinary = {
            code: ordinary(code, layout.cells[place]) for code, place in self.columns.items()
            if FIELDS[code].kind in ("text", "id", "country", "flag")
        }  # fmt: skip
        self.debtors = Debtors(
            layout.mapping.country, layout.mapping.columns, self.assumed, self.ordinary
        )
        self.notes: list[tuple[str, Refusal, bool]] = []
        self.seen: dict[tuple[int, str, str], int] = {}
        self.days: dict[tuple[str, Cell], tuple[date | None, Refusal | None]] = {}
        self.currencies: dict[Cell, str] = {}

    def cell(self, row: Row, code: str) -> Cell:
        place = self.columns.get(code)
        return row.cells[place] if place is not None and place < len(row.cells) else ""

    def text(self, row: Row, code: str) -> str:
        """A text cell, trimmed. A wrong one is noted and given as ""."""
        place = self.columns.get(code)
        if place is None or place >= len(row.cells):
            return ""
        cell = row.cells[place]
        if cell == "":
            return ""
        if cell in self.ordinary.get(code, NONE):
            return cell  # type: ignore[return-value]
        plain, refusal = self.judged_text(cell, code)
        if refusal:
            self.wrong(code, refusal)
        return plain

    def judged_text(self, cell: Cell, code: str) -> tuple[str, Refusal | None]:
        """The text of a cell in the column of `code`, and what is wrong with it."""
        one = FIELDS[code]
        if one.kind == "id" and isinstance(cell, Decimal) and (abs(cell) >= 10**15 or cell % 1):
            return "", scientific(code, cell_text(cell))
        plain = cell if isinstance(cell, str) else cell_text(cell)
        plain = " ".join(plain.replace("\ufeff", "").split())
        if plain[:1] == "'" and plain[1:2] in FORMULA:  # the guard that our own files put before it
            plain = plain[1:]
        if len(plain) > one.longest:
            return "", Refusal("text_too_long", N_("%(field)s has %(length)d characters; up to %(most)d can be kept."),
                               field=code, length=len(plain), most=one.longest, found=plain[:40])  # fmt: skip
        if UNFIT.search(plain):
            return "", Refusal("text_unfit", N_("%(field)s has characters that stand for nothing (control characters, or letters lost in an earlier conversion): “%(found)s”."),
                               field=code, found=UNFIT.sub("�", plain)[:60])  # fmt: skip
        if one.kind == "id" and code in COUNTED and SCIENTIFIC.fullmatch(plain) and "+" in plain:
            return "", scientific(code, plain)
        return plain, None

    def wrong(self, code: str, refusal: Refusal, error: bool = True) -> None:
        self.notes.append((code, refusal, error))

    def take(self, row: Row) -> None:
        self.notes = []
        debt = self.debt(row)
        for code, refusal, error in self.notes:
            params = refusal.params | {"row": row.number}
            self.read.problems.append(
                Problem(row.number, code, refusal.code, refusal.text, params, error)
            )
        if debt is not None and not any(error for *_, error in self.notes):
            self.read.debts.append(debt)

    def debt(self, row: Row) -> Debt | None:
        self.refuse_foreign(row)
        debtor = self.debtors.of(row, self.text, self.wrong)
        ref = self.text(row, "invoice") or self.needed("invoice")
        issued, due = self.day(row, "issued_on"), self.day(row, "due_on")
        if due is None and is_blank(self.cell(row, "due_on")):
            self.needed("due_on")
        self.judge_days(issued, due)
        amount, currency = self.amount(row)
        dispute, note = self.flag(row), self.text(row, "note")
        if note and (word := sensitive(note)):
            self.wrong("note", Refusal("sensitive_words", N_("“%(found)s” may say something about a person's health, beliefs or offences; such facts must not be kept. Take it out."), field="note", found=word), error=False)  # fmt: skip
        # Without a reference of its own the claim goes by the number that the client knows the debtor by.
        reference = self.text(row, "reference") or self.text(row, "customer_no")
        division = self.division(row)
        if debtor is None or not ref or due is None or amount is None or not currency:
            return None
        kind = self.kind(row, amount)
        self.once(debtor, kind, ref, row.number)
        return Debt(row.number, debtor, kind, ref, issued, due, abs(amount), currency, reference, dispute, note, division)  # fmt: skip

    def division(self, row: Row) -> UUID | None:
        """The division that a row names. One that is not to be named is noted and given as None."""
        named = self.text(row, "division")
        if not named and self.terms.named:
            self.needed("division")
        if named and named.casefold() not in self.terms.divisions:
            self.wrong("division", Refusal("division_unknown", N_("There is no division “%(found)s” of yours."), field="division", found=named))  # fmt: skip
        return self.terms.divisions.get(named.casefold(), self.terms.division)

    def debtor(self, row: Row) -> int | None:
        """The debtor's place, None where anything about it is to be said."""
        self.notes = []
        place = self.debtors.of(row, self.text, self.wrong)
        return None if self.notes else place

    def once(self, debtor: int, kind: str, ref: str, row: int) -> None:
        first = self.seen.setdefault((debtor, kind, ref), row)
        if first != row:
            self.wrong("invoice", Refusal("row_twice", N_("%(found)s against the same debtor stands in row %(first)d already."),
                                          field="invoice", found=ref, first=first))  # fmt: skip

    def needed(self, code: str) -> str:
        if not any(c == code for c, *_ in self.notes):
            self.wrong(code, Refusal("missing", N_("%(field)s is missing."), field=code))
        return ""

    def refuse_foreign(self, row: Row) -> None:
        """The client is who is signed in, never what a file says (HOSTILE IM20)."""
        named = self.text(row, "creditor")
        if self.is_foreign(named):
            self.wrong("creditor", Refusal("other_client", N_("The row is for client “%(found)s”; you are %(client)s."),
                                           field="creditor", found=named, client=self.terms.client))  # fmt: skip

    def is_foreign(self, named: str) -> bool:
        """Whether a name or number is that of another client than the one who is signed in."""
        mine = not named or named.casefold() == self.terms.client.casefold()
        return not mine and match_name(named) not in self.terms.also

    def known_day(self, cell: Cell, code: str) -> tuple[date | None, Refusal | None]:
        known = self.days.get((code, cell))
        if known is None:
            known = self.days[code, cell] = self.judged_day(cell, code)
        return known

    def day(self, row: Row, code: str) -> date | None:
        cell = self.cell(row, code)
        if cell == "":
            return None
        day, refusal = self.known_day(cell, code)
        if refusal is not None:
            self.wrong(code, refusal)
        return day

    def judged_day(self, cell: Cell, code: str) -> tuple[date | None, Refusal | None]:
        """The day, and what is wrong with it; judged once for each spelling in a column."""
        if is_blank(cell):
            return None, None
        found = days.day_of(cell, self.found.days.get(code, days.Decided()))
        if found is None:
            text = N_(
                "%(field)s: “%(found)s” is no day that can be read with certainty; write it as 2026-01-31."
            )
            return None, Refusal("day_unreadable", text, field=code, found=cell_text(cell)[:40])
        latest = self.terms.today + (FARTHEST if code == "due_on" else timedelta(days=1))
        if not OLDEST <= found <= latest:
            text = N_("%(field)s: %(found)s cannot be right.")
            return found, Refusal("day_implausible", text, field=code, found=found.isoformat())
        return found, None

    def judge_days(self, issued: date | None, due: date | None) -> None:
        if issued and due and due < issued:
            text = N_("It is due on %(found)s, before it was issued on %(issued)s.")
            refusal = Refusal(
                "due_before_issue",
                text,
                field="due_on",
                found=due.isoformat(),
                issued=issued.isoformat(),
            )
            self.wrong("due_on", refusal, error=False)

    def amount(self, row: Row) -> tuple[Decimal | None, str]:
        cell = self.cell(row, "amount")
        if is_blank(cell):
            self.needed("amount")
            return None, self.currency(row, "")
        found = amounts.value_of(cell, self.found.amounts.sign)
        if found is None:
            self.wrong("amount", Refusal("amount_unreadable", N_("%(field)s: “%(found)s” is no amount that can be read with certainty in this column."), field="amount", found=cell_text(cell)[:40]))  # fmt: skip
            return None, self.currency(row, "")
        value, own = found
        currency = self.currency(row, own)
        if (paid := self.paid(row)) is not None:
            value = value - paid if value > 0 else value + paid
        return (self.exact(value, currency, cell), currency) if currency else (None, "")

    def exact(self, value: Decimal, currency: str, cell: Cell) -> Decimal | None:
        rounded = round_half_up(value, currency) if abs(value) < 10**13 else value
        if abs(rounded - value) > (NOISE if isinstance(cell, Decimal) else 0):
            self.wrong("amount", Refusal("amount_too_precise", N_("%(field)s: “%(found)s” has more decimals than %(currency)s has."), field="amount", found=str(value), currency=currency))  # fmt: skip
            return None
        if not rounded or abs(rounded) >= 10**13:
            text = N_("%(field)s: “%(found)s” is not an amount that can be claimed.")
            self.wrong(
                "amount", Refusal("amount_out_of_range", text, field="amount", found=str(value))
            )
            return None
        return rounded

    def paid(self, row: Row) -> Decimal | None:
        cell = self.cell(row, "paid")
        if is_blank(cell):
            return None
        found = amounts.value_of(cell, self.found.amounts.sign)
        if found is None:
            self.wrong("paid", Refusal("amount_unreadable", N_("%(field)s: “%(found)s” is no amount that can be read with certainty in this column."), field="paid", found=cell_text(cell)[:40]))  # fmt: skip
            return None
        return abs(found[0])

    def currency(self, row: Row, own: str) -> str:
        cell = self.cell(row, "currency")
        said = self.currencies.get(cell)
        if said is None:
            said = (currency_of(cell_text(cell)) or "?") if not is_blank(cell) else ""
            self.currencies[cell] = said
        if own and said and own != said:
            self.wrong("currency", Refusal("currency_two", N_("The amount says %(own)s, the column of currencies says %(found)s."), field="currency", own=own, found=said))  # fmt: skip
            return ""
        currency = said or own or self.fallback_currency()
        if not currency:
            return self.needed("currency")
        if currency not in self.terms.currencies:
            self.wrong("currency", Refusal(
                "currency_not_in_card", N_("Your rate card has no prices in %(found)s, only in %(known)s."), field="currency",
                found=cell_text(cell) if currency == "?" else currency, known=", ".join(self.terms.currencies)))  # fmt: skip
            return ""
        return currency

    def fallback_currency(self) -> str:
        """What holds where neither the row nor the amount says it."""
        only = self.terms.currencies[0] if len(self.terms.currencies) == 1 else ""
        return self.found.currency or self.mapping.currency or only

    def kind(self, row: Row, amount: Decimal) -> str:
        return "credit_note" if amount < 0 or self.says_credit(self.text(row, "kind")) else "invoice"  # fmt: skip

    def says_credit(self, text: str) -> bool:
        return heading(text) in CREDITS

    def flag(self, row: Row) -> bool:
        cell = self.cell(row, "dispute")
        if isinstance(cell, bool):
            return cell
        text = self.text(row, "dispute")
        said = self.yes_or_no(text)
        if said is None:
            self.wrong("dispute", Refusal("flag_unreadable", N_("%(field)s: “%(found)s” is neither yes nor no."), field="dispute", found=text[:40]))  # fmt: skip
        return said is True

    def yes_or_no(self, text: str) -> bool | None:
        said = heading(text)
        return True if said in YES else False if said in NO else None


def ordinary(code: str, cells: Sequence[Cell]) -> AbstractSet[Cell]:
    """The cells of a column of text that are taken as they stand, found all at once; `WHOLE` for all of them."""
    if set(map(type, cells)) == {str} and plain_lines(code, cells):  # type: ignore[arg-type]
        return WHOLE
    texts = {cell for cell in cells if type(cell) is str and cell}
    if texts and plain_lines(code, texts):
        return texts
    longest = FIELDS[code].longest
    return frozenset(one for one in ORDINARY.findall("\n".join(texts)) if len(one) <= longest)


def plain_lines(code: str, texts: Collection[str]) -> bool:
    lines = "\n".join(texts)
    return all_plain(lines) and lines.count("\n") < len(texts) and max(map(len, texts)) <= FIELDS[code].longest and not (code in COUNTED and "+" in lines)  # fmt: skip


def all_plain(lines: str) -> bool:
    """ASCII that prints, no space but one between words, none quoted."""
    odd = ("  ", "\n ", " \n", "\n'")
    at_ends = lines[:1] in ("", " ", "'") or lines[-1:] == " "
    return lines.isascii() and not at_ends and lines.replace("\n", "").isprintable() and not any(one in lines for one in odd)  # fmt: skip


def scientific(code: str, found: str) -> Refusal:
    return Refusal(
        "number_scientific",
        N_("%(field)s: “%(found)s” was shortened by a spreadsheet and its digits are lost. Format the column as text and enter the numbers again."),
        field=code, found=found[:40],
    )  # fmt: skip


def read_rows(layout: Layout, found: Profile, terms: Terms) -> Read:
    """Read every row."""
    reader = Reader(layout, found, terms)
    Ordinary(reader, layout, Debt).take_all()
    reader.read.debtors = reader.debtors.found
    reader.read.problems += reader.debtors.warnings()
    if reader.assumed and reader.read.debts:
        reader.read.problems.append(country_assumed(reader.read.debts[0].row, reader.assumed))
    return reader.read


def country_assumed(row: int, country: str) -> Problem:
    """Said once, with the first row: no column says the country, so the client's own is taken."""
    text = N_(
        "No column says the debtors' countries; %(found)s, your own, is taken where an address or a VAT number says nothing else."
    )
    return Problem(
        row,
        "country",
        "country_assumed",
        text,
        {"field": "country", "found": country, "row": row},
        False,
    )


__all__ = ["Debt", "Debtor", "Problem", "Read", "Terms", "read_rows"]
