"""What the API takes and gives: one name per thing, amounts and days as text, nothing unknown taken."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from recoup.keys.rules import Scope

Amount = Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9]{1,13}(\.[0-9]{1,4})?$"),
                   Field(description="Plain digits with at most the currency's own decimals.", examples=["1250.00"])]  # fmt: skip
Currency = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{3}$"),
                     Field(description="ISO 4217", examples=["EUR"])]  # fmt: skip
Country = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{2}$"),
                    Field(description="ISO 3166-1 alpha-2", examples=["DE"])]  # fmt: skip
Day = Annotated[str, StringConstraints(strict=True, pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"),
                Field(description="A day, YYYY-MM-DD.", examples=["2026-08-31"])]  # fmt: skip
Instant = Annotated[
    str, Field(description="RFC 3339, UTC", json_schema_extra={"format": "date-time"})
]


Text7 = Annotated[str, StringConstraints(strict=True, max_length=7)]
Text20 = Annotated[str, StringConstraints(strict=True, max_length=20)]
Text40 = Annotated[str, StringConstraints(strict=True, max_length=40)]
Text60 = Annotated[str, StringConstraints(strict=True, max_length=60)]
Text100 = Annotated[str, StringConstraints(strict=True, max_length=100)]
Text120 = Annotated[str, StringConstraints(strict=True, max_length=120)]
Text150 = Annotated[str, StringConstraints(strict=True, max_length=150)]
Text254 = Annotated[str, StringConstraints(strict=True, max_length=254)]
Text300 = Annotated[str, StringConstraints(strict=True, max_length=300)]
Some48 = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=48)]
Some60 = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=60)]
Some200 = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]
Some300 = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=300)]
Some500 = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=500)]


class Body(BaseModel):
    """What is sent: an unknown field is refused, never passed over."""

    model_config = ConfigDict(extra="forbid")


class Money(BaseModel):
    amount: str
    currency: str


# Quote ------------------------------------------------------------------------------------------------


class QuoteAsked(Body):
    creditor: Country
    debtor: Country
    amount: Amount
    currency: Currency
    due: Day
    documents: bool | None = Field(
        None, strict=True, description="Invoice and proof of delivery at hand?"
    )
    disputed: bool | None = Field(None, strict=True, description="Does the debtor object?")


class QuoteQuery(QuoteAsked):
    documents: Literal["true", "false"] | None = Field(
        None, description="Invoice and proof of delivery at hand?"
    )  # type: ignore[assignment]
    disputed: Literal["true", "false"] | None = Field(None, description="Does the debtor object?")  # type: ignore[assignment]


class Commission(BaseModel):
    rate: str = Field(description="percent")
    amount: str = Field(description="if all of the claim is collected")
    band: str
    clause: str
    by_minimum: bool
    minimum: str
    minimum_clause: str
    legal_rate: str
    legal_clause: str


class Expected(BaseModel):
    recovery: str = Field(description="percent")
    low: str
    high: str
    days: int


class Waiting(BaseModel):
    days: int
    commission_rate: str
    recovery: str
    collected: str
    net: str


class Quote(BaseModel):
    number: str | None = Field(description="null where the price was only asked")
    link: str | None
    rate_card: str
    on: str
    valid_until: str
    currency: str
    age_days: int
    commission: Commission
    set_up_fee: str
    vat_rate: str | None
    charged_to_debtor: dict[str, Any] = Field(description="interest, compensation and costs by law")
    expected: Expected
    waiting: list[Waiting]
    documents: list[str]
    next_steps: list[str]
    why: list[str]


# Cases ------------------------------------------------------------------------------------------------


class DebtorAsked(Body):
    name: Some200
    country: Country
    vat_number: Text20 = ""
    registration_number: Text40 = ""
    address: list[Text120] = Field(default_factory=list, max_length=6)
    postcode: Text20 = ""
    city: Text100 = ""
    email: Text254 = ""
    phone: Text40 = ""
    contact: Text150 = ""
    business: bool = Field(
        strict=True, description="true: the debtor is a company, not a private person"
    )


class LineAsked(Body):
    kind: Literal["invoice", "credit_note"] = "invoice"
    ref: Some60
    issued_on: Day | None = None
    due_on: Day
    amount: Amount = Field(description="Still open, with VAT; positive for a credit note too.")
    document: UUID | None = Field(None, description="Of a file sent to /uploads before.")


class CaseAsked(Body):
    """One debtor's overdue invoices, in one currency."""

    debtor: DebtorAsked
    currency: Currency
    lines: list[LineAsked] = Field(min_length=1, max_length=100)
    documents: list[UUID] = Field(
        default_factory=list, max_length=20, description="Of files sent to /uploads."
    )
    client_reference: Text60 = ""
    division: Text100 = Field(
        "",
        description="Id, reference or name of a division of the client; blank: none in particular.",
    )
    known_dispute: bool = Field(False, strict=True)
    quote: Text20 = Field("", description="Number of a quote, such as Q-2026-000012.")
    client: Text20 = Field(
        "",
        description="A key of the agency names the client, K-000001; a client's own key does not.",
    )


