"""The house's own words: what is in force, a draft with its preview on a real case, its release by a second
person."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recoup.cases.models import Case
from recoup.contact.models import Authority, LetterTemplate
from recoup.contact.operations import (
    authorise,
    drop_template,
    release_template,
    save_template,
    withdraw_authority,
)
from recoup.contact.rules import THREATS
from recoup.contact.sms import parts_of
from recoup.contact.wording import (
    KINDS,
    MEDIA,
    gaps_of,
    is_long,
    keys_of,
    labels_of,
    lacking,
    refuse_unknown,
    required,
    standard,
)
from recoup.journeys.words import OwnPreview, Preview, preview
from recoup.jurisdictions.rules import CODES
from recoup.kernel.days import parse_day
from recoup.kernel.refusal import N_, Refusal
from recoup.paper.languages import LANGUAGES
from recoup.parties.models import Client
from recoup.web.desk import rights
from recoup.web.desk.acting import case_or_404, tried
from recoup.web.desk.frame import show
from recoup.web.kit.derivations import phrase
from recoup.web.kit.formats import current
from recoup.web.kit.middleware import Place, staff_place
from recoup.web.kit.statement import pdf_response
from recoup.web.kit.words import word

State = LetterTemplate.State
WHAT = {
    "title": N_("Title"), "subject": N_("Subject line"), "salutation": N_("Salutation"), "opening": N_("Opening"),
    "pay_by": N_("Pay by"), "interest_to": N_("Interest, calculated to a day"), "interest_grows": N_("Interest that grows"),
    "segment": N_("How the interest came about"), "text": N_("Text"),
    "legal_title": N_("Heading of what the law requires"), "greeting": N_("Closing"), "how": N_("How to pay"),
    "talk": N_("If something is wrong"),
}  # fmt: skip


@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """Every kind with what is in force by medium, language and country; drafts; who has authorised what."""
    place = staff_place(request)
    rows = LetterTemplate.objects.filter(agency_id=place.agency.id).order_by(
        "kind", "medium", "language", "country", "-version"
    )
    released = [t for t in rows if t.state == State.RELEASED]
    standing = Authority.objects.filter(agency_id=place.agency.id, withdrawn_at=None)
    return show(
        request, place, "desk/templates.html", drafts=[shown(t) for t in rows if t.state == State.DRAFT],
        released=[shown(t) for t in released][:200],
        standard=[(kind, word(f"letter_{kind}"), [(m, word(m)) for m in MEDIA]) for kind in KINDS],
        tongues=[(code, tongue(code)) for code in LANGUAGES], countries=CODES, why_not=rights.why_not(place, "words"),
        authorities=list(standing.select_related("client", "case").order_by("-given_at")[:50]),
        threats=[(t, word(t)) for t in THREATS],
        clients=Client.objects.filter(agency_id=place.agency.id).order_by("name")[:500],
        authority_why_not=rights.why_not(place, "authority"),
    )  # fmt: skip


def tongue(code: str) -> str:
    """A language by its own name in the reader's language."""
    return LANGUAGES[code].locale.get_display_name(current()) or code


