"""A company registers: form, one journey, signed in, on to the agreement."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from recoup.agreements.queries import latest_agreement, quote_by
from recoup.journeys.register import register as register_company
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Client
from recoup.web.kit.address import address_of, neighbourhood
from recoup.web.kit.formats import html_lang
from recoup.web.kit.limits import limited, too_often
from recoup.web.kit.middleware import Place, place_of
from recoup.web.public.forms import RegisterForm
from recoup.web.public.limits import PER_EMAIL, REGISTRATIONS
from recoup.web.public.shown import price_line
from recoup.web.public.words import told

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The form and what becomes of it. Whoever is signed in is sent where they belong."""
    place = place_of(request)
    if place.member is not None:
        return signed_in(place)
    form = (
        RegisterForm(request.POST)
        if request.method == "POST"
        else RegisterForm(initial=start(request, place))
    )
    wait = too_many(request, place) if request.method == "POST" else 0
    if wait:
        form.add_error(None, told(too_often(wait)))
    elif request.method == "POST" and form.is_valid():
        try:
            made = register_company(
                agency=place.agency, form=form.registration(), by=place.actor, at=place.now
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            login(request, made.user, backend=BACKEND)
            return redirect("public:agreement", token=made.agreement.token)
    token = request.POST.get("quote") or request.GET.get("quote") or ""
    quote = quote_by(place.agency.id, token)
    context = {
        "form": form, "quote": quote, "house": place.agency.name,
        "price": price_line(quote.answer) if quote else "",
    }  # fmt: skip
    page = render(request, "public/register.html", context, status=422 if form.errors else 200)
    return limited(page, wait) if wait else page


def too_many(request: HttpRequest, place: Place) -> int:
    """Seconds to wait when this address, or whoever tries this e-mail address, has tried too often;
    0 while a try is left. The same for known and unknown e-mail addresses."""
    who = neighbourhood(address_of(request))
    email = request.POST.get("email", "").strip().lower()
    for limit, subject in ((REGISTRATIONS, who), (PER_EMAIL, email)):
        if subject and not limit.take(subject, place.now):
            return limit.wait(subject, place.now)
    return 0


def start(request: HttpRequest, place: Place) -> dict[str, object]:
    """What the quote already says, and the reader's language."""
    quote = quote_by(place.agency.id, request.GET.get("quote", ""))
    language = html_lang()
    return {
        "key": new_id(), "quote": quote.token if quote else "",
        "country": quote.asked["creditor"] if quote else place.agency.country,
        "language": "en" if language == "en-GB" else language,
    }  # fmt: skip


def signed_in(place: Place) -> HttpResponse:
    client = Client.objects.filter(id=place.client_id).first() if place.client_id else None
    agreement = latest_agreement(client) if client else None
    if agreement is not None and agreement.signed_at is None:
        return redirect("public:agreement", token=agreement.token)
    return redirect("home")
