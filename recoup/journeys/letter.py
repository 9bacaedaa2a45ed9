"""What a letter to a debtor needs, gathered from the rooms that know it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.conf import settings

from recoup.cases.models import Case
from recoup.cases.operations import make_debtor_link
from recoup.contact.operations import Letter
from recoup.contact.queries import words_in_force
from recoup.contact.wording import Words, refuse_lacking
from recoup.jurisdictions.laws import law
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.paper.documents.debtor_letter import Consequence
from recoup.paper.documents.debtor_letter import Step as Follows
from recoup.paper.languages import language_of
from recoup.paper.parts import Person, Sender
from recoup.paper.payment import Payment, ReferenceKind
from recoup.payments.models import OwnAccount, TrustAccount
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
    *,
    words: Mapping[str, Words] | None = None,
    link: str = "",
) -> Letter:
    """The letter of one step, in the house's words of the day; `words` and `link` for a preview, which
    makes no way in. Raises `Refusal` `no_trust_account` when the agency has no account in the case's currency
    (a letter that does not say where to pay is not sent), `wording_missing`, `no_authority`."""
    case = known.case
    # Only what the debtor does not dispute is asked for.
    assert known.asked is not None and step.letter is not None
    words = words or words_of_letter(agency, known, step.letter, channels, on)
    refuse_unfit_words(known, step.letter, words)
    if not link:
        token = make_debtor_link(case=case, expires_at=at + LINK_LASTS, by=by, at=at)
        link = f"{settings.ORIGIN}/d/{token}/"
    return Letter(
        step=step.name, kind=step.letter, channels=channels, owed=known.asked, written_on=on,
        deadline_on=law(case.jurisdiction).deadline(sent_on=on, days=step.answer_days),
        consequence=Consequence(step=Follows(step.consequence or "client_decides")),
        payment=payment_of(agency, case), sender=sender_of(agency),
        collector=collector_of(agency, known), language=case.debtor.language,
        link=link, code=case.number, words=words,
        email_to=known.email_to if "email" in channels else None,
        sms_to=known.sms_number if "sms" in channels else "",
    )  # fmt: skip


def spoken_with(known: CaseFacts) -> str:
    """The code of the language a debtor is written to in."""
    return language_of(known.case.debtor.language).code


def words_of_letter(
    agency: Agency, known: CaseFacts, kind: str, channels: tuple[str, ...], on: date
) -> dict[str, Words]:
    """The released words for the paper and for each way it goes by."""
    case, spoken = known.case, spoken_with(known)
    return {
        medium: words_in_force(agency.id, kind, medium, spoken, case.jurisdiction, on)
        for medium in dict.fromkeys(("letter", *channels))
    }


def refuse_unfit_words(known: CaseFacts, kind: str, words: Mapping[str, Words]) -> None:
    """What the law wants said is said, and nothing is announced that nobody has authorised."""
    case, paper = known.case, words["letter"]
    refuse_lacking(kind, spoken_with(known), case.jurisdiction, paper.texts, paper.legal)
    refuse_unauthorised(known, words)


def refuse_unauthorised(known: CaseFacts, words: Mapping[str, Words]) -> None:
    for each in words.values():
        if each.announces and each.announces not in known.authorised:
            raise Refusal(
                "no_authority", N_("Nobody has authorised what the letter would announce (%(threat)s)."),
                threat=each.announces,
            )  # fmt: skip


def payment_of(agency: Agency, case: Case) -> Payment:
    """Where a case is paid to: client money to the trust account, what is owed to the agency itself to its own."""
    currency, reference = case.currency, case.reference
    if case.client.own:
        return own_payment(agency, currency, reference)
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


def own_payment(agency: Agency, currency: str, reference: str) -> Payment:
    account = OwnAccount.objects.filter(agency_id=agency.id, currency=currency).first()
    if account is None:
        raise Refusal(
            "no_own_account", N_("There is no account of our own in %(currency)s, so nobody could be told where to pay us."),
            currency=currency,
        )  # fmt: skip
    return Payment(
        holder=agency.name, bank=account.bank, reference=reference, reference_kind=ReferenceKind.RF,
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
