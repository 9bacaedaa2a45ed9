"""The papers of a proceeding: evidence reviewed, forms filled, the bundle put together and sealed, the
exchange with law firms."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from recoup.cases.models import Hold, Task
from recoup.cases.operations import add_task
from recoup.cases.states import HoldKind
from recoup.contact.models import ContactAttempt
from recoup.contact.statement import invoice_rows
from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.files.operations import content_of, keep
from recoup.journeys.legal.course import expected_fee, named
from recoup.journeys.letter import sender_of
from recoup.journeys.statement import statement, statement_paper
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.proceedings import course, limit_of
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.legal.exchange import CODES, read_records, rows_out
from recoup.legal.forms import form as form_of
from recoup.legal.forms import forms_of
from recoup.legal.models import Proceeding, Review
from recoup.legal.operations import keep_review, take_records
from recoup.legal.operations.lawyers import TakenRecords
from recoup.legal.rules import EvidenceFacts, Paper, evidence
from recoup.legal.states import Route
from recoup.paper import bundle as binding
from recoup.paper import figures
from recoup.paper.documents.court_paper import CourtPaper, Field, Part, court_paper
from recoup.paper.documents.debtor_letter import invoice_table
from recoup.paper.languages import language_of
from recoup.paper.parts import Address
from recoup.paper.parts import Paper as Typeset
from recoup.paper.seal import ensure_seal_keys, seal
from recoup.paper.tables import in_currency, table
from recoup.paper.wording import Wording
from recoup.parties.models import Company, Partner
from recoup.parties.rules import language_of as spoken_in
from recoup.payments.models import TrustAccount
from recoup.tenancy.models import Agency
from recoup.tenancy.roles import Role

MADE = ("court_form", "court_data", "bundle")
SECTIONS = {
    "invoices": ("invoice", "claim"), "contracts": ("contract", "order", "terms"), "delivery": ("delivery", "delivery_note"),
    "notices": ("plan_signed", "closing_report", "proof_of_claim"),
}  # fmt: skip
SENT = ("letter", "email")


# Evidence --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    paper: Paper


def evidence_lines(one: Proceeding) -> list[Line]:
    """The check-list of the route as it stands, with what the last review's person has said."""
    last = one.reviews.order_by("-at", "-id").first()
    return [
        Line(paper)
        for paper in evidence(course(one.jurisdiction, one.route), facts_of(one, ticks_of(last)))
    ]


def ticks_of(last: Review | None) -> dict[str, str]:
    return (
        {line["code"]: line["note"] for line in last.lines if line["there"] and line["note"]}
        if last
        else {}
    )


def facts_of(one: Proceeding, ticked: dict[str, str]) -> EvidenceFacts:
    case = one.case
    lines = list(case.lines.filter(kind="invoice"))
    kinds = set(
        Document.objects.filter(agency_id=case.agency_id, case_id=case.id).values_list(
            "kind", flat=True
        )
    )
    sent = ContactAttempt.objects.filter(case=case, channel__in=SENT, message__state="sent").count()
    try:
        statement(case=case, on=case.submitted_at.date())
        known = True
    except Refusal:
        known = False
    return EvidenceFacts(
        undocumented=tuple(line.ref for line in lines if line.document_id is None), kinds=frozenset(kinds),
        demands_sent=sent, power_signed=case.agreement.signed_at is not None, owed_known=known, ticked=ticked,
    )  # fmt: skip


@transaction.atomic
def review(*, proceeding: Proceeding, ticked: dict[str, str], by: Actor, at: datetime) -> Review:
    """Keep the check-list as it stands with what a person adds; each gap becomes a task, once."""
    last = proceeding.reviews.order_by("-at", "-id").first()
    papers = evidence(
        course(proceeding.jurisdiction, proceeding.route),
        facts_of(proceeding, ticks_of(last) | ticked),
    )
    made = keep_review(proceeding=proceeding, papers=papers, by=by, at=at)
    for paper in papers:
        if not paper.there:
            add_task(
                agency=proceeding.agency_id, key=f"paper:{proceeding.id}:{paper.code}", kind="evidence_gap",
                sentence=N_("For %(proceeding)s (%(debtor)s) a paper is missing: %(what)s"),
                params=named(proceeding) | {"what": paper.text}, role=Role.ACCOUNT_MANAGER,
                due_on=law(proceeding.jurisdiction).add_business_days(at.date(), 5),
                default=N_("Without it the court may dismiss the claim."), case=proceeding.case, by=by, at=at,
            )  # fmt: skip
    return made


