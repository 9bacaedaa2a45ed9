"""What was received for a client in a period and what was paid on to it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from recoup.kernel.money import Money
from recoup.paper import figures
from recoup.paper.complete import require, require_sum
from recoup.paper.documents.agreement import Method
from recoup.paper.documents.statement import section, statement
from recoup.paper.languages import Language, language_of
from recoup.paper.parts import Address, Page, Paper, Person, Sender, paper, references
from recoup.paper.payment import compact
from recoup.paper.tables import table
from recoup.paper.wording import Wording, missing


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceLine:
    """One payment received. `commission` and `vat` were deducted from it; zero when gross."""

    case_number: str
    debtor: str
    received_on: date
    received: Money
    commission: Money
    vat: Money

    @property
    def remitted(self) -> Money:
        return self.received - self.commission - self.vat


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceStatement:
    """`remitted` left for the client on `paid_on` with `reference` on its bank line."""

    paper_id: str
    number: str
    written_on: date
    period_from: date
    period_to: date
    sender: Sender
    recipient: Address
    contact: Person
    method: Method
    lines: tuple[RemittanceLine, ...]
    remitted: Money
    paid_on: date
    holder: str
    iban: str | None
    account: str | None
    reference: str
    invoice_number: str | None = None


def remittance_statement(data: RemittanceStatement, *, language: str, at: datetime) -> Paper:
    """The statement. Raises `Refusal` `sum_differs`, `iban_wrong` and as `debtor_letter` does."""
    require(data)
    if not data.lines:
        raise missing("lines")
    if not data.iban and not data.account:
        raise missing("iban")
    require_sum(data.remitted, [line.remitted for line in data.lines], field="remitted")
    words, spoken = Wording(language), language_of(language)
    subject = words.say("remittance.subject", number=data.number)
    info = references(
        words, spoken, on=data.written_on, reference=data.number,
        period=f"{figures.short(data.period_from, spoken)} – {figures.short(data.period_to, spoken)}",
        contact=data.contact.name, phone=data.contact.phone,
    )  # fmt: skip
    page = Page(subject, subject, data.paper_id, data.number, data.sender, data.recipient, info)
    body = _body(data, words, spoken)
    return paper("statement", page, body, language=language, at=at, name="remittance-statement")


def _body(data: RemittanceStatement, words: Wording, spoken: Language) -> dict[str, Any]:
    def say(key: str, **gaps: str) -> str:
        return words.say(f"remittance.{key}", **gaps)

    period = {
        "start": figures.day(data.period_from, spoken), "end": figures.day(data.period_to, spoken)
    }  # fmt: skip
    payout = [[words.say("pay.holder"), data.holder]]
    if data.iban:
        payout.append([words.say("pay.iban"), figures.grouped(compact(data.iban))])
    if data.account:
        payout.append([words.say("pay.account_number"), data.account])
    payout.append([words.say("pay.reference"), data.reference])
    if data.invoice_number:
        payout.append([say("invoice"), data.invoice_number])
    paid = {
        "label": say("paid_label", day=figures.day(data.paid_on, spoken)),
        "amount": figures.money(data.remitted, spoken),
    }
    parts = [
        section(None, table=_table(data, words, spoken)),
        section(say("payout"), facts=payout),
    ]
    opening = say(f"opening_{data.method.value}", **period)
    closing = [words.say("acceptance.greeting"), f"{data.contact.name}, {data.sender.name}"]
    return statement([opening], parts, ask=paid, after=[say("closing")], closing=closing)


def _table(data: RemittanceStatement, words: Wording, spoken: Language) -> dict[str, Any]:
    """Gross statements have no columns for what was not deducted."""
    currency = data.remitted.currency
    shown = ["received", "commission", "vat", "remitted"]
    if not any(line.commission or line.vat for line in data.lines):
        shown = ["received", "remitted"]
    sums = [
        sum((getattr(line, name) for line in data.lines), Money.zero(currency)) for name in shown
    ]

    def amounts(values: list[Money]) -> list[str]:
        deducted = ("commission", "vat")
        signed = [-v if n in deducted else v for n, v in zip(shown, values, strict=True)]
        return [figures.plain(value, spoken) for value in signed]

    head = [words.say(f"table.{name}") for name in ("case", "debtor", "received_on")]
    head += [words.say(f"table.{name}", currency=currency) for name in shown]
    rows = [
        [
            line.case_number,
            line.debtor,
            figures.short(line.received_on, spoken),
            *amounts([getattr(line, name) for name in shown]),
        ]
        for line in data.lines
    ]
    foot = [words.say("table.total"), "", "", *amounts(sums)]
    return table(head, "lll" + "r" * len(shown), rows, [foot], wide=1)
