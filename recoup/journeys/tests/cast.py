"""The creditor of the sample invoices, signed up, and what it submits."""

from datetime import date
from decimal import Decimal
from typing import Any

from recoup.cases.tests.cast import AT, Standing, sign_up
from recoup.intake.einvoice.tests.samples import pdf, ubl
from recoup.journeys.submit_invoice import (
    DebtorAsked,
    LineAsked,
    Submission,
    Upload,
    read_upload,
    submit_from_reading,
)

__all__ = ["AT", "asked", "nordlicht", "pdf", "submitted", "ubl", "upload"]


def nordlicht(house: Any) -> Standing:
    return sign_up(house, "Nordlicht AB", "5560360793")


def upload(standing: Standing, *files: tuple[str, bytes]) -> Any:
    return read_upload(agency=standing.house.id, client=standing.client, by=standing.by, at=AT,
                       files=[Upload(name, content) for name, content in files])  # fmt: skip


def asked(
    document: Any = None,
    *,
    key: str = "one",
    ref: str = "R-1001",
    currency: str = "EUR",
    **debtor: Any,
) -> Submission:
    who = {"name": "Kaufhaus Müller GmbH", "country": "DE", "city": "Köln", "postcode": "50667",
           "email": "buch@kaufhaus.example"} | debtor  # fmt: skip
    line = LineAsked(
        "invoice", ref, date(2026, 3, 2), date(2026, 4, 1), Decimal("1190.00"), document
    )
    return Submission(key=key, debtor=DebtorAsked(**who), currency=currency, lines=(line,))


def submitted(standing: Standing, what: Submission) -> Any:
    return submit_from_reading(
        agency=standing.house.agency, client=standing.client, asked=what, by=standing.by, at=AT
    )
