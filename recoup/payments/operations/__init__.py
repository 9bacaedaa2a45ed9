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
from recoup.payments.operations.bill import (
    bill_disbursement,
    bill_fee,
    credit_invoice,
    note_invoice_paid,
    set_own_account,
    settle_invoice,
)
from recoup.payments.operations.card import (
    begin_card_payment,
    keep_session,
    settle_card_payout,
    take_event,
)
from recoup.payments.operations.correct import rederive
from recoup.payments.operations.debit import (
    announced,
    cancel_debit,
    collect,
    make_mandate,
    propose_debit,
    revoke_mandate,
    set_creditor_id,
)
from recoup.payments.operations.exchange import allocate_exchanged, settle_exchange
from recoup.payments.operations.learn import learn, revoke_rule
from recoup.payments.operations.outgoing import book_own_line, return_payment
from recoup.payments.operations.papers import complete_papers
from recoup.payments.operations.refund import cancel_refund, propose_refund, release_refund
from recoup.payments.operations.release import (
    approve_payout,
    change_account,
    confirm_account,
    reject_payout,
    set_payout_terms,
)
from recoup.payments.operations.remit import RemitResult, order, preview, remit
from recoup.payments.operations.stop import resume_payouts, set_limit, stop_payouts
from recoup.payments.operations.tally import Taken

__all__ = [
    "RemitResult",
    "Taken",
    "allocate",
    "allocate_exchanged",
    "announced",
    "approve_payout",
    "begin_card_payment",
    "bill_disbursement",
    "bill_fee",
    "book_own_line",
    "cancel_debit",
    "cancel_refund",
    "change_account",
    "collect",
    "complete_papers",
    "confirm_account",
    "credit_invoice",
    "dismiss_suggestion",
    "keep_session",
    "learn",
    "make_mandate",
    "note_invoice_paid",
    "order",
    "pay_again",
    "preview",
    "propose_debit",
    "propose_refund",
    "rederive",
    "reject_payout",
    "release_refund",
    "remit",
    "report_direct_payment",
    "resume_payouts",
    "return_payment",
    "revoke_mandate",
    "revoke_rule",
    "set_creditor_id",
    "set_limit",
    "set_own_account",
    "set_payout_terms",
    "settle_card_payout",
    "settle_exchange",
    "settle_invoice",
    "stop_payouts",
    "take_bank_file",
    "take_event",
    "undo_allocation",
    "waive",
]  # fmt: skip
