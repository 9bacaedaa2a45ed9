"""The writers of contact: what is said to debtors, and what came of it."""

from recoup.contact.operations.calls import record_call
from recoup.contact.operations.denials import record_denial
from recoup.contact.operations.inbound import assign_mail, keep_mail
from recoup.contact.operations.writing import Letter, write_to_debtor

__all__ = ["Letter", "assign_mail", "keep_mail", "record_call", "record_denial", "write_to_debtor"]
