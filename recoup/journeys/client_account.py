"""A client's account for payouts is changed: whoever was known before is told, so that a change nobody asked for is
noticed before anything is paid to it."""

from datetime import datetime

from django.db import transaction

from recoup.journeys.mail import mail_client, mail_person
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_
from recoup.parties.models import Client
from recoup.payments import operations as payments
from recoup.payments.models import AccountChange
from recoup.tenancy.models import Agency, Member
from recoup.tenancy.roles import Role

SUBJECT = N_("Your account for payouts was changed")
WORDS = (
    N_("On your file the account that we pay you to was changed from %(was)s to %(iban)s."),
    N_("Nothing is paid to it before we have asked you on a number that we knew before. If you did not ask for this, call us at once."),
)  # fmt: skip


@transaction.atomic
def change_account(
    *, agency: Agency, client: Client, iban: str, bic: str = "", by: Actor, at: datetime
) -> AccountChange:
    """As `payments.change_account`; the company's address and its administrators are told, each once."""
    made = payments.change_account(client=client, iban=iban, bic=bic, by=by, at=at)
    params = {"was": ended(made.was) if made.was else "–", "iban": ended(made.iban)}
    mail_client(
        agency=agency, client=client, key=f"account-changed:{made.id}", template="account_changed", subject=SUBJECT,
        paragraphs=WORDS, params=params, at=at,
    )  # fmt: skip
    people = Member.objects.filter(
        agency=agency, client_id=client.id, role=Role.CLIENT_ADMINISTRATOR, active=True
    )
    for member in people.select_related("user").exclude(user__email=client.email):
        mail_person(
            agency=agency, recipient=member.user.email, language=client.language,
            key=f"account-changed:{made.id}:{member.id}", template="account_changed", subject=SUBJECT, paragraphs=WORDS,
            params=params, client=client.id, at=at,
        )  # fmt: skip
    return made


def ended(iban: str) -> str:
    """Enough to know one's own account by, in an e-mail."""
    return f"{iban[:4]} … {iban[-4:]}"
