"""A case ends: its book is squared, the client gets the closing report, the case is closed."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, override

from recoup.agreements.papers import sender
from recoup.approvals.operations import drop_approvals
from recoup.cases.models import Case, ClaimLine, Closure, Hold, Move
from recoup.cases.operations import close_case, lift_hold
from recoup.cases.rules.closing import ADVICE, EndFacts, refuse_end
from recoup.cases.states import WRITTEN_OFF, CloseCode, HoldKind, Stage
from recoup.contact.models import ContactAttempt, VisitReport
from recoup.files.models import Document
from recoup.files.operations import keep
from recoup.journeys.accept_and_assign import address_of, person
from recoup.journeys.bill import bill_fee
from recoup.journeys.mail import mail_client, portal_link
from recoup.jurisdictions.owed import Owed
from recoup.kernel.actor import SYSTEM, Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_
from recoup.paper.documents.certificate import Certificate, ClaimRow, SettledRow, certificate
from recoup.paper.documents.closing_report import ClosingReport, Outcome, StepTaken, closing_report
from recoup.paper.languages import spoken_or_english
from recoup.paper.seal import ensure_seal_keys, seal
from recoup.payments.models import Allocation
from recoup.payments.operations.booking import Unit
from recoup.payments.operations.settle import Life, life_of, square_costs
from recoup.payments.queries import owed
from recoup.plans.models import Plan
from recoup.plans.operations import end_plan, keep_plan
from recoup.plans.queries import standing_plan
from recoup.plans.states import PlanState
from recoup.surveys.operations import ask_survey
from recoup.tenancy.models import Agency

OUTCOMES = {
    CloseCode.PAID: Outcome.PAID_IN_FULL,
    CloseCode.PAID_AND_REST_WAIVED: Outcome.PARTLY_PAID,
    CloseCode.SETTLED: Outcome.SETTLED,
    CloseCode.WITHDRAWN: Outcome.WITHDRAWN,
    CloseCode.UNCOLLECTABLE: Outcome.UNCOLLECTABLE,
    CloseCode.INSOLVENT: Outcome.INSOLVENT,
    CloseCode.LIMITATION: Outcome.TIME_BARRED,
    CloseCode.PLAN_COMPLETED: Outcome.PLAN_COMPLETED,
    CloseCode.UNTRACEABLE: Outcome.UNTRACEABLE,
    CloseCode.NO_ASSETS: Outcome.NO_ASSETS,
    CloseCode.UNECONOMIC: Outcome.UNECONOMIC,
    CloseCode.DISPUTED: Outcome.DISPUTED,
}
PAID = (CloseCode.PAID, CloseCode.PAID_AND_REST_WAIVED, CloseCode.PLAN_COMPLETED)
SUBMITTED = N_("You handed the case over to us")
CHANNELS = {
    "email": N_("E-mail to the debtor"), "letter": N_("Letter to the debtor"), "call": N_("Call to the debtor"),
    "sms": N_("Text message to the debtor"), "visit": N_("Visit to the debtor"),
}  # fmt: skip
OTHER = N_("Contact with the debtor")
PAYMENT = N_("Payment received")
DIRECT = N_("Payment to you reported")
GIVEN_UP = N_("Part of the claim given up")
MOST_STEPS = 40


@transaction.atomic
def close_with_report(
    *, agency: Agency, case: Case, code: str, because: str, by: Actor, at: datetime
) -> Closure:
    """Close a case with its report, kept and mailed to the client; all or nothing.

    Raises `Refusal` as `close_case`, `refuse_end`, and as paper does when the report cannot be written.
    """
    known = owed(case=case, on=at.date())
    refuse_end(code, end_facts(case, known, at.date()))
    if code in PAID:
        square_costs(case=case, by=by, at=at)
    report = report_for(agency, case, code, by, at)
    closure = close_case(case=case, code=code, because=because, report=report, by=by, at=at)
    wind_up(case, code, by=by, at=at)
    survey = None if case.client.own else ask_survey(case=case, at=at)
    paper = certificate_for(agency, case, code, by, at)
    if code == CloseCode.WITHDRAWN:
        bill_fee(case=case, kind="withdrawal", by=SYSTEM, at=at)
    mail_client(
        agency=agency, client=case.client, key=f"case-closed:{case.id}", template="case_closed", purpose="updates",
        subject=N_("Case %(number)s is closed"),
        paragraphs=[
            N_("Case %(number)s against %(debtor)s is closed. The closing report with all the money and everything that was done is attached."),
            N_("You can read it all here: %(link)s"),
            *([N_("How did we do? Two questions, one minute: %(survey)s")] if survey else []),
        ],
        params={"number": case.number, "debtor": case.debtor.name, "link": portal_link(case.number),
                "survey": f"{settings.ORIGIN}/survey/{survey}/"},
        attachments=[report.id, *([paper.id] if paper else [])], case=case.id, at=at,
    )  # fmt: skip
    return closure


def wind_up(case: Case, code: str, *, by: Actor, at: datetime) -> None:
    """The plan that stands ends with its case: kept when nothing is owed, else taken back."""
    plan = standing_plan(case.id)
    if plan is not None and code in PAID and plan.state == PlanState.AGREED:
        keep_plan(plan=plan, by=by, at=at)
    elif plan is not None:
        end_plan(plan=plan, because=N_("the case is closed"), by=by, at=at)
    drop_approvals(case=case, because=N_("the case is closed"), by=by, at=at)
    for hold in Hold.objects.filter(case=case, kind=HoldKind.PLAN, lifted_at__isnull=True):
        lift_hold(hold=hold, because=N_("the case is closed"), by=by, at=at)


def report_for(agency: Agency, case: Case, code: str, by: Actor, at: datetime) -> Document:
    language = spoken_or_english(case.client.language).code
    life = life_of(case, owed(case=case, on=at.date()))
    data = report_data(agency, case, code, life, language, at.date())
    paper = closing_report(data, language=language, at=at)
    return keep(
        agency=agency.id, content=paper.content, name=paper.filename, media_type="application/pdf",
        kind="closing_report", title=paper.title[:200], language=language, client=case.client_id, case=case.id,
        by=by, at=at,
    )  # fmt: skip


def report_data(
    agency: Agency, case: Case, code: str, life: Life, language: str, on: date
) -> ClosingReport:
    return ClosingReport(
        paper_id=f"CLOSE-{case.number}", case_number=case.number, written_on=on, sender=sender(agency),
        recipient=address_of(case.client), contact=person(agency, case.client.account_manager),
        debtor=case.debtor.name, outcome=OUTCOMES[CloseCode(code)], opened_on=case.submitted_at.date(),
        closed_on=on, principal=life.principal, interest=life.interest, compensation=life.compensation,
        costs=life.costs, collected=life.collected, waived=life.waived, outstanding=life.outstanding,
        fees=life.fees, remitted=life.remitted, steps=steps_of(case, language), link=portal_link(case.number),
        advice=advice_for(code, language),
    )  # fmt: skip


def advice_for(code: str, language: str) -> str | None:
    found = ADVICE.get(CloseCode(code))
    if found is None:
        return None
    with override(language.lower()):
        return gettext(found)


def end_facts(case: Case, known: Owed, on: date) -> EndFacts:
    """What the case's file says about how it can end."""
    attempts = list(ContactAttempt.objects.filter(case=case).values_list("channel", "right_party"))
    holds = set(Hold.objects.filter(case=case).values_list("kind", flat=True))
    return EndFacts(
        number=case.number, on=on, channels=len({channel for channel, _ in attempts}),
        reached=any(right for _, right in attempts), disputed=case.known_dispute or HoldKind.DISPUTED in holds,
        sought_at_law=Move.objects.filter(case=case, now=Stage.LEGAL).exists(),
        visited=VisitReport.objects.filter(visit__case=case).exists(),
        plan_kept=Plan.objects.filter(case=case, state=PlanState.KEPT).exists(),
        limitation=known.limitation.ends_on if known.limitation else None,
    )  # fmt: skip


