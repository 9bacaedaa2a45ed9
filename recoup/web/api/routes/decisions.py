"""What a client is asked, its answers, and what it has decided in advance."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router
from pydantic import BaseModel, Field

from recoup.approvals.models import Approval, Authority
from recoup.approvals.operations import set_authority, withdraw_authority
from recoup.approvals.queries import authorities_of, spent_under
from recoup.approvals.rules import Bounds
from recoup.approvals.states import Answer, ApprovalKind, ApprovalState, BudgetPer
from recoup.journeys.approve import answer
from recoup.journeys.plans import answer as answer_plan
from recoup.kernel.days import parse_day
from recoup.kernel.money import Money, parse_amount
from recoup.kernel.refusal import N_, Refusal
from recoup.keys.rules import Scope
from recoup.parties.models import Client
from recoup.plans.models import Mandate, Plan
from recoup.plans.operations import set_mandate
from recoup.plans.queries import latest_plan, mandate_of
from recoup.plans.rules import Limits
from recoup.plans.states import PlanKind, PlanState
from recoup.web.api import schemas
from recoup.web.api.door import refuse_changed, rules, tag_of
from recoup.web.api.pages import Paged, page
from recoup.web.api.routes.cases import Number, case_of
from recoup.web.api.shown import day, figure, money
from recoup.web.kit.events import instant
from recoup.web.kit.middleware import Place, place_of
from recoup.web.kit.timeline import filled, readable

router = Router(tags=["Decisions"])
Percent = Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,2})?$", description="Percent, such as 12.5")]  # fmt: skip


def refuse_limited(place: Place) -> None:
    """Raises `Refusal` `limited_to_divisions`: what is decided here holds for all of the client."""
    if place.limited:
        raise Refusal("limited_to_divisions", N_("This holds for all of your company; this key is limited to some of its divisions."))  # fmt: skip


def own_client(place: Place) -> Client:
    """Only a client decides for itself. Raises `Refusal` `clients_only`."""
    if place.client_id is None:
        raise Refusal("clients_only", N_("Only a client decides this; use a key of that client."))
    return Client.objects.get(id=place.client_id)


# Approvals --------------------------------------------------------------------------------------------


class ApprovalShown(BaseModel):
    id: UUID
    case: str
    kind: ApprovalKind
    sentence: str
    cost: schemas.Money = Field(
        description="What a yes costs you: the step's costs, or what is given up."
    )
    odds_percent: int | None
    duration_days: int | None
    deadline: schemas.Day
    default: Answer = Field(description="What happens without an answer.")
    state: ApprovalState
    asked_at: schemas.Instant
    asked_by: str
    decided_at: schemas.Instant | None
    decided_by: str
    because: str
    in_advance: bool = Field(description="Decided by your mandate, without asking.")


ApprovalPage = schemas.page_of(ApprovalShown)


class ApprovalsAsked(Paged):
    state: ApprovalState | None = None


class AnswerAsked(schemas.Body):
    answer: Answer
    because: schemas.Text300 = ""


def seen(place: Place) -> QuerySet[Approval]:
    found = Approval.objects.filter(agency=place.agency).select_related("case")
    return found.filter(client_id=place.client_id) if place.client_id else found


def approvals(rows: Sequence[Approval]) -> list[dict[str, Any]]:
    return [approval(row) for row in rows]


def approval(row: Approval) -> dict[str, Any]:
    because = row.decided_because
    return {
        "id": row.id, "case": row.case.number, "kind": row.kind, "sentence": filled(row.sentence, readable(row.params)),
        "cost": money(row.amount), "odds_percent": row.odds_percent, "duration_days": row.duration_days,
        "deadline": day(row.deadline), "default": row.default, "state": row.state,
        "asked_at": instant(row.asked_at), "asked_by": row.asked_by,
        "decided_at": instant(row.decided_at) if row.decided_at else None, "decided_by": row.decided_by,
        "because": filled(because, readable(row.decided_params)) if row.decided_params else because,
        "in_advance": row.decided_by_mandate_id is not None,
    }  # fmt: skip


def tagged(request: HttpRequest, row: Approval) -> ApprovalShown:
    found = ApprovalShown.model_validate(approval(row))
    request.entity_tag = tag_of(found.model_dump_json().encode())  # type: ignore[attr-defined]
    return found


@router.get("/approvals", response=ApprovalPage, summary="List what you are asked")
@rules(Scope.CASES_READ)
def list_approvals(request: HttpRequest, asked: Query[ApprovalsAsked]) -> Any:
    """Settlements, legal steps, write-offs, supply stops; the newest first, decided ones too."""
    found = seen(place_of(request))
    if asked.state is not None:
        found = found.filter(state=asked.state)
    return page(request, found, asked, approvals)


@router.get("/approvals/{id}", response=ApprovalShown, summary="Read a question")
@rules(Scope.CASES_READ)
def read_approval(request: HttpRequest, id: UUID) -> Any:
    return tagged(request, get_object_or_404(seen(place_of(request)), id=id))


@router.post("/approvals/{id}/answer", response=ApprovalShown, summary="Answer a question")
@rules(Scope.DECIDE, repeatable=True)
def answer_approval(request: HttpRequest, id: UUID, asked: AnswerAsked) -> Any:
    """What follows from the answer is done at once. 409 when somebody, or the deadline, was first."""
    place = place_of(request)
    row = get_object_or_404(seen(place), id=id)
    own_client(place)
    tag = tag_of(ApprovalShown.model_validate(approval(row)).model_dump_json().encode())
    refuse_changed(request, tag)
    answer(
        agency=place.agency, approval=row, yes=asked.answer == Answer.APPROVE, because=asked.because,
        by=place.actor, at=place.now,
    )  # fmt: skip
    return tagged(request, get_object_or_404(seen(place), id=id))


# Plans ------------------------------------------------------------------------------------------------


class InstalmentShown(BaseModel):
    number: int
    due_on: schemas.Day
    amount: str


class PlanShown(BaseModel):
    number: str
    kind: PlanKind
    state: PlanState
    by_debtor: bool = Field(description="Proposed by the debtor.")
    currency: str
    until: schemas.Day = Field(description="The last day to answer, or to sign.")
    outside: list[str] = Field(description="Why your mandate did not agree it at once.")
    instalments: list[InstalmentShown]
    signed_at: schemas.Instant | None
    signed_by: str
    document: UUID | None
    because: str


def plan_shown(row: Plan) -> PlanShown:
    return PlanShown.model_validate({
        "number": row.number, "kind": row.kind, "state": row.state, "by_debtor": row.by_debtor, "currency": row.currency,
        "until": day(row.until), "outside": [filled(one["text"], readable(one.get("params", {}))) for one in row.outside],
        "instalments": [
            {"number": one.number, "due_on": day(one.due_on), "amount": figure(one.amount, row.currency)}
            for one in row.instalments.order_by("number")
        ],
        "signed_at": instant(row.signed_at) if row.signed_at else None, "signed_by": row.signed_by,
        "document": row.sealed_id or row.document_id, "because": row.because,
    })  # fmt: skip


def plan_of(request: HttpRequest, number: str) -> Plan:
    found = latest_plan(case_of(request, number).id)
    if found is None:
        raise Refusal("not_found", N_("There is no plan in this case."))
    return found


@router.get("/cases/{number}/plan", response=PlanShown, summary="Read a case's plan")
@rules(Scope.CASES_READ)
def read_plan(request: HttpRequest, number: Number) -> Any:
    """The newest payment plan or settlement with its instalments; 404 where there is none."""
    return plan_shown(plan_of(request, number))


@router.post("/cases/{number}/plan/answer", response=PlanShown, summary="Answer a plan")
@rules(Scope.DECIDE, repeatable=True)
def answer_case_plan(request: HttpRequest, number: Number, asked: AnswerAsked) -> Any:
    """Where it is outside your mandate: approved, the debtor can sign it; declined, we go on collecting."""
    place = place_of(request)
    found = plan_of(request, number)
    own_client(place)
    answer_plan(
        agency=place.agency, plan=found, yes=asked.answer == Answer.APPROVE, because=asked.because,
        by=place.actor, at=place.now,
    )  # fmt: skip
    return plan_shown(plan_of(request, number))


# The mandate ------------------------------------------------------------------------------------------


class AuthorityShown(BaseModel):
    """What is approved in advance of one kind."""

    kind: ApprovalKind
    limit: schemas.Money = Field(description="For one case.")
    budget: schemas.Money | None = Field(description="For all together; none: each by itself.")
    per: BudgetPer
    spent: schemas.Money | None = Field(description="Of the budget, so far.")
    least_odds: int | None
    until: schemas.Day | None
    by: str
    at: schemas.Instant


class PlanLimits(schemas.Body):
    """What of plans and settlements may be agreed with debtors without asking you."""

    months: int = Field(
        ge=0, le=60, strict=True, description="From the offer to the last payment; 0: none."
    )
    first_percent: Percent = "0"
    first_days: int = Field(30, ge=0, le=180, strict=True)
    discount: Percent = Field("0", description="The most that may be given up, in percent.")
    may_waive_interest: bool = Field(False, strict=True)
    accelerates: bool = Field(True, strict=True)
    answer_days: int = Field(
        3, ge=1, le=30, strict=True, description="Business days you take to answer."
    )


class MandateShown(BaseModel):
    plans: PlanLimits | None
    authorities: list[AuthorityShown]


class AuthorityAsked(schemas.Body):
    limit: schemas.Amount
    currency: schemas.Currency
    budget: schemas.Amount | None = None
    per: BudgetPer = BudgetPer.MONTH
    least_odds: int | None = Field(None, ge=0, le=100, strict=True)
    until: schemas.Day | None = None


def mandate_shown(place: Place, client: Client) -> dict[str, Any]:
    standing: Mandate | None = mandate_of(client)
    live = [row for row in authorities_of(client.id).values() if not row.withdrawn]
    return {
        "plans": None if standing is None else limits_shown(standing.limits),
        "authorities": [authority_shown(row, place) for row in live],
    }  # fmt: skip


def limits_shown(limits: Limits) -> dict[str, Any]:
    return {
        "months": limits.months, "first_percent": f"{limits.first_percent:f}", "first_days": limits.first_days,
        "discount": f"{limits.discount:f}", "may_waive_interest": limits.may_waive_interest,
        "accelerates": limits.accelerates, "answer_days": limits.answer_days,
    }  # fmt: skip


def authority_shown(row: Authority, place: Place) -> dict[str, Any]:
    def of(amount: Decimal | None) -> dict[str, str] | None:
        return None if amount is None else money(Money(amount, row.currency))

    spent = None if row.budget is None else spent_under(row, place.now.date())
    return {
        "kind": row.kind, "limit": of(row.limit), "budget": of(row.budget), "per": row.per, "spent": of(spent),
        "least_odds": row.least_odds, "until": day(row.until), "by": row.by_name, "at": instant(row.at),
    }  # fmt: skip


@router.get("/mandate", response=MandateShown, summary="Read your mandate")
@rules(Scope.CASES_READ)
def read_mandate(request: HttpRequest) -> Any:
    """What you have decided in advance."""
    place = place_of(request)
    return mandate_shown(place, own_client(place))


@router.put("/mandate/plans", response=MandateShown, summary="Set your mandate for plans")
@rules(Scope.DECIDE)
def set_plan_mandate(request: HttpRequest, asked: PlanLimits) -> Any:
    """From now on; offers made before stand as they were."""
    place = place_of(request)
    client = own_client(place)
    refuse_limited(place)
    said = asked.model_dump()
    limits = Limits(**said | {name: Decimal(said[name]) for name in ("first_percent", "discount")})
    set_mandate(client=client, limits=limits, by=place.actor, at=place.now)
    return mandate_shown(place, client)


@router.put(
    "/mandate/authorities/{kind}", response=MandateShown, summary="Decide a kind in advance"
)
@rules(Scope.DECIDE)
def decide_in_advance(request: HttpRequest, kind: ApprovalKind, asked: AuthorityAsked) -> Any:
    """Up to a limit a case, perhaps within a budget, perhaps until a day."""
    place = place_of(request)
    client = own_client(place)
    refuse_limited(place)
    bounds = Bounds(
        limit=Money(parse_amount(asked.limit, asked.currency, field="limit"), asked.currency),
        budget=parse_amount(asked.budget, asked.currency, field="budget") if asked.budget else None,
        per=asked.per, least_odds=asked.least_odds,
        until=parse_day(asked.until, field="until") if asked.until else None,
    )  # fmt: skip
    set_authority(client=client, kind=kind, bounds=bounds, by=place.actor, at=place.now)
    return mandate_shown(place, client)


@router.delete(
    "/mandate/authorities/{kind}", response=MandateShown, summary="Take a decision in advance back"
)
@rules(Scope.DECIDE)
def ask_again(request: HttpRequest, kind: ApprovalKind) -> Any:
    """From now on you are asked again."""
    place = place_of(request)
    client = own_client(place)
    refuse_limited(place)
    withdraw_authority(client=client, kind=kind, by=place.actor, at=place.now)
    return mandate_shown(place, client)
