"""What a bank file says, as frozen facts. Pure.

Amounts are signed from the account's point of view: money in is positive, money out negative. Sums
keep their sign, so that opening + credit_sum + debit_sum = closing when everything is booked.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from recoup.kernel.money import places
from recoup.kernel.refusal import Refusal
from recoup.kernel.sheets import sheet

BOOKED = "BOOK"


@sheet(frozen=True, slots=True)
class Remark:
    """Something a person should know about a file that was nevertheless read."""

    code: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)

    def sentence(self, translated: str | None = None) -> str:
        return Refusal(self.code, self.text, **self.params).sentence(translated)

    def as_warning(self) -> dict[str, Any]:
        """`{"code", "message"}` and whichever of file, row, field, found apply."""
        return Refusal(self.code, self.text, **self.params).as_error()


@sheet(frozen=True, slots=True)
class Entry:
    """One line: a transaction, or a whole entry where the bank gives no details that add up.

    `amount` is None where the bank's amount cannot be read. `line_key` names the line for ever,
    `entry_key` the bank's entry it belongs to, `likeness` what the line looks like whichever
    statement brings it (see identity.py).
    """

    statement: str
    statement_no: int
    entry_no: int
    transaction_no: int
    booked_on: date | None
    value_on: date | None
    amount: Decimal | None
    currency: str
    status: str
    reversal: bool
    counterparty: str | None
    counterparty_account: str | None
    end_to_end_id: str | None
    reference: str | None
    remittance: str | None
    return_reason: str | None
    bank_reference: str | None
    mandate_id: str | None
    instructed_amount: Decimal | None
    instructed_currency: str | None
    transaction_code: str | None
    additional: str | None
    documents: tuple[str, ...]
    line_key: str
    entry_key: str
    likeness: str

    @property
    def is_bookable(self) -> bool:
        """Booked by the bank, with an amount that is not zero and fits the currency's minor unit."""
        if self.status != BOOKED or not self.amount:
            return False
        exponent = self.amount.normalize().as_tuple().exponent
        return isinstance(exponent, int) and -exponent <= places(self.currency)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, report or notification of one account.

    `entries` counts what the bank lists, `transactions` the lines they were split into. `balanced`:
    True when opening + booked = closing; False when not, or when that cannot be shown although this
    kind of file must show it; None where there is nothing to compare (camt.052, camt.054, MT942).
    """

    id: str
    sequence: str | None
    account: str
    currency: str
    owner: str | None
    from_on: date | None
    to_on: date | None
    opening: Decimal | None
    opening_on: date | None
    closing: Decimal | None
    closing_on: date | None
    entries: int
    transactions: int
    credit_sum: Decimal
    debit_sum: Decimal
    balanced: bool | None
    copy: str | None


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """One answer of a pain.002 about a payment order of ours. `level`: group, batch or transaction."""

    level: str
    status: str | None
    original_message_id: str | None
    original_batch_id: str | None
    end_to_end_id: str | None
    reason: str | None
    explanation: str | None


@dataclass(frozen=True, slots=True)
class BankFile:
    """A whole file. `format` as the bank names it, such as camt.053.001.08, MT940, pain.002.001.10."""

    file: str
    format: str
    message_id: str | None
    statements: tuple[Statement, ...]
    entries: tuple[Entry, ...]
    payment_statuses: tuple[PaymentStatus, ...]
    warnings: tuple[Remark, ...]
