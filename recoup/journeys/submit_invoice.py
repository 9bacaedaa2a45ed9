"""A client hands over a debt: files in, a form filled from them, a case out.

Reading and submitting are two steps: between them the client looks at what was read. Files are kept
by the hash of their content at the first step, without a case; at the second they join the case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from recoup.agreements.models import Agreement, Quote
from recoup.agreements.queries import standing_agreement
from recoup.agreements.rules import Terms
from recoup.cases.models import Case
from recoup.cases.operations import NewLine, add_task, one_at_a_time, submit_case
from recoup.cases.queries import principal_of
from recoup.files.kinds import JPEG, PDF, PNG, XML, kind_of
from recoup.files.models import Document
from recoup.files.operations import content_of, keep
from recoup.files.quarantine import held_back, is_held
from recoup.files.rules import display_name
from recoup.files.scan import Scanned, scan
from recoup.intake.einvoice import NoInvoice, Reader, Reading
from recoup.intake.models import Draft
from recoup.intake.operations import end_draft, save_draft
from recoup.intake.proposal import ClientFacts, Proposal, Source, open_amount, parted, propose
from recoup.journeys.mail import mail_client, portal_link
from recoup.journeys.quarantine import keep_apart
from recoup.journeys.screen import screen_debtors
from recoup.jurisdictions.rules import CODES
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client, Division
from recoup.parties.operations import add_contact, find_or_add_debtor
from recoup.parties.rules import SAID_CONSUMER
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency
from recoup.tenancy.roles import Role

MOST_FILES = 200
UPLOAD, IN_CASE = "upload", "claim"
PICTURE = N_("%(file)s is a picture; nothing is read in it.")
# Sound files that say nothing we can read: kept as documents. Everything else refused is not kept.
KEPT_ANYHOW = frozenset(
    (
        "einvoice_empty",
        "einvoice_unreadable",
        "namespace_unknown",
        "root_unknown",
        "file_unscanned",
        "picture",
        "pdf_password",
    )
)


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """One file of an upload: its document when it was kept, what was read in it, the refusal when it holds
    no invoice."""

    name: str
    document: UUID | None
    refusal: Refusal | None = None
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class DebtorAsked:
    """The debtor as confirmed by the client; `business` says that it is no private person."""

    name: str
    country: str
    vat_number: str = ""
    registration_number: str = ""
    address: tuple[str, ...] = ()
    postcode: str = ""
    city: str = ""
    email: str = ""
    phone: str = ""
    contact: str = ""
    role: str = ""
    language: str = ""
    business: bool = True


@dataclass(frozen=True, slots=True)
class LineAsked:
    kind: str
    ref: str
    issued_on: date | None
    due_on: date
    amount: Decimal
    document: UUID | None = None
    credits: str = ""


@dataclass(frozen=True, slots=True)
class ContactAsked:
    name: str = ""
    role: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """What the client submits; `key` is the same for the same submission, however often it is sent.
    `division` as its asker sees it (`parties.divisions.named_division`); `interest` and `jurisdiction` as the contract says, empty for the law's own; `so_far`, `dispute` and
    `clauses` in the client's words."""

    key: str
    debtor: DebtorAsked
    currency: str
    lines: tuple[LineAsked, ...]
    documents: tuple[UUID, ...] = ()
    client_reference: str = ""
    known_dispute: bool = False
    quote: UUID | None = None
    contacts: tuple[ContactAsked, ...] = ()
    interest: dict[str, str] = field(default_factory=dict)
    jurisdiction: str = ""
    so_far: str = ""
    dispute: str = ""
    clauses: str = ""
    division: UUID | None = None

    @property
    def background(self) -> str:
        return "\n\n".join(
            text for text in (self.so_far, self.dispute, self.clauses) if text.strip()
        )


@dataclass(frozen=True, slots=True)
class Submitted:
    """`fresh` is False when this submission had made its case before."""

    case: Case
    fresh: bool


# Reading -------------------------------------------------------------------------------------------


