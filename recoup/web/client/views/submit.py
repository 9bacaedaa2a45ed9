"""Handing over a debt: drop files, look at what was read, confirm. Works without a script, and is saved as
a draft while it is filled in."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from recoup.agreements.models import Quote
from recoup.agreements.operations import day_at
from recoup.agreements.rules import Asked, Terms
from recoup.cases.models import Case
from recoup.intake.einvoice import Party
from recoup.intake.models import Draft
from recoup.intake.operations import end_draft, save_draft
from recoup.intake.proposal import Proposal
from recoup.journeys.same_debtor import Said, filled_from, ranked, reasons_of
from recoup.journeys.submit_invoice import (
    Taken,
    Upload,
    agreement_of,
    open_drafts,
    open_quotes,
    proposal_of,
    read_upload,
    submit_from_reading,
)
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.divisions import MOST, named_division, open_divisions
from recoup.parties.models import Client, Debtor
from recoup.web.client.doubts import sentence
from recoup.web.client.forms import (
    ContactForms,
    DebtorForm,
    LineForms,
    UploadForm,
    as_saved,
    initial_debtor,
    initial_line,
    proposal_from,
    quote_meant,
    quote_text,
    saved_forms,
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
OPENED = (
    "client.claim"  # the salt of the mark that a form was opened before it is sent (HOSTILE PF09)
)
MOST_SAID = 30


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Drop invoices; what can serve as a document is kept at once, as one draft for each debtor."""
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
            drafts = open_drafts(client=client, taken=taken, by=place.actor, at=place.now)
            say(request, taken, drafts)
            one = reverse("client:claim", args=[drafts[0].key])
            return redirect(one if len(drafts) == 1 else "client:submit")
    status = 422 if request.method == "POST" else 200
    quotes = [] if refusal else open_quotes(client=client, on=day_at(place.agency, place.now))
    return render(request, "client/submit.html", frame(request, place, client) | {
        "form": form, "refusal": refusal, "taken": taken, "by_hand": claim_url(new_id(), []),
        "drafts": [] if refusal else [draft_shown(one) for one in drafts_of(client)],
        "quotes": [{"text": quote_text(q), "number": q.number, "due_on": Asked.from_json(q.asked).due,
                    "valid_until": q.valid_until, "href": claim_url(new_id(), [], q)} for q in quotes],
    }, status=status)  # fmt: skip


def drafts_of(client: Client) -> list[Draft]:
    """What is begun and not yet submitted, the newest first."""
    begun = Draft.objects.filter(agency_id=client.agency_id, client=client, ended_at__isnull=True)
    return list(begun.order_by("-saved_at", "-id")[:200])


def draft_shown(draft: Draft) -> dict[str, Any]:
    title, form = draft.content.get("title", {}), draft.content.get("form", {})
    amount, currency = title.get("amount"), title.get("currency", "")
    return {
        "key": draft.key, "name": form.get("name") or title.get("debtor") or title.get("file") or "",
        "amount": Money(Decimal(amount), currency) if amount and len(currency) == 3 else None,
        "files": len(draft.content.get("documents", [])), "saved_at": draft.saved_at, "by": draft.by_name,
    }  # fmt: skip


def claim_url(key: UUID, documents: list[UUID], quote: Quote | None = None) -> str:
    pairs = [("d", str(document)) for document in documents]
    query = urlencode([*pairs, *([("quote", quote.number)] if quote else [])])
    return reverse("client:claim", args=[key]) + (f"?{query}" if query else "")


def say(request: HttpRequest, taken: list[Taken], drafts: list[Draft]) -> None:
    """What did not go as hoped with single files; a scan beside a readable invoice is said by the form."""
    kept = sum(1 for one in taken if one.document)
    if len(drafts) > 1:
        text = ngettext("%(n)d file is kept, as %(drafts)d drafts: one for each debtor.",
                        "%(n)d files are kept, as %(drafts)d drafts: one for each debtor.", kept)  # fmt: skip
        messages.success(request, text % {"n": kept, "drafts": len(drafts)})
    elif len(taken) > 1:
        text = ngettext("%(n)d file is kept.", "%(n)d files are kept.", kept)
        messages.success(request, text % {"n": kept})
    read = any(one.refusal is None for one in taken)
    wrong = [one for one in taken if one.refusal and not (read and one.document)]
    for one in wrong[:MOST_SAID]:
        kept_text = (
            _("It is kept as a document; please fill in the form.")
            if one.document
            else _("It was not kept.")
        )
        messages.warning(
            request, f"{refusal_text(one.refusal)} {kept_text}" if one.refusal else kept_text
        )


