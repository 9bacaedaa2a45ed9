"""Messages with the collector and the account manager about one case."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recoup.journeys.talk import File, talk
from recoup.kernel.refusal import Refusal
from recoup.talks.operations import see
from recoup.talks.queries import inbox_of, talk_of
from recoup.talks.rules import Side
from recoup.web.client.frame import client_of, frame
from recoup.web.client.needs import messages_of
from recoup.web.client.views.case import case_of, head
from recoup.web.kit.middleware import client_place
from recoup.web.kit.talk import TalkForm


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, number: str) -> HttpResponse:
    place = client_place(request)
    case = case_of(place, number)
    form = TalkForm(request.POST, request.FILES) if request.method == "POST" else TalkForm()
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        files = [File(f.name or "", f.read()) for f in said["enclosed"]]
        try:
            with transaction.atomic():
                talk(case=case, side=Side.CLIENT, text=said["text"], files=files, key=said["key"],
                     by=place.actor, at=place.now)  # fmt: skip
            messages.success(request, _("Sent."))
            return redirect("client:talk", number)
        except Refusal as refusal:
            form.refuse(refusal)
    return render(request, "client/talk.html", head(request, place, case, "talk") | {
        "lines": talk_of(case, Side.CLIENT), "form": form, "who": who(case),
    }, status=422 if form.errors else 200)  # fmt: skip


def who(case: Any) -> str:
    """Who reads it."""
    if case.collector:
        return str(case.collector.user)
    manager = case.client.account_manager
    return str(manager.user) if manager else case.agency.name


@require_safe
def lines(request: HttpRequest, number: str) -> HttpResponse:
    """The conversation alone, fetched again when something happens."""
    place = client_place(request)
    return render(request, "kit/parts/talk.html", {"lines": talk_of(case_of(place, number), Side.CLIENT), "document_root": "/client/documents/"})  # fmt: skip


@require_POST
def seen(request: HttpRequest, number: str) -> HttpResponse:
    """The page says that it has been read; without a script, a button does."""
    place = client_place(request)
    case = case_of(place, number)
    if place.member is not None:
        see(case=case, member=place.member, side=Side.CLIENT, at=place.now)
    return HttpResponse(status=204) if request.headers.get("HX-Request") else redirect("client:talk", number)  # fmt: skip


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The newest message of each case that has any, unread ones marked."""
    place = client_place(request)
    unread_cases = {n.case.id for n in messages_of(place) if n.case}
    rows = inbox_of(place.agency.id, place.client_id)
    return render(request, "client/inbox.html", frame(request, place, client_of(place)) | {
        "rows": [(row, row.case_id in unread_cases) for row in rows],
    })  # fmt: skip
