"""Handing over a debt: drop files, look at what was read, confirm. Works without a script."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from recoup.agreements.models import Quote
from recoup.agreements.operations import day_at
from recoup.agreements.rules import Asked, Terms
from recoup.cases.models import Case
from recoup.intake.einvoice import Notice, Party
from recoup.intake.proposal import Proposal
from recoup.journeys.submit_invoice import (
    Taken,
    Upload,
    agreement_of,
    open_quotes,
    proposal_of,
    read_upload,
    submit_from_reading,
)
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Client
from recoup.web.client.forms import (
    DebtorForm,
    LineForms,
    UploadForm,
    initial_debtor,
    initial_line,
    proposal_from,
    quote_meant,
    quote_text,
    submission,
)
from recoup.web.client.frame import client_of, frame, may_submit
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import Place, client_place

NOTHING_READ = Proposal(Party(), "", ())
FIELDS = {
    "consumer": "business", "consumer_suspected": "name", "currency_not_in_card": "currency",
    "email_invalid": "email",
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Drop invoices; what can serve as a document is kept at once."""
    place = client_place(request)
    client = client_of(place)
    form, refusal, taken = UploadForm(), may_submit(place) or no_agreement(client), []
    if request.method == "POST" and refusal is None:
        files = [Upload(file.name or "", file.read()) for file in request.FILES.getlist("invoices")]
        try:
            taken = read_upload(
                agency=place.agency.id, client=client, files=files, by=place.actor, at=place.now
            )
        except Refusal as refused:
            form = UploadForm(data={}, files=None)
            form.add_error("invoices", refusal_text(refused))
        if any(one.document for one in taken):
            say(request, taken)
            return redirect(claim_url(new_id(), [one.document for one in taken if one.document]))
    status = 422 if request.method == "POST" else 200
    quotes = [] if refusal else open_quotes(client=client, on=day_at(place.agency, place.now))
    return render(request, "client/submit.html", frame(request, place, client) | {
        "form": form, "refusal": refusal, "taken": taken, "by_hand": claim_url(new_id(), []),
        "quotes": [{"text": quote_text(q), "number": q.number, "due_on": Asked.from_json(q.asked).due,
                    "valid_until": q.valid_until, "href": claim_url(new_id(), [], q)} for q in quotes],
    }, status=status)  # fmt: skip


def claim_url(key: UUID, documents: list[UUID], quote: Quote | None = None) -> str:
    pairs = [("d", str(document)) for document in documents]
    query = urlencode([*pairs, *([("quote", quote.number)] if quote else [])])
    return reverse("client:claim", args=[key]) + (f"?{query}" if query else "")


def say(request: HttpRequest, taken: list[Taken]) -> None:
    """What did not go as hoped with single files; a scan beside a readable invoice is said by the form."""
    read = any(one.refusal is None for one in taken)
    for one in taken:
        if one.refusal is None or (read and one.document):
            continue
        kept = (
            _("It is kept as a document; please fill in the form.")
            if one.document
            else _("It was not kept.")
        )
        messages.warning(request, f"{refusal_text(one.refusal)} {kept}")


def no_agreement(client: Client) -> Refusal | None:
    try:
        agreement_of(client)
    except Refusal as refusal:
        return refusal
    return None


@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, key: UUID) -> HttpResponse:
    """The form for one case. `key` makes the same submission, sent however often, one case."""
    place = client_place(request)
    client = client_of(place)
    known = Case.objects.filter(agency=place.agency, client=client, submission_key=str(key)).first()
    if known is not None:
        return to_case(request, known, fresh=False)
    if (refusal := may_submit(place) or no_agreement(client)) is not None:
        return render(
            request,
            "client/submit.html",
            frame(request, place, client) | {"refusal": refusal},
            status=403,
        )
    documents = asked_documents(request)
    currencies = tuple(sorted(Terms.read(agreement_of(client).rate_card.terms).currencies))
    quotes = open_quotes(client=client, on=day_at(place.agency, place.now))
    if request.method == "POST":
        posted = request.POST.get("currency", "")[:3]
        debtor = DebtorForm(
            request.POST, currencies=tuple(dict.fromkeys([posted, *currencies])), quotes=quotes
        )
        lines = LineForms(request.POST, prefix="line", form_kwargs={"currency": posted})
        if debtor.is_valid() & lines.is_valid():
            try:
                made = submit_from_reading(
                    agency=place.agency, client=client, asked=submission(str(key), debtor, lines, documents),
                    by=place.actor, at=place.now,
                )  # fmt: skip
                return to_case(request, made.case, fresh=made.fresh)
            except Refusal as refused:
                debtor.add_error(field_of(refused, debtor), refusal_text(refused))
        return show(request, place, client, debtor, lines, NOTHING_READ, 422)
    try:
        proposal = proposal_of(agency=place.agency.id, client=client, documents=documents)
    except Refusal as refused:
        return render(request, "client/submit.html", frame(request, place, client) | {
            "form": UploadForm(), "taken": [], "refusal": refused, "again": True,
        }, status=404)  # fmt: skip
    named = next((q for q in quotes if q.number == request.GET.get("quote")), None)
    if named is not None and not documents:
        proposal = proposal_from(named)
    offered = tuple(
        dict.fromkeys([*([proposal.currency] if proposal.currency else []), *currencies])
    )
    meant = named or quote_meant(quotes, proposal)
    debtor = DebtorForm(
        initial=initial_debtor(proposal, currencies, meant), currencies=offered, quotes=quotes
    )
    lines = LineForms(initial=[initial_line(line) for line in proposal.lines], prefix="line")
    return show(request, place, client, debtor, lines, proposal, 200)


def asked_documents(request: HttpRequest) -> tuple[UUID, ...]:
    """The files named in the address; what is no id is left out."""
    found = []
    for text in request.GET.getlist("d")[:20]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))


def field_of(refusal: Refusal, form: DebtorForm) -> str | None:
    named = FIELDS.get(refusal.code) or refusal.params.get("field")
    return str(named) if named in form.fields else None


def show(
    request: HttpRequest,
    place: Place,
    client: Client,
    debtor: DebtorForm,
    lines: Any,
    proposal: Proposal,
    status: int,
) -> HttpResponse:
    named = {line.document: line for line in proposal.lines}
    rows = [(form, named.get(form.initial.get("document"))) for form in lines.forms]
    return render(request, "client/claim.html", frame(request, place, client) | {
        "form": debtor, "lines": lines, "notices": [sentence(n) for n in proposal.notices],
        "rows": [
            {"form": form, "file": line.file if line else "", "confirm": form["must_confirm"].value() in (True, "True"),
             "notices": [sentence(n) for n in line.notices] if line else []}
            for form, line in rows
        ],
        "wrong": debtor.errors or any(f.errors for f in lines.forms), "read": bool(proposal.debtor.name),
    }, status=status)  # fmt: skip


def sentence(notice: Notice) -> str:
    return _(notice.text) % dict(notice.params)


def to_case(request: HttpRequest, case: Case, *, fresh: bool) -> HttpResponse:
    text = (
        _("Case %(number)s is submitted. We have sent you a confirmation by e-mail.")
        if fresh
        else _("This submission was already saved: it is case %(number)s.")
    )
    messages.success(request, text % {"number": case.number})
    return redirect("client:case", number=case.number)
