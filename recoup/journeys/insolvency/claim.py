"""The claim in an estate: worked out to the day of opening, written, filed; dividends; the loss certified."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from recoup.cases.models import Case, Task
from recoup.cases.operations import add_task, finish_task
from recoup.cases.states import CloseCode
from recoup.contact.statement import invoice_rows
from recoup.files.models import Document
from recoup.files.operations import keep
from recoup.insolvency.models import Dividend, Estate, Meeting, ProofOfClaim
from recoup.insolvency.operations import (
    add_meeting,
    draft_proof,
    file_proof,
    keep_certificate,
    note_dividend,
    set_file_by,
)
from recoup.insolvency.rules import ALARMS, alarm_days
from recoup.journeys.close import close_with_report
from recoup.journeys.lawyers_note import keep_note
from recoup.journeys.letter import sender_of
from recoup.journeys.statement import account_rows, statement
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.paper import figures
from recoup.paper.documents.court_paper import CourtPaper, Field, Part, court_paper
from recoup.paper.documents.debtor_letter import invoice_table
from recoup.paper.languages import language_of, spoken_or_english
from recoup.paper.parts import Address, Paper, country_name
from recoup.paper.tables import in_currency, table
from recoup.paper.wording import Wording
from recoup.parties.rules import language_of as spoken_in
from recoup.payments import operations as payments
from recoup.payments.models import Allocation, TrustAccount
from recoup.payments.queries import owed
from recoup.tenancy.models import Agency
from recoup.tenancy.roles import Role

FILE_NOW = N_(
    "File the claim of case %(case)s in %(estate)s: the last day is %(day)s, in %(days)s days"
)
SHUT_OUT = N_("After that day the claim may be shut out or come last.")
MISSED = N_("The last day to file in %(estate)s has passed (%(day)s) and the claim of case %(case)s is not filed: ask the practitioner at once")  # fmt: skip


@transaction.atomic
def write_proof(
    *, agency: Agency, estate: Estate, case: Case, by: Actor, at: datetime
) -> ProofOfClaim:
    """Work the claim out to the day of opening and write it, pre-filled, with the ledger's account as its
    annex. Raises `Refusal` as `owed` and `draft_proof`."""
    found = statement(case=case, on=estate.opened_on)
    parts = {
        "principal": found.owed.principal, "interest": found.owed.interest,
        "compensation": found.owed.compensation.open if found.owed.compensation.currency == case.currency else Decimal(0),
        "costs": found.owed.costs,
    }  # fmt: skip
    total = Money(found.owed.total, case.currency).rounded()
    figures_ = {
        name: str(Money(value, case.currency).rounded().amount) for name, value in parts.items()
    }
    language = spoken_in(estate.country)
    data = proof_paper(agency, estate, case, figures_, total, language, at.date(), found)
    paper = court_paper(data, language=language, at=at)
    keep_note(case=case, data=data, language=language, by=by, at=at)
    document = kept(agency, case, paper, "proof_of_claim", language, by, at)
    return draft_proof(
        estate=estate, case=case, claimed=total, figures=figures_ | {"as_of": estate.opened_on.isoformat()},
        document=document, by=by, at=at,
    )  # fmt: skip


def kept(
    agency: Agency, case: Case, paper: Paper, kind: str, language: str, by: Actor, at: datetime
) -> Document:
    return keep(
        agency=agency.id, content=paper.content, name=paper.filename, media_type="application/pdf", kind=kind,
        title=paper.title[:200], language=language, by=by, at=at, client=case.client_id, case=case.id,
    )  # fmt: skip


def proof_paper(
    agency: Agency, estate: Estate, case: Case, parts: dict[str, str], total: Money, language: str, on: date,
    found: Any,
) -> CourtPaper:  # fmt: skip
    words, spoken = Wording(language), language_of(language)

    def say(key: str, **gaps: str) -> str:
        return words.say(f"court.{key}", **gaps)

    def money(name: str) -> str:
        return figures.money(Money(Decimal(parts[name]), case.currency), spoken)

    client, debtor = case.client, case.debtor
    bank = TrustAccount.objects.filter(agency_id=agency.id, currency=case.currency).first()
    parties = (
        Field(no="1", label=say("creditor"), value=client.name),
        Field(no="2", label=say("number"), value=client.registration_number),
        Field(no="3", label=say("address"), value=placed(client)),
        Field(no="4", label=say("represented"), value=f"{agency.name}, {', '.join(agency.address)}"),
        Field(no="5", label=say("debtor"), value=debtor.name),
        Field(no="6", label=say("number"), value=debtor.registration_number or debtor.vat_number),
        Field(no="7", label=say("address"), value=placed(debtor)),
    )  # fmt: skip
    about = (
        Field(no="8", label=say("court"), value=estate.court),
        Field(no="9", label=say("reference"), value=estate.reference),
        Field(no="10", label=say("opened"), value=figures.day(estate.opened_on, spoken)),
        Field(no="11", label=say("practitioner"), value=estate.practitioner),
        Field(no="12", label=say("file_by"), value=figures.day(estate.file_by, spoken) if estate.file_by else ""),
    )  # fmt: skip
    amounts = (
        Field(no="13", label=say("principal"), value=money("principal")),
        Field(no="14", label=say("interest"), value=money("interest")),
        Field(no="15", label=say("compensation"), value=money("compensation")),
        Field(no="16", label=say("costs"), value=money("costs")),
        Field(no="17", label=say("total"), value=figures.money(total, spoken)),
        Field(no="18", label=say("ground"), value=say("ground_text")),
        Field(no="19", label=say("security"), value=say("security_none")),
        Field(no="20", label=say("pay_to"), value=f"{agency.name}, {figures.grouped(bank.iban)}" if bank else ""),
    )  # fmt: skip
    return CourtPaper(
        paper_id=f"POC-{estate.number}-{case.number}", reference=case.number,
        title=words.say("proof.title", case=case.number), written_on=on, sender=sender_of(agency),
        to=practitioner_of(estate, words),
        intro=(words.say("proof.opening", creditor=client.name, agency=agency.name, debtor=debtor.name),),
        parts=(
            Part(title=words.say("proof.parties"), fields=parties),
            Part(title=words.say("proof.estate"), fields=about),
            Part(title=words.say("proof.amount"), fields=amounts),
            Part(title=words.say("proof.invoices"), table=invoice_table(
                invoice_rows(found.owed, list(case.lines.all())), total, words, spoken)),
            Part(title=words.say("proof.ledger"), table=ledger_table(found, words, spoken)),
        ),
        signing=(words.say("proof.signed"), f"{agency.name}, {figures.day(on, spoken)}"),
        notes=tuple(words.say(f"proof.{key}") for key in ("note_day", "note_form", "note_rank")),
    )  # fmt: skip


def ledger_table(found: Any, words: Wording, spoken: Any) -> dict[str, Any]:
    rows = [
        [
            figures.short(one.on, spoken), " ".join([words.say(f"owed.entry.{one.kind}"), one.ref or ""]).strip(),
            figures.plain(one.amount, spoken), figures.plain(one.balance, spoken),
        ]
        for one in account_rows(found)
    ]  # fmt: skip
    head = [words.say(f"table.{n}") for n in ("day", "what", "amount")] + [
        words.say("owed.balance")
    ]
    for column in (2, 3):
        head[column] = in_currency(head[column], found.owed.currency, words)
    return table(head, "llrr", rows, wide=1)


def placed(party: Any) -> str:
    return ", ".join([*party.address, f"{party.postcode} {party.city}".strip(), party.country])


def practitioner_of(estate: Estate, words: Wording) -> Address:
    """To the practitioner; to the court, and else to the office, where none is known yet."""
    name = estate.practitioner or estate.court or words.say("court.practitioner")
    lines = tuple(part.strip() for part in estate.practitioner_address.split(",") if part.strip())
    return Address(name=name, lines=lines[:5], country=estate.country)


@transaction.atomic
def filed(*, proof: ProofOfClaim, on: date, how: str, by: Actor, at: datetime) -> None:
    """The claim has been sent; its task is done. Raises `Refusal` as `file_proof`."""
    file_proof(proof=proof, on=on, how=how, by=by, at=at)
    for task in Task.objects.filter(case=proof.case_id, kind="file_proof", done_at=None):
        finish_task(task=task, outcome="filed", by=by, at=at)
    follow_up(proof, by, at)


def follow_up(proof: ProofOfClaim, by: Actor, at: datetime) -> None:
    """Nothing stalls: somebody asks the practitioner after three months."""
    add_task(
        agency=proof.agency_id, key=f"estate-look:{proof.id}", kind="estate_look", role=Role.LEGAL_OFFICER,
        sentence=N_("Ask how the proceedings %(estate)s stand and whether the claim of case %(case)s is admitted"),
        params={"estate": proof.estate.number, "case": proof.case.number},
        due_on=date.fromordinal(at.date().toordinal() + 90), default=N_("It stays first on the legal officer's list."),
        case=proof.case, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def last_day(*, estate: Estate, on: date, source: str, by: Actor, at: datetime) -> None:
    """The last day to file is known: the tasks move to two weeks before it. Raises as `set_file_by`."""
    set_file_by(estate=estate, on=on, source=source, by=by, at=at)
    for task in Task.objects.filter(key=f"file-by:{estate.id}", done_at=None):
        finish_task(task=task, outcome="found", by=by, at=at)
    due = max(at.date(), alarm_days(on)[1])
    Task.objects.filter(key__startswith=f"proof:{estate.id}:", done_at=None).update(due_on=due)


@transaction.atomic
def alarm(*, agency: Agency, on: date, by: Actor, at: datetime) -> int:
    """Tasks for claims whose last day comes near and for those that have missed it; each once a step."""
    rows = Estate.objects.filter(agency_id=agency.id, closed_on=None, file_by__isnull=False)
    made = 0
    for estate in rows.select_related("debtor").filter(
        file_by__lte=date.fromordinal(on.toordinal() + ALARMS[0])
    ):
        waiting = Task.objects.filter(
            key__startswith=f"proof:{estate.id}:", done_at=None
        ).select_related("case")
        for task in waiting:
            made += warn(agency, estate, task.case, on, by, at)
    return made


def warn(
    agency: Agency, estate: Estate, case: Case | None, on: date, by: Actor, at: datetime
) -> int:
    assert estate.file_by is not None and case is not None
    left = (estate.file_by - on).days
    step = min((n for n in ALARMS if left <= n), default=None) if left >= 0 else -1
    if step is None:
        return 0
    key = f"proof-alarm:{estate.id}:{case.id}:{estate.file_by}:{step}"
    if Task.objects.filter(agency_id=agency.id, key=key).exists():
        return 0
    add_task(
        agency=agency.id, key=key, kind="file_proof", sentence=FILE_NOW if left >= 0 else MISSED,
        params={"case": case.number, "estate": estate.number, "day": estate.file_by.isoformat(), "days": left},
        role=Role.LEGAL_OFFICER if left > 1 else Role.SUPERVISOR, due_on=on, default=SHUT_OUT, case=case, by=by, at=at,
    )  # fmt: skip
    return 1


MEETING = N_("Meeting of creditors of %(debtor)s on %(day)s: %(what)s")
NO_VOTE = N_("Without us the others decide.")


@transaction.atomic
def plan_meeting(
    *, agency: Agency, estate: Estate, on: date, what: str, place: str, by: Actor, at: datetime
) -> Meeting:
    """A meeting of creditors, and the task to go or to send somebody. Raises as `add_meeting`."""
    made = add_meeting(estate=estate, on=on, what=what, place=place, by=by, at=at)
    if on >= at.date():
        add_task(
            agency=agency.id, key=f"meeting:{made.id}", kind="creditors_meeting", sentence=MEETING,
            params={"debtor": estate.debtor.name, "day": on.isoformat(), "what": what}, role=Role.LEGAL_OFFICER,
            due_on=max(at.date(), date.fromordinal(on.toordinal() - 3)), default=NO_VOTE, by=by, at=at,
        )  # fmt: skip
    return made


@transaction.atomic
def direct_dividend(
    *,
    agency: Agency,
    proof: ProofOfClaim,
    amount: Money,
    on: date,
    last: bool,
    by: Actor,
    at: datetime,
) -> Dividend:
    """The practitioner paid the client itself: reported and posted as a direct payment, then noted."""
    made = payments.report_direct_payment(case=proof.case, amount=amount, on=on, by=by, at=at)
    return dividend(agency=agency, proof=proof, allocation=made, last=last, by=by, at=at)


@transaction.atomic
def dividend(
    *,
    agency: Agency,
    proof: ProofOfClaim,
    allocation: Allocation,
    last: bool,
    by: Actor,
    at: datetime,
) -> Dividend:
    """A payment that was posted to the case came from the estate. The last one certifies the loss.
    Raises `Refusal` `not_of_the_case` and as `note_dividend`."""
    if allocation.case_id != proof.case_id or allocation.reverses_id or allocation.waived:
        raise Refusal("not_of_the_case", N_("This payment is not one to this case."))
    made = note_dividend(
        proof=proof, allocation=allocation.id, amount=Money(allocation.amount, allocation.currency).rounded(),
        on=allocation.received_on, last=last, by=by, at=at,
    )  # fmt: skip
    if last:
        certify(agency=agency, proof=proof, by=by, at=at)
    return made


@transaction.atomic
def certify(*, agency: Agency, proof: ProofOfClaim, by: Actor, at: datetime) -> Document:
    """The certificate for the client's books and taxes, from the ledger's figures."""
    case = proof.case
    language = spoken_or_english(case.client.language).code
    paper = court_paper(
        certificate_paper(agency, proof, language, at.date()), language=language, at=at
    )
    document = kept(agency, case, paper, "loss_certificate", language, by, at)
    keep_certificate(proof=proof, document=document, by=by, at=at)
    return document


def certificate_paper(agency: Agency, proof: ProofOfClaim, language: str, on: date) -> CourtPaper:
    words, spoken = Wording(language), language_of(language)
    case, estate = proof.case, proof.estate

    def say(key: str, **gaps: str) -> str:
        return words.say(f"loss_certificate.{key}", **gaps)

    def money(amount: Decimal) -> str:
        return figures.money(Money(amount, case.currency).rounded(), spoken)

    rows = list(proof.dividends.order_by("on", "id"))
    paid = {a.id: a for a in Allocation.objects.filter(id__in=[r.allocation_id for r in rows])}
    received = sum((a.amount for a in paid.values()), Decimal(0))
    rest = owed(case=case, on=estate.opened_on)
    still = proof.claimed - received
    lost_principal = min(
        Decimal(rest.principal) - sum((a.principal for a in paid.values()), Decimal(0)), still
    )
    fields = [
        Field(no="1", label=words.say("court.creditor"), value=case.client.name),
        Field(no="2", label=words.say("court.debtor"), value=f"{case.debtor.name} {case.debtor.registration_number}".strip()),
        Field(no="3", label=words.say("court.opened"), value=figures.day(estate.opened_on, spoken)),
        Field(no="4", label=words.say("court.court"), value=" ".join([estate.court, estate.reference]).strip(), optional=True),
        Field(no="5", label=say("claimed"), value=money(proof.claimed)),
        Field(no="6", label=say("admitted"), value=money(proof.admitted) if proof.admitted is not None else ""),
        Field(no="7", label=say("dividends"), value="; ".join(
            f"{money(paid[r.allocation_id].amount)}: " + say("paid_on", percent=figures.percent(r.percent, spoken), day=figures.day(r.on, spoken))
            for r in rows if r.allocation_id in paid) or money(Decimal(0))),
        Field(no="8", label=say("received"), value=money(received)),
        Field(no="9", label=say("lost"), value=money(still)),
        Field(no="10", label=say("principal"), value=money(max(lost_principal, Decimal(0)))),
    ]  # fmt: skip
    title = say("title", case=case.number)
    return CourtPaper(
        paper_id=f"LOSS-{case.number}", reference=case.number, title=title, written_on=on, sender=sender_of(agency),
        to=Address(name=case.client.name, lines=(*case.client.address, f"{case.client.postcode} {case.client.city}".strip()), country=case.client.country),
        intro=(say("opening", creditor=case.client.name, debtor=case.debtor.name),),
        parts=(Part(fields=tuple(fields)), Part(small=(
            say("stands", day=figures.day(on, spoken)),
            say("tax", country=country_name(case.client.country, spoken)),
        ))),
        signing=(agency.name, figures.day(on, spoken)),
    )  # fmt: skip


@transaction.atomic
def end_case(*, agency: Agency, proof: ProofOfClaim, by: Actor, at: datetime) -> None:
    """The last dividend has come: the case closes as insolvent, with its report. Raises `Refusal`
    `proof_open` before."""
    if proof.certificate_id is None:
        raise Refusal("proof_open", N_("The last dividend has not come yet."))
    close_with_report(
        agency=agency, case=proof.case, code=CloseCode.INSOLVENT, because=N_("the estate is distributed"), by=by, at=at
    )  # fmt: skip
