"""A payment order of credit transfers, and what must hold before it may be written. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from stdnum import iban as iban_number
from stdnum.exceptions import ValidationError

from recoup.kernel.money import places
from recoup.kernel.refusal import N_, Refusal

# Countries of the SEPA scheme (EPC409-09), by the country code of the IBAN.
SEPA_COUNTRIES = frozenset(
    ("AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR",
     "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL",
     "PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA")
)  # fmt: skip
ID = re.compile(
    r"[A-Za-z0-9+?:().,' -](?:[A-Za-z0-9+?/:().,' -]{0,33}[A-Za-z0-9+?:().,' -])?", re.ASCII
)
BIC = re.compile(r"[A-Z]{6}[A-Z2-9][A-NP-Z0-9](?:[A-Z0-9]{3})?", re.ASCII)
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,33}", re.ASCII)
CODE = re.compile(r"[A-Z]{3}", re.ASCII)
# The SEPA scheme's limit for one credit transfer; elsewhere what a bank can write.
LARGEST = {"EUR": Decimal("999999999.99")}
LARGEST_ELSEWHERE = Decimal("9999999999999")


@dataclass(frozen=True, slots=True)
class Account:
    """An account of `name`: an IBAN, or `number` with what finds its bank.

    `bic`, or `clearing_system` (GBDSC sort code, HKNCC, SESBA … of the ISO external list) with the
    bank's `clearing_number`. `scheme` names what `number` is: BBAN, or a bank's own such as BGNR.
    """

    name: str
    iban: str | None = None
    number: str | None = None
    scheme: str | None = None
    bic: str | None = None
    clearing_system: str | None = None
    clearing_number: str | None = None
    country: str | None = None

    @property
    def plain_iban(self) -> str:
        return (self.iban or "").replace(" ", "").upper()


@dataclass(frozen=True, slots=True)
class Transfer:
    """One credit: `end_to_end_id` was stored by the caller before the order is written.

    `reference` is a structured creditor reference (RF…, else the creditor's own), `remittance` text.
    """

    end_to_end_id: str
    amount: Decimal
    currency: str
    to: Account
    remittance: str = ""
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """An order to the bank; `message_id` was stored before, `created_at` is the caller's instant."""

    message_id: str
    created_at: datetime
    execute_on: date
    debtor: Account
    transfers: tuple[Transfer, ...]
    batch_booking: bool = False


def check(order: TransferOrder) -> None:
    """Raise the first `Refusal` of an order that must not reach a bank."""
    check_id(order.message_id, "message_id")
    if order.created_at.tzinfo is None:
        raise ValueError("created_at must be an instant with its offset")
    if not order.transfers:
        raise Refusal("order_empty", N_("A payment order needs at least one transfer."))
    check_account(order.debtor, "debtor")
    seen: set[str] = set()
    for row, transfer in enumerate(order.transfers, 1):
        check_id(transfer.end_to_end_id, "end_to_end_id", row)
        if transfer.end_to_end_id in seen:
            raise Refusal(
                "end_to_end_id_twice", N_("Transfer %(row)d repeats the end-to-end id %(found)s."),
                row=row, field="end_to_end_id", found=transfer.end_to_end_id,
            )  # fmt: skip
        seen.add(transfer.end_to_end_id)
        check_amount(transfer, row)
        check_account(transfer.to, "creditor", row)


def check_id(text: str, field: str, row: int = 0) -> None:
    """Up to 35 characters of the SEPA set, no slash at either end, no two in a row (EPC230-15)."""
    if not ID.fullmatch(text) or "//" in text:
        raise Refusal(
            "id_not_plain", N_("%(field)s “%(found)s” is not 1 to 35 plain characters."),
            field=field, found=text, **({"row": row} if row else {}),
        )  # fmt: skip


def check_amount(transfer: Transfer, row: int) -> None:
    amount, currency = transfer.amount, transfer.currency
    if not isinstance(amount, Decimal):
        raise TypeError(f"amount must be Decimal, not {type(amount).__name__}")
    if not CODE.fullmatch(currency):
        raise Refusal(
            "currency_unknown", N_("Transfer %(row)d: “%(found)s” is not a currency code."),
            row=row, field="currency", found=currency,
        )  # fmt: skip
    if not amount.is_finite() or amount <= 0 or amount > LARGEST.get(currency, LARGEST_ELSEWHERE):
        raise Refusal(
            "amount_not_payable", N_("Transfer %(row)d: an amount of %(found)s cannot be paid."),
            row=row, field="amount", found=str(amount),
        )  # fmt: skip
    if amount != amount.quantize(Decimal(1).scaleb(-places(currency))):
        raise Refusal(
            "amount_too_precise", N_("Transfer %(row)d: %(found)s has more decimals than %(currency)s."),
            row=row, field="amount", found=str(amount), currency=currency,
        )  # fmt: skip


def check_account(account: Account, role: str, row: int = 0) -> None:
    """A valid IBAN, or a number with a way to its bank; a BIC, where given, of the right shape."""
    where = {"role": role, **({"row": row} if row else {})}
    if account.iban is not None:
        check_iban(account.plain_iban, where)
    elif not account.number or not NUMBER.fullmatch(account.number):
        raise Refusal(
            "account_missing", N_("The %(role)s has neither an IBAN nor an account number (found “%(found)s”)."),
            field="account", found=account.number or "", **where,
        )  # fmt: skip
    elif not (account.bic or account.clearing_number or account.scheme):
        raise Refusal(
            "bank_missing", N_("The %(role)s's account %(found)s has neither BIC nor clearing number."),
            field="bic", found=account.number, **where,
        )  # fmt: skip
    if account.bic is not None and not BIC.fullmatch(account.bic):
        raise Refusal(
            "bic_invalid", N_("“%(found)s” is not a BIC (%(role)s)."), field="bic", found=account.bic, **where
        )  # fmt: skip
    if bool(account.clearing_system) != bool(account.clearing_number):
        raise Refusal(
            "clearing_incomplete", N_("A clearing number needs the name of its system (%(role)s)."),
            field="clearing_number", found=account.clearing_number or "", **where,
        )  # fmt: skip


def check_iban(iban: str, where: dict[str, object]) -> None:
    try:
        iban_number.validate(iban, check_country=False)
    except ValidationError:
        raise Refusal(
            "iban_invalid", N_("“%(found)s” is not a valid IBAN (%(role)s)."), field="iban", found=iban, **where
        ) from None  # fmt: skip


def is_sepa(order: TransferOrder, transfer: Transfer) -> bool:
    """Whether a transfer is a SEPA credit transfer: euro between IBANs of SEPA countries."""
    ibans = (order.debtor.plain_iban, transfer.to.plain_iban)
    return transfer.currency == "EUR" and all(iban[:2] in SEPA_COUNTRIES for iban in ibans)
