"""Cases: handed over, looked at, held. Each route calls the journey that the pages call."""

from typing import Annotated, Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router, Status
from pydantic import Field

from recoup.agreements.models import Quote
from recoup.cases.models import Case, ClaimLine, Hold
from recoup.cases.operations import lift_hold, put_on_hold
from recoup.cases.rules import Finding
from recoup.cases.states import HoldKind, Stage
from recoup.eventlog.models import Event
from recoup.journeys.amend import (
    Amendment,
    ContactAsked,
    amend,
    joined,
    move_to_division,
    withdraw,
)
from recoup.journeys.correct import correct_claim
from recoup.journeys.eligibility import eligibility
from recoup.journeys.submit_invoice import (
    DebtorAsked,
    LineAsked,
    Submission,
    Submitted,
    submit_from_reading,
    uploads,
)
from recoup.kernel.days import parse_day
from recoup.kernel.ids import new_id
from recoup.kernel.money import parse_amount
from recoup.kernel.refusal import N_, Refusal
from recoup.keys.rules import Scope
from recoup.parties.divisions import named_division
from recoup.parties.models import Client
from recoup.web.api import schemas, shown
from recoup.web.api.door import MB, refuse_changed, rules, tag_of
from recoup.web.api.pages import Paged, page
from recoup.web.api.problems import document_of
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import Place, place_of

router = Router(tags=["Cases"])
Number = Annotated[str, Path(pattern=r"^R-[0-9]{4}-[0-9]{6,9}$", description="The case's number.")]


class CasesAsked(Paged):
    stage: Stage | None = None
    client_reference: str | None = Field(None, max_length=60)
    reference: str | None = Field(None, max_length=25, description="RF creditor reference")
    invoice: str | None = Field(
        None, max_length=60, description="Number of an invoice in the case."
    )
    division: UUID | None = Field(None, description="Id of a division.")


def seen(place: Place) -> QuerySet[Case]:
    """The cases a key may see: row security says the same."""
    found = Case.objects.filter(agency=place.agency).select_related(
        "debtor", "client", "collector__user", "agency", "division"
    )
    return found.filter(client_id=place.client_id) if place.client_id else found


def case_of(request: HttpRequest, number: str, *, lock: bool = False) -> Case:
    """The case with that number; 404 for any other, known or not."""
    found = seen(place_of(request))
    if lock:
        found = found.select_for_update(of=("self",))
    return get_object_or_404(found, number=number)


@router.get("/cases", response=schemas.CasePage, summary="List cases")
@rules(Scope.CASES_READ)
def list_cases(request: HttpRequest, asked: Query[CasesAsked]) -> Any:
    """The newest first."""
    found = seen(place_of(request))
    for name in ("stage", "client_reference", "reference", "division"):
        if (value := getattr(asked, name)) is not None:
            found = found.filter(**{name: value})
    if asked.invoice is not None:
        found = found.filter(lines__ref=asked.invoice).distinct()
    return page(request, found, asked, shown.case_rows)


@router.post("/cases", response={201: schemas.Case}, summary="Submit a case")
@rules(Scope.CASES_WRITE, repeatable=True)
def submit_case(request: HttpRequest, asked: schemas.CaseAsked) -> Any:
    """Hand over one debtor's overdue invoices. The feasibility review follows within two working days."""
    place = place_of(request)
    name = request.headers["Idempotency-Key"]
    made = submitted(place, asked, f"api:{name}"[:100])
    return Status(201, whole(request, fresh(made.case), place))


@router.post(
    "/eligibility", response=schemas.Eligibility, summary="Ask whether a case would be taken"
)
@rules(Scope.CASES_WRITE)
def ask_eligibility(request: HttpRequest, asked: schemas.CaseAsked) -> Any:
    """A dry run of submitting: everything is done and taken back. Says what would be refused, and what
    the feasibility review finds."""
    place = place_of(request)
    client = client_of(place, asked.client)
    found = eligibility(
        agency=place.agency, client=client, asked=submission(place, asked, client, f"dry run {new_id()}"),
        by=place.actor, at=place.now,
    )  # fmt: skip
    return {
        "eligible": found.refused is None, "acceptable": found.eligible,
        "problem": document_of(found.refused) if found.refused else None,
        "findings": [finding(one) for one in found.findings], "jurisdiction": found.jurisdiction or None,
        "claimed": shown.money(found.claim) if found.claim else None,
    }  # fmt: skip


def finding(one: Finding) -> dict[str, str]:
    said = refusal_text(Refusal(one.code, one.text, **one.params))
    return {"code": one.code, "level": one.level, "detail": said}