# Forms -----------------------------------------------------------------------------------------------


def form_names(one: Proceeding) -> tuple[str, ...]:
    return forms_of(one.jurisdiction, one.route, one.case.client.country)


def papers_of(one: Proceeding) -> list[Document]:
    found = Document.objects.filter(agency_id=one.agency_id, case_id=one.case_id, kind__in=MADE)
    return list(found.order_by("-made_at", "-id")[:30])


@transaction.atomic
def make_form(
    *, agency: Agency, proceeding: Proceeding, form: str, by: Actor, at: datetime
) -> Document:
    """Fill a form from the case: a PDF, and beside it the same as data (JSON). Raises `Refusal` as
    `statement` and paper do."""
    data = filled(agency, proceeding, form, at.date())
    language = form_of(form)["language"]
    paper = court_paper(data, language=language, at=at)
    as_data = json.dumps(dataset(form, data), ensure_ascii=False, indent=1).encode()
    case = proceeding.case
    keep(agency=agency.id, content=as_data, name=f"{case.number}-{form}.json", media_type="application/json", kind="court_data",
         title=f"{data.title} (JSON)"[:200], language=language, client=case.client_id, case=case.id, by=by, at=at)  # fmt: skip
    made = kept(
        agency,
        proceeding,
        paper.content,
        paper.filename,
        "court_form",
        paper.title,
        language,
        by,
        at,
    )
    record(agency=agency.id, kind="CourtFormMade", by=by, at=at, case=case.id, client=case.client_id,
           proceeding=proceeding.number, title=data.title, missing=len(data.missing), document=str(made.id))  # fmt: skip
    return made


def kept(
    agency: Agency,
    one: Proceeding,
    content: bytes,
    name: str,
    kind: str,
    title: str,
    language: str,
    by: Actor,
    at: datetime,
) -> Document:
    return keep(
        agency=agency.id, content=content, name=name, media_type="application/pdf", kind=kind, title=title[:200],
        language=language, client=one.client_id, case=one.case_id, by=by, at=at,
    )  # fmt: skip


def dataset(form: str, data: CourtPaper) -> dict[str, Any]:
    """The form as data: every field by its number, what is missing, what a lawyer checks."""
    return {
        "form": form, "title": data.title, "reference": data.reference, "on": data.written_on.isoformat(),
        "fields": [
            {"part": part.title, "no": f.no, "label": f.label, "value": f.value}
            for part in data.parts for f in part.fields if f.value or not f.optional
        ],
        "tables": [{"part": p.title, "head": p.table["head"], "rows": p.table["rows"]} for p in data.parts if p.table],
        "missing": list(data.missing), "for_the_lawyer": list(data.notes),
    }  # fmt: skip


def filled(agency: Agency, one: Proceeding, form: str, on: date) -> CourtPaper:
    """The form with the case's values; what the case does not know is left out and named as missing."""
    layout = form_of(form)
    language = layout["language"]
    words, spoken = Wording(language), language_of(language)
    found = statement(case=one.case, on=on)
    values = values_of(agency, one, on, found, words, spoken)
    tables = {
        "invoices": invoice_table(
            invoice_rows(found.owed, list(one.case.lines.all())), Money(found.owed.total, one.currency).rounded(), words, spoken
        ) if one.jurisdiction != "HK" else plain_invoices(one, found, words, spoken),
        "segments": segments_table(found, words, spoken),
    }  # fmt: skip
    parts = tuple(
        Part(
            title=part.get("title"), texts=tuple(part.get("texts") or ()), table=tables.get(part.get("table", "")),
            fields=tuple(
                Field(no=f["at"], label=f["label"], value=values.get(f["value"], ""), optional=bool(f.get("optional")))
                for f in part.get("fields") or ()
            ),
        )
        for part in layout["parts"]
    )  # fmt: skip
    return CourtPaper(
        paper_id=f"{one.number}-{form}", reference=one.case.number, title=layout["title"], written_on=on,
        sender=sender_of(agency), to=addressed(layout, one, words), intro=(layout["intro"],), parts=parts,
        signing=tuple(layout.get("signing") or ()), notes=tuple(layout["notes"]),
    )  # fmt: skip


