"""Found the demo agency: staff, trust accounts, price, and clients with signed agreements."""

from datetime import datetime

from recoup.agreements.models import RateCard
from recoup.agreements.operations import (
    BOXES,
    countersign_agreement,
    prepare_agreement,
    sign_agreement,
)
from recoup.agreements.standard_card import publish_standard_card
from recoup.cases.operations import set_profile
from recoup.console.demo.people import (
    AGENCY,
    CLIENTS,
    OWN_ACCOUNTS,
    PASSWORD,
    STAFF,
    TRUST_ACCOUNTS,
    Company,
    Hired,
)
from recoup.kernel.actor import SYSTEM, Actor
from recoup.kernel.ids import new_id
from recoup.keys.operations import make_key
from recoup.parties.models import Client
from recoup.parties.operations import register_client
from recoup.payments.models import TrustAccount
from recoup.payments.operations import set_own_account
from recoup.screening.operations import decide_client
from recoup.screening.rules import CHECKS
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency, Member, User
from recoup.tenancy.operations import add_agency, add_member
from recoup.tenancy.roles import Role
from recoup.webhooks.operations import add_endpoint, switch_off


def found(at: datetime) -> Agency:
    """The agency as it stands on its first morning."""
    agency = add_agency(**AGENCY)
    with scope(agency.id):
        staff = {each[0]: hire(agency, each, at) for each in STAFF}
        for name, bank, currency, iban, bic in TRUST_ACCOUNTS:
            TrustAccount.objects.create(
                agency=agency, name=name, bank=bank, currency=currency, iban=iban, bic=bic
            )
        for currency, iban in OWN_ACCOUNTS:
            set_own_account(
                agency=agency.id, currency=currency, bank="Fjordbank", iban=iban, by=SYSTEM, at=at
            )
        card = publish_standard_card(
            agency=agency.id, by=staff["administrator"].user.actor(), at=at
        )
        for company in CLIENTS:
            welcome(agency, company, card, staff["account_manager"], at)
    return agency


def hire(agency: Agency, hired: Hired, at: datetime) -> Member:
    role, name, email, language, countries, languages = hired
    user = User.objects.create_user(
        email, PASSWORD, name=name, language=language, time_zone=agency.time_zone
    )
    member = add_member(agency=agency, user=user, role=Role(role))
    if countries:
        set_profile(
            member=member, countries=countries, languages=languages, capacity=60, by=SYSTEM, at=at
        )
    return member


def welcome(
    agency: Agency, company: Company, card: RateCard, manager: Member, at: datetime
) -> Client:
    """Register a client, have the agreement signed and countersigned."""
    id = new_id()
    user = User.objects.create_user(
        company.email, PASSWORD, name=company.person, language=company.language
    )
    actor = Actor.user(user.id, company.person)
    client = register_client(
        agency=agency, id=id, name=company.name, country=company.country,
        registration_number=company.number, vat_number=company.vat, address=list(company.address),
        postcode=company.postcode, city=company.city, language=company.language, email=company.email,
        phone=company.phone, signatory=company.person, authority="Managing director",
        payout_iban=company.iban, payout_bic="", by=actor, at=at,
    )  # fmt: skip
    add_member(agency=agency, user=user, role=Role.CLIENT_ADMINISTRATOR, client_id=client.id)
    Client.objects.filter(id=client.id).update(account_manager=manager)
    agreement = prepare_agreement(
        agency=agency,
        client=client,
        rate_card=card,
        quote=None,
        language=company.language,
        by=actor,
        at=at,
    )
    sign_agreement(
        agreement=agreement, signatory=company.person, ticked=list(BOXES), ip="192.0.2.7", browser="demo",
        by=actor, at=at,
    )  # fmt: skip
    decide_client(
        client=client, cleared=True, ticked=CHECKS, by=manager.user.actor(), at=at,
        because="Extract of the register of this month seen; the owners are known.",
    )  # fmt: skip
    countersign_agreement(agreement=agreement, by=manager.user.actor(), at=at)
    programs(agency, client, actor, at)
    return Client.objects.get(id=client.id)


def programs(agency: Agency, client: Client, by: Actor, at: datetime) -> None:
    """The client's accounting reads by a key; its webhook waits to be switched on: the demo calls nobody."""
    make_key(agency=agency, client=client.id, name="Accounting", scopes=["cases:read", "money:read"],
             expires_on=None, by=by, at=at)  # fmt: skip
    hook = add_endpoint(
        agency=agency.id, client=client.id, url="https://books.example.com/recoup", description="Ledger postings",
        kinds=["CaseAccepted", "PaymentReceived", "Remitted", "CaseClosed"], by=by, at=at,
        look_up=lambda host, port: ["93.184.215.14"],
    )  # fmt: skip
    switch_off(endpoint=hook, because=by.name, by=by, at=at)
