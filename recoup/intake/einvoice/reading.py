"""What was read from one e-invoice: frozen facts, nothing decided yet.

Names follow EN 16931-1 (business terms in brackets). Amounts are `Decimal` in the invoice's currency,
rounded half up to its minor unit; days are `date`.
"""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from recoup.kernel.refusal import N_, Refusal


class NoInvoice(Refusal):
    """The file is sound, but holds no invoice (a PDF without XML, an order)."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person has to look at before relying on the reading.

    `text` is marked by `N_` and has `%(name)s` gaps for `params`, so that a front door can translate it.
    """

    code: str
    text: str
    params: tuple[tuple[str, str], ...] = ()

    @property
    def message(self) -> str:
        return self.text % dict(self.params)


def notice(code: str, text: str, **params: object) -> Notice:
    return Notice(code, text, tuple((k, str(v)) for k, v in params.items()))


@dataclass(frozen=True, slots=True)
class Party:
    """Seller (BG-4), buyer (BG-7) or payee (BG-10)."""

    name: str | None = None
    trading_name: str | None = None
    vat: str | None = None
    tax_id: str | None = None
    legal_id: str | None = None
    country: str | None = None
    city: str | None = None
    postcode: str | None = None
    street: str | None = None
    endpoint: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One invoice line (BG-25); `quantity` as written, `net` its amount without VAT.

    `counts` is false for a heading or a part of another line, whose amount is in that line already.
    """

    id: str | None
    name: str | None
    quantity: str | None
    net: Decimal | None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Due:
    """A day on which payment is due; `discount` when it is only the end of a discount period. `amount` is
    what falls due on it, where the invoice is payable in parts."""

    on: date
    discount: bool = False
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Preceding:
    """An earlier invoice this one refers to (BG-3)."""

    number: str
    issue_date: date | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A supporting document (BG-24) or another file inside the PDF; its bytes are not carried."""

    name: str
    media_type: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One invoice as written in the file; `variant` such as `UBL CreditNote`, `CII ZUGFeRD1`."""

    file: str
    variant: str
    container: str = "xml"
    profile: str | None = None
    type_code: str | None = None
    number: str | None = None
    issue_date: date | None = None
    due_date: date | None = None
    due_date_source: str | None = None
    due_dates: tuple[Due, ...] = ()
    currency: str | None = None
    line_total: Decimal | None = None
    allowance_total: Decimal | None = None
    charge_total: Decimal | None = None
    tax_basis_total: Decimal | None = None
    tax_total: Decimal | None = None
    grand_total: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    due_payable: Decimal | None = None
    seller: Party = Party()
    buyer: Party = Party()
    payee: Party | None = None
    accounts: tuple[str, ...] = ()
    payment_reference: str | None = None
    payment_terms: str | None = None
    notes: tuple[str, ...] = ()
    buyer_reference: str | None = None
    order_reference: str | None = None
    preceding: tuple[Preceding, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    lines: tuple[Line, ...] = ()
    warnings: tuple[Notice, ...] = ()
    further: tuple["Reading", ...] = ()

    @property
    def syntax(self) -> str:
        """`UBL`, `CII` or `FatturaPA`."""
        return self.variant.split(" ")[0]

    @property
    def is_credit(self) -> bool:
        """Whether the document gives money back: by its type (UNTDID 1001, FatturaPA) or its sign."""
        amount = self.due_payable or self.grand_total
        by_type = self.type_code in CREDIT_TYPES or self.variant == "UBL CreditNote"
        return by_type or (amount is not None and amount < 0)

    def as_document(self) -> dict[str, Any]:
        """The entry of `recoup einvoice --json` for this invoice. `due_date` is the day that the file names
        first in its fields, as every reader of it finds it; `net_due_date` the one a claim is made from: where
        the first is a day until which a discount is granted, the two differ, and a warning says so."""
        document: dict[str, Any] = {"file": self.file, "status": "ok", "syntax": self.syntax}
        for field in fields(self):
            document[field.name] = plain(getattr(self, field.name))
        document["net_due_date"] = document["due_date"]
        if self.due_dates:
            document["due_date"] = plain(self.due_dates[0].on)
        document["lines"] = len(self.lines)
        document["line_items"] = plain(self.lines)
        document["kind"] = "credit_note" if self.is_credit else "invoice"
        document["warnings"] = [{"code": w.code, "message": w.message} for w in self.warnings]
        document["further"] = [one.as_document() for one in self.further]
        return document


# UNTDID 1001 codes of EN 16931 that are credits; FatturaPA TD04, TD08.
CREDIT_TYPES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532",
                          "TD04", "TD08"})  # fmt: skip


def plain(value: Any) -> Any:
    """`value` as JSON has it: amounts as strings, days as ISO dates, records as objects."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [plain(v) for v in value]
    if hasattr(value, "__dataclass_fields__"):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    return value


def refused_document(file: str, refusal: Refusal) -> dict[str, Any]:
    """The entry of `recoup einvoice --json` for a file that gave no invoice; every key is there."""
    empty = Reading(file=file, variant="").as_document()
    status = "no_invoice" if isinstance(refusal, NoInvoice) else "refused"
    return {**empty, "status": status, "syntax": None, "variant": None, "container": None, "kind": None,
            "error": refusal.as_error()}  # fmt: skip


def unreadable(file: str, reason: str) -> Refusal:
    return Refusal(
        "einvoice_unreadable",
        N_("%(file)s: the invoice inside could not be read: %(reason)s."),
        file=file,
        reason=reason,
    )
