"""`recoup found`, `recoup hire`, `recoup trust-account`: an agency's first morning, from the command line.

Passwords are made here, shown once and never kept in plain.
"""

import argparse
import json
import secrets
import sys

from django.db import transaction
from django.utils import timezone

from recoup.agreements.standard_card import publish_standard_card
from recoup.cases.operations import set_profile
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.numbers import check_number
from recoup.payments.models import TrustAccount
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
    given = parser.parse_args(argv)
    with transaction.atomic():
        agency = add_agency(
            slug=given.slug, name=given.name, country=given.country.upper(), currency=given.currency,
            time_zone=given.time_zone, registration_number=given.number, vat_number=given.vat,
            address=given.address, email=given.email, phone=given.phone,
        )  # fmt: skip
        with scope(agency.id):
            password = engage(agency, given.administrator, "", Role.ADMINISTRATOR)[1]
            publish_standard_card(agency=agency.id, by=SYSTEM, at=timezone.now())
    print(f"{agency} is founded. {given.administrator} may log in with: {password}")
    return 0


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
