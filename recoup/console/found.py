"""`recoup found`: an agency and its first administrator. `recoup hire`: one more person of an agency.
`recoup trust-account`: the bank account where clients' money lies. An agency's first morning.

Passwords are made here, shown once and never kept in plain.
"""

import argparse
import json
import secrets
import sys
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from recoup.agreements.operations import (
    BOXES,
    countersign_agreement,
    prepare_agreement,
    sign_agreement,
)
from recoup.agreements.queries import card_on
from recoup.agreements.standard_card import publish_standard_card
from recoup.cases.operations import set_profile
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import N_, Refusal
from recoup.keys.operations import make_key
from recoup.keys.rules import HOUSE_ONLY, Scope
from recoup.parties.models import Client
from recoup.parties.numbers import check_number
from recoup.parties.operations import register_client
from recoup.payments.models import TrustAccount
from recoup.screening.operations import decide_client
from recoup.screening.rules import CHECKS
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency, Member, User
from recoup.tenancy.operations import add_agency, add_member
from recoup.tenancy.roles import STAFF_ROLES, Role


def run(argv: list[str]) -> int:
    """Found an agency with its first administrator and the standard rate card."""
    parser = argparse.ArgumentParser(prog="recoup found")
    parser.add_argument("name")
    parser.add_argument("--slug", required=True)
    parser.add_argument("--country", required=True)
    parser.add_argument("--email", required=True, help="the agency's public address")
    parser.add_argument("--administrator", required=True, help="e-mail of the first administrator")
    parser.add_argument("--currency", default="EUR")
    parser.add_argument("--time-zone", default="UTC")
    parser.add_argument("--number", default="", help="registration number")
    parser.add_argument("--vat", default="")
    parser.add_argument("--address", action="append", default=[], help="a line; may be repeated")
    parser.add_argument("--phone", default="")
    parser.add_argument(
        "--sandbox", action="store_true", help="for trying out: nothing ever leaves it"
    )
    given = parser.parse_args(argv)
    with transaction.atomic():
        agency = add_agency(
            slug=given.slug, name=given.name, country=given.country.upper(), currency=given.currency,
            time_zone=given.time_zone, registration_number=given.number or ("SANDBOX" if given.sandbox else ""), vat_number=given.vat,
            address=given.address or (["Sandbox 1"] if given.sandbox else []), email=given.email, phone=given.phone or ("+46 8 000 00 00" if given.sandbox else ""), sandbox=given.sandbox,
            sandbox_on=timezone.now().date() if given.sandbox else None,
        )  # fmt: skip
        with scope(agency.id):
            password = engage(agency, given.administrator, "", Role.ADMINISTRATOR)[1]
            publish_standard_card(agency=agency.id, by=SYSTEM, at=timezone.now())
            token = furnish(agency, given.administrator, timezone.now()) if given.sandbox else ""
    if token:
        print(f"It is a sandbox with one client. Its API key, shown once: {token}")
    print(f"{agency} is founded. {given.administrator} may log in with: {password}")
    return 0


def furnish(agency: Agency, administrator: str, at: datetime) -> str:
    """What a sandbox needs to be tried at once: a collector, a trust account, a client with a signed
    agreement, and a key of that client that may everything. Returns the key's token."""
    stem = f"{agency.slug}-sandbox"
    manager, _ = engage(agency, f"manager@{stem}.example", "Account Manager", Role.ACCOUNT_MANAGER)
    collector, _ = engage(agency, f"collector@{stem}.example", "Collector", Role.COLLECTOR)
    everywhere = [agency.country, "DE", "SE", "GB", "NL", "FR", "HK", "US"]
    set_profile(
        member=collector, countries=sorted(set(everywhere)), languages=["en"], by=SYSTEM, at=at
    )
    TrustAccount.objects.create(
        agency=agency, name="Sandbox", bank="None", currency=agency.currency, iban="SE4550000000058398257466"
    )  # fmt: skip
    client = register_client(
        agency=agency, id=new_id(), name="Sandbox Client AB", country="SE", registration_number="5560360793",
        vat_number="SE556036079301", address=["Storgatan 1"], postcode="111 23", city="Stockholm", language="en",
        email=f"client@{stem}.example", signatory="Sandbox Client", authority="Managing director", by=SYSTEM, at=at,
    )  # fmt: skip
    user = User.objects.create_user(client.email, secrets.token_urlsafe(24), name="Sandbox Client")
    add_member(agency=agency, user=user, role=Role.CLIENT_ADMINISTRATOR, client_id=client.id)
    Client.objects.filter(id=client.id).update(account_manager=manager)
    agreement = prepare_agreement(
        agency=agency, client=client, rate_card=card_on(agency.id, at.date()), quote=None, language="en",
        by=user.actor(), at=at,
    )  # fmt: skip
    sign_agreement(agreement=agreement, signatory="Sandbox Client", ticked=list(BOXES), ip="127.0.0.1",
                   browser="recoup found --sandbox", by=user.actor(), at=at)  # fmt: skip
    decide_client(client=client, cleared=True, ticked=CHECKS, because="A client of the sandbox.", by=SYSTEM, at=at)  # fmt: skip
    countersign_agreement(agreement=agreement, by=manager.user.actor(), at=at)
    _key, token = make_key(
        agency=agency, client=client.id, name="Sandbox", scopes=set(Scope) - HOUSE_ONLY, expires_on=None,
        by=SYSTEM, at=at,
    )  # fmt: skip
    return token