class Debtor(BaseModel):
    name: str
    country: str
    vat_number: str
    registration_number: str
    address: list[str]
    postcode: str
    city: str


class DivisionNamed(BaseModel):
    id: UUID
    name: str
    reference: str


class CaseRow(BaseModel):
    number: str
    reference: str = Field(description="RF creditor reference (ISO 11649) for payments")
    client_reference: str
    client: str
    division: DivisionNamed | None
    stage: str
    debtor: Debtor
    claimed: Money
    jurisdiction: str
    submitted_at: Instant


class ClaimLine(BaseModel):
    kind: str
    ref: str
    issued_on: str | None
    due_on: str
    amount: str
    document: UUID | None


class Hold(BaseModel):
    id: UUID
    kind: str
    since: Instant
    until: str | None
    because: str


class Case(CaseRow):
    lines: list[ClaimLine]
    holds: list[Hold]
    collector: str | None
    collected: Money
    next_step: str | None = Field(description="One sentence: what comes next and why.")
    closed: str | None = Field(description="How the case ended.")


class Finding(BaseModel):
    code: str
    level: Literal["good", "look", "stop"]
    detail: str


class Eligibility(BaseModel):
    """The dry run of a submission."""

    eligible: bool = Field(description="Whether the same request to /cases would make a case.")
    acceptable: bool = Field(description="Whether nothing stands against accepting it.")
    problem: "Problem | None" = None
    findings: list[Finding] = Field(default_factory=list)
    jurisdiction: str | None = None
    claimed: Money | None = None


class ContactAsked(Body):
    name: Text150 = ""
    role: Text100 = ""
    email: Text254 = ""
    phone: Text40 = ""
    language: Text7 = ""


class Amended(Body):
    """Only what is named changes."""

    client_reference: Text60 | None = None
    known_dispute: bool | None = Field(None, strict=True)
    division: Text100 | None = Field(
        None, description="Id, reference or name; blank: none in particular. At any stage."
    )
    lines: list[LineAsked] = Field(
        default_factory=list, max_length=100, description="further invoices and credit notes"
    )
    contacts: list[ContactAsked] = Field(
        default_factory=list, max_length=20, description="further contacts"
    )


class CreditNoteAsked(Body):
    ref: Some60
    amount: Amount
    on: Day = Field(description="The day from which it counts.")
    invoice: Some60 | None = Field(
        None, description="Number of the invoice it credits; needed once the case is being worked."
    )
    because: Text300 = Field("", description="Why; the debtor reads it.")
    document: UUID | None = Field(None, description="Of a file sent to /uploads.")


class WithdrawalAsked(Body):
    because: Some300


class PlacementAsked(Body):
    cases: list[CaseAsked] = Field(min_length=1, max_length=200)


