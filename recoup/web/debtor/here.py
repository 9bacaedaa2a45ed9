"""Whose page this is: the case of the link in the session, checked anew on each request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from recoup.cases.models import Case, DebtorLink
from recoup.kernel.actor import Actor, ActorKind
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency
from recoup.web.kit.middleware import place_of

CASE, LINK, SURE, TYPED = "debtor_case", "debtor_link", "debtor_sure", "debtor_typed"
MOST_TYPED = 8000  # letters of a form that are kept while we ask
NOT_TYPED = ("csrfmiddlewaretoken", "key", "plan", "act")


@dataclass(frozen=True, slots=True)
class Here:
    """The agency, the case (client, debtor and collector loaded), who acts, and when. `sure`: whoever reads has
    shown to know more than the link (postcode, or an invoice)."""

    agency: Agency
    case: Case
    by: Actor
    now: datetime
    request: HttpRequest
    sure: bool = False

    @property
    def today(self) -> date:
        return self.now.date()


View = Callable[..., HttpResponse]


def debtor_page(view: View) -> View:
    """Give the view `Here` in the case's own scope. Without a link: the way in. With one that has been
    revoked or has run out: the same neutral page as an unknown one. Somebody logged in only looks."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        place = place_of(request)
        case, link = request.session.get(CASE), request.session.get(LINK)
        if not case or not link:
            return private(redirect("debtor:enter"))
        with scope(place.agency.id, case=case):
            found = link_of(case, link, place.now)
            if found is None:
                forget(request)
                return neutral(request)
            if request.method == "POST" and place.member is not None:
                messages.error(request, _("You are logged in as %(name)s: only the debtor can do this here.") % {"name": place.actor.name})  # fmt: skip
                return private(redirect("debtor:home"))
            by = Actor(ActorKind.DEBTOR, found.case.debtor.name)
            here = Here(place.agency, found.case, by, place.now, request, request.session.get(SURE) == link)  # fmt: skip
            return private(view(request, here, *args, **kwargs))

    return guarded


def for_the_sure(view: View) -> View:
    """Papers and personal data open to whoever knows more than the link, which may have been passed on: the
    others are asked once, and then come back here; what they had typed is there again, to be sent once more."""

    @wraps(view)
    def guarded(request: HttpRequest, here: Here, *args: Any, **kwargs: Any) -> HttpResponse:
        if here.sure or place_of(request).member is not None:
            return view(request, here, *args, **kwargs)
        asked = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
        # What is posted is read first.
        wanted = asked.replace("/plan/sign/", "/plan/").replace("/debit/end/", "/debit/")
        if request.method == "POST":
            keep_typed(request, wanted)
        return redirect(f"{reverse('debtor:sure')}?{urlencode({'next': wanted})}")

    return guarded


def keep_typed(request: HttpRequest, page: str) -> None:
    """What stood in a form that was sent before we had asked: kept with the session until `page` shows it."""
    said = {name: value for name, value in request.POST.items() if name not in NOT_TYPED}
    if sum(map(len, said.values())) <= MOST_TYPED:
        request.session[TYPED] = {"page": page, "said": said}


def typed_before(request: HttpRequest, prefix: str = "") -> dict[str, Any]:
    """What was typed into this page's form before we asked, once; its fields by their names."""
    found = request.session.get(TYPED)
    if request.method != "GET" or not found or found["page"] != request.path:
        return {}
    del request.session[TYPED]
    start = f"{prefix}-" if prefix else ""
    return {name.removeprefix(start): value for name, value in found["said"].items()}


def link_of(case: str, link: str, now: datetime) -> DebtorLink | None:
    rows = DebtorLink.objects.select_related(
        "case__client", "case__debtor", "case__collector__user"
    )
    return rows.filter(id=link, case_id=case, revoked_at__isnull=True, expires_at__gt=now).first()


def remember(request: HttpRequest, link: DebtorLink, *, sure: bool = False) -> None:
    request.session.cycle_key()
    request.session[CASE], request.session[LINK] = str(link.case_id), str(link.id)
    request.session.pop(SURE, None)
    request.session.pop(TYPED, None)
    if sure:
        request.session[SURE] = str(link.id)


def forget(request: HttpRequest) -> None:
    request.session.pop(CASE, None)
    request.session.pop(LINK, None)
    request.session.pop(SURE, None)
    request.session.pop(TYPED, None)


def private(response: HttpResponse) -> HttpResponse:
    """Found by no search engine, kept in no cache, passed on to nobody."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def neutral(request: HttpRequest, *, limited: bool = False) -> HttpResponse:
    """One page for unknown, run out, revoked and too often tried: nobody learns which."""
    response = render(request, "debtor/nothing.html", {"house": place_of(request).agency.name}, status=429 if limited else 404)  # fmt: skip
    if limited:
        response.headers["Retry-After"] = "900"
    return private(response)


def events_origin(request: HttpRequest) -> str:
    """Where the page opens its event stream: empty behind a proxy, another port without one."""
    if not settings.EVENTS_PORT:
        return ""
    host = urlsplit(f"//{request.get_host()}").hostname
    return f"{request.scheme}://{host}:{settings.EVENTS_PORT}"