def hire(argv: list[str]) -> int:
    """Add a member of staff; collectors with their countries and languages."""
    parser = argparse.ArgumentParser(prog="recoup hire")
    parser.add_argument("email")
    parser.add_argument("--role", required=True, choices=sorted(STAFF_ROLES))
    parser.add_argument("--name", required=True)
    parser.add_argument("--countries", default="", help="comma separated, e.g. DE,AT")
    parser.add_argument("--languages", default="", help="comma separated, e.g. de,en")
    parser.add_argument("--agency", default="", help="slug; needed where there are several")
    given = parser.parse_args(argv)
    try:
        agency = the_agency(given.agency)
        with transaction.atomic(), scope(agency.id):
            member, password = engage(agency, given.email, given.name, Role(given.role))
            if given.countries:
                set_profile(
                    member=member, countries=given.countries.upper().split(","),
                    languages=given.languages.lower().split(","), by=SYSTEM, at=timezone.now(),
                )  # fmt: skip
    except Refusal as refusal:
        return refused(refusal)
    print(f"{given.email} may log in with: {password}")
    return 0


def trust_account(argv: list[str]) -> int:
    """Add a bank account that holds only client money."""
    parser = argparse.ArgumentParser(prog="recoup trust-account")
    parser.add_argument("iban")
    parser.add_argument("--currency", required=True)
    parser.add_argument("--bank", required=True)
    parser.add_argument("--bic", default="")
    parser.add_argument("--agency", default="")
    given = parser.parse_args(argv)
    try:
        agency, check = the_agency(given.agency), check_number("iban", given.iban)
        if not check.valid:
            raise Refusal(
                "iban_wrong",
                N_("“%(found)s” is no IBAN: %(why)s"),
                field="iban",
                found=given.iban,
                why=check.why,
            )
        with scope(agency.id):
            TrustAccount.objects.create(
                agency=agency, name=f"Client money {given.currency}", bank=given.bank, iban=check.normalised or given.iban,
                bic=given.bic, currency=given.currency.upper(),
            )  # fmt: skip
    except Refusal as refusal:
        return refused(refusal)
    print(f"Client money in {given.currency.upper()} goes to {check.normalised}.")
    return 0


def engage(agency: Agency, email: str, name: str, role: Role) -> tuple[Member, str]:
    """A user with a fresh password, and the place in the agency. Raises `Refusal` `email_known`."""
    if User.objects.filter(email=email.lower()).exists():
        raise Refusal(
            "email_known", N_("%(found)s has an account already."), field="email", found=email
        )
    password = secrets.token_urlsafe(15)
    user = User.objects.create_user(email, password, name=name, time_zone=agency.time_zone)
    return add_member(agency=agency, user=user, role=role), password


def the_agency(slug: str) -> Agency:
    known = list(Agency.objects.filter(slug=slug) if slug else Agency.objects.all())
    if len(known) != 1:
        raise Refusal(
            "agency_unclear",
            N_("Name the agency by --agency: there are %(count)d."),
            count=len(known),
        )
    return known[0]


def refused(refusal: Refusal) -> int:
    print(json.dumps({"error": refusal.as_error()}, ensure_ascii=False))
    print(refusal.sentence(), file=sys.stderr)
    return 1
