"""Rows about which there is nothing to say become debts column by column; the others go through `Reader`. Pure.

Each different cell of a column is judged once, by the `Reader`'s own judgement. A row all of whose cells
are in order is a debt without more ado; one with a cell that is not is left to `Reader.take`, which says why.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import compress, repeat
from operator import itemgetter
from typing import Any

from recoup.intake.columns.debtors import WHOLE
from recoup.intake.columns.header import Layout
from recoup.intake.columns.places import currency_of
from recoup.intake.columns.words import sensitive
from recoup.intake.tables.table import Cell, is_blank
from recoup.intake.tables.workbook import cell_text
from recoup.kernel.money import minor_unit

LEFT: Any = object()  # a cell that is not in order
LARGEST = Decimal(10**13)
ZERO = Decimal(0)


@dataclass(slots=True)
class Ordinary:
    """The columns of a layout as values, row by row; `left` are the places of rows that `Reader` must take."""

    reader: Any
    layout: Layout
    made: type[Any]
    left: set[int] = field(default_factory=set)

    def take_all(self) -> None:
        reader, left, rows = self.reader, self.left, self.layout.rows
        ref, issued, due, amount, currency, credit, reference, dispute, note, division = (
            self.columns()
        )
        debtor = self.debtors()
        left.update(self.twice(debtor, ref))
        left.update(
            at for at, (a, b) in enumerate(zip(issued, due, strict=True))
            if a is not None and a is not LEFT and b is not LEFT and b < a
        )  # fmt: skip
        kinds = (
            "credit_note" if less or value < 0 else "invoice"
            for less, value in zip(credit, amount, strict=True)
        )
        said = zip(
            (row.number for row in rows), debtor, kinds, ref, issued, due, map(abs, amount), currency, reference, dispute,
            note, division, strict=True,
        )  # fmt: skip
        made = map(partial(tuple.__new__, self.made), said)
        debts = reader.read.debts
        if not left:
            debts += made
            return
        kept = bytearray(b"\1") * len(rows)
        for at in left:
            kept[at] = 0
        debts += compress(made, kept)
        for at in sorted(left):
            reader.take(rows[at])
        debts.sort(key=itemgetter(0))  # two runs, each in order

    def debtors(self) -> list[int | None]:
        """Each row's debtor; rows with one of whom something is to be said are left. What different rows say of
        a debtor is judged once, in the order in which it stands there."""
        reader, rows = self.reader, self.layout.rows
        places = [*reader.debtors.columns, *reader.debtors.reached]
        said = list(zip(*(self.layout.cells[p] for p in places), strict=True)) or [()] * len(rows)
        last = len(said) - 1
        first = dict(zip(reversed(said), range(last, -1, -1), strict=True))
        known = {one: reader.debtor(rows[at]) for one, at in sorted(first.items(), key=itemgetter(1))}  # fmt: skip
        found = list(map(known.__getitem__, said))
        if None in known.values():
            self.left.update(at for at, debtor in enumerate(found) if debtor is None)
        return found

    def twice(self, debtors: Sequence[int | None], refs: Sequence[str]) -> Iterable[int]:
        """Rows of a debtor and a number that stand there more than once: which of them counts is for `Reader`."""
        said = list(zip(debtors, refs, strict=True))
        if len(set(said)) == len(said):
            return ()
        times = Counter(said)
        return [at for at, one in enumerate(said) if times[one] > 1]

    def columns(self) -> tuple[Sequence[Any], ...]:
        """What each row says, from the invoice's number on. Without a reference of its own a claim goes by the
        number that the client knows the debtor by."""
        currencies = list(
            self.judged("currency", self.currency, self.reader.fallback_currency() or LEFT)
        )
        self.judged("creditor", self.creditor, "")
        return (
            self.judged("invoice", self.needed, LEFT, True),
            self.judged("issued_on", self.day("issued_on"), None), self.judged("due_on", self.day("due_on"), LEFT),
            self.amounts(currencies), currencies, self.judged("kind", self.credit, False),
            self.reference(),
            self.judged("dispute", self.flag, False), self.judged("note", self.note, ""),
            self.judged("division", self.division, LEFT if self.reader.terms.named else self.reader.terms.division),
        )  # fmt: skip

    def reference(self) -> Sequence[str]:
        own = self.judged("reference", self.text("reference"), "", True)
        customer = self.judged("customer_no", self.text("customer_no"), "", True)
        return own if "" not in own else [a or b for a, b in zip(own, customer, strict=True)]

    def judged(
        self,
        code: str,
        judge: Callable[[Cell], Any],
        absent: Any,
        itself: bool = False,
    ) -> Sequence[Any]:
        """A column's values; rows with one that is not in order are left. With `itself` an ordinary cell is
        its own value."""
        place = self.reader.columns.get(code)
        if place is None:
            if absent is LEFT:
                self.left.update(range(len(self.layout.rows)))
            return [absent] * len(self.layout.rows)
        cells: Sequence[Any] = self.layout.cells[place]
        taken = self.reader.ordinary.get(code, ()) if itself else ()
        if taken is WHOLE and not (absent is LEFT and "" in cells):
            return cells
        if bool in set(map(type, cells)):  # True would be the same key as the number 1
            self.left.update(at for at, cell in enumerate(cells) if type(cell) is bool)
            cells = tuple("" if type(cell) is bool else cell for cell in cells)
        asked = {""} if taken is WHOLE else set(cells).difference(taken)
        values = {cell: judge(cell) for cell in asked}
        wrong = {cell for cell, value in values.items() if value is LEFT}
        if wrong:
            self.left.update(at for at, cell in enumerate(cells) if cell in wrong)
        return [values.get(cell, cell) for cell in cells] if values else cells

    def amounts(self, currencies: Sequence[str]) -> list[Decimal]:
        """What each row claims, less what was paid on it; zero where the row is left."""
        place, less = self.reader.columns.get("amount"), self.reader.columns.get("paid")
        cells = () if place is None else self.layout.cells[place]
        paid = repeat("") if less is None else self.layout.cells[less]
        values, left, found = self.reader.found.values, self.left, []
        for at, (cell, off, currency) in enumerate(zip(cells, paid, currencies, strict=False)):
            value = rounded = ZERO
            if currency is not LEFT and type(cell) is not bool and cell in values:
                value, own = values[cell]
                if off != "":
                    value = self.reduced(value, off)
                if -LARGEST < value < LARGEST and (own == currency or not own):
                    rounded = value.quantize(minor_unit(currency))
            if not rounded or rounded != value:
                left.add(at)
            found.append(rounded)
        if place is None:
            left.update(range(len(self.layout.rows)))
        return found or [ZERO] * len(self.layout.rows)

    def reduced(self, value: Decimal, off: Cell) -> Decimal:
        """The amount less what was paid; zero where that cannot be read."""
        if is_blank(off):
            return value
        if type(off) is bool or off not in self.reader.found.values:
            return ZERO
        paid: Decimal = abs(self.reader.found.values[off][0])
        return value - paid if value > 0 else value + paid

    def text(self, code: str) -> Callable[[Cell], Any]:
        def judge(cell: Cell) -> Any:
            text, refusal = self.reader.judged_text(cell, code)
            return LEFT if refusal else text

        return judge

    def needed(self, cell: Cell) -> Any:
        return self.text("invoice")(cell) or LEFT

    def day(self, code: str) -> Callable[[Cell], Any]:
        def judge(cell: Cell) -> Any:
            day, refusal = self.reader.known_day(cell, code)
            return LEFT if refusal or (day is None and code == "due_on") else day

        return judge

    def currency(self, cell: Cell) -> Any:
        said = "" if is_blank(cell) else currency_of(cell_text(cell)) or LEFT
        return self.reader.fallback_currency() or LEFT if said == "" else said if said in self.reader.terms.currencies else LEFT  # fmt: skip

    def creditor(self, cell: Cell) -> Any:
        named = self.text("creditor")(cell)
        return LEFT if named is LEFT or self.reader.is_foreign(named) else ""

    def credit(self, cell: Cell) -> Any:
        said = self.text("kind")(cell)
        return LEFT if said is LEFT else self.reader.says_credit(said)

    def flag(self, cell: Cell) -> Any:
        said = self.text("dispute")(cell)
        known = LEFT if said is LEFT else self.reader.yes_or_no(said)
        return LEFT if known is None else known

    def note(self, cell: Cell) -> Any:
        text = self.text("note")(cell)
        return LEFT if text is LEFT or (text and sensitive(text)) else text

    def division(self, cell: Cell) -> Any:
        terms, said = self.reader.terms, self.text("division")(cell)
        if said == "":
            return LEFT if terms.named else terms.division
        return LEFT if said is LEFT else terms.divisions.get(said.casefold(), LEFT)