class OpenItemAsked(Body):
    """An invoice that is open in your books and not placed."""

    debtor: Some200 = Field(description="The company that owes.")
    country: Country
    registration_number: Text40 = ""
    vat_number: Text20 = ""
    city: Text100 = ""
    postcode: Text20 = ""
    email: Text254 = ""
    invoice: Some60
    issued_on: Day | None = None
    due_on: Day
    amount: Amount = Field(description="Still open, with VAT.")
    currency: Currency


class OpenItemsAsked(Body):
    client: Text20 = Field("", description="The client's reference; with a key of the agency only.")
    items: list[OpenItemAsked] = Field(min_length=1, max_length=5000)
    whole: bool = Field(False, description="The list has every open item: what it lacks was paid.")


class ItemProblem(BaseModel):
    row: int = Field(description="Place in the request, from 2 (1 is the heading).")
    field: str
    code: str
    detail: str


class OpenItems(BaseModel):
    rows: int
    new: int
    changed: int
    gone: int = Field(description="No longer listed: counted as paid.")
    problems: list[ItemProblem]


class TradeAsked(Body):
    """An order of a debtor of yours, or the credit limit that you give it from a day on."""

    debtor: Some200
    country: Country
    registration_number: Text40 = ""
    vat_number: Text20 = ""
    city: Text100 = ""
    kind: Literal["order", "limit"]
    on: Day = Field(description="Day of the order, or from which the limit holds.")
    amount: Amount
    currency: Currency
    ref: Text60 = Field("", description="Your number of it: sent twice it counts once.")


class TradesAsked(Body):
    client: Text20 = Field("", description="The client's reference; with a key of the agency only.")
    trades: list[TradeAsked] = Field(min_length=1, max_length=5000)


class Trades(BaseModel):
    rows: int
    new: int
    problems: list[ItemProblem]


class SignalShown(BaseModel):
    kind: str
    number: int = Field(description="Its place among the eighteen; 0 for the others.")
    on: Day
    source: Literal["observed", "computed", "notice"]
    text: str
    left: str = Field(description="What is left of it today, in percent.")
    expires_on: Day


class LevelShown(BaseModel):
    debtor: UUID
    name: str
    country: str
    score: str = Field(description="0 to 100.")
    band: Literal["calm", "watch", "warning", "alarm"]
    proposals: list[str]
    signals: list[SignalShown]


class Levels(BaseModel):
    """Of whom something warns today: from your own data, from what your people saw, from what is published."""

    levels: list[LevelShown]
    next: str | None


class SignalAsked(Body):
    debtor: UUID = Field(description="As in /signals or in a case.")
    kind: Some48
    on: Day
    note: Some500 = Field(description="What was seen, where, from whom: the evidence.")


class Placed(BaseModel):
    index: int = Field(description="Place in the request, from 0.")
    case: CaseRow | None
    fresh: bool = Field(description="false: this case was there already")
    problem: "Problem | None"


class Placement(BaseModel):
    """Each case for itself: those that can be taken are, the others say why."""

    accepted: int
    refused: int
    results: list[Placed]


class HoldAsked(Body):
    because: Some300
    until: Day | None = None


class LiftAsked(Body):
    because: Some300


class Owed(BaseModel):
    """What the debtor owes on a day, with every interest segment and the reasons (as `recoup owed`)."""

    jurisdiction: str
    currency: str
    as_of: str
    principal: str
    interest: str
    interest_accrued: str
    interest_paid: str
    compensation: dict[str, Any]
    costs: str
    total: str
    unallocated: str
    per_diem: str
    segments: list[dict[str, Any]]
    allocations: list[dict[str, Any]]
    claims: list[dict[str, Any]]
    cost_lines: list[dict[str, Any]]
    limitation: dict[str, Any] | None
    why: list[str]
    not_answered: list[str]
    provisional: bool
    entered: Any = None
    conventions: Any = None