def no_agreement(client: Client) -> Refusal | None:
    try:
        agreement_of(client)
    except Refusal as refusal:
        return refusal
    return None


@dataclass
class Desk:
    """What one request to the form works with."""

    request: HttpRequest
    place: Place
    client: Client
    key: UUID
    draft: Draft | None

    @property
    def saved(self) -> dict[str, str]:
        return self.draft.content.get("form", {}) if self.draft else {}

    @property
    def documents(self) -> tuple[UUID, ...]:
        """The draft's files, else those named in the address; what is no id is left out."""
        if self.draft is not None:
            return tuple(UUID(one) for one in self.draft.content.get("documents", []))
        return asked_documents(self.request)

    @property
    def mark(self) -> str:
        return signing.dumps(f"{self.client.id}:{self.key}", salt=OPENED)

    def opened(self) -> bool:
        """Whether this form was opened before it is sent: a draft, or the mark the page carries."""
        if self.draft is not None:
            return self.draft.ended_at is None
        try:
            found = signing.loads(self.request.POST.get("opened", ""), salt=OPENED)
        except signing.BadSignature:
            return False
        return bool(found == f"{self.client.id}:{self.key}")


@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, key: UUID) -> HttpResponse:
    """The form for one case. `key` makes the same submission, sent however often, one case."""
    place = client_place(request)
    client = client_of(place)
    known = Case.objects.filter(agency=place.agency, client=client, submission_key=str(key)).first()
    if known is not None:
        return too_late(request) if saving(request) else to_case(request, known, fresh=False)
    if (refusal := may_submit(place) or no_agreement(client)) is not None:
        return refused_page(request, place, client, refusal, 403)
    draft = Draft.objects.filter(agency_id=client.agency_id, client=client, key=key).first()
    desk = Desk(request, place, client, key, draft)
    if request.method == "POST":
        if not desk.opened():
            return refused_page(request, place, client, NOT_OPENED, 409)
        do = {"save": save, "discard": discard, "take": take}.get(
            request.POST.get("do", ""), submit
        )
        return do(desk)
    if draft is not None and draft.ended_at is not None:
        return refused_page(request, place, client, NOT_OPENED, 404)
    return fresh_form(desk)


NOT_OPENED = Refusal(
    "step_missing", N_("This form was not begun, or is finished already. Begin by dropping the invoices, or by hand.")
)  # fmt: skip


def refused_page(
    request: HttpRequest, place: Place, client: Client, refusal: Refusal, status: int, **more: Any
) -> HttpResponse:
    return render(
        request, "client/submit.html", frame(request, place, client) | {"refusal": refusal} | more, status=status
    )  # fmt: skip


def saving(request: HttpRequest) -> bool:
    return request.method == "POST" and request.POST.get("do") == "save"


def too_late(request: HttpRequest) -> HttpResponse:
    text = _("This claim is submitted already; what was typed since is not kept.")
    return render(request, "client/draft_state.html", {"problem": text}, status=409)


def save(desk: Desk) -> HttpResponse:
    """Keep the form as it stands: by itself while it is typed, or by the button."""
    request = desk.request
    content = {
        "documents": [str(one) for one in desk.documents], "form": as_saved(request.POST),
        "title": desk.draft.content.get("title", {}) if desk.draft else {},
    }  # fmt: skip
    version = request.POST.get("version", "0")
    problem = ""
    try:
        desk.draft = save_draft(
            client=desk.client, key=desk.key, content=content, version=int(version) if version.isdecimal() else 0,
            by=desk.place.actor, at=desk.place.now,
        )  # fmt: skip
    except Refusal as refused:
        problem = refusal_text(refused)
    if request.headers.get("HX-Request"):
        return render(request, "client/draft_state.html", {"draft": desk.draft, "problem": problem},
                      status=409 if problem else 200)  # fmt: skip
    if problem:
        messages.error(request, problem)
    else:
        messages.success(request, _("Saved. You can go on with it at any time."))
    return (
        redirect("client:claim", desk.key)
        if problem or "more" in request.POST
        else redirect("client:submit")
    )