def read_upload(
    *, agency: UUID, client: Client, files: Sequence[Upload], by: Actor, at: datetime
) -> list[Taken]:
    """Keep what may serve as a document, refuse the rest, each file with its own sentence.

    The same content again is the document kept before. Raises `Refusal` `files_missing`,
    `files_too_many`.
    """
    if not files:
        raise Refusal("files_missing", N_("Choose at least one file."), field="files")
    if len(files) > MOST_FILES:
        raise Refusal("files_too_many", N_("%(found)s files at once; up to %(most)s can be taken."),
                      found=len(files), most=MOST_FILES)  # fmt: skip
    with Reader() as reader:
        judged = [(file, judge(reader, file)) for file in files]
    for file, (_reading, refusal) in judged:
        if refusal is not None and refusal.code in ("file_unscanned", "file_infected"):
            found = Scanned(
                None if refusal.code == "file_unscanned" else False,
                str(refusal.params.get("found", "")),
            )
            keep_apart(
                agency=agency,
                content=file.content,
                name=display_name(file.name),
                found=found,
                by=by,
                at=at,
            )
    with transaction.atomic():
        one_at_a_time(client=client.id)
        return [
            Taken(file.name, kept(agency, client, file, by, at) if keepable(refusal) else None, refusal, reading)
            for file, (reading, refusal) in judged
        ]  # fmt: skip


def judge(reader: Reader, file: Upload) -> tuple[Reading | None, Refusal | None]:
    """What is read in a file that is what it says and that the malware scanner lets pass."""
    try:
        kind = kind_of(file.content, file=display_name(file.name))
        against = held_back(display_name(file.name), scan(file.content))
        if against is not None:
            return None, against
        if kind in (PNG, JPEG):
            return None, Refusal("picture", PICTURE, file=display_name(file.name))
        return reader.read(file.content, file=file.name), None
    except Refusal as refusal:
        return None, refusal


def open_drafts(*, client: Client, taken: Sequence[Taken], by: Actor, at: datetime) -> list[Draft]:
    """The kept files of an upload as drafts, one for each case they make: nothing is lost with the tab."""
    sources = [Source(one.name, one.document, one.reading) for one in taken if one.document]
    with transaction.atomic():
        return [
            save_draft(
                client=client, key=new_id(), version=0, by=by, at=at,
                content={"documents": [str(s.document) for s in group], "title": titled(group)},
            )
            for group in parted(list({s.document: s for s in sources}.values()))
        ]  # fmt: skip


def titled(group: Sequence[Source]) -> dict[str, str]:
    """What a draft is called in a list: the debtor, else the first file."""
    reading = group[0].reading
    sums = [open_amount(s.reading) for s in group if s.reading]
    signs = [-1 if s.reading.is_credit else 1 for s in group if s.reading]
    total = sum(
        (sign * abs(a) for sign, a in zip(signs, sums, strict=True) if a is not None), Decimal(0)
    )
    return {
        "debtor": (reading.buyer.name if reading else "") or "", "file": group[0].file,
        "amount": str(total) if total > 0 else "", "currency": (reading.currency if reading else "") or "",
    }  # fmt: skip


def keepable(refusal: Refusal | None) -> bool:
    return refusal is None or isinstance(refusal, NoInvoice) or refusal.code in KEPT_ANYHOW


def kept(agency: UUID, client: Client, file: Upload, by: Actor, at: datetime) -> UUID:
    digest = sha256(file.content).hexdigest()
    with scope(agency, client=client.id):
        known = Document.objects.filter(
            agency_id=agency, client_id=client.id, kind=UPLOAD, sha256=digest
        ).first()
    document = known or keep(
        agency=agency, content=file.content, name=file.name, media_type=media_type(file.content),
        kind=UPLOAD, by=by, at=at, client=client.id,
    )  # fmt: skip
    return document.id


def media_type(content: bytes) -> str:
    """By the content, never by the name."""
    return kind_of(content, file="") or XML


