"""Keys and webhooks of a client, for its administrator."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recoup.cases.models import Case
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Division
from recoup.web.client.frame import client_of, frame, settings_tabs
from recoup.web.kit import keys
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import Place, client_place
from recoup.web.kit.words import word
from recoup.webhooks import operations
from recoup.webhooks.models import Delivery, Endpoint
from recoup.webhooks.queries import last_attempts
from recoup.webhooks.states import OPEN, State

TONES = {State.DELIVERED: "money", State.EXPIRED: "danger", State.WAITING: "needs"}
PER_PAGE = 50


class WebhookForm(forms.Form):
    url = forms.CharField(
        label=gettext_lazy("Web address"), max_length=500, widget=forms.URLInput,
        help_text=gettext_lazy("https, on the public internet, such as https://books.example.com/recoup"),
    )  # fmt: skip
    kinds = forms.CharField(
        label=gettext_lazy("Kinds of events"), required=False, max_length=1000,
        help_text=gettext_lazy("Such as CaseAccepted, PaymentReceived; blank: all of them."),
    )  # fmt: skip
    description = forms.CharField(
        label=gettext_lazy("What it is for"), required=False, max_length=120
    )

    def clean_kinds(self) -> list[str]:
        return [k for k in self.cleaned_data["kinds"].replace(",", " ").split() if k]


def administrator(request: HttpRequest) -> Place:
    return client_place(request, "client_administrator")


def endpoints(place: Place) -> QuerySet[Endpoint]:
    assert place.client_id is not None
    return Endpoint.objects.filter(
        agency=place.agency, client_id=place.client_id, deleted_at__isnull=True
    )


def endpoint_of(place: Place, id: UUID) -> Endpoint:
    return get_object_or_404(endpoints(place), id=id)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("token")
def api(request: HttpRequest) -> HttpResponse:
    """Keys and webhooks; POST makes a key, whose token stands on the answer and nowhere else."""
    place = administrator(request)
    named, token = keys.named_of(place), ""
    form = keys.KeyForm(place=place, named=named)
    if request.method == "POST":
        form, token = keys.made(request, place, named)
    wrong = request.method == "POST" and not token
    return page(
        request, place, named, form, WebhookForm(), token=token, status=422 if wrong else 200
    )


def page(
    request: HttpRequest, place: Place, named: Sequence[Division], key_form: keys.KeyForm,
    webhook_form: WebhookForm, *, token: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    return render(request, "client/api.html", frame(request, place, client_of(place)) | {
        "tabs": settings_tabs(place, "api"), "keys": keys.keys_of(place, named), "key_form": key_form, "token": token, "webhooks": endpoints(place).order_by("id"),
        "webhook_form": webhook_form, "make_url": reverse("client:api"), "revoke_url": "client:key_revoke",
    }, status=status)  # fmt: skip


@require_POST
def key_revoke(request: HttpRequest, id: UUID) -> HttpResponse:
    return done(
        request, lambda place: keys.revoked(place, id), _("The key is revoked."), "client:api"
    )


def done(request: HttpRequest, act: Any, said: str, to: str, *args: Any) -> HttpResponse:
    """Do it, say so or say why not, and go back."""
    try:
        act(administrator(request))
        messages.success(request, said)
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
    return redirect(to, *args)


@require_POST
def webhook_add(request: HttpRequest) -> HttpResponse:
    place = administrator(request)
    form = WebhookForm(request.POST)
    if form.is_valid():
        assert place.client_id is not None
        try:
            made = operations.add_endpoint(
                agency=place.agency.id, client=place.client_id, url=form.cleaned_data["url"].strip(),
                kinds=form.cleaned_data["kinds"], description=form.cleaned_data["description"],
                by=place.actor, at=place.now,
            )  # fmt: skip
            return redirect("client:webhook", made.id)
        except Refusal as refusal:
            form.add_error(refusal.params.get("field", "url"), refusal_text(refusal))
    named = keys.named_of(place)
    again = keys.KeyForm(place=place, named=named)
    return page(request, place, named, again, form, status=422)


@require_safe
def webhook(request: HttpRequest, id: UUID) -> HttpResponse:
    """One webhook: its state, its secret, what was delivered."""
    place = administrator(request)
    found = endpoint_of(place, id)
    sent = Paginator(
        Delivery.objects.filter(endpoint=found).select_related("event").order_by("-made_at", "-id"),
        PER_PAGE,
    )
    shown = sent.get_page(request.GET.get("page"))
    return render(request, "client/webhook.html", frame(request, place, client_of(place)) | {
        "webhook": found, "secret": operations.secret_of(found), "page": shown, "rows": rows(list(shown.object_list)),
        "expired": Delivery.objects.filter(endpoint=found, state=State.EXPIRED).exists(),
        "waiting": Delivery.objects.filter(endpoint=found, state__in=OPEN).count(),
    })  # fmt: skip


def rows(page: list[Delivery]) -> list[dict[str, Any]]:
    last = last_attempts(one.id for one in page)
    cases = Case.objects.in_bulk(
        [one.event.case_id for one in page if one.event and one.event.case_id]
    )
    return [
        {
            "delivery": one, "kind": one.kind, "attempt": last.get(one.id), "state": word(one.state),
            "tone": TONES.get(State(one.state), ""), "settled": one.state not in OPEN,
            "case": cases.get(one.event.case_id) if one.event and one.event.case_id else None,
        }
        for one in page
    ]  # fmt: skip


@require_POST
def webhook_test(request: HttpRequest, id: UUID) -> HttpResponse:
    return done(
        request, lambda place: operations.send_test(endpoint=endpoint_of(place, id), at=place.now),
        _("A test event is on its way; reload this page to see what came of it."), "client:webhook", id,
    )  # fmt: skip


@require_POST
def webhook_switch(request: HttpRequest, id: UUID) -> HttpResponse:
    def act(place: Place) -> None:
        found = endpoint_of(place, id)
        if request.POST.get("to") == "on":
            operations.switch_on(endpoint=found, by=place.actor, at=place.now)
        else:
            operations.switch_off(
                endpoint=found, because=place.actor.name, by=place.actor, at=place.now
            )

    return done(request, act, _("Done."), "client:webhook", id)


@require_POST
def webhook_rotate(request: HttpRequest, id: UUID) -> HttpResponse:
    return done(
        request, lambda place: operations.rotate_secret(endpoint=endpoint_of(place, id), by=place.actor, at=place.now),
        _("There is a new secret. Both sign for a day."), "client:webhook", id,
    )  # fmt: skip


@require_POST
def webhook_delete(request: HttpRequest, id: UUID) -> HttpResponse:
    return done(
        request, lambda place: operations.delete_endpoint(endpoint=endpoint_of(place, id), by=place.actor, at=place.now),
        _("The webhook is deleted."), "client:api",
    )  # fmt: skip


@require_POST
def webhook_replay(request: HttpRequest, id: UUID, delivery: UUID) -> HttpResponse:
    def act(place: Place) -> None:
        found = get_object_or_404(Delivery, id=delivery, endpoint=endpoint_of(place, id))
        operations.replay(delivery=found, at=place.now)

    return done(request, act, _("It is sent again."), "client:webhook", id)


@require_POST
def webhook_replay_expired(request: HttpRequest, id: UUID) -> HttpResponse:
    return done(
        request, lambda place: operations.replay_expired(endpoint=endpoint_of(place, id), at=place.now),
        _("What could not be delivered is sent again, in order."), "client:webhook", id,
    )  # fmt: skip