@router.post("/placements", response=schemas.Placement, summary="Submit many cases")
@rules(Scope.CASES_WRITE, repeatable=True, most=5 * MB)
def place_cases(request: HttpRequest, asked: schemas.PlacementAsked) -> Any:
    """Up to 200 cases, each for itself: `results` has one entry per case, in order, with the case or the
    reason why it was not taken. The same request again makes none twice."""
    place = place_of(request)
    name = request.headers["Idempotency-Key"]
    results = [place_one(place, f"api:{name}"[:90], n, one) for n, one in enumerate(asked.cases)]
    refused = sum(row["case"] is None for row in results)
    return {"accepted": len(results) - refused, "refused": refused, "results": results}


def place_one(place: Place, name: str, index: int, asked: schemas.CaseAsked) -> dict[str, Any]:
    try:
        with transaction.atomic():
            made = submitted(place, asked, f"{name}:{index}")
    except Refusal as refusal:
        return {"index": index, "case": None, "fresh": False, "problem": document_of(refusal)}
    row = shown.case_rows([fresh(made.case)])[0]
    return {"index": index, "case": row, "fresh": made.fresh, "problem": None}


def submitted(place: Place, asked: schemas.CaseAsked, key: str) -> Submitted:
    client = client_of(place, asked.client)
    return submit_from_reading(
        agency=place.agency, client=client, asked=submission(place, asked, client, key), by=place.actor, at=place.now,
    )  # fmt: skip


def client_of(place: Place, reference: str) -> Client:
    """The key's own client; a key of the agency names one. Raises `Refusal` `client_unknown`."""
    if place.client_id is not None:
        return Client.objects.get(id=place.client_id)
    found = Client.objects.filter(agency=place.agency, reference=reference).first()
    if found is None:
        raise Refusal(
            "client_unknown", N_("There is no client “%(found)s”."), field="client", found=reference
        )
    return found


def submission(place: Place, asked: schemas.CaseAsked, client: Client, key: str) -> Submission:
    who = asked.debtor
    division = named_division(client, asked.division, limited=place.limited)
    quote = (
        Quote.objects.filter(number=asked.quote, client_id=client.id).first()
        if asked.quote
        else None
    )
    if asked.quote and quote is None:
        raise Refusal("quote_unknown", N_("There is no quote “%(found)s” of yours."), field="quote", found=asked.quote)  # fmt: skip
    return Submission(
        key=key,
        debtor=DebtorAsked(
            name=who.name, country=who.country, vat_number=who.vat_number,
            registration_number=who.registration_number, address=tuple(who.address), postcode=who.postcode,
            city=who.city, email=who.email, phone=who.phone, contact=who.contact, business=who.business,
        ),
        currency=asked.currency, lines=tuple(line(n, one, asked.currency) for n, one in enumerate(asked.lines)),
        documents=tuple(asked.documents), client_reference=asked.client_reference,
        known_dispute=asked.known_dispute, quote=quote.id if quote else None, division=division.id if division else None,
    )  # fmt: skip


def line(index: int, asked: schemas.LineAsked, currency: str) -> LineAsked:
    at = f"lines.{index}"
    issued = parse_day(asked.issued_on, field=f"{at}.issued_on") if asked.issued_on else None
    return LineAsked(
        asked.kind, asked.ref, issued, parse_day(asked.due_on, field=f"{at}.due_on"),
        parse_amount(asked.amount, currency, field=f"{at}.amount"), asked.document,
    )  # fmt: skip


def fresh(case: Case) -> Case:
    known = Case.objects.select_related(
        "debtor", "client", "collector__user", "agency", "agreement", "division"
    )
    return known.get(id=case.id)


@router.get("/cases/{number}", response=schemas.Case, summary="Read a case")
@rules(Scope.CASES_READ)
def read_case(request: HttpRequest, number: Number) -> Any:
    return whole(request, case_of(request, number), place_of(request))


def whole(request: HttpRequest, case: Case, place: Place) -> schemas.Case:
    """The case as read and as answered after a change, with the entity tag of that state."""
    found = schemas.Case.model_validate(shown.case_whole(case, place.now.date()))
    request.entity_tag = tag_of(found.model_dump_json().encode())  # type: ignore[attr-defined]
    return found


def tag_of_case(case: Case, place: Place) -> str:
    found = schemas.Case.model_validate(shown.case_whole(case, place.now.date()))
    return tag_of(found.model_dump_json().encode())


@router.patch("/cases/{number}", response=schemas.Case, summary="Amend a case")
@rules(Scope.CASES_WRITE)
def amend_case(request: HttpRequest, number: Number, asked: schemas.Amended) -> Any:
    """Correct what was said, add invoices, credit notes and contacts; all or nothing. With `If-Match`,
    the ETag of what you read, nobody else's change is overwritten."""
    case, place = case_of(request, number, lock=True), place_of(request)
    refuse_changed(request, tag_of_case(case, place))
    names = ("client_reference", "known_dispute")
    said = {n: getattr(asked, n) for n in names if getattr(asked, n) is not None}
    lines = tuple(line(n, one, case.currency) for n, one in enumerate(asked.lines))
    contacts = tuple(ContactAsked(**one.model_dump()) for one in asked.contacts)
    if asked.division is not None:
        division = named_division(case.client, asked.division, limited=place.limited)
        move_to_division(case=case, division=division, by=place.actor, at=place.now)
    amend(case=case, amendment=Amendment(said, lines, contacts), by=place.actor, at=place.now)
    return whole(request, fresh(case), place)


