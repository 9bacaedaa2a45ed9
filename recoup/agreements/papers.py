"""An agreement and its power of attorney as paper: the row's data in, PDFs out. Writes nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from recoup.agreements.models import Agreement, RateCard
from recoup.agreements.rules import Terms
from recoup.kernel.money import Money, places
from recoup.paper.documents import agreement as contract
from recoup.paper.documents import power_of_attorney as attorney
from recoup.paper.documents.agreement import (
    AgreementTerms,
    Band,
    FeeKind,
    InCurrency,
    Method,
    PointsKind,
)
from recoup.paper.documents.contract import Parties
from recoup.paper.documents.power_of_attorney import Power, PowerOfAttorney
from recoup.paper.parts import Address, Paper, Sender, Signature
from recoup.parties.models import Client
from recoup.tenancy.models import Agency

POWERS = (
    Power.DEMAND,
    Power.RECEIVE,
    Power.INSTALMENTS,
    Power.COURT_ORDER,
    Power.INSOLVENCY,
    Power.DELEGATE,
)
PLAN_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Signed:
    """The signatures that stand on the paper so far."""

    client: Signature | None = None
    agency: Signature | None = None


UNSIGNED = Signed()


def both(row: Agreement, signed: Signed, *, at: datetime) -> tuple[Paper, Paper]:
    """The agreement and the power of attorney in the row's language with English abreast.

    The same row, signatures and `at` give the same bytes. Raises `Refusal` `value_missing`,
    `glyph_missing`.
    """
    terms = agreement_terms(row, signed)
    return (
        contract.agreement(terms, language=row.language, at=at),
        attorney.power_of_attorney(power_of(row, terms), language=row.language, at=at),
    )


def reading(row: Agreement) -> dict[str, Any]:
    """The words of both papers for a page: `agreement` and `power` (see their documents' `reading`)."""
    terms = agreement_terms(row)
    return {
        "agreement": contract.reading(terms, language=row.language),
        "power": attorney.reading(power_of(row, terms), language=row.language),
    }


def power_of(row: Agreement, terms: AgreementTerms) -> PowerOfAttorney:
    return PowerOfAttorney(
        paper_id=f"{row.number}-{row.version}-P", number=f"{row.number}-P",
        agreement_number=row.number, parties=terms.parties, powers=POWERS,
        valid_from=terms.effective_on, months=PLAN_MONTHS, signed_by_client=terms.signed_by_client,
    )  # fmt: skip


def agreement_terms(row: Agreement, signed: Signed = UNSIGNED) -> AgreementTerms:
    """The data of the agreement: parties, rate card, clauses' figures."""
    agency, client, card = row.agency, row.client, row.rate_card
    terms = Terms.read(card.terms)
    currency = row.quote.asked["currency"] if row.quote else card.currency
    return AgreementTerms(
        paper_id=f"{row.number}-{row.version}", number=row.number, version=str(row.version),
        effective_on=row.made_at.date(), parties=parties(agency, client),
        rate_card=appendix(card, terms, currency), method=Method(terms.method),
        remitted_within=terms.remitted_within, notice=terms.notice,
        law_country=agency.country, court=city_of(agency), signed_by_client=signed.client,
        signed_by_agency=signed.agency,
    )  # fmt: skip


def appendix(card: RateCard, terms: Terms, currency: str) -> contract.RateCard:
    """The card as the agreement's appendix: its bands in one currency, then what differs in others."""
    prices, numbers = terms.prices(currency), terms.clauses
    points = (
        (PointsKind.CROSS_BORDER, terms.cross_border, numbers["cross_border"]),
        (PointsKind.LEGAL, terms.phases["legal"], numbers["legal"]),
    )
    return contract.RateCard(
        version=card.version, valid_from=card.valid_from, bands=tuple(bands(terms, currency)),
        points=tuple(each for each in points if each[1]),
        fees=((FeeKind.MINIMUM, prices.minimum), (FeeKind.SET_UP, prices.set_up)),
        fee_clauses=(numbers["minimum"], numbers["set_up"]), vat_clause=numbers["vat"],
        others=tuple(
            InCurrency(limits=tuple(Money(each, code) for each in other.limits), set_up=other.set_up,
                       minimum=other.minimum)
            for code, other in sorted(terms.currencies.items()) if code != currency
        ),
    )  # fmt: skip


def bands(terms: Terms, currency: str) -> Iterator[Band]:
    """The commission's rows in the order of their clauses: by size, then by age.

    A row starts one cent or one day above the row before, so that no claim fits two.
    """
    cent = Decimal(1).scaleb(-places(currency))
    limits = [None, *terms.prices(currency).limits, None]
    for size, (low, high) in enumerate(pairwise(limits)):
        for age, (first, last) in enumerate(pairwise((None, *terms.ages, None))):
            yield Band(
                percent=terms.rates[size][age], clause=terms.row(size, age),
                size_from=Money(low + cent if high else low, currency) if low else None,
                size_to=Money(high, currency) if high else None,
                days_from=first and (first + 1 if last else first), days_to=last,
            )  # fmt: skip


def parties(agency: Agency, client: Client) -> Parties:
    place = f"{client.postcode} {client.city}".strip()
    return Parties(
        agency=sender(agency), agency_number=agency.registration_number or agency.vat_number,
        client=Address(
            name=client.name, lines=tuple(line for line in (*client.address, place) if line),
            country=client.country,
        ),
        client_number=client.registration_number or client.vat_number,
    )  # fmt: skip


def sender(agency: Agency) -> Sender:
    """The agency as the one who writes."""
    print_ = (agency.registration_number, agency.vat_number, agency.licence)
    return Sender(
        name=agency.name, lines=tuple(agency.address), country=agency.country,
        phone=agency.phone or agency.email, email=agency.email,
        web=urlsplit(settings.ORIGIN).netloc, small_print=tuple(each for each in print_ if each),
    )  # fmt: skip


def city_of(agency: Agency) -> str:
    """The city in the last line of the address: `111 23 Stockholm` gives Stockholm."""
    last = agency.address[-1] if agency.address else ""
    return re.sub(r"^[\d\s-]+|[\d\s]+$", "", last) or last
