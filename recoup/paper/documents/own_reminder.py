"""A creditor's own word about invoices that nobody has been asked to collect yet: in its name, with its
address, asking for what the invoices say and for nothing more (no interest, no cost, no account but theirs)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from recoup.kernel.money import Money
from recoup.paper import figures
from recoup.paper.complete import require, require_sum
from recoup.paper.documents.debtor_letter import paragraphs
from recoup.paper.languages import Language, language_of
from recoup.paper.parts import Address, Page, Paper, Sender, looked_at, paper, references
from recoup.paper.tables import table
from recoup.paper.wording import Wording, missing


class OwnKind(StrEnum):
    WORD = "own_word"
    REMINDER = "own_reminder"
    LAST = "own_last"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnInvoice:
    number: str
    issued_on: date | None
    due_on: date
    open: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReminder:
    """`contact`: how the creditor is reached, as a debtor reads it; `deadline_on`: by when it asks for the
    money or a word; `own`: the house's own sentences, by the keys of the wording."""

    kind: OwnKind
    paper_id: str
    written_on: date
    creditor: Address
    contact: str
    small_print: tuple[str, ...]
    recipient: Address
    invoices: tuple[OwnInvoice, ...]
    total: Money
    deadline_on: date
    own: Mapping[str, str] | None = None

    @property
    def numbers(self) -> str:
        return ", ".join(row.number for row in self.invoices[:5]) + (
            " …" if len(self.invoices) > 5 else ""
        )


def own_gaps(data: OwnReminder, spoken: Language) -> dict[str, str]:
    """What the sentences may name, each as it is written in the letter's language."""
    return {
        "creditor": data.creditor.name, "debtor": data.recipient.name, "contact": data.contact, "invoices": data.numbers,
        "total": figures.money(data.total, spoken), "deadline": figures.day(data.deadline_on, spoken),
        "today": figures.day(data.written_on, spoken),
    }  # fmt: skip


def own_reminder(data: OwnReminder, *, language: str, at: datetime) -> Paper:
    """The letter in `language`, made `at` (aware). Raises `Refusal` `value_missing`, `sum_differs`,
    `address_too_long`, `glyph_missing`, `text_unprintable`."""
    words, spoken = checked(data, language)
    return paper("own_reminder", _page(data, words, spoken), _body(data, words, spoken), language=language, at=at, words=words)  # fmt: skip


def own_picture(data: OwnReminder, *, language: str, at: datetime) -> bytes:
    """The first page as a PNG; refused as the letter is."""
    words, spoken = checked(data, language)
    return looked_at("own_reminder", _page(data, words, spoken), _body(data, words, spoken), language=language, at=at, words=words)  # fmt: skip


def checked(data: OwnReminder, language: str) -> tuple[Wording, Language]:
    require(data)
    if not data.invoices:
        raise missing("invoices")
    require_sum(data.total, [row.open for row in data.invoices], field="total")
    spoken = language_of(language)
    return Wording(language, data.own, own_gaps(data, spoken)), spoken


def _page(data: OwnReminder, words: Wording, spoken: Language) -> Page:
    title = words.say(f"own.{data.kind.value}.title")
    sender = Sender(
        name=data.creditor.name, lines=data.creditor.lines, country=data.creditor.country, phone=data.contact, email="",
        web="", small_print=data.small_print,
    )  # fmt: skip
    info = references(words, spoken, on=data.written_on, reference=data.numbers)
    subject = words.say("own.subject", title=title)
    return Page(f"{title} {data.paper_id}", subject, data.paper_id, data.paper_id, sender, data.recipient, info)  # fmt: skip


def _body(data: OwnReminder, words: Wording, spoken: Language) -> dict[str, Any]:
    total = figures.money(data.total, spoken)
    return {
        "salutation": words.say("own.salutation"),
        "opening": paragraphs(words.say(f"own.{data.kind.value}.opening")),
        "ask": {"label": words.say("own.pay_by"), "amount": total},
        "invoices": _invoices(data, total, words, spoken),
        "texts": [words.say("own.how"), words.say("own.talk")],
        "closing": [words.say("own.greeting"), data.creditor.name],
    }


def _invoices(data: OwnReminder, total: str, words: Wording, spoken: Language) -> dict[str, Any]:
    return table(
        [words.say(f"table.{name}") for name in ("number", "issued", "due")]
        + [words.say("table.owed", currency=data.total.currency)],
        "lllr",
        [
            [
                row.number, figures.short(row.issued_on, spoken) if row.issued_on else "–",
                figures.short(row.due_on, spoken), figures.plain(row.open, spoken),
            ]
            for row in data.invoices
        ],
        [[words.say("table.total"), "", "", figures.plain(data.total, spoken)]],
    )  # fmt: skip
