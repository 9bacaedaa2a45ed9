"""The papers of a proceeding: evidence reviewed, forms filled."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from recoup.cases.models import Case, Charge, Hold
from recoup.cases.operations import add_task
from recoup.cases.states import HoldKind
from recoup.contact.models import ContactAttempt
from recoup.contact.statement import invoice_rows
from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.files.operations import keep
from recoup.journeys.lawyers_note import KIND as NOTE
from recoup.journeys.lawyers_note import keep_note
from recoup.journeys.legal.course import expected_fee, named
from recoup.journeys.letter import sender_of
from recoup.journeys.statement import statement
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.proceedings import course, limit_of
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.legal.forms import form as form_of
from recoup.legal.forms import forms_of
from recoup.legal.models import Proceeding, Review
from recoup.legal.operations import keep_review
from recoup.legal.rules import EvidenceFacts, Paper, evidence
from recoup.legal.states import Route
from recoup.paper import figures
from recoup.paper.documents.court_paper import CourtPaper, Field, Part, court_paper
from recoup.paper.documents.debtor_letter import invoice_table
from recoup.paper.languages import language_of
from recoup.paper.parts import Address
from recoup.paper.tables import in_currency, table
from recoup.paper.wording import Wording
from recoup.parties.models import Company
from recoup.payments.models import TrustAccount
from recoup.tenancy.models import Agency
from recoup.tenancy.roles import Role

MADE = ("court_form", "court_data", "bundle", NOTE)
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
    """Fill a form from the case: a PDF, the same as data (JSON), and what a lawyer checks before it is filed or
    served, on a paper of its own. Raises `Refusal` as `statement` and paper do."""
    data = filled(agency, proceeding, form, at.date())
    language = form_of(form)["language"]
    paper = court_paper(data, language=language, at=at)
    as_data = json.dumps(dataset(form, data), ensure_ascii=False, indent=1).encode()
    case = proceeding.case
    keep(agency=agency.id, content=as_data, name=f"{case.number}-{form}.json", media_type="application/json", kind="court_data",
         title=f"{data.title} (JSON)"[:200], language=language, client=case.client_id, case=case.id, by=by, at=at)  # fmt: skip
    keep_note(case=case, data=data, language=language, by=by, at=at)
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
    """The form as data: every field by its number, the tables."""
    return {
        "form": form, "title": data.title, "reference": data.reference, "on": data.written_on.isoformat(),
        "fields": [
            {"part": part.title, "no": f.no, "label": f.label, "value": f.value}
            for part in data.parts for f in part.fields if f.value or not f.optional
        ],
        "tables": [{"part": p.title, "head": p.table["head"], "rows": p.table["rows"]} for p in data.parts if p.table],
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
        sender=sender_of(agency), to=addressed(layout, one, words), intro=tuple(filter(None, (layout.get("intro"),))), parts=parts,
        signing=tuple(layout.get("signing") or ()), notes=(*layout["notes"], *(f"{c['label']}: {values[c['value']]}" for c in layout.get("check", ()) if values.get(c["value"]))),
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

    fee, laid_out = expected_fee(one, on), min(court_fees(case), owed.costs)
    total_with_fee = (
        money(owed.total) if laid_out else money(owed.total + fee[0].amount) if fee else ""
    )
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
        "costs": money(max(owed.costs - laid_out, Decimal(0))), "total": money(owed.total - laid_out), "per_day": money(per_day),
        "interest_and_compensation": money(owed.interest + compensation),
        "interest_source": owed.segments[-1].source if owed.segments else "",
        "fee": money(laid_out) or (figures.money(fee[0], spoken) if fee else ""),
        "total_with_fee": total_with_fee,
        "ground": ground(invoices, words, spoken), "agreement": "", "agreed_interest": f"{agreed} %" if agreed else "",
        "first_due": figures.day(invoices[0].due_on, spoken) if invoices else "",
        "demanded_on": figures.instant(demand.message.settled_at, spoken) if demand and demand.message and demand.message.settled_at else "",
        "disputed_sv": "Ja" if disputed else "Nej", "evidence": "; ".join(papers),
        "limit": figures.money(limit, spoken) if limit else "",
        "threshold": threshold(one, spoken), "answer_by": figures.day(law(one.jurisdiction).deadline(sent_on=on, days=15), spoken),
        "parties_en": f"The Claimant {case.client.name} ({case.client.country}) supplies businesses. The Defendant {case.debtor.name} is a company.",
        "breach_en": f"The Defendant has not paid. The first invoice fell due on {figures.day(invoices[0].due_on, spoken)}." if invoices else "",
    }  # fmt: skip


def court_fees(case: Case) -> Decimal:
    """Of what is owed, the court's fees that were laid out and charged already: forms ask for them apart."""
    charged = Charge.objects.filter(case=case, kind=Charge.Kind.COURT_FEE, reversal=None)
    return charged.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


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
