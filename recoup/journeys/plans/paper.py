"""The plan's paper, offered and signed, from what was worked out; nothing is reckoned anew here."""

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings

from recoup.cases.models import ClaimLine
from recoup.contact.queries import posted
from recoup.files.models import Document
from recoup.files.operations import keep
from recoup.journeys.letter import payment_of, sender_of
from recoup.jurisdictions.laws import law
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import NotAnswered
from recoup.paper.documents.payment_plan import Effect, InstalmentRow, PaymentPlan, payment_plan
from recoup.paper.languages import language_of, spoken_or_english
from recoup.paper.parts import Address, Paper, Person, Signature, country_name
from recoup.paper.seal import ensure_seal_keys, seal
from recoup.plans.models import Plan
from recoup.plans.queries import dues_of, terms_of

KIND, SEALED = "plan", "plan_signed"


def plan_link() -> str:
    return f"{settings.ORIGIN}/d/plan/"


def spoken(plan: Plan) -> str:
    return spoken_or_english(plan.language).code


def data_of(plan: Plan, *, written_on: date, signed: Signature | None = None) -> PaymentPlan:
    """What the paper says; the same row gives the same paper."""
    case, terms = plan.case, terms_of(plan)
    agency, figures = case.agency, plan.figures

    def money(name: str) -> Money:
        return Money(Decimal(figures[name]), plan.currency).rounded()

    lines = ClaimLine.objects.filter(case=case, kind=ClaimLine.Kind.INVOICE).order_by(
        "due_on", "ref"
    )
    return PaymentPlan(
        paper_id=plan.number, kind=plan.kind, plan_number=plan.number, case_number=case.number,
        written_on=written_on, as_of=plan.on, until=plan.until, sender=sender_of(agency),
        recipient=Address(name=case.debtor.name, lines=posted(case.debtor), country=case.debtor.country),
        contact=Person(
            name=str(case.collector.user) if case.collector else agency.name, phone=agency.phone, email=agency.email,
        ),
        creditor=case.client.name, debtor=case.debtor.name, invoices=tuple(line.ref for line in lines),
        principal=money("principal"), interest=money("interest"), compensation=money("compensation"),
        costs=money("costs"), owed=money("owed"), interest_to_come=money("interest_to_come"),
        given_up=money("given_up"),
        instalments=tuple(
            InstalmentRow(number=d.number, due_on=d.due_on, amount=Money(d.amount, plan.currency).rounded())
            for d in dues_of(plan)
        ),
        grace_days=terms.grace_days, accelerates=terms.accelerates, free=terms.waives_interest,
        penalty=terms.penalty or None, payment=payment_of(agency, case),
        link=plan_link(), effect=effect_of(plan), signed=signed,
    )  # fmt: skip


def effect_of(plan: Plan) -> Effect | None:
    """None where nobody has established what an acknowledgement does there."""
    code = plan.case.jurisdiction
    try:
        found = law(code).acknowledgement()
    except NotAnswered:
        return None
    country = country_name(code.partition("-")[0], language_of(spoken(plan)))
    return Effect(country=country, source=found.source or "–")


def offered(plan: Plan, *, by: Actor, at: datetime) -> Document:
    """The paper to be signed, kept where the debtor reads it."""
    made = payment_plan(data_of(plan, written_on=at.date()), language=spoken(plan), at=at)
    return kept(plan, made, made.content, KIND, by, at)


def signed(plan: Plan, *, by: Actor, at: datetime) -> Document:
    """The signed paper, sealed."""
    assert plan.signed_at is not None
    evidence = f"{plan.number} · {plan.trail['shown'][:16]}"
    signature = Signature(
        name=plan.signed_by,
        title=plan.trail.get("title") or plan.case.debtor.name,
        at=plan.signed_at,
        evidence=evidence,
    )
    made = payment_plan(
        data_of(plan, written_on=at.date(), signed=signature), language=spoken(plan), at=at
    )
    agency = plan.case.agency
    keys = ensure_seal_keys(settings.SECRETS_ROOT, organisation=agency.name, at=at)
    content = seal(made.content, reason=f"{made.title} – {plan.signed_by}", name=agency.name, at=at, keys=keys)  # fmt: skip
    return kept(plan, made, content, SEALED, by, at)


def kept(plan: Plan, made: Paper, content: bytes, kind: str, by: Actor, at: datetime) -> Document:
    return keep(
        agency=plan.agency_id, content=content, name=made.filename, media_type="application/pdf", kind=kind,
        title=made.title[:200], language=spoken(plan), client=plan.client_id, case=plan.case_id,
        audience="debtor", by=by, at=at,
    )  # fmt: skip
