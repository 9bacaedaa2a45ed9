"""Remittances and commission invoices, with their papers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recoup.kernel.money import Money
from recoup.payments.models import Invoice, Remittance
from recoup.web.client import figures
from recoup.web.client.frame import client_of, frame
from recoup.web.kit.middleware import client_place

MOST = 200


@require_safe
def money(request: HttpRequest) -> HttpResponse:
    place = client_place(request)
    client = client_of(place)
    remittances = Remittance.objects.filter(client=client).select_related("statement", "invoice")
    invoices = Invoice.objects.filter(client=client).select_related("document")
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
        "invoices": [
            {"row": row, "net": Money(row.net, row.currency), "vat": Money(row.vat, row.currency),
             "total": Money(row.total, row.currency)}
            for row in invoices.order_by("-on", "-number")[:MOST]
        ],
    })  # fmt: skip
