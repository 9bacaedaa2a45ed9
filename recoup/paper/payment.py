"""How to pay: account, reference and, for euro, the QR code banking apps read. Pure.

EPC069-12 "Quick Response Code: Guidelines to Enable Data Capture for the Initiation of a SEPA
Credit Transfer", version 002.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from stdnum import iban as iban_number
from stdnum import iso11649, luhn
from stdnum.exceptions import ValidationError

from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.paper.advances import width
from recoup.paper.codes import svg
from recoup.paper.figures import grouped
from recoup.paper.tables import one_line_each
from recoup.paper.wording import Wording

CODE_MM = 24.0
LARGEST, MOST = Decimal("999999999.99"), 331


class AccountField(StrEnum):
    """Lines of a domestic account; each has a label in every language."""

    ACCOUNT_NUMBER = "account_number"
    SORT_CODE = "sort_code"
    BANK_CODE = "bank_code"
    BANKGIRO = "bankgiro"
    PLUSGIRO = "plusgiro"
    FPS = "fps"


class ReferenceKind(StrEnum):
    RF = "rf"  # ISO 11649, mod 97
    OCR = "ocr"  # Swedish, Luhn
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Where money goes. Either `iban` or `account` lines, or both."""

    holder: str
    bank: str
    reference: str
    reference_kind: ReferenceKind = ReferenceKind.PLAIN
    iban: str | None = None
    bic: str | None = None
    account: tuple[tuple[AccountField, str], ...] = ()


def compact(iban: str) -> str:
    """The IBAN without spaces. Raises `Refusal` `iban_wrong` (ISO 13616 structure, mod 97)."""
    try:
        return str(iban_number.validate(iban))
    except ValidationError:
        raise Refusal("iban_wrong", N_("“%(found)s” is not a valid IBAN."), found=iban) from None


def checked_reference(payment: Payment) -> str:
    """The reference as printed. Raises `Refusal` `reference_wrong` when its check digits fail."""
    try:
        if payment.reference_kind is ReferenceKind.RF:
            return grouped(iso11649.validate(payment.reference))
        if payment.reference_kind is ReferenceKind.OCR:
            luhn.validate(payment.reference)
    except ValidationError:
        raise Refusal(
            "reference_wrong", N_("“%(found)s” is not a valid payment reference."),
            found=payment.reference,
        ) from None  # fmt: skip
    return payment.reference


def details(payment: Payment, words: Wording) -> list[list[str]]:
    """Label and value of each line. Raises `Refusal` `account_missing` when there is no account."""
    if not payment.iban and not payment.account:
        raise Refusal(
            "account_missing", N_("The document was not written: there is no account to pay to.")
        )
    rows = [[words.say("pay.holder"), payment.holder]]
    if payment.iban:
        rows.append([words.say("pay.iban"), grouped(compact(payment.iban))])
    rows += [[words.say(f"pay.{field.value}"), text] for field, text in payment.account]
    if payment.bic:
        rows.append([words.say("pay.bic"), payment.bic])
    rows.append([words.say("pay.bank"), payment.bank])
    rows.append([words.say("pay.reference"), checked_reference(payment)])
    return rows


def epc_text(payment: Payment, amount: Money) -> str | None:
    """The content of the code, or None where the scheme has no answer: not euro, no IBAN, amount
    outside 0.01–999,999,999.99."""
    value = amount.rounded().amount
    if amount.currency != "EUR" or not payment.iban or not 0 < value <= LARGEST:
        return None
    structured = payment.reference_kind is ReferenceKind.RF
    lines = [
        "BCD", "002", "1", "SCT", payment.bic or "", payment.holder[:70], compact(payment.iban),
        f"EUR{value:f}", "", payment.reference if structured else "",
        "" if structured else payment.reference[:140],
    ]  # fmt: skip
    return "\n".join(lines).rstrip("\n")


def box(rows: list[list[str]], code: str | None, kind: str, words: Wording) -> dict[str, Any]:
    """Account details beside a code, if there is one: `kind` is bank or link."""
    label = words.say(f"pay.code_{kind}")
    beside = max(CODE_MM, width(label) * 6.8 / 72 * 25.4) if code else -5
    return {
        "title": words.say("pay.title"), "rows": rows, "code": code,
        "even": one_line_each(rows, size=8.4, room=152 - beside, gutter=6),
        "label": label, "alt": words.say(f"pay.code_{kind}_alt"),
    }  # fmt: skip


def epc_code(payment: Payment, amount: Money) -> str | None:
    """The EPC code as SVG: UTF-8 as its third line says, error level M and no more bytes than the
    guideline asks."""
    text = (epc_text(payment, amount) or "").encode()
    return svg(text) if 0 < len(text) <= MOST else None


def link_code(link: str) -> str:
    """A link as a QR code in SVG."""
    return svg(link.encode())
