"""A price in one minute: the form, the answer beside it, and the answer kept under a link."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from recoup.agreements.models import Quote, RateCard
from recoup.agreements.operations import answer as price
from recoup.agreements.operations import day_at, give_quote, take_quote
from recoup.agreements.queries import card_on, quote_by
from recoup.agreements.rules import Asked, Terms
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Client
from recoup.web.kit.address import address_of, neighbourhood
from recoup.web.kit.formats import country_text
from recoup.web.kit.limits import limited, too_often
from recoup.web.kit.middleware import Place, place_of
from recoup.web.public.forms import QuoteForm
from recoup.web.public.limits import QUOTES
from recoup.web.public.shown import shown
from recoup.web.public.words import told

KEPT = "quote"  # the session's key for the last quote kept, so that a second press finds it


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page; with the five fields in its address it is the answer too, and can be bookmarked."""
    place = place_of(request)
    form, refusal = asking(
        request, place, any(request.GET.get(n) for n in ("amount", "debtor", "due"))
    )
    context = page(place, form, refusal)
    status = 422 if form is not None and form.is_bound and not form.is_valid() else 200
    return render(request, "public/home.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """GET: the answer alone, as typed so far. POST: keep it under a link, then on to register or to read."""
    place = place_of(request)
    if request.method == "POST":
        return keep(request, place)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{reverse('public:home')}?{request.GET.urlencode()}")
    form, refusal = asking(request, place, True)
    context = page(place, form, refusal)
    context |= {"typing": True, "missing": form.missing() if form else []}
    response = render(request, "public/home.html#answer", context)
    response["Vary"] = "HX-Request"
    if "answer" in context:
        response["HX-Replace-Url"] = f"{reverse('public:home')}?{request.GET.urlencode()}"
    return response


def keep(request: HttpRequest, place: Place) -> HttpResponse:
    form, refusal = asking(request, place, True)
    if form is None or refusal is not None or form.asked is None:
        return render(request, "public/home.html", page(place, form, refusal), status=422)
    who = neighbourhood(address_of(request))
    if not QUOTES.take(who, place.now):
        seconds = QUOTES.wait(who, place.now)
        context = page(place, form, None) | {"refusal": told(too_often(seconds))}
        return limited(render(request, "public/home.html", context), seconds)
    quote = kept_or_new(request, place, form.asked)
    if "start" in request.POST and place.client_id is not None:
        client = Client.objects.get(id=place.client_id)
        take_quote(quote=quote, client=client, by=place.actor, at=place.now)
        return redirect("client:submit")
    if "start" in request.POST:
        return redirect(f"{reverse('public:register')}?quote={quote.token}")
    return redirect("public:quote", token=quote.token)


def kept_or_new(request: HttpRequest, place: Place, asked: Asked) -> Quote:
    """A second press of the button, a reload, the way back: the same quote, not another."""
    last = quote_by(place.agency.id, request.session.get(KEPT, ""))
    on = day_at(place.agency, place.now)
    if last is not None and last.asked == asked.as_json() and last.answer["on"] == on.isoformat():
        return last
    quote = give_quote(agency=place.agency, asked=asked, by=place.actor, at=place.now)
    request.session[KEPT] = quote.token
    return quote


@require_safe
def kept(request: HttpRequest, token: str) -> HttpResponse:
    """A quote as it was given: number, link, until when it holds."""
    place = place_of(request)
    quote = quote_by(place.agency.id, token)
    if quote is None:
        raise Http404
    ended = quote.valid_until < day_at(place.agency, place.now)
    return render(request, "public/quote.html", {
        "quote": quote, "ended": ended, "answer": shown(quote.answer, quote.asked),
        "link": f"{settings.ORIGIN}{request.path}", "again": again(quote), "house": place.agency.name, "asked_rows": asked_rows(quote.asked),
    })  # fmt: skip


def asked_rows(asked: dict[str, Any]) -> list[tuple[str, Any]]:
    said = {True: _("Yes"), False: _("No"), None: _("Not sure")}
    return [
        (_("Your country"), country_text(asked["creditor"])),
        (_("Debtor's country"), country_text(asked["debtor"])),
        (_("Amount"), Money(Decimal(asked["amount"]), asked["currency"])),
        (_("Due date"), date.fromisoformat(asked["due"])),
        (_("Invoice and proof of delivery at hand?"), said[asked["documents"]]),
        (_("Does the debtor object?"), said[asked["disputed"]]),
    ]


def again(quote: Quote) -> str:
    """The address of the form filled with what was asked."""
    said = {True: "yes", False: "no", None: ""}
    query = {k: said[v] if v is None or isinstance(v, bool) else v for k, v in quote.asked.items()}
    return f"{reverse('public:home')}?{urlencode(query)}"


def asking(
    request: HttpRequest, place: Place, bound: bool
) -> tuple[QuoteForm | None, Refusal | None]:
    """The form over today's card, or why there is none. A bound form has been read."""
    today = day_at(place.agency, place.now)
    try:
        card: RateCard = card_on(place.agency.id, today)
    except Refusal as refusal:
        return None, refusal
    data = request.POST if request.method == "POST" else request.GET
    form = QuoteForm(
        data if bound else None, currencies=list(Terms.read(card.terms).currencies),
        home=place.agency.country, currency=card.currency, today=today,
    )  # fmt: skip
    if bound:
        form.is_valid()
    return form, None


def page(place: Place, form: QuoteForm | None, refusal: Refusal | None) -> dict[str, Any]:
    context: dict[str, Any] = {
        "form": form,
        "refusal": refusal,
        "house": place.agency.name,
        "example_due": day_at(place.agency, place.now) - timedelta(days=62),
    }
    if form is not None and form.asked is not None:
        try:
            given = price(agency=place.agency, asked=form.asked, on=form.today)[1]
            context["answer"] = shown(given, form.asked.as_json())
        except Refusal as refused:
            context["refusal"] = told(refused)
    return context
