"""How much is owed on a day, invoice by invoice, with every step of the interest and its source, and
the account: what came to be owed and what was paid, in the order of days, with the balance."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from recoup.kernel.money import Money
from recoup.paper import figures
from recoup.paper.complete import require, require_sum
from recoup.paper.documents.debtor_letter import InterestSegment, InvoiceRow, invoice_table
from recoup.paper.documents.statement import section, statement
from recoup.paper.languages import Language, language_of
from recoup.paper.parts import Address, Page, Paper, Person, Sender, paper, references
from recoup.paper.tables import in_currency, table
from recoup.paper.wording import Wording, missing


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """A payment and how it was applied; the parts make `amount`. `left`: more than was owed."""

    on: date
    amount: Money
    to_costs: Money
    to_interest: Money
    to_principal: Money
    to_compensation: Money | None = None
    left: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """`kind`: a word of `owed.entry`; `amount` is added to the `balance` (taken off when negative)."""

    on: date
    kind: str
    ref: str | None
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementOfOwed:
    """`sources`: statutes and rate notices relied on; `per_day`: interest a day after `as_of`;
    `account` ends with a balance of `total`; `notes`: how it was counted, in the paper's language."""

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
    account: tuple[AccountRow, ...] = ()
    notes: tuple[str, ...] = ()


def statement_of_owed(data: StatementOfOwed, *, language: str, at: datetime) -> Paper:
    """The statement. Raises `Refusal` `sum_differs` and as `debtor_letter` does."""
    require(data)
    if not data.invoices:
        raise missing("invoices")
    require_sum(data.total, [row.owed for row in data.invoices], field="total")
    for each in data.payments:
        parts = [getattr(each, name) for name in PARTS]
        require_sum(each.amount, [p for p in parts if p is not None], field="payments.amount")
    if data.account:
        require_sum(data.total, [row.amount for row in data.account], field="account.balance")
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
    if data.account:
        parts.append(section(say("account"), table=_account(data, words, spoken)))
    if data.notes:
        parts.append(section(say("notes"), small=list(data.notes)))
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
            figures.percent(each.rate, spoken), figures.plain(each.interest, spoken), _source(each, words, spoken),
        ]
        for row in data.invoices
        for each in row.segments
    ]  # fmt: skip
    head = [words.say(f"table.{n}") for n in names]
    for column in (3, 5):
        head[column] = in_currency(head[column], data.total.currency, words)
    return table(head, "llrrrrl", rows, wide=6)


def _source(one: InterestSegment, words: Wording, spoken: Language) -> str:
    parts = [one.source]
    if one.base is not None and one.margin is not None:
        base, margin = figures.percent(one.base, spoken), figures.percent(one.margin, spoken)
        parts.insert(0, words.say("owed.rate_parts", base=base, margin=margin))
    if one.provisional:
        parts.append(words.say("owed.provisional"))
    return "; ".join(parts)


PARTS = ("to_costs", "to_compensation", "to_interest", "to_principal", "left")


def _payments(data: StatementOfOwed, words: Wording, spoken: Language) -> dict[str, Any]:
    """Compensation and what was too much have a column where there is any."""
    always = ("to_costs", "to_interest", "to_principal")
    names = ["amount"] + [
        name for name in PARTS if name in always or any(getattr(p, name) for p in data.payments)
    ]
    zero = Money.zero(data.total.currency)
    rows = [
        [figures.short(each.on, spoken)]
        + [figures.plain(getattr(each, n) or zero, spoken) for n in names]
        for each in data.payments
    ]
    head = [words.say(f"table.{n}") for n in ("day", *names)]
    head[1] = in_currency(head[1], data.total.currency, words)
    return table(head, "l" + "r" * len(names), rows)


def _account(data: StatementOfOwed, words: Wording, spoken: Language) -> dict[str, Any]:
    rows = [
        [
            figures.short(each.on, spoken),
            " ".join([words.say(f"owed.entry.{each.kind}"), *([each.ref] if each.ref else [])]),
            figures.plain(each.amount, spoken), figures.plain(each.balance, spoken),
        ]
        for each in data.account
    ]  # fmt: skip
    head = [words.say(f"table.{n}") for n in ("day", "what", "amount")]
    head = [*head, words.say("owed.balance")]
    for column in (2, 3):
        head[column] = in_currency(head[column], data.total.currency, words)
    return table(head, "llrr", rows, wide=1)