def discard(desk: Desk) -> HttpResponse:
    end_draft(client=desk.client, key=desk.key, at=desk.place.now)
    messages.success(desk.request, _("The draft is thrown away; its files stay in your documents."))
    return redirect("client:submit")


def take(desk: Desk) -> HttpResponse:
    """One click: the debtor is this one of earlier cases; what was typed otherwise stays."""
    request, client = desk.request, desk.client
    try:
        known = own_debtors(client).filter(id=UUID(request.POST.get("debtor", ""))).first()
    except ValueError:
        known = None
    if known is not None:
        kept = desk.saved or first_form(desk)
        form = kept | {k: str(v) for k, v in filled_from(known).items() if v}
        version = desk.draft.version if desk.draft else 0
        title = desk.draft.content.get("title", {}) if desk.draft else {}
        content = {"documents": [str(one) for one in desk.documents], "form": form, "title": title}
        save_draft(
            client=client,
            key=desk.key,
            content=content,
            version=version,
            by=desk.place.actor,
            at=desk.place.now,
        )
    return redirect("client:claim", desk.key)


def first_form(desk: Desk) -> dict[str, str]:
    """What the files say, as a form would send it: nothing has been saved of it yet."""
    proposal = read_again(desk)
    form = {k: str(v) for k, v in initial_debtor(proposal, currencies_of(desk.client)).items() if v}
    for n, line in enumerate(proposal.lines):
        form |= {f"line-{n}-{k}": str(v) for k, v in initial_line(line).items() if v}
    return form


def own_debtors(client: Client) -> QuerySet[Debtor]:
    """Those of the client's own cases; whom others claim from is nobody's business."""
    return Debtor.objects.filter(agency_id=client.agency_id, cases__client=client).distinct()


def perhaps(desk: Desk, form: DebtorForm) -> list[dict[str, Any]]:
    """Own debtors that resemble what the form says, with the reasons; none when it says just that one."""
    said = Said(*(str(form[f].value() or "") for f in (
        "name", "country", "registration_number", "vat_number", "postcode", "city", "street", "email", "phone"
    )))  # fmt: skip
    if len(said.name) < 2:
        return []
    rows = list(own_debtors(desk.client).order_by("-made_at")[:2000])
    near = ranked(said, rows, 3)
    return [
        {"debtor": one.debtor, "reasons": [_(reason) for reason in reasons_of(one)]}
        for one in near
        if (one.debtor.name, one.debtor.vat_number, one.debtor.registration_number) != (said.name, said.vat_number, said.registration_number)
    ]  # fmt: skip


def submit(desk: Desk) -> HttpResponse:
    request, place, client = desk.request, desk.place, desk.client
    posted = request.POST.get("currency", "")[:3]
    quotes = open_quotes(client=client, on=day_at(place.agency, place.now))
    currencies = tuple(dict.fromkeys([posted, *currencies_of(client)]))
    debtor = DebtorForm(request.POST, currencies=currencies, quotes=quotes, **divisions_for(desk))
    lines = LineForms(request.POST, prefix="line", form_kwargs={"currency": posted})
    contacts = ContactForms(with_management(request), prefix="contact")
    if debtor.is_valid() & lines.is_valid() & contacts.is_valid():
        try:
            named = named_division(
                client, debtor.cleaned_data.get("division", ""), limited=place.limited
            )
            made = submit_from_reading(
                agency=place.agency, client=client, by=place.actor, at=place.now,
                asked=submission(str(desk.key), debtor, lines, contacts, desk.documents, named.id if named else None),
            )  # fmt: skip
            return to_case(request, made.case, fresh=made.fresh)
        except Refusal as refused:
            debtor.add_error(field_of(refused, debtor), refusal_text(refused))
    return show(desk, debtor, lines, contacts, read_again(desk), 422)


