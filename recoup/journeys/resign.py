"""Agreements signed anew and by the right person: a new card or wording asks again, the old one stands until
the new one is signed by both; the stated signatory signs through a link of its own."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction

from recoup.agreements.models import Agreement, RateCard, SigningLink
from recoup.agreements.operations import day_at, prepare_agreement
from recoup.agreements.queries import card_on, latest_agreement, not_on_card
from recoup.eventlog.operations import record
from recoup.journeys.mail import mail_client, mail_person
from recoup.journeys.register import sign
from recoup.journeys.screen import screen_client
from recoup.kernel.actor import Actor, ActorKind
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.parties.operations import mail, name_signatory, needed
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

VALID = timedelta(days=14)
ANEW = (
    N_("A new version of your agreement %(number)s"),
    N_("We have written a new version of your agreement, with rate card %(version)s. Please read it and sign: %(link)s"),
    N_("Until both of us have signed, your present agreement and its prices stay in force. You need not do anything until then."),
)  # fmt: skip
TO_SIGN = (
    N_("%(company)s: please sign the agreement with %(house)s"),
    N_("%(who)s has named you as the person who signs for %(company)s. Read the agreement and the power of attorney, and sign here: %(link)s"),
    N_("The link is for you alone and works until %(until)s."),
)  # fmt: skip


@transaction.atomic
def ask_anew(*, agency: Agency, client: Client, by: Actor, at: datetime) -> Agreement:
    """Write the next version of a client's agreement by the card in force and ask for its signature, in
    the portal and by e-mail. Raises `Refusal` `waits_already` when one by this card waits."""
    card = card_on(agency.id, day_at(agency, at))
    last = latest_agreement(client)
    if last is not None and last.countersigned_at is None and last.rate_card_id == card.id:
        raise Refusal("waits_already", N_("A version by rate card %(found)s waits for its signatures already."), found=card.version)  # fmt: skip
    row = prepare_agreement(
        agency=agency, client=client, rate_card=card, language=client.language, by=by, at=at
    )
    mail_client(
        agency=agency, client=client, key=f"sign-anew:{row.id}", template="sign_anew", subject=ANEW[0],
        paragraphs=ANEW[1:], at=at, params={"number": row.number, "version": card.version, "link": f"{settings.ORIGIN}/agreements/{row.token}/"},
    )  # fmt: skip
    return row


@transaction.atomic
def ask_clients(*, agency: Agency, card: RateCard, most: int, by: Actor, at: datetime) -> int:
    """Ask the active clients whose newest agreement is by another card, `most` at a time; how many."""
    clients = list(not_on_card(card)[:most])
    for client in clients:
        ask_anew(agency=agency, client=client, by=by, at=at)
    return len(clients)


@transaction.atomic
def send_to_signatory(
    *,
    agency: Agency,
    agreement: Agreement,
    name: str,
    authority: str,
    email: str,
    by: Actor,
    at: datetime,
) -> SigningLink:
    """Name who signs for the company and send them a link of their own; an earlier link ends.

    Raises `Refusal` `missing`, `email_invalid`, `agreement_signed`.
    """
    address = needed(mail(email), "email", 254)
    with scope(agency.id):
        client = agreement.client
        if agreement.signed_at is not None:
            raise Refusal(
                "agreement_signed",
                N_("%(name)s has signed this already."),
                name=agreement.signed_by,
            )
        name_signatory(client=client, signatory=name, authority=authority, by=by, at=at)
        screen_client(agency=agency, client=client, by=by, at=at)
        SigningLink.objects.filter(agreement=agreement, ended_at=None).update(ended_at=at)
        token = secrets.token_urlsafe(24)
        made = SigningLink.objects.create(
            agency=agency, agreement=agreement, email=address, token_hash=sha256(token.encode()).hexdigest(),
            made_at=at, by_name=by.name, expires_at=at + VALID,
        )  # fmt: skip
        mail_person(
            agency=agency, recipient=address, language=agreement.language, key=f"to-sign:{made.id}", template="to_sign",
            subject=TO_SIGN[0], paragraphs=TO_SIGN[1:], client=client.id, at=at,
            params={"company": client.name, "house": agency.name, "who": by.name, "link": f"{settings.ORIGIN}/sign/{token}/",
                    "until": day_at(agency, made.expires_at)},
        )  # fmt: skip
        record(agency=agency.id, kind="SignatoryAsked", by=by, at=at, client=client.id, name=client.signatory,
               email=address, number=agreement.number)  # fmt: skip
    return made


def signing_link(*, agency: Agency, token: str, at: datetime) -> SigningLink:
    """The link behind a token, with its agreement. Raises `Refusal` `link_over`, the same for one that
    has ended, is too old or never was."""
    with scope(agency.id):
        found = SigningLink.objects.filter(
            agency=agency, token_hash=sha256(token.encode()).hexdigest(), ended_at=None, expires_at__gt=at
        ).select_related(
            "agreement__agency", "agreement__client", "agreement__rate_card", "agreement__quote",
            "agreement__agreement_document", "agreement__power_document", "agreement__sealed_agreement",
            "agreement__sealed_power",
        ).first()  # fmt: skip
    if found is None:
        raise Refusal("link_over", N_("This link has ended or is too old. Ask for a new one."))
    return found


def sign_by_link(*, agency: Agency, link: SigningLink, signatory: str, ticked: list[str], ip: str, browser: str, at: datetime) -> Agreement:  # fmt: skip
    """The stated signatory signs without an account; the trail says to which address the link went."""
    who = Actor(ActorKind.VISITOR, f"{link.agreement.client.signatory} <{link.email}>")
    with scope(agency.id):
        return sign(agreement=link.agreement, agency=agency, signatory=signatory, ticked=ticked, ip=ip,
                    browser=browser, by=who, at=at)  # fmt: skip
