"""The stated signatory reads and signs through a link of its own; anybody checks a sealed paper."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recoup.agreements.models import SigningLink
from recoup.agreements.queries import TOKEN
from recoup.journeys.resign import send_to_signatory, sign_by_link, signing_link
from recoup.journeys.verify import checked
from recoup.kernel.refusal import Refusal
from recoup.tenancy.context import scope
from recoup.tenancy.roles import Role
from recoup.web.kit.address import address_of, neighbourhood
from recoup.web.kit.limits import limited, too_often
from recoup.web.kit.middleware import Place, place_of
from recoup.web.public.forms import authorities
from recoup.web.public.limits import CHECKS, SIGNING_LINKS
from recoup.web.public.views.agreement import found, paper_of, sign_form
from recoup.web.public.views.agreement import page as agreement_page
from recoup.web.public.words import told

LARGEST = 20_000_000


class SignatoryForm(forms.Form):
    """Who signs instead."""

    name = forms.CharField(label=gettext_lazy("Who signs"), max_length=150)
    by_authority = forms.ChoiceField(label=gettext_lazy("By what authority"))
    email = forms.EmailField(label=gettext_lazy("E-mail of the signatory"))

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.fields["by_authority"].choices = authorities()  # type: ignore[attr-defined]


@require_POST
def send(request: HttpRequest, token: str) -> HttpResponse:
    """The administrator names the signatory; the link goes to that address alone."""
    place = place_of(request)
    if place.role != Role.CLIENT_ADMINISTRATOR:
        raise Http404
    row, form = found(place, token), SignatoryForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please give a name and an e-mail address."))
        return redirect("public:agreement", token=row.token)
    given = form.cleaned_data
    try:
        send_to_signatory(agreement=row, agency=place.agency, name=given["name"], email=given["email"],
                          authority=dict(authorities())[given["by_authority"]], by=place.actor, at=place.now)  # fmt: skip
    except Refusal as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(
            request, _("The link is on its way to %(email)s.") % {"email": given["email"]}
        )
    return redirect("public:agreement", token=row.token)


@require_http_methods(["GET", "HEAD", "POST"])
def signing(request: HttpRequest, token: str) -> HttpResponse:
    """Read and sign, without an account."""
    place = place_of(request)
    link = link_of(request, place, token)
    row, form = link.agreement, sign_form(request, link.agreement)
    if request.method == "POST" and form.is_valid():
        try:
            sign_by_link(
                agency=place.agency, link=link, signatory=form.cleaned_data["signatory"], ticked=form.ticked(),
                ip=address_of(request), browser=request.headers.get("User-Agent", ""), at=place.now,
            )  # fmt: skip
        except Refusal as refusal:
            field = refusal.params.get("field")
            form.add_error(field if field in form.fields else None, told(refusal))
        else:
            return redirect("public:signing", token=token)
    with scope(place.agency.id):
        context = agreement_page(row, form, None, place) | {"link_token": token}
    return render(request, "public/agreement.html", context, status=422 if form.errors else 200)


@require_safe
def signing_paper(request: HttpRequest, token: str, paper: str) -> HttpResponse:
    place = place_of(request)
    link = link_of(request, place, token)
    with scope(place.agency.id):
        return paper_of(link.agreement, paper)


def link_of(request: HttpRequest, place: Place, token: str) -> SigningLink:
    """404 for every link that does not work, whatever the reason; guessing is limited by address."""
    who = neighbourhood(address_of(request))
    try:
        if not SIGNING_LINKS.left(who, place.now) or not TOKEN.fullmatch(token):
            raise Http404
        return signing_link(agency=place.agency, token=token, at=place.now)
    except (Refusal, Http404):
        SIGNING_LINKS.take(who, place.now)
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Whether a PDF is what this house sealed. The file is looked at and not kept."""
    place = place_of(request)
    context: dict[str, object] = {"house": place.agency.name}
    if request.method != "POST":
        return render(request, "public/verify.html", context)
    who = neighbourhood(address_of(request))
    if not CHECKS.take(who, place.now):
        seconds = CHECKS.wait(who, place.now)
        return limited(
            render(request, "public/verify.html", context | {"wrong": told(too_often(seconds))}),
            seconds,
        )
    file = request.FILES.get("file")
    if file is None or not file.size or file.size > LARGEST:
        wrong = _("Choose a PDF of at most 20 MB.")
        return render(request, "public/verify.html", context | {"wrong": wrong}, status=422)
    verdict = checked(content=file.read(), agency=place.agency, at=place.now)
    context |= {
        "name": file.name,
        "verdict": verdict.seal,
        "because": _(verdict.seal.because),
        "kept": verdict.kept,
        "sha256": verdict.sha256,
    }
    return render(request, "public/verify.html", context)