def certificate_for(
    agency: Agency, case: Case, code: str, by: Actor, at: datetime
) -> Document | None:
    """For the client's books, sealed unless all is paid; None where the client took the claim back or it goes on disputed."""
    if code in (CloseCode.WITHDRAWN, CloseCode.DISPUTED):
        return None
    language = spoken_or_english(case.client.language).code
    made = certificate(certificate_data(agency, case, code, language, at.date()), language=language, at=at)  # fmt: skip
    content = made.content
    if code not in PAID:  # many of those close in one bank file, and nobody doubts them
        keys = ensure_seal_keys(settings.SECRETS_ROOT, organisation=agency.name, at=at)
        content = seal(content, reason=made.title, name=agency.name, at=at, keys=keys)
    return keep(
        agency=agency.id, content=content, name=made.filename, media_type="application/pdf", kind="certificate",
        title=made.title[:200], language=language, client=case.client_id, case=case.id, by=by, at=at,
    )  # fmt: skip


def certificate_data(agency: Agency, case: Case, code: str, language: str, on: date) -> Certificate:
    unit = Unit(case.currency)
    claims = tuple(
        ClaimRow(ref=line.ref, due_on=line.due_on, amount=unit(line.amount if line.kind == ClaimLine.Kind.INVOICE else -line.amount))
        for line in ClaimLine.objects.filter(case=case).order_by("due_on", "id")
    )  # fmt: skip
    rows = list(Allocation.objects.filter(case=case).order_by("received_on", "id"))
    principal = sum((claim.amount for claim in claims), Money.zero(case.currency))
    recovered = unit(sum((row.principal for row in rows if not row.waived), Decimal(0)))
    given_up = unit(sum((row.principal for row in rows if row.waived), Decimal(0)))
    return Certificate(
        paper_id=f"CERT-{case.number}", case_number=case.number, written_on=on, sender=sender(agency),
        recipient=address_of(case.client), contact=person(agency, case.client.account_manager),
        debtor=case.debtor.name, outcome=OUTCOMES[CloseCode(code)], written_off=code in WRITTEN_OFF,
        opened_on=case.submitted_at.date(), closed_on=on, claims=claims,
        settled=tuple(
            SettledRow(on=row.received_on, way="waived" if row.waived else "to_you" if row.direct else "to_us",
                       amount=unit(row.amount - row.overpaid), principal=unit(row.principal))
            for row in rows if row.amount or row.principal
        ),
        principal=principal, recovered=recovered, given_up=given_up, left=principal - recovered - given_up,
        steps=steps_of(case, language),
    )  # fmt: skip


def steps_of(case: Case, language: str) -> tuple[StepTaken, ...]:
    """What was done and what came in, in the client's language, the oldest first."""
    found: list[tuple[date, str]] = [(case.submitted_at.date(), SUBMITTED)]
    attempts = ContactAttempt.objects.filter(case=case).values_list("made_at", "channel")
    found += [(at.date(), CHANNELS.get(channel, OTHER)) for at, channel in attempts]
    found += payments_of(case)
    found.sort(key=lambda step: step[0])
    with override(language.lower()):
        return tuple(StepTaken(on=on, what=gettext(what)) for on, what in found[:MOST_STEPS])


def payments_of(case: Case) -> Sequence[tuple[date, str]]:
    live = Allocation.objects.filter(case=case, reverses__isnull=True, reversed_by__isnull=True)
    live = live.exclude(amount=0)
    return [
        (on, GIVEN_UP if waived else DIRECT if direct else PAYMENT)
        for on, direct, waived in live.values_list("received_on", "direct", "waived")
    ]