class Event(BaseModel):
    id: UUID
    kind: str = Field(description="Past tense, such as CaseAccepted; new kinds may come.")
    at: Instant
    by: str
    case: str | None
    sentence: str
    body: str
    data: dict[str, Any] = Field(description="Amounts as text, days ISO.")


class Document(BaseModel):
    id: UUID
    name: str
    title: str
    kind: str
    media_type: str
    size: int
    sha256: str
    case: str | None
    made_at: Instant


class Uploaded(BaseModel):
    document: UUID | None = Field(description="null where the file was not kept")
    name: str
    problem: "Problem | None" = Field(description="why no invoice could be read from it")
    proposal: dict[str, Any] | None = Field(
        description="the case as read from the file, to be checked and sent to /cases"
    )


# Money ------------------------------------------------------------------------------------------------


class DirectPaymentAsked(Body):
    amount: Amount
    on: Day = Field(description="The day the money came.")


class Payment(BaseModel):
    id: UUID
    received_on: str
    amount: str
    currency: str
    costs: str
    compensation: str
    interest: str
    principal: str
    direct: bool
    waived: bool
    undone: bool


class Remittance(BaseModel):
    id: UUID
    number: str
    on: str
    currency: str
    gross: str
    commission: str
    vat: str
    net: str
    statement: UUID | None
    invoice: str | None


class Invoice(BaseModel):
    id: UUID
    number: str
    on: str
    currency: str
    net: str
    vat: str
    total: str
    document: UUID | None


# House ------------------------------------------------------------------------------------------------


class Task(BaseModel):
    id: UUID
    kind: str
    sentence: str
    default: str = Field(description="What happens if nobody does it.")
    due_on: str
    case: str | None


class TaskAnswer(Body):
    outcome: Some60


class User(BaseModel):
    id: UUID
    name: str
    email: str
    role: str
    active: bool


class Me(BaseModel):
    key: str
    name: str
    scopes: list[Scope]
    agency: str
    client: str | None
    sandbox: bool
    today: str


class Problem(BaseModel):
    """RFC 9457. `code` is stable; `detail` is the sentence the pages show, in your language."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | None = None
    found: str | None = None
    row: str | None = None
    file: str | None = None
    errors: list["Fault"] | None = None


class Fault(BaseModel):
    field: str
    detail: str


def page_of(of: Any) -> Any:
    """A page of a list: `next` is the cursor of the page after it, null on the last."""
    from pydantic import create_model

    return create_model(f"{of.__name__}Page", items=(list[of], ...), next=(str | None, ...),
                        __doc__=f"A page of {of.__name__}; `next` is the following page's cursor.")  # fmt: skip


for _model in (Eligibility, Placed, Placement, Uploaded, Problem):
    _model.model_rebuild()
CasePage, EventPage, DocumentPage = page_of(CaseRow), page_of(Event), page_of(Document)
RemittancePage, InvoicePage, TaskPage, UserPage = (page_of(Remittance), page_of(Invoice), page_of(Task), page_of(User))  # fmt: skip
PaymentPage = page_of(Payment)


class DivisionAsked(Body):
    """A part of a client with cases of its own."""

    name: Text100
    reference: Text40 = Field("", description="Such as a cost centre.")
    email: Text254 = Field("", description="Where notices about its cases go.")
    address: list[Text120] = Field(default_factory=list, max_length=6)
    postcode: Text20 = ""
    city: Text100 = ""


class DivisionChanged(Body):
    """Only what is named changes."""

    name: Text100 | None = None
    reference: Text40 | None = None
    email: Text254 | None = None
    address: list[Text120] | None = Field(None, max_length=6)
    postcode: Text20 | None = None
    city: Text100 | None = None
    closed: bool | None = Field(None, strict=True, description="A closed one takes no new cases.")


class Division(BaseModel):
    id: UUID
    name: str
    reference: str
    email: str
    address: list[str]
    postcode: str
    city: str
    closed: bool


class DivisionPage(BaseModel):
    items: list[Division]
    next: str | None
