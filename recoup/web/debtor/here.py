"""Whose page this is: the case of the link in the session, checked anew on each request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from recoup.cases.models import Case, DebtorLink
from recoup.kernel.actor import Actor, ActorKind
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency
from recoup.web.kit.middleware import place_of

CASE, LINK = "debtor_case", "debtor_link"


@dataclass(frozen=True, slots=True)
class Here:
    """The agency, the case (client, debtor and collector loaded), who acts, and when."""

    agency: Agency
    case: Case
    by: Actor
    now: datetime

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
            return private(
                view(request, Here(place.agency, found.case, by, place.now), *args, **kwargs)
            )

    return guarded


def link_of(case: str, link: str, now: datetime) -> DebtorLink | None:
    rows = DebtorLink.objects.select_related(
        "case__client", "case__debtor", "case__collector__user"
    )
    return rows.filter(id=link, case_id=case, revoked_at__isnull=True, expires_at__gt=now).first()


def remember(request: HttpRequest, link: DebtorLink) -> None:
    request.session.cycle_key()
    request.session[CASE], request.session[LINK] = str(link.case_id), str(link.id)


def forget(request: HttpRequest) -> None:
    request.session.pop(CASE, None)
    request.session.pop(LINK, None)


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
