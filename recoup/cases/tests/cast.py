"""A client who has signed, and a debtor: what a case stands on."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from recoup.agreements.models import Agreement, RateCard
from recoup.agreements.standard_card import TERMS
from recoup.cases.models import Case
from recoup.cases.operations import NewLine, accept_case, assign_case, set_profile, submit_case
from recoup.files.operations import keep
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.parties.models import Client, Debtor
from recoup.parties.operations import find_or_add_debtor, register_client
from recoup.tenancy.models import User
from recoup.tenancy.operations import add_member

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@dataclass
class Standing:
    """`member` is the client's administrator."""

    house: Any
    client: Client
    agreement: Agreement
    debtor: Debtor
    member: Any

    @property
    def by(self) -> Any:
        return self.member.user.actor()


def sign_up(house: Any, name: str = "Fjäll Trä AB", number: str = "5560125790") -> Standing:
    """A registered client with a signed agreement, its administrator, and a German debtor."""
    client = register_client(
        agency=house.agency, id=new_id(), name=name, country="SE", registration_number=number,
        vat_number=f"SE{number}01", address=["Sågvägen 4"], postcode="792 36", city="Mora", language="sv",
        email=f"info@{number}.example", phone="", signatory="Eva Lind", authority="VD", payout_iban="",
        payout_bic="", by=SYSTEM, at=AT,
    )  # fmt: skip
    user = User.objects.create_user(
        f"eva@{number}.example", "correct horse battery staple", name="Eva Lind"
    )
    member = add_member(
        agency=house.agency, user=user, role="client_administrator", client_id=client.id
    )
    return Standing(house, client, agree(house, client), add_debtor(house), member)


def agree(house: Any, client: Client) -> Agreement:
    card, _ = RateCard.objects.get_or_create(
        agency_id=house.id,
        version="2026.1",
        defaults={
            "valid_from": date(2026, 1, 1),
            "currency": "EUR",
            "terms": TERMS,
            "published_at": AT,
            "by_name": "Test",
        },
    )
    shown = [
        keep(
            agency=house.id,
            content=kind.encode(),
            name=f"{kind}.pdf",
            media_type="application/pdf",
            kind=kind,
            by=SYSTEM,
            at=AT,
            client=client.id,
        )
        for kind in ("agreement", "power")
    ]
    return Agreement.objects.create(
        agency_id=house.id,
        client=client,
        number=f"A-{client.reference}",
        rate_card=card,
        language="sv",
        token=new_id().hex,
        agreement_document=shown[0],
        power_document=shown[1],
        made_at=AT,
        signed_at=AT,
        signed_by="Eva Lind",
        countersigned_at=AT,
        countersigned_by="Test",
    )


def add_debtor(
    house: Any, name: str = "Müller Logistik GmbH", vat: str = "DE136695976", **more: Any
) -> Debtor:
    return find_or_add_debtor(
        agency=house.id,
        name=name,
        country="DE",
        vat_number=vat,
        address=["Hafenstr. 1"],
        postcode="20457",
        city="Hamburg",
        email="buchhaltung@mueller.example",
        by=SYSTEM,
        at=AT,
        **more,
    )


def line(
    ref: str = "RE-1001",
    amount: str = "1200.00",
    kind: str = "invoice",
    due: str = "2026-08-31",
    **more: Any,
) -> NewLine:
    return NewLine(kind, ref, date(2026, 8, 1), date.fromisoformat(due), Decimal(amount), **more)


def submit(standing: Standing, *lines: NewLine, key: str = "one", **more: Any) -> Case:
    return submit_case(
        **(
            {
                "agency": standing.house.id,
                "client": standing.client,
                "agreement": standing.agreement,
                "debtor": standing.debtor,
                "currency": "EUR",
                "jurisdiction": "DE",
                "lines": lines or [line()],
                "submission_key": key,
                "by": standing.by,
                "at": AT,
            }
            | more
        )
    )


def profile(
    house: Any,
    role: str = "collector",
    countries: Any = ("DE",),
    languages: Any = ("de",),
    **more: Any,
) -> Any:
    return set_profile(
        member=house.members[role],
        countries=countries,
        languages=languages,
        by=SYSTEM,
        at=AT,
        **more,
    )


def at_work(standing: Standing, **more: Any) -> Case:
    """A case in contact: submitted, accepted, assigned."""
    case = submit(standing, **more)
    accept_case(case=case, by=SYSTEM, at=AT)
    assign_case(
        case=case, collector=standing.house.members["collector"], because={}, by=SYSTEM, at=AT
    )
    return case
