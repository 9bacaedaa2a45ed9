"""The divisions of a client: seen by all its people, made and changed by its administrator."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from recoup.cases.states import OPEN
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import Refusal
from recoup.parties import divisions as rooms
from recoup.parties.models import Client, Division
from recoup.tenancy.roles import Role
from recoup.web.client.frame import client_of, frame, settings_tabs
from recoup.web.client.views.people import why_not
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import Place, client_place


class DivisionForm(forms.Form):
    """`once` is the form's own: sent twice it makes one division."""

    name = forms.CharField(label=gettext_lazy("Name of the division"), max_length=100)
    reference = forms.CharField(
        label=gettext_lazy("Reference"), max_length=40, required=False,
        help_text=gettext_lazy("Such as a cost centre; lists of cases may name the division by it."),
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("E-mail for notices"), required=False,
        help_text=gettext_lazy("Confirmations and reports about its cases go there instead of to your company's address."),
    )  # fmt: skip
    street = forms.CharField(label=gettext_lazy("Street address"), max_length=120, required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=100, required=False)
    once = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["once"].initial = new_id
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")

    @property
    def said(self) -> dict[str, Any]:
        said = {k: self.cleaned_data[k] for k in ("name", "reference", "email", "postcode", "city")}
        street = self.cleaned_data["street"]
        return said | {"address": [street] if street else []}

    def refuse(self, refusal: Refusal) -> None:
        field = refusal.params.get("field")
        self.add_error(field if field in self.fields else None, refusal_text(refusal))


@require_http_methods(["GET", "HEAD", "POST"])
def divisions(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        place = client_place(request)
        return shown(request, place, client_of(place), DivisionForm())
    place = client_place(request, Role.CLIENT_ADMINISTRATOR)
    client, form = client_of(place), DivisionForm(request.POST)
    if form.is_valid():
        try:
            made = rooms.add_division(client=client, id=form.cleaned_data["once"], by=place.actor, at=place.now, **form.said)  # fmt: skip
            messages.success(request, _("The division %(name)s is made.") % {"name": made.name})
            return redirect("client:divisions")
        except Refusal as refusal:
            form.refuse(refusal)
    return shown(request, place, client, form, 422)


def shown(
    request: HttpRequest, place: Place, client: Client, form: DivisionForm, status: int = 200
) -> HttpResponse:
    return render(request, "client/divisions.html", frame(request, place, client) | {
        "rows": with_cases(rooms.divisions_of(client)), "form": form, "tabs": settings_tabs(place, "divisions"),
        "why_not": why_not(place),
    }, status=status)  # fmt: skip


def with_cases(rows: QuerySet[Division]) -> list[Any]:
    """Each with its number of open cases; those in use first."""
    counted = rows.annotate(n=Count("cases", filter=Q(cases__stage__in=OPEN)))
    return sorted(counted, key=lambda row: row.closed_at is not None)


@require_http_methods(["GET", "HEAD", "POST"])
def division(request: HttpRequest, id: UUID) -> HttpResponse:
    """One division: its names and address, closed or opened again."""
    place = client_place(request)
    client = client_of(place)
    one = get_object_or_404(rooms.divisions_of(client).select_related("client"), id=id)
    form = DivisionForm(initial={
        "name": one.name, "reference": one.reference, "email": one.email, "postcode": one.postcode, "city": one.city,
        "street": ", ".join(one.address),
    })  # fmt: skip
    if request.method == "POST":
        client_place(request, Role.CLIENT_ADMINISTRATOR)
        form = DivisionForm(request.POST)
        if done(request, place, one, form):
            return redirect("client:divisions")
    return render(request, "client/division.html", frame(request, place, client) | {
        "one": one, "form": form, "tabs": settings_tabs(place, "divisions"), "why_not": why_not(place),
    }, status=422 if form.errors else 200)  # fmt: skip


def done(request: HttpRequest, place: Place, one: Division, form: DivisionForm) -> bool:
    by_name = {"close": rooms.close_division, "open": rooms.open_division_again}
    act = by_name.get(request.POST.get("do", ""))
    if act is None and not form.is_valid():
        return False
    try:
        with transaction.atomic():
            if act is not None:
                act(division=one, by=place.actor, at=place.now)
            else:
                rooms.change_division(division=one, by=place.actor, at=place.now, **form.said)
    except Refusal as refusal:
        if act is None:
            form.refuse(refusal)
            return False
        messages.error(request, refusal_text(refusal))
    else:
        messages.success(request, _("Saved."))
    return True
