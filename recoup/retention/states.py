"""Classes of records with personal data that have an end. What the books must keep (entries, claims,
invoices, the chain of events) is in none of them."""

from enum import StrEnum

from recoup.kernel.refusal import N_


class RecordClass(StrEnum):
    PEOPLE = "people"  # persons at a debtor, from the end of its last case
    MAIL = "mail"  # e-mails that came in, from the end of their case
    LETTERS = "letters"  # what was sent to a debtor, from the end of its case
    NOTES = "notes"  # what people wrote of calls and visits, from the end of the case
    TASKS = "tasks"  # what finished tasks named, from the end of the case
    LOG = "log"  # what events name, from the end of their case
    ENQUIRIES = "enquiries"  # what visitors asked, from the day


WHAT = {
    RecordClass.PEOPLE: N_("Names, addresses and telephone numbers of persons at a debtor"),
    RecordClass.MAIL: N_("E-mails that came in, as they came"),
    RecordClass.LETTERS: N_("Letters, e-mails and text messages that were sent, with their files"),
    RecordClass.NOTES: N_("Notes of calls and visits, and photographs"),
    RecordClass.TASKS: N_("Names and words in finished tasks"),
    RecordClass.LOG: N_("Names and words in the log of events; the chain stays"),
    RecordClass.ENQUIRIES: N_("What visitors asked, with their names"),
}
