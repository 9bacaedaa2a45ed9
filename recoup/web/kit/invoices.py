"""How it stands with an invoice of the house, in words: at the desk and in the client's portal."""

from datetime import date

from django.utils.translation import gettext as _

from recoup.kernel.money import Money
from recoup.payments.models import Invoice
from recoup.payments.queries import is_billed_apart


def is_late(invoice: Invoice, left: Money, today: date) -> bool:
    return bool(left.amount > 0 and invoice.due_on and invoice.due_on < today)


def state_of(invoice: Invoice, left: Money, late: bool) -> tuple[str, str]:
    """(word, tone of its badge); `left` is what is still owed, less than nothing for a credit note."""
    if not is_billed_apart(invoice):
        return _("Deducted"), "money"
    if left.amount < 0:
        return _("To be set against"), "accent"
    if not left.amount:
        return (_("Set against") if invoice.credits_id else _("Settled")), "money"
    return (_("Overdue"), "danger") if late else (_("Open"), "needs")
