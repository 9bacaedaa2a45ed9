"""The writers of contact: what is said to debtors, and what came of it."""

from recoup.contact.operations.calls import record_call
from recoup.contact.operations.denials import NewDenial, record_denial, record_denials
from recoup.contact.operations.house import authorise, set_house_rules, withdraw_authority
from recoup.contact.operations.inbound import assign_mail, keep_mail
from recoup.contact.operations.permits import (
    deny_message,
    own_mail,
    permit_call,
    permit_message,
    permitted_before,
)
from recoup.contact.operations.reminders import (
    ByHand,
    OwnLetter,
    carry_contacts,
    deny_reminder,
    write_reminder,
)
from recoup.contact.operations.templates import drop_template, release_template, save_template
from recoup.contact.operations.writing import Letter, Planned, plan_letters, write_to_debtor

__all__ = [
    "ByHand", "Letter", "NewDenial", "OwnLetter", "Planned", "assign_mail", "authorise", "carry_contacts",
    "deny_message", "deny_reminder", "drop_template", "keep_mail", "own_mail", "permit_call", "permit_message", "permitted_before",
    "plan_letters", "record_call", "record_denial", "record_denials", "release_template", "save_template",
    "set_house_rules", "withdraw_authority", "write_reminder", "write_to_debtor",
]  # fmt: skip
