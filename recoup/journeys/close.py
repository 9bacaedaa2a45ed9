"""A case ends: its book is squared, the client gets the closing report, the case is closed."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext, override

from recoup.agreements.papers import sender
from recoup.approvals.operations import drop_approvals
from recoup.cases.models import Case, Closure, Hold
from recoup.cases.operations import close_case, lift_hold
from recoup.cases.states import CloseCode, HoldKind
from recoup.contact.models import ContactAttempt
from recoup.files.models import Document
from recoup.files.operations import keep
from recoup.journeys.accept_and_assign import address_of, person
from recoup.journeys.mail import mail_client, portal_link
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_
from recoup.paper.documents.closing_report import ClosingReport, Outcome, StepTaken, closing_report
from recoup.paper.languages import LANGUAGES
from recoup.payments.models import Allocation
from recoup.payments.operations.settle import Life, life_of, square_costs
from recoup.payments.queries import owed
from recoup.plans.operations import end_plan, keep_plan
from recoup.plans.queries import standing_plan
from recoup.plans.states import PlanState
from recoup.tenancy.models import Agency

OUTCOMES = {
    CloseCode.PAID: Outcome.PAID_IN_FULL,
    CloseCode.PAID_AND_REST_WAIVED: Outcome.PARTLY_PAID,
    CloseCode.SETTLED: Outcome.SETTLED,
    CloseCode.WITHDRAWN: Outcome.WITHDRAWN,
    CloseCode.UNCOLLECTABLE: Outcome.UNCOLLECTABLE,
    CloseCode.INSOLVENT: Outcome.INSOLVENT,
    CloseCode.LIMITATION: Outcome.TIME_BARRED,
}
PAID = (CloseCode.PAID, CloseCode.PAID_AND_REST_WAIVED)
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

    Raises `Refusal` as `close_case`, and as paper does when the report cannot be written.
    """
    if code in PAID:
        square_costs(case=case, by=by, at=at)
    report = report_for(agency, case, code, by, at)
    closure = close_case(case=case, code=code, because=because, report=report, by=by, at=at)
    wind_up(case, code, by=by, at=at)
    mail_client(
        agency=agency, client=case.client, key=f"case-closed:{case.id}", template="case_closed", purpose="updates",
        subject=N_("Case %(number)s against %(debtor)s is closed"),
        paragraphs=[
            N_("Case %(number)s against %(debtor)s is closed. The closing report with all the money and everything that was done is attached."),
            N_("You can read it all here: %(link)s"),
        ],
        params={"number": case.number, "debtor": case.debtor.name, "link": portal_link(case.number)},
        attachments=[report.id], case=case.id, at=at,
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
    language = case.client.language if case.client.language in LANGUAGES else "en"
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
