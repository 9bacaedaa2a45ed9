"""The ways in: the link of a letter, or case number and postcode; and the way out."""

import hmac
import re
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recoup.cases.models import Case, DebtorLink
from recoup.cases.operations import debtor_link, make_debtor_link
from recoup.journeys.promise_to_pay import OPEN_TO_DEBTORS
from recoup.kernel.actor import Actor, ActorKind
from recoup.tenancy.context import scope
from recoup.web.debtor.forms import EnterForm, SureForm
from recoup.web.debtor.here import (
    CASE,
    LINK,
    SURE,
    Here,
    debtor_page,
    forget,
    neutral,
    private,
    remember,
)
from recoup.web.debtor.limits import PER_ADDRESS, PER_CASE, address_of, alert
from recoup.web.kit.middleware import Place, place_of

VISIT = timedelta(hours=12)


@require_safe
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """A letter's link. Only what does not open counts against the limit."""
    place, who = place_of(request), address_of(request)
    if not PER_ADDRESS.left(who, place.now):
        return neutral(request, limited=True)
    with scope(place.agency.id):
        link = debtor_link(token, at=place.now)
        if link is None:
            PER_ADDRESS.take(who, place.now)
            return neutral(request)
        language = link.case.debtor.language.lower()
    remember(request, link)
    response = private(redirect("debtor:home"))
    response.headers["Referrer-Policy"] = "no-referrer"
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and language in dict(
        settings.LANGUAGES
    ):
        # The language we write to this debtor in, until somebody chooses another.
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax", secure=settings.SECURE
        )
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Case number and postcode."""
    place = place_of(request)
    form = EnterForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        number = plain(form.cleaned_data["number"])
        if not PER_ADDRESS.take(address_of(request), place.now):
            alert(place, "")
            return neutral(request, limited=True)
        if not PER_CASE.take(number, place.now):
            alert(place, spelt(number))
            return neutral(request, limited=True)
        link = fitting(place, number, plain(form.cleaned_data["postcode"]))
        if link is not None:
            remember(request, link, sure=True)
            return private(redirect("debtor:home"))
        form.add_error(None, _("We found nothing under this number and postcode. Please look at our letter again."))  # fmt: skip
    status = 422 if form.errors else 200
    return private(
        render(
            request, "debtor/enter.html", {"form": form, "house": place.agency.name}, status=status
        )
    )


def plain(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def spelt(number: str) -> str:
    return f"{number[:1]}-{number[1:5]}-{number[5:]}"


def fitting(place: Place, number: str, postcode: str) -> DebtorLink | None:
    """A link of its own for this visit, so that revoking ends it like any other."""
    with scope(place.agency.id):
        case = (
            Case.objects.select_related("debtor")
            .filter(
                agency=place.agency, number=spelt(number), stage__in=[*OPEN_TO_DEBTORS, "closed"]
            )
            .first()
        )
        kept = plain(case.debtor.postcode) if case else ""
        if case is None or not kept or not hmac.compare_digest(kept.encode(), postcode.encode()):
            return None
        by = Actor(ActorKind.DEBTOR, case.debtor.name)
        token = make_debtor_link(case=case, expires_at=place.now + VISIT, by=by, at=place.now)
        return debtor_link(token, at=place.now)


@require_http_methods(["GET", "HEAD", "POST"])
@debtor_page
def sure(request: HttpRequest, here: Here) -> HttpResponse:
    """One thing more than the link: the postcode, or the number of an invoice. Tries are counted with those of
    the other way in."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) or not wanted.startswith(
        "/d/"
    ):
        wanted = reverse("debtor:home")
    form = SureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        tried = (
            PER_ADDRESS.take(address_of(request), here.now),
            PER_CASE.take(plain(here.case.number), here.now),
        )
        if not all(tried):
            return neutral(request, limited=True)
        if knows(here.case, plain(form.cleaned_data["said"])):
            request.session[SURE] = request.session[LINK]
            return redirect(wanted)
        form.add_error("said", _("This does not fit. Please look at our letter again."))
    return render(
        request, "debtor/sure.html", {"form": form, "house": here.agency.name, "wanted": wanted},
        status=422 if form.errors else 200,
    )  # fmt: skip


def knows(case: Case, said: str) -> bool:
    known = [
        plain(case.debtor.postcode),
        *(plain(ref) for ref in case.lines.values_list("ref", flat=True)),
    ]
    return any(hmac.compare_digest(one.encode(), said.encode()) for one in known if len(one) > 2)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    if CASE in request.session:
        forget(request)
    return private(redirect("debtor:enter"))