def proposal_of(*, agency: UUID, client: Client, documents: Sequence[UUID]) -> Proposal:
    """The form's content from kept files, read again from the store. Raises `Refusal`
    `document_unknown`, `agreement_missing`."""
    agreement = agreement_of(client)
    facts = ClientFacts(
        client.name, client.registration_number, client.vat_number,
        tuple(sorted(Terms.read(agreement.rate_card.terms).currencies)),
    )  # fmt: skip
    with Reader() as reader:
        sources = [source_of(reader, d) for d in uploads(agency, client, documents)]
    return propose(sources, facts)


def source_of(reader: Reader, document: Document) -> Source:
    if document.media_type in (PNG, JPEG) or is_held(document):
        return Source(document.name, document.id)
    try:
        reading = reader.read(content_of(document), file=document.name)
    except Refusal as refusal:
        return Source(document.name, document.id, locked=refusal.code == "pdf_password")
    return Source(document.name, document.id, reading)


def uploads(agency: UUID, client: Client, wanted: Sequence[UUID]) -> list[Document]:
    """The client's uploaded files in the order asked, as far as whoever asked may see them. Raises `Refusal`
    `document_unknown`."""
    with scope(agency, client=client.id):
        found = Document.objects.filter(
            agency_id=agency, client_id=client.id, kind=UPLOAD, id__in=list(wanted)
        ).in_bulk()
    if missing := [one for one in wanted if one not in found]:
        raise Refusal("document_unknown", N_("A file of this submission is not there; please upload it again."),
                      found=str(missing[0]))  # fmt: skip
    return [found[one] for one in dict.fromkeys(wanted)]


def open_quotes(*, client: Client, on: date) -> list[Quote]:
    """The client's quotes that hold on a day and have become no case yet, the newest first."""
    used = Case.objects.filter(client=client, quote__isnull=False).values("quote_id")
    known = Quote.objects.filter(
        agency_id=client.agency_id, client_id=client.id, valid_until__gte=on
    )
    return list(known.exclude(id__in=used).order_by("-made_at", "-id")[:20])


def agreement_of(client: Client) -> Agreement:
    agreement = standing_agreement(client)
    if agreement is None:
        raise Refusal(
            "agreement_missing",
            N_("There is no signed agreement yet. Sign it first, then submit the case."),
        )
    return agreement


# Submitting ----------------------------------------------------------------------------------------


def submit_from_reading(
    *, agency: Agency, client: Client, asked: Submission, by: Actor, at: datetime
) -> Submitted:
    """Make the case, once per `key`, and confirm it by e-mail; all or nothing.

    Looks at the whole agency for the debtor, who may be known from another client. Raises `Refusal`:
    `consumer`, `consumer_suspected`, `number_invalid`, `document_unknown`, `agreement_missing`,
    `currency_not_in_card`, and those of `submit_case`.
    """
    if not asked.debtor.business:
        raise Refusal("consumer", SAID_CONSUMER)
    with scope(agency.id):
        one_at_a_time(client=client.id)
        known = Case.objects.filter(
            agency_id=agency.id, client=client, submission_key=asked.key
        ).first()
        if known is not None:
            return Submitted(known, fresh=False)
        agreement = agreement_of(client)
        Terms.read(agreement.rate_card.terms).prices(asked.currency)
        case = placed(agency, client, agreement, asked, by, at)
        confirm(agency, client, case, at)
        end_draft(client=client, key=asked.key, at=at)
    return Submitted(case, fresh=True)