def addressed(layout: dict[str, Any], one: Proceeding, words: Wording) -> Address:
    if layout.get("to") == "debtor":
        debtor = one.case.debtor
        return Address(name=debtor.name, lines=lines_of(debtor), country=debtor.country)
    name = one.court or authority_of(one) or words.say("court.court")
    return Address(name=name, lines=(), country=one.jurisdiction[:2])


ONE_AUTHORITY = re.compile(r"[^;:,()]{3,60}")  # a name; else it tells how to find the court


def authority_of(one: Proceeding) -> str:
    """The authority, where a country has one for all (Kronofogdemyndigheten)."""
    said = course(one.jurisdiction, one.route).authority or ""
    return said if ONE_AUTHORITY.fullmatch(said) and one.route != Route.WINDING_UP else ""


def lines_of(party: Company) -> tuple[str, ...]:
    return tuple(
        line for line in (*party.address, f"{party.postcode} {party.city}".strip()) if line
    )


def values_of(
    agency: Agency, one: Proceeding, on: date, found: Any, words: Wording, spoken: Any
) -> dict[str, str]:
    """Everything a form can ask, in its language; "" for what nobody has told."""
    case, owed = one.case, found.owed

    def money(amount: Any) -> str:
        return (
            figures.money(Money(Decimal(amount), case.currency).rounded(), spoken) if amount else ""
        )

    fee = expected_fee(one, on)
    compensation = (
        owed.compensation.open if owed.compensation.currency == case.currency else Decimal(0)
    )
    limit = limit_of(course(one.jurisdiction, one.route))
    bank = TrustAccount.objects.filter(agency_id=agency.id, currency=case.currency).first()
    invoices = [line for line in case.lines.order_by("due_on", "id") if line.kind == "invoice"]
    demand = (
        ContactAttempt.objects.filter(case=case, channel__in=SENT, message__state="sent")
        .select_related("message")
        .order_by("made_at")
        .first()
    )
    disputed = Hold.objects.filter(case=case, kind=HoldKind.DISPUTED, lifted_at=None).exists()
    agreed = (case.interest or {}).get("rate") or (case.interest or {}).get("margin")
    per_day = owed.per_diem if one.jurisdiction != "HK" or agreed else None
    papers = [words.say("bundle.invoices"), words.say("bundle.owed"), words.say("bundle.power")]
    return {
        **party("creditor", case.client), **party("debtor", case.debtor),
        "creditor.signatory": f"{case.client.signatory}, {case.client.authority}".strip(", "), "debtor.signatory": "",
        "debtor.phone": case.debtor.phone,
        "agent.name": agency.name, "agent.number": agency.registration_number, "agent.address": ", ".join(agency.address),
        "agent.email": agency.email, "agent.licence": agency.licence,
        "agent.contact": ", ".join(filter(None, (agency.name, *agency.address, agency.phone, agency.email))),
        "lawyer": one.lawyer.name if one.lawyer else "", "court": one.court, "court_reference": one.court_reference,
        "reference": f"{case.number} / {one.number}", "currency": case.currency, "today": figures.day(on, spoken),
        "pay.account": f"{bank.name}, {figures.grouped(bank.iban)}, {case.reference}" if bank else "",
        "principal": money(owed.principal), "interest": money(owed.interest), "compensation": money(compensation),
        "costs": money(owed.costs), "total": money(owed.total), "per_day": money(per_day),
        "interest_and_compensation": money(owed.interest + compensation),
        "interest_source": owed.segments[-1].source if owed.segments else "",
        "fee": figures.money(fee[0], spoken) if fee else "",
        "total_with_fee": money(owed.total + fee[0].amount) if fee else "",
        "ground": ground(invoices, words, spoken), "agreement": "", "agreed_interest": f"{agreed} %" if agreed else "",
        "first_due": figures.day(invoices[0].due_on, spoken) if invoices else "",
        "demanded_on": figures.instant(demand.message.settled_at, spoken) if demand and demand.message and demand.message.settled_at else "",
        "disputed_sv": "Ja" if disputed else "Nej", "evidence": "; ".join(papers),
        "limit": figures.money(limit, spoken) if limit else "",
        "threshold": threshold(one, spoken), "answer_by": figures.day(law(one.jurisdiction).deadline(sent_on=on, days=15), spoken),
        "parties_en": f"The Claimant {case.client.name} ({case.client.country}) supplies businesses. The Defendant {case.debtor.name} is a company.",
        "breach_en": f"The Defendant has not paid. The first invoice fell due on {figures.day(invoices[0].due_on, spoken)}." if invoices else "",
    }  # fmt: skip


