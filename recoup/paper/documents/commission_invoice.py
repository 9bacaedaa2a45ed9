"""The agency's invoice to its client: commission and fees by line, value added tax by rate.

Contents of an invoice after Article 226 of Directive 2006/112/EC: numbers of both parties, date of
supply, taxable amount and rate by rate, tax, and the words "reverse charge" where it applies.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.paper import figures
from recoup.paper.complete import require, require_sum
from recoup.paper.documents.statement import section, statement
from recoup.paper.languages import Language, language_of
from recoup.paper.parts import Address, Page, Paper, Person, Sender, paper, references
from recoup.paper.payment import Payment, box, details, epc_code
from recoup.paper.tables import in_currency, table
from recoup.paper.wording import Wording, missing


class LineKind(StrEnum):
    COMMISSION = "commission"
    SET_UP = "set_up"
    MINIMUM = "minimum"
    WITHDRAWAL = "withdrawal"
    DISBURSEMENT = "disbursement"
    CREDIT_NOTE = "credit_note"


class VatKind(StrEnum):
    STANDARD = "standard"
    REVERSE_CHARGE = "reverse_charge"
    OUTSIDE = "outside"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionLine:
    """`basis` × `percent` = `net` where the price is a share; `clause`: of the rate card."""

    case_number: str
    debtor: str
    kind: LineKind
    net: Money
    clause: str
    basis: Money | None = None
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VatLine:
    """`vat` on `net` at `rate` percent; nothing unless STANDARD."""

    kind: VatKind
    rate: Decimal
    net: Money
    vat: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionInvoice:
    """`settled_by`: number of the remittance it was deducted from; otherwise `payment` and
    `due_on` say how and until when it is paid. `vat_local`: the tax in the currency of the sender's
    country, needed where the invoice is in another one (Article 230). `credits`: number and day of the
    invoice that a credit note corrects."""

    paper_id: str
    number: str
    written_on: date
    supplied_from: date
    supplied_to: date
    sender: Sender
    sender_vat_number: str
    recipient: Address
    recipient_vat_number: str | None
    contact: Person
    rate_card_version: str
    lines: tuple[CommissionLine, ...]
    vat: tuple[VatLine, ...]
    total: Money
    settled_by: str | None = None
    due_on: date | None = None
    payment: Payment | None = None
    vat_local: Money | None = None
    credits: tuple[str, date] | None = None

    @property
    def what(self) -> str:
        """The kind of paper: a credit note (its amounts are what is given back), commission or a fee."""
        if self.credits:
            return "credit"
        share = (LineKind.COMMISSION, LineKind.MINIMUM)
        return "commission" if any(line.kind in share for line in self.lines) else "fee"


def commission_invoice(data: CommissionInvoice, *, language: str, at: datetime) -> Paper:
    """The invoice. Raises `Refusal` `sum_differs`, `vat_differs` (tax is not net × rate, or charged
    where none is due) and as `debtor_letter` does."""
    require(data)
    _check(data)
    words, spoken = Wording(language), language_of(language)
    subject = words.say("invoice.subject", number=data.number)
    numbers = {"vat_number": data.sender_vat_number}
    if data.recipient_vat_number:
        numbers["client_vat_number"] = data.recipient_vat_number
    info = references(
        words, spoken, on=data.written_on, reference=data.number,
        supply=f"{figures.short(data.supplied_from, spoken)} – {figures.short(data.supplied_to, spoken)}",
        **numbers, contact=data.contact.name, phone=data.contact.phone,
    )  # fmt: skip
    if data.credits:
        subject = words.say("invoice.credit_subject", number=data.number)
    names = {
        "commission": "invoice.title",
        "fee": "invoice.fee_title",
        "credit": "invoice.credit_title",
    }
    title = f"{words.say(names[data.what])} {data.number}"
    page = Page(title, subject, data.paper_id, data.number, data.sender, data.recipient, info)
    body = _body(data, words, spoken)
    return paper("statement", page, body, language=language, at=at, name="commission-invoice")


def _check(data: CommissionInvoice) -> None:
    if not data.lines:
        raise missing("lines")
    if not data.vat:
        raise missing("vat")
    reversed_charge = any(each.kind is VatKind.REVERSE_CHARGE for each in data.vat)
    if reversed_charge and not data.recipient_vat_number:
        raise missing("recipient_vat_number")
    if not data.settled_by and not data.credits and not (data.payment and data.due_on):
        raise missing("payment")
    net = sum((each.net for each in data.vat), Money.zero(data.total.currency))
    require_sum(net, [line.net for line in data.lines], field="vat.net")
    require_sum(data.total, [net, *(each.vat for each in data.vat)], field="total")
    for each in data.vat:
        due = each.net.times(each.rate / 100) if each.kind is VatKind.STANDARD else None
        if each.vat != (due or Money.zero(each.net.currency)):
            raise Refusal(
                "vat_differs",
                N_("The invoice was not written: VAT %(found)s does not follow from %(net)s at %(rate)s %%."),
                found=str(each.vat), net=str(each.net), rate=str(each.rate),
            )  # fmt: skip


def _body(data: CommissionInvoice, words: Wording, spoken: Language) -> dict[str, Any]:
    def say(key: str, **gaps: str) -> str:
        return words.say(f"invoice.{key}", **gaps)

    taxed = [
        say(each.kind.value, net=figures.money(each.net, spoken))
        for each in data.vat
        if each.kind is not VatKind.STANDARD
    ]
    if data.vat_local:
        taxed.append(say("vat_local", vat=figures.money(data.vat_local, spoken)))
    parts = [section(None, table=_table(data, words, spoken))]
    if taxed:
        parts.append(section(say("vat_title"), *taxed))
    if data.settled_by:
        parts.append(section(None, say("settled", number=data.settled_by)))
    opening = say("opening", version=data.rate_card_version)
    if data.credits:
        number, on = data.credits
        opening = say("credits", number=number, day=figures.day(on, spoken))
    return statement(
        [opening], parts, ask=_ask(data, words, spoken),
        pay=_pay(data, words),
        closing=[words.say("acceptance.greeting"), f"{data.contact.name}, {data.sender.name}"],
    )  # fmt: skip


def _ask(data: CommissionInvoice, words: Wording, spoken: Language) -> dict[str, str]:
    if data.credits:
        label = words.say("invoice.credit_label")
    elif data.due_on and not data.settled_by:
        label = words.say("invoice.pay_by", deadline=figures.weekday(data.due_on, spoken))
    else:
        label = words.say("invoice.settled_label")
    return {"label": label, "amount": figures.money(data.total, spoken)}


def _pay(data: CommissionInvoice, words: Wording) -> dict[str, Any] | None:
    if data.settled_by or not data.payment:
        return None
    rows = details(data.payment, words)
    return box(rows, epc_code(data.payment, data.total), "bank", words)


def _table(data: CommissionInvoice, words: Wording, spoken: Language) -> dict[str, Any]:
    currency = data.total.currency
    names = ("case", "debtor", "what", "basis", "rate", "clause")
    head = [words.say(f"table.{name}") for name in names]
    head[3] = in_currency(head[3], currency, words)
    head.append(words.say("table.net", currency=currency))
    rows = [
        [
            line.case_number, line.debtor, words.say(f"invoice.{line.kind.value}"),
            figures.plain(line.basis, spoken) if line.basis else "–",
            figures.percent(line.percent, spoken) if line.percent is not None else "–",
            line.clause, figures.plain(line.net, spoken),
        ]
        for line in data.lines
    ]  # fmt: skip
    blank = [""] * 5
    net = sum((line.net for line in data.lines), Money.zero(currency))
    foot = [[words.say("invoice.net_total"), *blank, figures.plain(net, spoken)]]
    for each in data.vat:
        if each.kind is VatKind.STANDARD:
            label = words.say(
                "invoice.vat_line", rate=figures.percent(each.rate, spoken),
                net=figures.plain(each.net, spoken),
            )  # fmt: skip
            foot.append([label, *blank, figures.plain(each.vat, spoken)])
    foot.append([words.say("invoice.total"), *blank, figures.plain(data.total, spoken)])
    return table(head, "lllrrlr", rows, foot, wide=1)
