"""A company becomes a client: registered, its administrator let in, the agreement written, signed, countersigned."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import MinimumLengthValidator, validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from recoup.agreements.models import Agreement, Quote
from recoup.agreements.operations import (
    countersign_agreement,
    day_at,
    prepare_agreement,
    sign_agreement,
)
from recoup.agreements.queries import card_on, latest_agreement, quote_by
from recoup.journeys.mail import mail_client
from recoup.journeys.screen import ask_to_know
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.parties.operations import business_numbers, register_client
from recoup.parties.rules import SAID_CONSUMER, clean
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency, Member, User
from recoup.tenancy.operations import add_member
from recoup.tenancy.roles import Role

SHORTEST = 15
TOO_SHORT = N_(
    "Choose at least %(least)d characters: four or five words that you remember are best."
)
WEAK = N_(
    "This password is too easy to guess: choose words that have nothing to do with you or your company."
)
EMAIL_KNOWN = N_("This e-mail address cannot be used to register. If you have an account, sign in.")


@dataclass(frozen=True, slots=True)
class Registration:
    """What the form says. `business`: that it is a company with claims against companies; `language`
    is BCP 47; `quote`: the token of the price it starts from, or ""."""

    id: UUID
    business: bool
    name: str
    country: str
    registration_number: str
    vat_number: str
    address: list[str]
    postcode: str
    city: str
    language: str
    email: str
    phone: str
    signatory: str
    authority: str
    password: str
    payout_iban: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    client: Client
    user: User
    agreement: Agreement


def register(*, agency: Agency, form: Registration, by: Actor, at: datetime) -> Registered:
    """Register the company, make its administrator's log-in, write the agreement to sign.

    The same registration again (same number, e-mail and password) finds what the first one made.
    Raises `Refusal`: `consumer`, `password_weak`, `email_known`, those of `register_client` and of
    `prepare_agreement`; then nothing was made.
    """
    business_only(form.business)
    numbers = business_numbers(form.country, form.registration_number, form.vat_number)
    email = form.email.strip().lower()
    with scope(agency.id):
        _one_at_a_time(email)
        known = User.objects.filter(email=email).first()
        if known is not None:
            return _again(agency, known, form, numbers)
        check_password(form.password, email=email, name=form.signatory)
        client = _client(agency, form, by, at)
        user = User.objects.create_user(
            email, form.password, name=clean(form.signatory, 150), language=form.language.lower(),
            time_zone=client.time_zone,
        )  # fmt: skip
        add_member(agency=agency, user=user, role=Role.CLIENT_ADMINISTRATOR, client_id=client.id)
        agreement = _agreement(agency, client, form, user.actor(), at)
        ask_to_know(agency=agency, client=client, by=by, at=at)
    return Registered(client, user, agreement)


def business_only(said: bool) -> None:
    """Raises `Refusal` `consumer` unless it was said that companies are on both sides."""
    if not said:
        raise Refusal("consumer", SAID_CONSUMER, field="business")


def check_password(password: str, *, email: str, name: str) -> None:
    """Raises `Refusal` `password_weak` with a sentence that helps."""
    if len(password) < SHORTEST:
        raise Refusal("password_weak", TOO_SHORT, field="password", least=SHORTEST)
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        short = any(e.code == MinimumLengthValidator.__name__ for e in error.error_list)
        raise Refusal("password_weak", TOO_SHORT if short else WEAK, field="password", least=SHORTEST) from None  # fmt: skip


def _one_at_a_time(email: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 12))", [email])


def _again(agency: Agency, user: User, form: Registration, numbers: tuple[str, str]) -> Registered:
    """The first registration's outcome for whoever knows its password; otherwise one neutral sentence."""
    member = Member.objects.filter(
        agency=agency, user=user, role=Role.CLIENT_ADMINISTRATOR, active=True
    ).first()
    client = (
        Client.objects.filter(id=member.client_id).first() if member and member.client_id else None
    )
    same = client and (client.registration_number, client.vat_number) == numbers
    agreement = latest_agreement(client) if client else None
    if not same or not client or agreement is None or not user.check_password(form.password):
        raise Refusal("email_known", EMAIL_KNOWN, field="email")
    return Registered(client, user, agreement)


def _client(agency: Agency, form: Registration, by: Actor, at: datetime) -> Client:
    return register_client(
        agency=agency, id=form.id, name=form.name, country=form.country,
        registration_number=form.registration_number, vat_number=form.vat_number,
        address=form.address, postcode=form.postcode, city=form.city, language=form.language,
        email=form.email, phone=form.phone, signatory=form.signatory, authority=form.authority,
        payout_iban=form.payout_iban, by=by, at=at,
    )  # fmt: skip


def _agreement(
    agency: Agency, client: Client, form: Registration, by: Actor, at: datetime
) -> Agreement:
    """From the quote's card while the quote holds, else from today's."""
    today = day_at(agency, at)
    quote: Quote | None = quote_by(agency.id, form.quote)
    if quote is not None and (quote.valid_until < today or quote.client_id is not None):
        quote = None
    return prepare_agreement(
        agency=agency, client=client, rate_card=quote.rate_card if quote else card_on(agency.id, today),
        quote=quote, language=client.language, by=by, at=at,
    )  # fmt: skip


def sign(*, agreement: Agreement, agency: Agency, by: Actor, at: datetime, **how: Any) -> Agreement:
    """Sign (see `sign_agreement` for `how`) and send the client both sealed papers by e-mail."""
    with transaction.atomic():
        row = sign_agreement(agreement=agreement, by=by, at=at, **how)
        _send(agency, row, f"signed:{row.id}", SIGNED, at)
    return row


def countersign(*, agreement: Agreement, agency: Agency, by: Actor, at: datetime) -> Agreement:
    """The account manager signs for the agency; the client gets the final papers by e-mail."""
    with transaction.atomic():
        row = countersign_agreement(agreement=agreement, by=by, at=at)
        _send(agency, row, f"countersigned:{row.id}", COUNTERSIGNED, at)
    return row


SIGNED = (
    N_("Agreement %(number)s: signed"),
    N_("%(signatory)s signed agreement %(number)s and the power of attorney on %(day)s. Both are attached, sealed against changes."),
    N_("We sign too within one business day; then you can hand over claims."),
)  # fmt: skip
COUNTERSIGNED = (
    N_("Agreement %(number)s: signed by both"),
    N_("We have signed agreement %(number)s too. The final papers are attached."),
    N_("You can hand over claims from now on: %(link)s"),
)


def _send(agency: Agency, row: Agreement, key: str, words: tuple[str, ...], at: datetime) -> None:
    papers = [d for d in (row.sealed_agreement_id, row.sealed_power_id) if d]
    params = {"number": row.number, "signatory": row.signed_by, "day": day_at(agency, row.signed_at or at),
              "link": f"{settings.ORIGIN}/client/submit/"}  # fmt: skip
    mail_client(
        agency=agency, client=row.client, key=key, template="agreement", subject=words[0],
        paragraphs=words[1:], params=params, attachments=papers, at=at,
    )  # fmt: skip
