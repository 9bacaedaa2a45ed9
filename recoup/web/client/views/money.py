"""Remittances and commission invoices, with their papers."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recoup.kernel.money import Money
from recoup.parties.models import Client
from recoup.payments.models import Allocation, Invoice, Remittance
from recoup.payments.queries import open_of
from recoup.web.client import figures
from recoup.web.client.frame import client_of, frame
from recoup.web.kit.invoices import is_late, state_of
from recoup.web.kit.middleware import Place, client_place

MOST = 200


@require_safe
def money(request: HttpRequest) -> HttpResponse:
    place = client_place(request)
    client = client_of(place)
    remittances = Remittance.objects.filter(client=client).select_related("statement", "invoice")
    invoices = Invoice.objects.filter(client=client).select_related("document")
    if place.limited:
        return by_case(request, place, client)
    return render(request, "client/money.html", frame(request, place, client) | {
        "on_its_way": figures.on_its_way(client), "collected": figures.collected(client.id),
        "remitted": figures.remitted(client.id),
        "remittances": [
            {
                "row": row, "gross": Money(row.gross, row.currency),
                "taken": Money(-(row.commission + row.vat), row.currency), "net": Money(row.net, row.currency),
            }
            for row in remittances.order_by("-on", "-number")[:MOST]
        ],
        "invoices": invoice_rows(invoices.order_by("-on", "-number")[:MOST], place.now.date()),
    })  # fmt: skip


def invoice_rows(invoices: Iterable[Invoice], today: date) -> list[dict[str, Any]]:
    """With what is still owed of each, and since or until when (two queries)."""
    page = list(invoices)
    open_ones = open_of(page)
    rows = []
    for row in page:
        left = Money(open_ones[row.id], row.currency)
        word, tone = state_of(row, left, is_late(row, left, today))
        rows.append({
            "row": row, "net": Money(row.net, row.currency), "vat": Money(row.vat, row.currency),
            "total": Money(row.total, row.currency), "left": left, "part": 0 < left.amount < row.total,
            "state": word, "tone": tone, "due": row.due_on if left.amount > 0 else None,
        })  # fmt: skip
    return rows


def by_case(request: HttpRequest, place: Place, client: Client) -> HttpResponse:
    """For whoever is limited to divisions: the payments of the cases in view. Remittances and invoices are of
    all the company."""
    rows = Allocation.objects.filter(client_id=client.id, waived=False).exclude(amount=0)
    return render(request, "client/money_by_case.html", frame(request, place, client) | {
        "on_its_way": figures.on_its_way_by_case(client.id), "collected": figures.collected(client.id),
        "remitted": figures.remitted_by_case(client.id),
        "rows": [
            {"row": row, "amount": Money(row.amount, row.currency), "out": hasattr(row, "remitted")}
            for row in rows.select_related("case__debtor", "remitted").order_by("-received_on", "-id")[:MOST]
        ],
    })  # fmt: skip
