"""Reminder, notice and final notice to a debtor.

The contents follow the Swedish Debt Recovery Act (1974:182) section 5, the strictest of the first
four countries: creditor, ground, capital, interest and costs apart, how the interest came about
(rate, period, principal), a reasonable time to pay or object, and how to pay.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.paper import figures
from recoup.paper.complete import require, require_sum
from recoup.paper.languages import Language, language_of
from recoup.paper.parts import Address, Page, Paper, Person, Sender, looked_at, paper, references
from recoup.paper.payment import Payment, box, details, epc_code, link_code
from recoup.paper.tables import one_line_each, table
from recoup.paper.wording import Wording, missing


class LetterKind(StrEnum):
    REMINDER = "reminder"
    NOTICE = "notice"
    WARNING = "warning"
    FINAL_NOTICE = "final_notice"
    LAWYER = "lawyer"


class Step(StrEnum):
    """What the mandate allows to follow. OTHER carries its own sentence in the letter's language."""

    LETTER = "letter"
    CALL = "call"
    VISIT = "visit"
    CLIENT_DECIDES = "client_decides"
    LAWYER = "lawyer"
    COURT_ORDER = "court_order"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """`route`: the court's procedure by name, for COURT_ORDER; `text`: the sentence, for OTHER."""

    step: Step
    route: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestSegment:
    """Interest from `from_on` to `to_on`, both days counted in `days`; `rate` percent a year, made of
    `base` and `margin` where it is; `provisional`: nobody has read the source itself."""

    from_on: date
    to_on: date
    days: int
    principal: Money
    rate: Decimal
    interest: Money
    source: str
    base: Decimal | None = None
    margin: Decimal | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRow:
    """One invoice in the case's currency. `amount`: its open capital before `paid`."""

    number: str
    issued_on: date
    due_on: date
    amount: Money
    interest: Money
    compensation: Money
    costs: Money
    paid: Money
    segments: tuple[InterestSegment, ...] = ()

    @property
    def owed(self) -> Money:
        return self.amount + self.interest + self.compensation + self.costs - self.paid


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtorLetter:
    """`ground`: what was delivered, in the letter's language; `per_day`: interest a day from
    `interest_to` on; `deadline_on`: last day to pay or object; `own`: the house's own sentences, by the keys
    of the wording; `legal`: what the law wants said in words of its own."""

    kind: LetterKind
    paper_id: str
    case_number: str
    written_on: date
    sender: Sender
    recipient: Address
    creditor: str
    ground: str
    contact: Person
    invoices: tuple[InvoiceRow, ...]
    total: Money
    interest_to: date
    per_day: Money | None
    deadline_on: date
    payment: Payment
    consequence: Consequence
    link: str
    code: str
    own: Mapping[str, str] | None = None
    legal: tuple[str, ...] = ()


def known_gaps(data: DebtorLetter, spoken: Language) -> dict[str, str]:
    """What a house's own sentences may name, each as it is written in the letter's language."""
    return {
        "creditor": data.creditor, "agency": data.sender.name, "debtor": data.recipient.name, "case": data.case_number,
        "total": figures.money(data.total, spoken), "deadline": figures.weekday(data.deadline_on, spoken),
        "ground": data.ground, "collector": data.contact.name, "collector_phone": data.contact.phone,
        "collector_email": data.contact.email, "link": data.link, "code": data.code,
        "reference": data.payment.reference, "today": figures.day(data.written_on, spoken),
    }  # fmt: skip


def letter_picture(data: DebtorLetter, *, language: str, at: datetime) -> bytes:
    """The letter's first page as a PNG; refused as the letter is."""
    words, spoken = checked(data, language)
    return looked_at(
        "debtor_letter", _page(data, words, spoken), _body(data, words, spoken),
        language=language, at=at, words=words,
    )  # fmt: skip


def debtor_letter(data: DebtorLetter, *, language: str, at: datetime) -> Paper:
    """The letter in `language`, dated by `data.written_on`, made `at` (aware).

    Raises `Refusal`: `value_missing`, `sum_differs` (total is not the sum of the invoices),
    `deadline_past`, `iban_wrong`, `reference_wrong`, `account_missing`, `glyph_missing`,
    `text_unprintable`.
    """
    words, spoken = checked(data, language)
    return paper(
        "debtor_letter", _page(data, words, spoken), _body(data, words, spoken),
        language=language, at=at, words=words, short=lines_of(data) <= SHORT,
    )  # fmt: skip


SHORT = 8  # lines of invoices and interest that leave a letter on one page, nearly always


def lines_of(data: DebtorLetter) -> int:
    return sum(1 + len(row.segments) for row in data.invoices) + 3 * len(data.legal)


def checked(data: DebtorLetter, language: str) -> tuple[Wording, Language]:
    """Nothing missing, nothing that does not add up; the words and the language it is written in."""
    require(data)
    if not data.invoices:
        raise missing("invoices")
    require_sum(data.total, [row.owed for row in data.invoices], field="total")
    if data.deadline_on <= data.written_on:
        raise Refusal(
            "deadline_past",
            N_("The letter was not written: its deadline %(found)s is not after its date."),
            found=data.deadline_on.isoformat(),
        )
    spoken = language_of(language)
    return Wording(language, data.own, known_gaps(data, spoken)), spoken


