"""The agreement and the power of attorney: read, tick, type the name, sign, download."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from recoup.agreements.models import Agreement
from recoup.agreements.operations import same_name
from recoup.agreements.papers import reading
from recoup.agreements.queries import agreement_by
from recoup.files.operations import content_of
from recoup.journeys.register import sign
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.roles import Role
from recoup.web.kit.address import address_of
from recoup.web.kit.components import Step
from recoup.web.kit.middleware import Place, place_of
from recoup.web.public.forms import SignForm, authorities
from recoup.web.public.words import told


@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HttpRequest, token: str) -> HttpResponse:
    place = place_of(request)
    if place.member is None:
        return redirect_to_login(request.get_full_path())
    row = found(place, token)
    why_not = may_sign(place, row)
    form = sign_form(request, row)
    if request.method == "POST":
        if why_not is not None:
            form.add_error(None, told(why_not))
        elif form.is_valid() and put_name(request, place, row, form):
            return redirect("public:agreement", token=row.token)
    status = 422 if form.errors else 200
    context = page(row, form, why_not, place) | elsewhere(place, row)
    return render(request, "public/agreement.html", context, status=status)


def elsewhere(place: Place, row: Agreement) -> dict[str, Any]:
    """What the administrator needs to send the papers to another signatory."""
    if place.role != Role.CLIENT_ADMINISTRATOR or row.signed_at is not None:
        return {}
    sent = row.links.filter(ended_at=None, expires_at__gt=place.now).first()
    return {"authorities": authorities(), "sent_to": sent.email if sent else ""}


def put_name(request: HttpRequest, place: Place, row: Agreement, form: SignForm) -> bool:
    """Sign; False with the refusal in the form."""
    try:
        sign(
            agreement=row, agency=place.agency, signatory=form.cleaned_data["signatory"],
            ticked=form.ticked(), ip=address_of(request),
            browser=request.headers.get("User-Agent", ""), by=place.actor, at=place.now,
        )  # fmt: skip
    except Refusal as refusal:
        field = refusal.params.get("field")
        form.add_error(field if field in form.fields else None, told(refusal))
        return False
    return True


@require_safe
def download(request: HttpRequest, token: str, paper: str) -> HttpResponse:
    """`agreement.pdf` or `power.pdf`: the sealed one once there is one, else as it was shown."""
    place = place_of(request)
    if place.member is None:
        return redirect_to_login(request.get_full_path())
    return paper_of(found(place, token), paper)


def paper_of(row: Agreement, paper: str) -> HttpResponse:
    papers = {
        "agreement": row.sealed_agreement or row.agreement_document,
        "power": row.sealed_power or row.power_document,
    }
    document = papers.get(paper)
    if document is None:
        raise Http404
    response = HttpResponse(content_of(document), content_type="application/pdf")
    response["Content-Disposition"] = (
        content_disposition_header(True, document.name) or "attachment"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def found(place: Place, token: str) -> Agreement:
    """The agreement, where row security shows it; what you may not see does not exist."""
    row = agreement_by(place.agency.id, token)
    if row is None:
        raise Http404
    return row


def may_sign(place: Place, row: Agreement) -> Refusal | None:
    """Why this person may not sign it; None when they may."""
    if row.signed_at is None and place.role != Role.CLIENT_ADMINISTRATOR:
        return Refusal("administrator_signs", N_("Only the administrator of %(company)s signs this."), company=row.client.name)  # fmt: skip
    if row.signed_at is None and not same_name(place.actor.name, row.client.signatory):
        return Refusal("signatory_signs", N_("%(name)s signs this, through the link sent to the signatory."), name=row.client.signatory)  # fmt: skip
    return None


def sign_form(request: HttpRequest, row: Agreement) -> SignForm:
    return SignForm(
        request.POST if request.method == "POST" else None, company=row.client.name,
        agency=row.agency.name, name=row.client.signatory,
    )  # fmt: skip


def aligned(text: dict[str, Any]) -> dict[str, Any]:
    """The appendix's cells as (text, whether it is a figure), for the template."""
    for part in text["agreement"]["appendix"]:
        table = part["table"]
        if table:
            right = [letter == "r" for letter in table["align"]]
            table["head"] = list(zip(table["head"], right, strict=True))
            table["rows"] = [list(zip(row, right, strict=True)) for row in table["rows"]]
    return text


def page(row: Agreement, form: SignForm, why_not: Refusal | None, place: Place) -> dict[str, Any]:
    signed, final = row.signed_at is not None, row.countersigned_at is not None
    return {
        "row": row, "form": form, "why_not": told(why_not) if why_not else "", "house": row.agency.name,
        "text": aligned(reading(row)), "signed": signed, "final": final, "client_side": place.client_id is not None,
        "steps": [
            Step(_("Register"), "done"), Step(_("Read and sign"), "done" if signed else "now"),
            Step(_("We sign too"), "done" if final else "now" if signed else ""),
            Step(_("Hand over a claim"), "now" if final else ""),
        ],
    }  # fmt: skip