def divisions_for(desk: Desk) -> dict[str, Any]:
    """Those that the person may hand over for."""
    return {"divisions": list(open_divisions(desk.client)[:MOST]), "limited": desk.place.limited}


def with_management(request: HttpRequest) -> Any:
    """A form without the part on people has none."""
    post = request.POST.copy()
    post.setdefault("contact-TOTAL_FORMS", "0")
    post.setdefault("contact-INITIAL_FORMS", "0")
    return post


def read_again(desk: Desk) -> Proposal:
    try:
        return proposal_of(
            agency=desk.place.agency.id, client=desk.client, documents=desk.documents
        )
    except Refusal:
        return NOTHING_READ


def currencies_of(client: Client) -> tuple[str, ...]:
    return tuple(sorted(Terms.read(agreement_of(client).rate_card.terms).currencies))


def fresh_form(desk: Desk) -> HttpResponse:
    """The form as the files fill it, or as it was saved."""
    request, place, client = desk.request, desk.place, desk.client
    quotes = open_quotes(client=client, on=day_at(place.agency, place.now))
    try:
        proposal = proposal_of(agency=place.agency.id, client=client, documents=desk.documents)
    except Refusal as refused:
        return refused_page(
            request, place, client, refused, 404, form=UploadForm(), taken=[], again=True
        )
    named = next((q for q in quotes if q.number == request.GET.get("quote")), None)
    if named is not None and not desk.documents:
        proposal = proposal_from(named)
    saved, currencies = desk.saved, currencies_of(client)
    own = [c for c in (proposal.currency, saved.get("currency", "")[:3]) if c]
    offered = tuple(dict.fromkeys([*own, *currencies]))
    meant = named or quote_meant(quotes, proposal)
    said = saved or initial_debtor(proposal, currencies, meant)
    typed = saved_forms(saved, "line") if saved else [initial_line(one) for one in proposal.lines]
    return show(
        desk, DebtorForm(initial=said, currencies=offered, quotes=quotes, **divisions_for(desk)),
        LineForms(initial=typed, prefix="line"),
        ContactForms(initial=saved_forms(saved, "contact"), prefix="contact"), proposal, 200,
    )  # fmt: skip


def asked_documents(request: HttpRequest) -> tuple[UUID, ...]:
    found = []
    for text in request.GET.getlist("d")[:200]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))


def field_of(refusal: Refusal, form: DebtorForm) -> str | None:
    named = FIELDS.get(refusal.code) or refusal.params.get("field")
    return str(named) if named in form.fields else None


def show(
    desk: Desk, debtor: DebtorForm, lines: Any, contacts: Any, proposal: Proposal, status: int
) -> HttpResponse:
    named = {str(line.document): line for line in reversed(proposal.lines)}
    rows = [(form, named.get(str(form["document"].value() or ""))) for form in lines.forms]
    doubts = any(contact.has_changed() or contact.initial for contact in contacts.forms)
    return render(desk.request, "client/claim.html", frame(desk.request, desk.place, desk.client) | {
        "form": debtor, "lines": lines, "contacts": contacts, "people_open": doubts, "key": desk.key,
        "notices": [sentence(n) for n in proposal.notices], "draft": desk.draft, "opened": desk.mark,
        "attached": [one.file for one in proposal.attached], "perhaps": perhaps(desk, debtor),
        "rows": [
            {"form": form, "file": line.file if line else "", "confirm": form["must_confirm"].value() in (True, "True"),
             "credit": form["kind"].value() == "credit_note",
             "notices": [sentence(n) for n in line.notices] if line else []}
            for form, line in rows
        ],
        "wrong": debtor.errors or any(f.errors for f in [*lines.forms, *contacts.forms]) if status == 422 else False,
        "read": bool(proposal.debtor.name),
    }, status=status)  # fmt: skip


def to_case(request: HttpRequest, case: Case, *, fresh: bool) -> HttpResponse:
    text = (
        _("Case %(number)s is submitted. We have sent you a confirmation by e-mail.")
        if fresh
        else _("This submission was already saved: it is case %(number)s.")
    )
    messages.success(request, text % {"number": case.number})
    return redirect("client:case", number=case.number)
