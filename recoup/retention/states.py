"""Classes of records with personal data that have an end. What the books must keep (entries, claims,
invoices, the log and its chain) is in none of them."""

from enum import StrEnum

from recoup.kernel.refusal import N_


class RecordClass(StrEnum):
    PEOPLE = "people"  # persons at a debtor, from the end of its last case
    MAIL = "mail"  # e-mails that came in, from the end of their case
    ENQUIRIES = "enquiries"  # what visitors asked, from the day


WHAT = {
    RecordClass.PEOPLE: N_("Names, addresses and telephone numbers of persons at a debtor"),
    RecordClass.MAIL: N_("E-mails that came in, as they came"),
    RecordClass.ENQUIRIES: N_("What visitors asked, with their names"),
}
