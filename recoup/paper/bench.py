"""How many debtor letters a second one core writes, beside the bare floor measured in the same run.

Letters and floors are measured in turns, so that a busy machine slows both; every piece differs from
the one before, so that nothing is answered from typst's cache.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from recoup.kernel.money import Money
from recoup.paper.documents.debtor_letter import (
    Consequence,
    DebtorLetter,
    InvoiceRow,
    LetterKind,
    Step,
    debtor_letter,
)
from recoup.paper.languages import language_of
from recoup.paper.parts import Address, Page, Person, Sender, sheet
from recoup.paper.payment import Payment
from recoup.paper.render import render
from recoup.paper.tables import table
from recoup.paper.wording import Wording

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ON = date(2026, 11, 21)
EURO = "EUR"


def invoice(number: int) -> InvoiceRow:
    def euro(text: str) -> Money:
        return Money(Decimal(text), EURO)

    return InvoiceRow(
        number=f"2026-{number:05d}", issued_on=date(2026, 7, 15), due_on=date(2026, 8, 14),
        amount=euro("8400.00"), interest=Money(Decimal(number % 9000) / 100, EURO).rounded(),
        compensation=euro("40.00"), costs=euro("0.00"), paid=euro("2000.00"),
    )  # fmt: skip


def sample(number: int) -> DebtorLetter:
    """A letter about five invoices, different for each `number`."""
    invoices = tuple(invoice(number * 7 + each) for each in range(5))
    return DebtorLetter(
        kind=LetterKind.NOTICE, paper_id=f"L-{number:07d}", case_number=f"RC-2026-{number:06d}",
        written_on=ON,
        sender=Sender(
            name="Recoup AB", lines=("Kungsgatan 12", "111 35 Stockholm"), country="SE",
            phone="+46 8 555 010 20", email="hello@recoup.example", web="recoup.example",
        ),
        recipient=Address(
            name=f"Maschinenbau {number} GmbH", lines=("Industriestraße 7", "70565 Stuttgart"),
            country="DE",
        ),
        creditor="Norrland Timber AB", ground="sawn timber", interest_to=ON,
        contact=Person(name="Elin Sandström", phone="+46 8 555 010 24", email="e@recoup.example"),
        invoices=invoices,
        total=sum((row.owed for row in invoices), Money.zero(EURO)),
        per_day=Money(Decimal("2.88"), EURO), deadline_on=date(2026, 12, 1),
        payment=Payment(
            holder="Recoup AB", bank="Sparkasse", iban="DE89370400440532013000",
            reference=f"RC-2026-{number:06d}",
        ),
        consequence=Consequence(step=Step.CALL), link=f"https://recoup.example/d/{number}",
        code="K4T-92M",
    )  # fmt: skip


def bare(number: int, language: str) -> dict[str, Any]:
    """The letter's template with next to nothing in it: one line of a table, a word a paragraph."""
    data, words = sample(number), Wording(language)
    page = Page("Floor", "Floor", data.paper_id, data.case_number, data.sender, data.recipient, [])
    word = words.say("table.total")
    row = table([word, word], "lr", [[word, str(number)]])
    return sheet(page, words=words, language=language_of(language)) | {
        "salutation": words.say("letter.salutation"), "opening": [word], "invoices": row,
        "ask": {"label": word, "amount": word}, "interest": [word], "closing": [word],
        "pay": {"title": word, "rows": [[word, word]], "even": True, "code": None},
        "next": {"title": word, "texts": [word]},
        "talk": {"title": word, "texts": [word], "rows": [[word, word]], "even": True},
        "legal": {"title": word, "texts": []},
    }  # fmt: skip


def letters_per_second(n: int, *, language: str = "en") -> dict[str, Any]:
    """`n` whole letters (five invoices, QR code, checks, hash) beside their floors, one thread.

    `floor`: typst alone, the same template with a minimal body; `sheet`: typst alone, the sheet with
    a single line. Keys `per_second`, `floor_per_second`, `sheet_per_second`, `ratio` (letters to
    floor), `ratio_to_sheet`, and milliseconds a piece.
    """
    spent = {"letter": 0.0, "floor": 0.0, "sheet": 0.0}
    for number in range(n + 1):
        letter, floor = sample(number + 1), bare(number + 1, language)
        once = {
            "letter": _seconds(debtor_letter, letter, language=language, at=AT),
            "floor": _seconds(render, "debtor_letter", floor, language=language, at=AT),
            "sheet": _seconds(render, "floor", floor, language=language, at=AT),
        }
        if number:  # The first round loads fonts and templates.
            spent = {name: spent[name] + once[name] for name in spent}
    letter_s, floor_s, sheet_s = spent["letter"], spent["floor"], spent["sheet"]
    return {
        "language": language, "letters": n,
        "per_second": round(n / letter_s, 1), "floor_per_second": round(n / floor_s, 1),
        "sheet_per_second": round(n / sheet_s, 1), "ratio": round(floor_s / letter_s, 3),
        "ratio_to_sheet": round(sheet_s / letter_s, 3), "ms": round(1000 * letter_s / n, 2),
        "floor_ms": round(1000 * floor_s / n, 2), "sheet_ms": round(1000 * sheet_s / n, 2),
    }  # fmt: skip


def _seconds(work: Callable[..., object], *args: object, **kwargs: object) -> float:
    start = time.perf_counter()
    work(*args, **kwargs)
    return time.perf_counter() - start
