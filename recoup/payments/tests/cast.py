"""Cases of the money tests: a client, a debtor and a claim, made row by row through the ledger."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from recoup.agreements.models import Agreement, RateCard
from recoup.agreements.standard_card import TERMS
from recoup.cases.models import Case, ClaimLine
from recoup.files.operations import keep
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.kernel.refs import case_number, rf_of_case
from recoup.ledger.operations import Draft, Leg, open_book, post
from recoup.parties.models import Client, Debtor
from recoup.payments.models import TrustAccount

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
TRUST_IBAN = "SE4550000000058398257466"
CLIENT_IBAN = "DE89370400440532013000"
numbers = count(1)


def trust_account(agency: Any, iban: str = TRUST_IBAN, currency: str = "EUR") -> TrustAccount:
    return TrustAccount.objects.create(
        agency_id=agency.id,
        name=f"Trust {currency}",
        bank="SEB",
        iban=iban,
        bic="ESSESESS",
        currency=currency,
    )


def client_of(
    agency: Any, name: str = "Nordfjord Seafood AB", iban: str = CLIENT_IBAN, **more: Any
) -> Client:
    number = next(numbers)
    return Client.objects.create(
        agency_id=agency.id, name=name, country=more.pop("country", "SE"), reference=f"C-{number:04d}",
        registration_number=f"55{number:08d}", address=["Kajen 1"], city="Göteborg", postcode="411 01",
        language="en", email=f"client{number}@example.com", payout_iban=iban, stage="active", made_at=AT, **more,
    )  # fmt: skip


def debtor_of(agency: Any, name: str = "Müller Feinkost GmbH", country: str = "DE") -> Debtor:
    number = next(numbers)
    return Debtor.objects.create(
        agency_id=agency.id, name=name, country=country, registration_number=f"HRB {number}", language="de",
        match_name=name.casefold(), made_at=AT,
    )  # fmt: skip


def agreement_of(agency: Any, client: Client, terms: dict[str, Any] | None = None) -> Agreement:
    number = next(numbers)
    card = RateCard.objects.create(
        agency_id=agency.id, version=f"2026-{number}", valid_from=date(2026, 1, 1), currency="EUR",
        terms=terms or TERMS, published_at=AT, by_name="Recoup",
    )  # fmt: skip
    paper = keep(
        agency=agency.id, content=b"paper %d" % number, name="a.pdf", media_type="application/pdf",
        kind="agreement", by=SYSTEM, at=AT,
    )  # fmt: skip
    return Agreement.objects.create(
        agency_id=agency.id, client=client, number=f"A-{number}", version=number, rate_card=card, language="en",
        token=f"token{number}", agreement_document=paper, power_document=paper, made_at=AT,
    )  # fmt: skip


def case_of(
    agency: Any, amount: str = "1000.00", *, client: Client | None = None, debtor: Debtor | None = None,
    jurisdiction: str = "DE", currency: str = "EUR", due: date = date(2026, 8, 1), ref: str = "F-1001",
    interest: dict[str, Any] | None = None, stage: str = "contact", agreement: Agreement | None = None,
) -> Case:  # fmt: skip
    client = client or client_of(agency)
    number = case_number(2026, next(numbers))
    case = Case.objects.create(
        agency_id=agency.id, client=client, debtor=debtor or debtor_of(agency), number=number,
        reference=rf_of_case(number), currency=currency, jurisdiction=jurisdiction, interest=interest or {},
        stage=stage, agreement=agreement or agreement_of(agency, client), submission_key=number, submitted_at=AT,
    )  # fmt: skip
    add_line(case, amount, due=due, ref=ref)
    return case


def add_line(case: Case, amount: str, *, due: date, ref: str, kind: str = "invoice") -> ClaimLine:
    """A claim line with its posting, as a submitted case has them."""
    line = ClaimLine.objects.create(
        agency_id=case.agency_id, case=case, client_id=case.client_id, kind=kind, ref=ref, due_on=due,
        amount=Decimal(amount),
    )  # fmt: skip
    money = Money(Decimal(amount), case.currency)
    money = money if kind == "invoice" else -money
    book = case_book(case)
    legs = (Leg(book, "principal", money), Leg(book, "claimed", -money))
    post(
        agency=case.agency_id,
        draft=Draft("claim", f"claim:{line.id}", due, ref, legs, case.client_id),
        by=SYSTEM,
        at=AT,
    )
    return line


def case_book(case: Case) -> Any:
    return open_book(
        agency=case.agency_id, kind="case", name=case.number, subject=case.id, client=case.client_id
    )


def fresh_ids(how_many: int) -> list[UUID]:
    return [new_id() for _ in range(how_many)]
