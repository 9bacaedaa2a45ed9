"""What is owed, what was paid, what the client gets."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Query, Router, Status
from pydantic import BaseModel

from recoup.journeys.collect import report_direct_payment
from recoup.journeys.statement import spoken, statement_paper
from recoup.jurisdictions.owed.document import as_document
from recoup.kernel.days import parse_day
from recoup.kernel.money import Money, parse_amount
from recoup.keys.rules import Scope
from recoup.payments.models import Allocation, Invoice, Remittance
from recoup.payments.queries import owed
from recoup.web.api import schemas, shown
from recoup.web.api.door import rules
from recoup.web.api.pages import Paged, page
from recoup.web.api.routes.cases import Number, case_of
from recoup.web.kit.middleware import place_of
from recoup.web.kit.statement import pdf_response

router = Router(tags=["Money"])


class OwedAsked(BaseModel):
    on: schemas.Day | None = None


class PaperAsked(BaseModel):
    language: schemas.Text7 | None = None


@router.get("/cases/{number}/owed", response=schemas.Owed, summary="Read what is owed, and why")
@rules(Scope.MONEY_READ)
def read_owed(request: HttpRequest, number: Number, asked: Query[OwedAsked]) -> Any:
    """As of today or of the day `on`: every interest segment with its rate and source. 409 with the
    reason where the law's figure for the day is not established."""
    case = case_of(request, number)
    on = parse_day(asked.on, field="on") if asked.on else place_of(request).now.date()
    return as_document(owed(case=case, on=on))


@router.get("/cases/{number}/statement.pdf", summary="Read the statement of what is owed as PDF")
@rules(Scope.MONEY_READ)
def read_statement(request: HttpRequest, number: Number, asked: Query[PaperAsked]) -> HttpResponse:
    case, place = case_of(request, number), place_of(request)
    language = spoken(asked.language, get_language() or "en")
    made = statement_paper(case=case, on=place.now.date(), to=case.client, language=language, at=place.now)  # fmt: skip
    return pdf_response(made)


@router.get("/cases/{number}/payments", response=schemas.PaymentPage, summary="List what was paid")
@rules(Scope.MONEY_READ)
def list_payments(request: HttpRequest, number: Number, paged: Query[Paged]) -> Any:
    case = case_of(request, number)
    return page(request, Allocation.objects.filter(case=case), paged, shown.payments)


@router.post("/cases/{number}/direct-payments", response={201: schemas.Payment}, summary="Report a payment you received")  # fmt: skip
@rules(Scope.MONEY_WRITE, repeatable=True)
def report_payment(request: HttpRequest, number: Number, asked: schemas.DirectPaymentAsked) -> Any:
    """The debtor paid you, not us. Interest stops for it on that day; the case closes when nothing is
    owed any more."""
    case, place = case_of(request, number, lock=True), place_of(request)
    amount = Money(parse_amount(asked.amount, case.currency), case.currency)
    made = report_direct_payment(
        agency=place.agency, case=case, amount=amount, on=parse_day(asked.on, field="on"),
        by=place.actor, at=place.now,
    )  # fmt: skip
    return Status(201, shown.payments([made])[0])


@router.get(
    "/remittances", response=schemas.RemittancePage, summary="List what was paid out to you"
)
@rules(Scope.MONEY_READ)
def list_remittances(request: HttpRequest, paged: Query[Paged]) -> Any:
    place = place_of(request)
    found = Remittance.objects.filter(agency=place.agency).select_related("invoice")
    if place.client_id is not None:
        found = found.filter(client_id=place.client_id)
    return page(request, found, paged, lambda rows: [remittance(row) for row in rows])


def remittance(row: Remittance) -> dict[str, Any]:
    parts = ("gross", "commission", "vat", "net")
    return {
        "id": row.id, "number": row.number, "on": shown.day(row.on), "currency": row.currency,
        **{part: shown.figure(getattr(row, part), row.currency) for part in parts},
        "statement": row.statement_id, "invoice": row.invoice.number if row.invoice else None,
    }  # fmt: skip


@router.get("/invoices", response=schemas.InvoicePage, summary="List our invoices")
@rules(Scope.MONEY_READ)
def list_invoices(request: HttpRequest, paged: Query[Paged]) -> Any:
    place = place_of(request)
    found = Invoice.objects.filter(agency=place.agency)
    if place.client_id is not None:
        found = found.filter(client_id=place.client_id)
    return page(request, found, paged, lambda rows: [invoice(row) for row in rows])


def invoice(row: Invoice) -> dict[str, Any]:
    return {
        "id": row.id, "number": row.number, "on": shown.day(row.on), "currency": row.currency,
        **{part: shown.figure(getattr(row, part), row.currency) for part in ("net", "vat", "total")},
        "document": row.document_id,
    }  # fmt: skip
