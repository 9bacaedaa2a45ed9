"""The bundle for the court: one file of all papers of a proceeding, numbered, indexed and sealed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from recoup.contact.models import ContactAttempt
from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.files.operations import content_of
from recoup.journeys.lawyers_note import keep_note, noted
from recoup.journeys.legal.papers import MADE, addressed, filled, form_names, kept
from recoup.journeys.legal.shown import shown
from recoup.journeys.letter import sender_of
from recoup.journeys.statement import statement_paper
from recoup.kernel.actor import Actor
from recoup.legal.forms import form as form_of
from recoup.legal.models import Proceeding
from recoup.paper import bundle as binding
from recoup.paper import figures
from recoup.paper.documents.court_paper import CourtPaper, Part, court_paper
from recoup.paper.languages import language_of
from recoup.paper.parts import Paper as Typeset
from recoup.paper.seal import ensure_seal_keys, seal
from recoup.paper.tables import table
from recoup.paper.wording import Wording
from recoup.parties.rules import language_of as spoken_in
from recoup.tenancy.models import Agency

SECTIONS = {
    "invoices": ("invoice", "claim"), "contracts": ("contract", "order", "terms"), "delivery": ("delivery", "delivery_note"),
    "notices": ("plan_signed", "closing_report", "proof_of_claim"),
}  # fmt: skip


@transaction.atomic
def make_bundle(*, agency: Agency, proceeding: Proceeding, by: Actor, at: datetime) -> Document:
    """One file for the court: index, claim, statement, invoices, contracts, delivery, correspondence with
    proof of sending, power of attorney; every page numbered, bookmarks, sealed. What a lawyer checks is kept
    beside it. Raises as `statement`."""
    case, language = proceeding.case, spoken_in(proceeding.jurisdiction[:2])
    words = Wording(language)
    pieces = list(pieces_of(agency, proceeding, language, words, at))
    title = words.say("bundle.title", case=case.number)
    content = bound(agency, proceeding, pieces, language, words, title, at)
    keys = ensure_seal_keys(settings.SECRETS_ROOT, organisation=agency.name, at=at)
    sealed = seal(content, reason=title, name=agency.name, at=at, keys=keys)
    note_beside(agency, proceeding, by, at)
    made = kept(
        agency,
        proceeding,
        sealed,
        f"{case.number}-bundle-{at:%y%m%d}.pdf",
        "bundle",
        title,
        language,
        by,
        at,
    )
    record(agency=agency.id, kind="BundleMade", by=by, at=at, case=case.id, client=case.client_id, proceeding=proceeding.number,
           pages=binding.readable(content), documents=len(pieces), document=str(made.id))  # fmt: skip
    return made


def note_beside(agency: Agency, one: Proceeding, by: Actor, at: datetime) -> None:
    """What a lawyer checks in the claim, unless it was written on that day already."""
    for name in form_names(one)[:1]:
        claim, language = filled(agency, one, name, at.date()), form_of(name)["language"]
        if not noted(claim, case=one.case, language=language, on=at.date()):
            keep_note(case=one.case, data=claim, language=language, by=by, at=at)


def bound(
    agency: Agency,
    one: Proceeding,
    pieces: list[binding.Piece],
    language: str,
    words: Wording,
    title: str,
    at: datetime,
) -> bytes:
    """The index knows its own length only once it is typeset: written twice, the second time with the pages."""
    trial = index(agency, one, binding.placed(pieces, start=1), language, words, title, at)
    cover = index(
        agency, one, binding.placed(pieces, start=trial.pages + 1), language, words, title, at
    )
    return binding.joined(cover.content, pieces, title=title)


def index(
    agency: Agency,
    one: Proceeding,
    placed: list[binding.Placed],
    language: str,
    words: Wording,
    title: str,
    at: datetime,
) -> Typeset:
    def say(key: str, **gaps: str) -> str:
        return words.say(f"bundle.{key}", **gaps)

    rows = [
        [str(n), p.piece.section, p.piece.title, p.piece.day, f"{p.first}–{p.last}" if p.last > p.first else str(p.first)]
        for n, p in enumerate(placed, 1)
    ]  # fmt: skip
    head = [say("number"), say("contents"), say("document"), say("day"), say("pages")]
    case = one.case
    data = CourtPaper(
        paper_id=f"{one.number}-B", reference=case.number, title=title, written_on=at.date(), sender=sender_of(agency),
        to=addressed({}, one, words), intro=(say("opening", creditor=case.client.name, debtor=case.debtor.name),),
        parts=(Part(title=say("contents"), table=table(head, "lllrr", rows, wide=2)),), posted=False,
    )  # fmt: skip
    return court_paper(data, language=language, at=at)


def pieces_of(
    agency: Agency, one: Proceeding, language: str, words: Wording, at: datetime
) -> Iterator[binding.Piece]:
    """The papers in the order of the index; what is no readable PDF is represented by a sheet."""
    case, spoken = one.case, language_of(language)

    def day(on: Any) -> str:
        return figures.short(on, spoken)

    for name in form_names(one)[:1]:
        data = filled(agency, one, name, at.date())
        claim = court_paper(data, language=form_of(name)["language"], at=at)
        yield binding.Piece(words.say("bundle.claim"), data.title, day(at.date()), claim.content)
    owed = statement_paper(case=case, on=at.date(), language=language, at=at)
    yield binding.Piece(words.say("bundle.owed"), owed.title, day(at.date()), owed.content)
    documents = list(Document.objects.filter(agency_id=agency.id, case_id=case.id, media_type="application/pdf").exclude(
        kind__in=MADE).order_by("made_at", "id")) + list(Document.objects.filter(agency_id=agency.id, case_id=case.id).exclude(
        media_type="application/pdf").exclude(kind__in=(*MADE, "mail")).order_by("made_at", "id"))  # fmt: skip
    of_lines = {line.document_id for line in case.lines.all() if line.document_id}
    letters = {
        a.document_id for a in ContactAttempt.objects.filter(case=case).exclude(document=None)
    }
    for section in ("invoices", "contracts", "delivery", "correspondence", "notices", "other"):
        for document in documents:
            if section_of(document, of_lines, letters) == section:
                yield piece(
                    agency,
                    one,
                    document,
                    words.say(f"bundle.{section}"),
                    day(document.made_at.date()),
                    language,
                    words,
                    at,
                )
        if (
            section == "correspondence"
            and (proofs := sending(agency, one, language, words, at)) is not None
        ):
            yield binding.Piece(
                words.say("bundle.correspondence"),
                words.say("bundle.proofs"),
                day(at.date()),
                proofs.content,
            )
    power = (
        Document.objects.filter(
            agency_id=agency.id, client_id=case.client_id, case_id=None, kind__startswith="power"
        )
        .order_by("-made_at")
        .first()
    )
    if power is not None:
        yield piece(
            agency,
            one,
            power,
            words.say("bundle.power"),
            day(power.made_at.date()),
            language,
            words,
            at,
        )


def section_of(document: Document, of_lines: set[Any], letters: set[Any]) -> str:
    if document.id in of_lines:
        return "invoices"
    if document.id in letters or document.kind in ("letter", "reply", "mail"):
        return "correspondence"
    return next((name for name, kinds in SECTIONS.items() if document.kind in kinds), "other")


def piece(
    agency: Agency,
    one: Proceeding,
    document: Document,
    section: str,
    day: str,
    language: str,
    words: Wording,
    at: datetime,
) -> binding.Piece:
    content = content_of(document)
    if binding.readable(content) is None:
        content = shown(agency, one, document, content, language, addressed({}, one, words), at)
    return binding.Piece(section, str(document)[:90], day, content)


def sending(
    agency: Agency, one: Proceeding, language: str, words: Wording, at: datetime
) -> Typeset | None:
    """Every letter and e-mail that left: when, how, to whom, under which reference of the provider."""
    spoken = language_of(language)
    rows = [
        [
            figures.instant(a.message.settled_at, spoken), a.channel, a.message.recipient[:60],
            (a.message.provider_ref or a.message.content_hash[:16])[:24],
        ]
        for a in ContactAttempt.objects.filter(case=one.case, message__state="sent").select_related("message").order_by("made_at")
        if a.message is not None and a.message.settled_at is not None
    ]  # fmt: skip
    if not rows:
        return None
    head = [words.say(f"bundle.{n}") for n in ("sent", "way", "to", "provider")]
    data = CourtPaper(
        paper_id=f"{one.number}-S", reference=one.case.number, title=words.say("bundle.proofs"), written_on=at.date(),
        sender=sender_of(agency), to=addressed({}, one, words), parts=(Part(table=table(head, "llll", rows, wide=2)),), posted=False,
    )  # fmt: skip
    return court_paper(data, language=language, at=at)
