"""Which e-mails an address gets: chosen on a page, or stopped by one press (RFC 8058)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from recoup.consent.models import Subscriber
from recoup.consent.operations import say
from recoup.consent.queries import by_token, choices
from recoup.consent.rules import CHOSEN, PURPOSES, STOPPED
from recoup.tenancy.context import scope
from recoup.web.kit.address import address_of, neighbourhood
from recoup.web.kit.formats import html_lang
from recoup.web.kit.middleware import Place, place_of
from recoup.web.public.limits import MAIL_LINKS


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Every purpose with a box; saved at once for that address."""
    place = place_of(request)
    who = subscriber(request, place, token)
    if request.method == "POST":
        with scope(place.agency.id):
            for purpose in PURPOSES:
                keep(request, place, who, purpose, purpose in request.POST, CHOSEN, "preferences")
        return redirect(f"{request.path}?saved=1")
    return page(request, place, who)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str, purpose: str) -> HttpResponse:
    """POST stops e-mails of a purpose, from a mail program's own button too, which knows no cookies. GET
    only asks: programs that fetch every link in a mail must change nothing."""
    place = place_of(request)
    if purpose not in PURPOSES:
        raise Http404
    who = subscriber(request, place, token)
    if request.method == "POST":
        with scope(place.agency.id):
            keep(request, place, who, purpose, False, STOPPED, "one press")
    stopped = _(PURPOSES[purpose].name) if request.method == "POST" else ""
    return page(request, place, who, asked=purpose, stopped=stopped)


def subscriber(request: HttpRequest, place: Place, token: str) -> Subscriber:
    """Whose page it is; a wrong token is counted, and after many the same 404 comes at once."""
    tries = neighbourhood(address_of(request))
    with scope(place.agency.id):
        who = by_token(place.agency.id, token) if MAIL_LINKS.left(tries, place.now) else None
    if who is None:
        MAIL_LINKS.take(tries, place.now)
        raise Http404
    return who


def keep(
    request: HttpRequest,
    place: Place,
    who: Subscriber,
    purpose: str,
    given: bool,
    words: str,
    source: str,
) -> None:
    known = PURPOSES[purpose]
    wording = f"{_(known.name)}. {_(known.about)} {_(words)}"
    if choices(who)[purpose] is not given:
        say(subscriber=who, purpose=purpose, given=given, wording=wording, language=html_lang(), source=source,
            ip=address_of(request), by=place.actor, at=place.now)  # fmt: skip


def page(
    request: HttpRequest, place: Place, who: Subscriber, asked: str = "", stopped: str = ""
) -> HttpResponse:
    with scope(place.agency.id):
        now = choices(who)
    rows = [(code, _(p.name), _(p.about), now[code]) for code, p in PURPOSES.items()]
    context = {"house": place.agency.name, "address": masked(who.address), "rows": rows, "asked": asked and _(PURPOSES[asked].name),
               "stopped": stopped, "saved": "saved" in request.GET, "token": who.token}  # fmt: skip
    return render(request, "public/mail.html", context)


def masked(address: str) -> str:
    """Enough to know it by, not enough to learn it from: `a…@norrland.example` (PL04)."""
    name, _at, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"
