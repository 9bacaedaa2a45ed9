"""The only writers of money: bank files in, payments to cases, remittances out."""

from recoup.payments.operations.again import pay_again
from recoup.payments.operations.allocate import (
    allocate,
    dismiss_suggestion,
    report_direct_payment,
    undo_allocation,
    waive,
)
from recoup.payments.operations.bankfile import take_bank_file
from recoup.payments.operations.correct import rederive
from recoup.payments.operations.learn import learn, revoke_rule
from recoup.payments.operations.outgoing import book_own_line, return_payment
from recoup.payments.operations.papers import complete_papers
from recoup.payments.operations.release import (
    approve_payout,
    change_account,
    confirm_account,
    reject_payout,
    set_payout_terms,
)
from recoup.payments.operations.remit import RemitResult, order, preview, remit
from recoup.payments.operations.tally import Taken

__all__ = [
    "RemitResult", "Taken", "allocate", "approve_payout", "book_own_line", "change_account",
    "complete_papers", "confirm_account", "dismiss_suggestion", "learn", "order", "pay_again",
    "preview", "rederive", "reject_payout", "remit", "report_direct_payment", "return_payment",
    "revoke_rule", "set_payout_terms", "take_bank_file", "undo_allocation", "waive",
]  # fmt: skip