def party(prefix: str, one: Company) -> dict[str, str]:
    address = ", ".join(lines_of(one))
    return {
        f"{prefix}.name": one.name, f"{prefix}.number": one.registration_number or one.vat_number,
        f"{prefix}.address": address, f"{prefix}.country": one.country, f"{prefix}.full": f"{one.name}, {address}",
    }  # fmt: skip


def ground(invoices: list[Any], words: Wording, spoken: Any) -> str:
    shown = ", ".join(
        f"{line.ref} ({figures.day(line.issued_on or line.due_on, spoken)})"
        for line in invoices[:12]
    )
    more = f" … ({len(invoices)})" if len(invoices) > 12 else ""
    return f"{words.say('court.ground_text')} {shown}{more}"


def threshold(one: Proceeding, spoken: Any) -> str:
    try:
        value = law(one.jurisdiction).fact("insolvency.statutory_demand").value
    except Refusal:
        return ""
    least = value.get("min_amount") if isinstance(value, dict) else None
    return (
        figures.money(Money(Decimal(str(least)), str(value["currency"])).rounded(), spoken)
        if least
        else ""
    )


def plain_invoices(one: Proceeding, found: Any, words: Wording, spoken: Any) -> dict[str, Any]:
    """Where no interest is owed as of right the invoices alone are demanded."""
    rows = [
        [c.ref, figures.short(c.due, spoken), figures.plain(Money(c.principal, one.currency).rounded(), spoken)]
        for c in found.owed.claims
    ]  # fmt: skip
    head = [
        words.say("table.number"),
        words.say("table.due"),
        in_currency(words.say("table.amount"), one.currency, words),
    ]
    return table(head, "llr", rows, wide=0)


def segments_table(found: Any, words: Wording, spoken: Any) -> dict[str, Any] | None:
    if not found.owed.segments:
        return None
    currency = found.owed.currency
    rows = [
        [
            s.claim, f"{figures.short(s.first, spoken)} – {figures.short(s.last, spoken)}", figures.whole(s.days, spoken),
            figures.plain(Money(s.principal, currency).rounded(), spoken), figures.percent(s.rate, spoken),
            figures.plain(Money(s.interest, currency).rounded(), spoken),
        ]
        for s in found.owed.segments
    ]  # fmt: skip
    head = [
        words.say(f"table.{n}")
        for n in ("number", "from_to", "days", "principal", "rate", "interest")
    ]
    for column in (3, 5):
        head[column] = in_currency(head[column], currency, words)
    return table(head, "llrrrr", rows, wide=1)


# The bundle ------------------------------------------------------------------------------------------


@transaction.atomic
def make_bundle(*, agency: Agency, proceeding: Proceeding, by: Actor, at: datetime) -> Document:
    """One file for the court: index, claim, statement, invoices, contracts, delivery, correspondence with
    proof of sending, power of attorney; every page numbered, bookmarks, sealed. Raises as `statement`."""
    case, language = proceeding.case, spoken_in(proceeding.jurisdiction[:2])
    words = Wording(language)
    pieces = list(pieces_of(agency, proceeding, language, words, at))
    title = words.say("bundle.title", case=case.number)
    content = bound(agency, proceeding, pieces, language, words, title, at)
    keys = ensure_seal_keys(settings.SECRETS_ROOT, organisation=agency.name, at=at)
    sealed = seal(content, reason=title, name=agency.name, at=at, keys=keys)
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
        claim = court_paper(without_notes(data), language=form_of(name)["language"], at=at)
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
        found = f"{document.name} · {document.media_type} · {document.sha256}"
        data = CourtPaper(
            paper_id=f"{one.number}-{document.sha256[:8]}", reference=one.case.number, title=str(document), written_on=at.date(),
            sender=sender_of(agency), to=addressed({}, one, words), intro=(words.say("bundle.unreadable", found=found),), posted=False,
        )  # fmt: skip
        content = court_paper(data, language=language, at=at).content
    return binding.Piece(section, str(document)[:90], day, content)