def placed(
    agency: Agency, client: Client, agreement: Agreement, asked: Submission, by: Actor, at: datetime
) -> Case:
    who, id = asked.debtor, new_id()
    debtor = find_or_add_debtor(
        agency=agency.id, name=who.name, country=who.country, vat_number=who.vat_number,
        registration_number=who.registration_number, address=who.address, postcode=who.postcode,
        city=who.city, email=who.email, phone=who.phone, by=by, at=at,
    )  # fmt: skip
    screen_debtors(agency=agency, debtors=[debtor], by=by, at=at)
    if who.email or who.phone:
        add_contact(debtor=debtor, name=who.contact, role=who.role, email=who.email, phone=who.phone,
                    language=who.language, by=by, at=at)  # fmt: skip
    for one in asked.contacts:
        add_contact(debtor=debtor, name=one.name, role=one.role, email=one.email, phone=one.phone,
                    language=one.language, by=by, at=at)  # fmt: skip
    named = [line.document for line in asked.lines if line.document]
    files = uploads(agency.id, client, list(dict.fromkeys([*named, *asked.documents])))
    joined = {
        file.id: keep(
            agency=agency.id, content=content_of(file), name=file.name, media_type=file.media_type,
            kind=IN_CASE, by=by, at=at, client=client.id, case=id,
        )
        for file in files
    }  # fmt: skip
    lines = [
        NewLine(one.kind, one.ref, one.issued_on, one.due_on, one.amount,
                joined[one.document] if one.document else None, takes_from=one.credits)
        for one in asked.lines
    ]  # fmt: skip
    case = submit_case(
        agency=agency.id, client=client, agreement=agreement, debtor=debtor, currency=asked.currency,
        jurisdiction=asked.jurisdiction or law_of(who.country, client.country), lines=lines,
        submission_key=asked.key, client_reference=asked.client_reference, known_dispute=asked.known_dispute,
        interest=dict(asked.interest), background=asked.background,
        quote=Quote.objects.filter(id=asked.quote, client_id=client.id).first() if asked.quote else None,
        division=Division.objects.get(id=asked.division, client=client) if asked.division else None,
        id=id, by=by, at=at,
    )  # fmt: skip
    ask_for_unlocked(case, files, by, at)
    return case


def ask_for_unlocked(case: Case, files: Sequence[Document], by: Actor, at: datetime) -> None:
    """A document that nobody can open is kept, and whoever reviews the case asks for an open copy (UP03)."""
    locked = [file.name for file in files if file.media_type == PDF and is_locked(file)]
    if locked:
        add_task(
            agency=case.agency_id, key=f"locked:{case.id}", kind="locked", role=Role.ACCOUNT_MANAGER,
            owner=case.client.account_manager,
            sentence=N_("%(files)s of case %(number)s need a password: ask %(client)s for an open copy."),
            params={"files": ", ".join(locked)[:200], "number": case.number, "client": case.client.name},
            due_on=at.date() + timedelta(days=2), default=N_("The case goes on without it."), case=case, by=by, at=at,
        )  # fmt: skip


def is_locked(file: Document) -> bool:
    content = content_of(file)
    if b"/Encrypt" not in content or is_held(file):
        return False
    with Reader() as reader:
        try:
            reader.read(content, file=file.name)
        except Refusal as refusal:
            return refusal.code == "pdf_password"
    return False


def law_of(debtor: str, creditor: str) -> str:
    """Whose law is applied until a person says otherwise: the debtor's country where its rules are held
    (New York's for the United States), else the creditor's, else the debtor's, unanswered."""
    held = {"US": "US-NY"}
    for country in (debtor, creditor):
        if held.get(country, country) in CODES:
            return held.get(country, country)
    return debtor


def confirm(agency: Agency, client: Client, case: Case, at: datetime) -> None:
    mail_client(
        agency=agency, client=client, key=f"case-received:{case.id}", template="case_received", purpose="updates",
        subject=N_("We have received case %(number)s"),
        paragraphs=[
            N_("Thank you. We have received your claim of %(amount)s against %(debtor)s; it is case %(number)s."),
            N_("An account manager reviews it within two working days and then tells you whether we take it. You need not do anything until then."),
            N_("You can follow the case here: %(link)s"),
        ],
        params={"number": case.number, "debtor": case.debtor.name,
                "amount": principal_of([case.id])[case.id], "link": portal_link(case.number)},
        case=case.id, at=at,
    )  # fmt: skip
