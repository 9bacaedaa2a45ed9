"""What a letter to a debtor needs, gathered from the rooms that know it."""

from datetime import date, datetime, timedelta

from django.conf import settings

from recoup.cases.operations import make_debtor_link
from recoup.contact.operations import Letter
from recoup.jurisdictions.laws import law
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.paper.documents.debtor_letter import Consequence
from recoup.paper.documents.debtor_letter import Step as Follows
from recoup.paper.parts import Person, Sender
from recoup.paper.payment import Payment, ReferenceKind
from recoup.payments.models import TrustAccount
from recoup.strategy.facts import CaseFacts
from recoup.strategy.plans import Step
from recoup.tenancy.models import Agency

LINK_LASTS = timedelta(days=180)


def compose(
    agency: Agency,
    known: CaseFacts,
    step: Step,
    channels: tuple[str, ...],
    on: date,
    by: Actor,
    at: datetime,
) -> Letter:
    """The letter of one step. Raises `Refusal` `no_trust_account` when the agency has no account in the
    case's currency: a letter that does not say where to pay is not sent."""
    case = known.case
    assert known.owed is not None and step.letter is not None
    token = make_debtor_link(case=case, expires_at=at + LINK_LASTS, by=by, at=at)
    return Letter(
        step=step.name, kind=step.letter, channels=channels, owed=known.owed, written_on=on,
        deadline_on=law(case.jurisdiction).deadline(sent_on=on, days=step.answer_days),
        consequence=Consequence(step=Follows(step.consequence or "client_decides")),
        payment=payment_of(agency, case.currency, case.reference), sender=sender_of(agency),
        collector=collector_of(agency, known), language=case.debtor.language,
        link=f"{settings.ORIGIN}/d/{token}/", code=case.number,
        email_to=known.email_to if "email" in channels else None,
    )  # fmt: skip


def payment_of(agency: Agency, currency: str, reference: str) -> Payment:
    account = (
        TrustAccount.objects.filter(agency_id=agency.id, currency=currency).order_by("id").first()
    )
    if account is None:
        raise Refusal(
            "no_trust_account", N_("There is no trust account in %(currency)s, so nobody could be told where to pay."),
            currency=currency,
        )  # fmt: skip
    return Payment(
        holder=agency.name, bank=account.bank or account.name, reference=reference, reference_kind=ReferenceKind.RF,
        iban=account.iban, bic=account.bic or None,
    )  # fmt: skip


def sender_of(agency: Agency) -> Sender:
    return Sender(
        name=agency.name, lines=tuple(agency.address), country=agency.country, phone=agency.phone, email=agency.email,
        web=settings.ORIGIN.split("://")[1], small_print=tuple(x for x in (agency.registration_number, agency.vat_number, agency.licence) if x),
    )  # fmt: skip


def collector_of(agency: Agency, known: CaseFacts) -> Person:
    collector = known.case.collector
    return Person(
        name=str(collector.user) if collector else agency.name,
        phone=agency.phone,
        email=agency.email,
    )