def shown(template: LetterTemplate) -> dict[str, Any]:
    return {
        "row": template, "kind": word(f"letter_{template.kind}"), "medium": word(template.medium),
        "changed": len(template.texts), "tongue": tongue(template.language),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """The draft for one kind, medium, language and country; a page of sentences, saved as a whole."""
    place = staff_place(request)
    if rights.why_not(place, "words"):
        raise Http404
    asked = request.POST or request.GET
    usual = {"kind": "notice", "medium": "letter", "language": "en", "country": ""}
    kind, medium, language, country = (str(asked.get(n, d))[:20] for n, d in usual.items())
    try:
        refuse_unknown(kind, medium, language)
    except Refusal:
        raise Http404 from None
    country = country.upper()
    if country and country not in CODES:
        raise Http404
    place_of = (kind, medium, language, country)
    if request.method == "GET":
        return edited(request, place, place_of)
    given = {
        key: str(request.POST.get(f"text-{key}", "")) for key in standard(kind, medium, language)
    }  # fmt: skip
    legal = {
        r.text: str(request.POST.get(f"legal-{n}", "")) for n, r in enumerate(required(country)) if r.own
    }  # fmt: skip
    announces = str(request.POST.get("announces", ""))
    note = str(request.POST.get("note", ""))
    try:
        saved = save_template(
            agency=place.agency.id, kind=kind, medium=medium, language=language, country=country, texts=given,
            legal=legal, announces=announces, note=note, by=place.actor, at=place.now,
        )  # fmt: skip
    except Refusal as refusal:
        typed = {"texts": given, "legal": legal, "announces": announces, "note": note}
        return edited(request, place, place_of, typed, refusal)
    number = str(request.POST.get("case", "")).strip()[:20]
    return redirect(
        reverse("desk:template", args=[saved.id]) + (f"?case={number}" if number else "")
    )


def edited(
    request: HttpRequest, place: Place, of: tuple[str, str, str, str], typed: dict[str, Any] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    kind, medium, language, country = of
    draft = begun(place, of)
    now = typed or {
        "texts": draft.texts if draft else {}, "legal": draft.legal if draft else {},
        "announces": draft.announces if draft else "", "note": draft.note if draft else "",
    }  # fmt: skip
    wrong = str(refusal.params.get("field", "")) if refusal else ""
    plain = standard(kind, medium, language)
    texts = plain | now["texts"]
    fields = {
        key: {
            "key": key, "label": label_of(key), "text": texts[key], "long": is_long(key), "wrong": key == wrong,
            "standard": plain[key], "own": texts[key] != plain[key], "gaps": gaps_of(key, language),
        }
        for key in plain
    }  # fmt: skip
    legal = [
        {"number": n, "requirement": r, "text": now["legal"].get(r.text, "")}
        for n, r in enumerate(required(country)) if medium == "letter"
    ]  # fmt: skip
    return show(
        request, place, "desk/template_edit.html", status=422 if refusal else 200, kind=kind, medium=medium,
        language=language, country=country, kind_word=word(f"letter_{kind}"), medium_word=word(medium),
        fields=[fields[key] for key in keys_of(kind, medium)], labels=[fields[key] for key in labels_of(medium, language)],
        legal=legal, announces=now["announces"], note=now["note"], threats=[(t, word(t)) for t in THREATS],
        refusal=phrase(refusal.text, refusal.params) if refusal else "", wrong_label=label_of(wrong) if wrong in fields else "",
        case=sample_case(place, request.GET.get("case", ""), country, language), draft=draft,
    )  # fmt: skip


def label_of(key: str) -> str:
    """What a sentence is called: by its place on the paper."""
    head, _dot, last = key.rpartition(".")
    if head == "letter.next":
        return _("If nobody answers: heading") if last == "title" else _("If nobody answers: %(what)s") % {"what": word(last)}  # fmt: skip
    if head == "letter.talk":
        return (
            _("If something is wrong: heading") if last == "title" else _("If something is wrong")
        )
    return (
        _(WHAT[last]) if last in WHAT and head.startswith(("letter", "mail", "sms", "own")) else key
    )


def begun(place: Place, of: tuple[str, str, str, str]) -> LetterTemplate | None:
    """The draft there is, else the version in force to begin from."""
    kind, medium, language, country = of
    mine = LetterTemplate.objects.filter(
        agency_id=place.agency.id, kind=kind, medium=medium, language=language, country=country
    )
    draft = mine.filter(state=State.DRAFT).first()
    return draft or mine.filter(state=State.RELEASED).order_by("-valid_from", "-version").first()


def sample_case(place: Place, number: str, country: str, language: str) -> str:
    """The case asked for, else the newest in contact for which these words are meant, else the newest."""
    if number:
        return number[:20]
    newest = Case.objects.filter(agency_id=place.agency.id, stage="contact").order_by("-id")
    meant = newest.filter(debtor__language=language)
    numbers = (meant.filter(jurisdiction=country) if country else meant, meant, newest)
    for rows in numbers:
        if found := rows.values_list("number", flat=True).first():
            return found
    return ""


@require_safe
def template(request: HttpRequest, id: UUID) -> HttpResponse:
    """One version: its sentences, how it looks on a case, what it still lacks, and its release."""
    place = staff_place(request)
    found = template_or_404(place, id)
    number = sample_case(
        place, str(request.GET.get("case", "")).strip(), found.country, found.language
    )
    looked: dict[str, Any] = {"case_number": number}
    if number:
        try:
            with transaction.atomic():
                seen = previewed(place, found, number)
                if found.medium == "letter":
                    seen.picture()
                else:
                    mail = seen.mail(found.medium)
                    looked |= {
                        "mail": mail,
                        "parts": parts_of(mail["text"]) if found.medium == "sms" else None,
                    }
        except Refusal as refusal:
            looked["refused"] = phrase(refusal.text, refusal.params)
    plain = standard(found.kind, found.medium, found.language)
    missing = (
        lacking(found.kind, found.language, found.country, found.texts, found.legal)
        if found.medium == "letter" and found.country else ()
    )  # fmt: skip
    draft = found.state == State.DRAFT
    not_mine = rights.why_not(place, "words")
    return show(
        request, place, "desk/template.html", version=found, kind_word=word(f"letter_{found.kind}"),
        medium_word=word(found.medium), draft=draft, missing=missing, why_not=not_mine,
        own_draft=draft and place.actor.id == found.made_by_id, tomorrow=place.now.date(),
        changed=[(label_of(key), text, plain.get(key, "")) for key, text in found.texts.items()],
        announces=word(found.announces) if found.announces else "", **looked,
    )  # fmt: skip


def template_or_404(place: Place, id: UUID) -> LetterTemplate:
    return get_object_or_404(LetterTemplate, id=id, agency_id=place.agency.id)


def previewed(place: Place, found: LetterTemplate, number: str) -> Preview | OwnPreview:
    case = case_or_404(place, number)
    return preview(
        agency=place.agency, case=case, template=found, on=place.now.date(), at=place.now
    )


@require_safe
def template_picture(request: HttpRequest, id: UUID, number: str) -> HttpResponse:
    """The letter's first page as a picture."""
    place = staff_place(request)
    found = template_or_404(place, id)
    try:
        content = previewed(place, found, number).picture()
    except Refusal:
        raise Http404 from None
    response = HttpResponse(content, content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def template_pdf(request: HttpRequest, id: UUID, number: str) -> HttpResponse:
    """The letter as it would be typeset."""
    place = staff_place(request)
    found = template_or_404(place, id)
    try:
        return pdf_response(previewed(place, found, number).paper())
    except Refusal:
        raise Http404 from None


@require_POST
def template_release(request: HttpRequest, id: UUID) -> HttpResponse:
    """Released by a second person, or given up."""
    place = staff_place(request)
    if rights.why_not(place, "words"):
        raise Http404
    found = template_or_404(place, id)
    if request.POST.get("act") == "drop":
        tried(
            request,
            lambda: drop_template(template=found, by=place.actor, at=place.now),
            _("Dropped."),
        )
        return redirect("desk:templates")

    def go() -> None:
        day = parse_day(str(request.POST.get("valid_from", "")), field="valid_from")
        release_template(template=found, valid_from=day, by=place.actor, at=place.now)

    tried(request, go, _("Released: letters of that day on are written in these words."))
    return redirect("desk:template", id)


@require_POST
def authority(request: HttpRequest) -> HttpResponse:
    """A client has authorised an announcement; where and when it said so is kept."""
    place = staff_place(request)
    if rights.why_not(place, "authority"):
        raise Http404
    act = str(request.POST.get("withdraw", ""))
    if act:
        given = get_object_or_404(Authority, id=as_uuid(act), agency_id=place.agency.id)
        tried(request, lambda: withdraw_authority(authority=given, by=place.actor, at=place.now), _("Withdrawn."))  # fmt: skip
        return redirect(reverse("desk:templates") + "#authority")
    if not request.POST.get("client"):
        messages.error(request, _("Please choose a client."))
        return redirect(reverse("desk:templates") + "#authority")
    client = get_object_or_404(
        Client, id=as_uuid(str(request.POST.get("client", ""))), agency_id=place.agency.id
    )
    number = str(request.POST.get("case", "")).strip()
    case = case_or_404(place, number) if number else None
    if case is not None and case.client_id != client.id:
        raise Http404

    def give() -> None:
        until = str(request.POST.get("until", ""))
        authorise(
            client=client, case=case, threat=str(request.POST.get("threat", "")),
            because=str(request.POST.get("because", "")), until=parse_day(until, field="until") if until else None,
            by=place.actor, at=place.now,
        )  # fmt: skip

    tried(request, give, _("The authority is kept."))
    return redirect(reverse("desk:templates") + "#authority")


def as_uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