def _page(data: DebtorLetter, words: Wording, spoken: Language) -> Page:
    title = words.say(f"letter.{data.kind.value}.title")
    subject = words.say("letter.subject", title=title, creditor=data.creditor)
    info = references(
        words, spoken, on=data.written_on, reference=data.case_number,
        on_behalf_of=data.creditor, contact=data.contact.name, phone=data.contact.phone,
    )  # fmt: skip
    return Page(
        f"{title} {data.case_number}", subject, data.paper_id, data.case_number,
        data.sender, data.recipient, info,
    )  # fmt: skip


def _body(data: DebtorLetter, words: Wording, spoken: Language) -> dict[str, Any]:
    kind = f"letter.{data.kind.value}"
    deadline = figures.weekday(data.deadline_on, spoken)
    total = figures.money(data.total, spoken)
    known = {"creditor": data.creditor, "agency": data.sender.name, "ground": data.ground}
    talk = [
        [words.say("letter.talk.link"), data.link],
        [words.say("letter.talk.code"), data.code],
        [words.say("letter.talk.person"), _person(data.contact)],
    ]
    return {
        "salutation": words.say("letter.salutation"),
        "opening": paragraphs(words.say(f"{kind}.opening", **known)),
        "ask": {"label": words.say("letter.pay_by", deadline=deadline), "amount": total},
        "invoices": invoice_table(data.invoices, data.total, words, spoken),
        "interest": _interest(data, words, spoken),
        "pay": pay_box(data.payment, data.total, words, link=data.link),
        "next": {
            "title": words.say("letter.next.title"),
            "texts": paragraphs(_next(data.consequence, words)),
        },
        "talk": {
            "title": words.say("letter.talk.title"),
            "texts": paragraphs(words.say("letter.talk.text", deadline=deadline)),
            "rows": talk,
            "even": one_line_each(talk, size=9, room=165, gutter=6),
        },
        "legal": {"title": words.say("letter.legal_title"), "texts": list(data.legal)},
        "closing": [
            words.say("letter.greeting"),
            f"{data.contact.name}, {data.sender.name}",
        ],
    }


def paragraphs(text: str) -> list[str]:
    """A blank line parts paragraphs; a line break within one is a space."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def _person(contact: Person) -> str:
    return ", ".join((contact.name, contact.phone, contact.email))


def _next(consequence: Consequence, words: Wording) -> str:
    if consequence.step is Step.OTHER:
        if not consequence.text:
            raise missing("consequence.text")
        return consequence.text
    key = f"letter.next.{consequence.step.value}"
    return words.say(key, **({"route": consequence.route} if consequence.route else {}))


MONEY_COLUMNS = ("amount", "interest", "compensation", "costs", "paid")


def invoice_table(
    rows: tuple[InvoiceRow, ...], total: Money, words: Wording, spoken: Language
) -> dict[str, Any]:
    """Columns that are zero on every row are left out; the last column is what is owed."""
    shown = [
        name for name in MONEY_COLUMNS
        if name in ("amount", "interest") or any(getattr(row, name) for row in rows)
    ]  # fmt: skip
    sign = {name: -1 if name == "paid" else 1 for name in shown}

    def cells(row: InvoiceRow) -> list[str]:
        values = [getattr(row, name) for name in shown]
        parts = [-v if sign[n] < 0 else v for n, v in zip(shown, values, strict=True)]
        return [figures.plain(part, spoken) for part in (*parts, row.owed)]

    sums = [sum((getattr(row, name) for row in rows), Money.zero(total.currency)) for name in shown]
    signed = [-s if sign[n] < 0 else s for n, s in zip(shown, sums, strict=True)]
    head = ["number", "issued", "due", *shown]
    return table(
        [words.say(f"table.{name}") for name in head]
        + [words.say("table.owed", currency=total.currency)],
        "lll" + "r" * (len(shown) + 1),
        [
            [
                row.number, figures.short(row.issued_on, spoken),
                figures.short(row.due_on, spoken), *cells(row),
            ]
            for row in rows
        ],
        [[words.say("table.total"), "", "", *(figures.plain(s, spoken) for s in (*signed, total))]],
    )  # fmt: skip


def segment_line(number: str, segment: InterestSegment, words: Wording, spoken: Language) -> str:
    return words.say(
        "letter.segment",
        number=number,
        from_on=figures.short(segment.from_on, spoken), to_on=figures.short(segment.to_on, spoken),
        days=figures.whole(segment.days, spoken), principal=figures.money(segment.principal, spoken),
        rate=figures.percent(segment.rate, spoken), interest=figures.money(segment.interest, spoken),
        source=segment.source,
    )  # fmt: skip


def _interest(data: DebtorLetter, words: Wording, spoken: Language) -> list[str]:
    until = figures.day(data.interest_to, spoken)
    lines = [words.say("letter.interest_to", day=until)]
    if data.per_day:
        each = figures.money(data.per_day, spoken)
        lines = [words.say("letter.interest_grows", day=until, per_day=each)]
    return lines + [
        segment_line(row.number, segment, words, spoken)
        for row in data.invoices
        for segment in row.segments
    ]


def pay_box(payment: Payment, amount: Money, words: Wording, *, link: str) -> dict[str, Any]:
    """Account details beside the bank's code, or, where there is none, beside the link as a code."""
    rows = details(payment, words)
    bank = epc_code(payment, amount)
    return box(rows, bank or link_code(link), "bank" if bank else "link", words)
