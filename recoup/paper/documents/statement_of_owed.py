"""How much is owed on a day, invoice by invoice, with every step of the interest and its source."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from recoup.kernel.money import Money
from recoup.paper import figures
from recoup.paper.complete import require, require_sum
from recoup.paper.documents.debtor_letter import InvoiceRow, invoice_table
from recoup.paper.documents.statement import section, statement
from recoup.paper.languages import Language, language_of
from recoup.paper.parts import Address, Page, Paper, Person, Sender, paper, references
from recoup.paper.tables import in_currency, table
from recoup.paper.wording import Wording, missing


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """A payment and how it was applied; the three parts make `amount`."""

    on: date
    amount: Money
    to_costs: Money
    to_interest: Money
    to_principal: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementOfOwed:
    """`sources`: statutes and rate notices relied on; `per_day`: interest a day after `as_of`."""

    paper_id: str
    case_number: str
    written_on: date
    as_of: date
    sender: Sender
    recipient: Address
    contact: Person
    creditor: str
    debtor: str
    invoices: tuple[InvoiceRow, ...]
    total: Money
    per_day: Money | None
    payments: tuple[PaymentRow, ...] = ()
    sources: tuple[str, ...] = ()


def statement_of_owed(data: StatementOfOwed, *, language: str, at: datetime) -> Paper:
    """The statement. Raises `Refusal` `sum_differs` and as `debtor_letter` does."""
    require(data)
    if not data.invoices:
        raise missing("invoices")
    require_sum(data.total, [row.owed for row in data.invoices], field="total")
    for each in data.payments:
        parts = [each.to_costs, each.to_interest, each.to_principal]
        require_sum(each.amount, parts, field="payments.amount")
    words, spoken = Wording(language), language_of(language)
    day = figures.day(data.as_of, spoken)
    subject = words.say("owed.subject", debtor=data.debtor, creditor=data.creditor, day=day)
    info = references(
        words, spoken, on=data.written_on, reference=data.case_number,
        on_behalf_of=data.creditor, contact=data.contact.name, phone=data.contact.phone,
    )  # fmt: skip
    title = f"{words.say('owed.title')} {data.case_number}"
    page = Page(title, subject, data.paper_id, data.case_number, data.sender, data.recipient, info)
    body = _body(data, words, spoken, day)
    return paper("statement", page, body, language=language, at=at, name="statement-of-owed")


def _body(data: StatementOfOwed, words: Wording, spoken: Language, day: str) -> dict[str, Any]:
    def say(key: str, **gaps: str) -> str:
        return words.say(f"owed.{key}", **gaps)

    grows = say("stands")
    if data.per_day:
        grows = say("per_day", per_day=figures.money(data.per_day, spoken))
    parts = [
        section(say("invoices"), table=invoice_table(data.invoices, data.total, words, spoken)),
        section(None, grows),
    ]
    if any(row.segments for row in data.invoices):
        parts.append(section(say("segments"), table=_segments(data, words, spoken)))
    if data.payments:
        parts.append(section(say("payments"), table=_payments(data, words, spoken)))
    if data.sources:
        parts.append(section(say("sources"), small=list(data.sources)))
    ask = {"label": say("label", day=day), "amount": figures.money(data.total, spoken)}
    closing = [words.say("acceptance.greeting"), f"{data.contact.name}, {data.sender.name}"]
    return statement([say("opening", day=day)], parts, ask=ask, closing=closing)


def _segments(data: StatementOfOwed, words: Wording, spoken: Language) -> dict[str, Any]:
    names = ("number", "from_to", "days", "principal", "rate", "interest", "source")
    rows = [
        [
            row.number,
            f"{figures.short(each.from_on, spoken)} – {figures.short(each.to_on, spoken)}",
            figures.whole(each.days, spoken), figures.plain(each.principal, spoken),
            figures.percent(each.rate, spoken), figures.plain(each.interest, spoken), each.source,
        ]
        for row in data.invoices
        for each in row.segments
    ]  # fmt: skip
    head = [words.say(f"table.{n}") for n in names]
    for column in (3, 5):
        head[column] = in_currency(head[column], data.total.currency, words)
    return table(head, "llrrrrl", rows, wide=6)


def _payments(data: StatementOfOwed, words: Wording, spoken: Language) -> dict[str, Any]:
    names = ("amount", "to_costs", "to_interest", "to_principal")
    rows = [
        [figures.short(each.on, spoken)] + [figures.plain(getattr(each, n), spoken) for n in names]
        for each in data.payments
    ]
    head = [words.say(f"table.{n}") for n in ("day", *names)]
    head[1] = in_currency(head[1], data.total.currency, words)
    return table(head, "lrrrr", rows)
