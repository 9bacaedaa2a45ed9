"""Payment orders to the bank: pain.001 and pain.008. Pure: no Django, no clock."""

from recoup.payments.transfers.order import Account, Transfer, TransferOrder, is_sepa
from recoup.payments.transfers.pain001 import Change, changes, pain001
from recoup.payments.transfers.validation import validate_pain001, validate_payment_file

__all__ = [
    "Account",
    "Change",
    "Transfer",
    "TransferOrder",
    "changes",
    "is_sepa",
    "pain001",
    "validate_pain001",
    "validate_payment_file",
]
