"""Clients, their agreements and numbers; countersigning."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.agreements.models import Agreement
from recoup.cases.models import Case
from recoup.cases.states import OPEN
from recoup.journeys.register import countersign as countersign_and_tell
from recoup.journeys.resign import ask_anew
from recoup.kernel.refusal import Refusal
from recoup.parties import numbers
from recoup.parties.divisions import divisions_of
from recoup.parties.models import Client
from recoup.web.desk import rights, worklist
from recoup.web.desk.acting import tried
from recoup.web.desk.filters import PER_PAGE
from recoup.web.desk.frame import show
from recoup.web.desk.rights import RIGHTS
from recoup.web.desk.views.screening import knowing
from recoup.web.desk.worklist import LOADED, chip
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import Place, staff_place


@dataclass(frozen=True, slots=True)
class ClientRow:
    client: Client
    stage: str
    tone: str


@dataclass(frozen=True, slots=True)
class Check:
    """A number the client gave: `sound` is None where it cannot be checked or is not given."""

    label: str
    value: str
    sound: bool | None
    why: str


@require_safe
def clients(request: HttpRequest) -> HttpResponse:
    place = staff_place(request)
    q = request.GET.get("client", "").strip()[:100]
    waiting = Agreement.objects.filter(
        client=OuterRef("pk"), signed_at__isnull=False, countersigned_at=None
    )
    found = (
        Client.objects.filter(agency_id=place.agency.id)
        .select_related("account_manager__user")
        .annotate(
            open_cases=Count("cases", filter=Q(cases__stage__in=list(OPEN))),
            to_sign=Exists(waiting),
        )
    )
    if q:
        found = found.filter(
            Q(name__icontains=q) | Q(reference__iexact=q) | Q(registration_number=q)
            | Q(vat_number__iexact=q)
        )  # fmt: skip
    page = Paginator(found.order_by("-to_sign", "name", "id"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return show(
        request,
        place,
        "desk/clients.html",
        page=page,
        rows=[ClientRow(one, *chip(one.stage)) for one in page],
        asked=q,
    )


@require_safe
def client(request: HttpRequest, id: UUID) -> HttpResponse:
    place = staff_place(request)
    found = get_object_or_404(
        Client.objects.select_related("account_manager__user"), id=id, agency_id=place.agency.id
    )
    agreements = Agreement.objects.filter(client=found).select_related(
        "rate_card", "agreement_document", "power_document", "sealed_agreement", "sealed_power"
    )
    mine = (
        Case.objects.filter(client=found).prefetch_related(*LOADED).order_by("-submitted_at", "-id")
    )
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    stage_word, stage_tone = chip(found.stage)
    return show(
        request, place, "desk/client.html", client=found, stage_word=stage_word, stage_tone=stage_tone, agreements=agreements.order_by("-version"),
        checks=list(checks(found)), page=page, not_mine=rights.why_not(place, "countersign"),
        not_viewing=rights.why_not(place, "view_as"), divisions=divisions_shown(found),
        rows=worklist.case_rows(place, list(page)), **knowing(place, found),
    )  # fmt: skip


def divisions_shown(client: Client) -> list[Any]:
    """The client's parts with cases of their own, each with its number of open cases; those in use first."""
    counted = divisions_of(client).annotate(n=Count("cases", filter=Q(cases__stage__in=OPEN)))
    return sorted(counted, key=lambda one: one.closed_at is not None)


def checks(client: Client) -> Iterator[Check]:
    """Each number the client gave, or did not."""
    asked = [
        (_("Company number"), f"company:{client.country}", client.registration_number),
        (_("VAT number"), "vat", client.vat_number),
        (_("Payout account"), "iban", client.payout_iban),
        (_("Bank"), "bic", client.payout_bic),
    ]
    for label, kind, value in asked:
        if not value:
            yield Check(label, "", None, _("not given"))
            continue
        try:
            answer = numbers.check_number(kind, value)
        except Refusal as refusal:
            yield Check(label, value, None, refusal_text(refusal))
            continue
        yield Check(label, value, answer.valid, _(answer.why))


@require_POST
def anew(request: HttpRequest, id: UUID) -> HttpResponse:
    """A new version by the card in force, to be signed by both; the old one stands until then."""
    place = staff_place(request, *RIGHTS["countersign"])
    client = get_object_or_404(Client, id=id, agency_id=place.agency.id)
    tried(
        request, lambda: ask_anew(agency=place.agency, client=client, by=place.actor, at=place.now),
        _("The new version is written and the client is asked to sign it."),
    )  # fmt: skip
    return redirect("desk:client", client.id)


@require_POST
def countersign(request: HttpRequest, id: UUID) -> HttpResponse:
    """The agency signs too; twice is once."""
    place: Place = staff_place(request, *RIGHTS["countersign"])
    agreement = get_object_or_404(Agreement, id=id, agency_id=place.agency.id)
    tried(
        request,
        lambda: countersign_and_tell(
            agreement=agreement, agency=place.agency, by=place.actor, at=place.now
        ),
        _("Countersigned: the client may submit cases."),
    )
    return redirect("desk:client", agreement.client_id)