def without_notes(data: CourtPaper) -> CourtPaper:
    """What a lawyer must check is ours and is not filed."""
    return CourtPaper(
        paper_id=data.paper_id, reference=data.reference, title=data.title, written_on=data.written_on, sender=data.sender,
        to=data.to, intro=data.intro, parts=data.parts, signing=data.signing, posted=data.posted, info=data.info,
    )  # fmt: skip


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


# Law firms -------------------------------------------------------------------------------------------


def export(one: Proceeding, form: str, on: date) -> tuple[bytes, str]:
    """The case for a law firm: parties, claim with segments, invoices, steps, deadlines."""
    data = as_data(one, on)
    if form == "json":
        return json.dumps(data, ensure_ascii=False, indent=1).encode(), "application/json"
    return rows_out(data), "text/csv; charset=utf-8"


def as_data(one: Proceeding, on: date) -> dict[str, Any]:
    case = one.case
    owed = statement(case=case, on=on).owed
    return {
        "format": "recoup-law-1", "proceeding": one.number, "case": case.number, "reference": case.reference, "route": one.route,
        "jurisdiction": one.jurisdiction, "stage": one.stage, "court": one.court, "court_reference": one.court_reference,
        "as_of": on.isoformat(), "currency": case.currency,
        "creditor": party("creditor", case.client), "debtor": party("debtor", case.debtor),
        "owed": {k: str(getattr(owed, k)) for k in ("principal", "interest", "costs", "total")}
        | {"compensation": str(owed.compensation.open), "compensation_currency": owed.compensation.currency},
        "segments": [
            {"claim": s.claim, "from": s.first.isoformat(), "to": s.last.isoformat(), "days": s.days, "rate": str(s.rate),
             "interest": str(s.interest), "source": s.source}
            for s in owed.segments
        ],
        "invoices": [
            {"ref": x.ref, "kind": x.kind, "issued_on": x.issued_on.isoformat() if x.issued_on else None,
             "due_on": x.due_on.isoformat(), "amount": f"{x.amount:.2f}"}
            for x in case.lines.order_by("due_on", "id")
        ],
        "deadlines": [{"kind": d.kind, "on": d.on.isoformat(), "source": d.source} for d in one.deadlines.filter(done_at=None)],
        "codes": list(CODES),
    }  # fmt: skip


@transaction.atomic
def take_lawyer_file(
    *, agency: Agency, content: bytes, name: str, partner: Partner | None, by: Actor, at: datetime
) -> TakenRecords:
    """A law firm's reports: each record once, bad rows by name; what would move a proceeding is put before
    the legal officer. Raises `Refusal` as `read_records`."""
    read = read_records(content, name)
    taken = take_records(agency=agency.id, content=content, name=name, told=read.told, wrong=read.wrong, partner=partner,
                         by=by, at=at)  # fmt: skip
    for row in taken.fresh:
        stage = CODES[row.code]
        one = row.proceeding
        if (
            stage is None
            or Task.objects.filter(agency_id=agency.id, key=f"lawyer:{row.id}").exists()
        ):
            continue
        add_task(
            agency=agency.id, key=f"lawyer:{row.id}", kind="lawyer_report", role=Role.LEGAL_OFFICER,
            sentence=N_("The law firm reports “%(state)s” for %(proceeding)s (%(debtor)s) on %(day)s: carry it out"),
            params=named(one) | {"state": str(stage), "day": row.on.isoformat()}, due_on=at.date() + timedelta(days=1),
            default=N_("It stays on the legal officer's list."), case=one.case, by=by, at=at,
        )  # fmt: skip
    return taken