@router.post(
    "/cases/{number}/credit-notes", response={201: schemas.Case}, summary="Report a credit note"
)
@rules(Scope.MONEY_WRITE, repeatable=True)
def report_credit_note(request: HttpRequest, number: Number, asked: schemas.CreditNoteAsked) -> Any:
    """You have credited the debtor: the claim becomes smaller by it, interest and payments are parted
    anew, and a corrected statement is kept."""
    case, place = case_of(request, number, lock=True), place_of(request)
    if asked.invoice is not None:
        credit_invoice(case, place, asked, asked.invoice)
        return Status(201, whole(request, fresh(case), place))
    note = schemas.LineAsked(kind="credit_note", due_on=asked.on, issued_on=asked.on, ref=asked.ref,
                             amount=asked.amount, document=asked.document)  # fmt: skip
    amend(
        case=case,
        amendment=Amendment(lines=(line(0, note, case.currency),)),
        by=place.actor,
        at=place.now,
    )
    return Status(201, whole(request, fresh(case), place))


def credit_invoice(case: Case, place: Place, asked: schemas.CreditNoteAsked, invoice: str) -> None:
    row = case.lines.filter(ref=invoice, kind=ClaimLine.Kind.INVOICE).first()
    if row is None:
        raise Refusal("invoice_unknown", N_("There is no invoice “%(found)s” in this case."), field="invoice", found=invoice)  # fmt: skip
    paper = None
    if asked.document is not None:
        file = uploads(case.agency_id, case.client, [asked.document])[0]
        paper = joined(case, file, place.actor, place.now)
    correct_claim(
        agency=place.agency, case=case, line=row, ref=asked.ref, on=parse_day(asked.on, field="on"),
        amount=parse_amount(asked.amount, case.currency), document=paper, because=asked.because,
        by=place.actor, at=place.now,
    )  # fmt: skip


@router.post("/cases/{number}/withdrawal", response=schemas.Case, summary="Withdraw a case")
@rules(Scope.CASES_WRITE, repeatable=True)
def withdraw_case(request: HttpRequest, number: Number, asked: schemas.WithdrawalAsked) -> Any:
    """Take the case back: it is closed with its report. What was collected stays settled."""
    case, place = case_of(request, number, lock=True), place_of(request)
    refuse_changed(request, tag_of_case(case, place))
    withdraw(agency=place.agency, case=case, because=asked.because, by=place.actor, at=place.now)
    return whole(request, fresh(case), place)


@router.get("/cases/{number}/timeline", response=schemas.EventPage, summary="Read a case's story")
@rules(Scope.CASES_READ)
def read_timeline(request: HttpRequest, number: Number, paged: Query[Paged]) -> Any:
    """What happened, the newest first, in your language."""
    case, place = case_of(request, number), place_of(request)
    found = Event.objects.filter(agency=place.agency, case_id=case.id)
    if place.client_id is not None:
        found = found.filter(client_id=place.client_id).exclude(audience="internal")
    return page(request, found, paged, shown.events)


@router.post(
    "/cases/{number}/holds",
    response={201: schemas.Hold},
    summary="Ask to leave the debtor in peace",
)
@rules(Scope.CASES_WRITE, repeatable=True)
def hold_case(request: HttpRequest, number: Number, asked: schemas.HoldAsked) -> Any:
    """Contact rests through `until`, or until the hold is lifted."""
    case, place = case_of(request, number, lock=True), place_of(request)
    until = parse_day(asked.until, field="until") if asked.until else None
    made = put_on_hold(case=case, kind=HoldKind.CLIENT_ASKS, because=asked.because, until=until,
                       by=place.actor, at=place.now)  # fmt: skip
    return Status(201, shown.hold(made))


@router.post(
    "/cases/{number}/holds/{id}/lift", response=schemas.Hold, summary="Lift a hold you asked for"
)
@rules(Scope.CASES_WRITE, repeatable=True)
def lift_case_hold(request: HttpRequest, number: Number, id: UUID, asked: schemas.LiftAsked) -> Any:
    case, place = case_of(request, number), place_of(request)
    found = get_object_or_404(Hold, id=id, case=case, kind=HoldKind.CLIENT_ASKS)
    lift_hold(hold=found, because=asked.because, by=place.actor, at=place.now)
    return shown.hold(found)
