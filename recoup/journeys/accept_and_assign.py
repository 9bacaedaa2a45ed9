"""An account manager takes a case: it is accepted, given to a collector at once, and the client is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from recoup.agreements.papers import sender
from recoup.agreements.rules import Terms, commission
from recoup.cases.models import Case, Review
from recoup.cases.operations import (
    accept_case,
    add_task,
    assign_case,
    best_collector,
    decline_case,
    keep_review,
)
from recoup.cases.operations.review import INFORMATION
from recoup.cases.operations.tasks import finish_all
from recoup.cases.queries import principal_of, review_facts, review_terms
from recoup.cases.rules import Finding, Scored, may_accept, review
from recoup.files.models import Document
from recoup.files.operations import keep
from recoup.journeys.bill import bill_fee
from recoup.journeys.mail import mail_client, portal_link
from recoup.kernel.actor import SYSTEM, Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.paper.documents.acceptance import Acceptance, FirstStep, acceptance
from recoup.paper.parts import Address, Person
from recoup.parties.models import Client
from recoup.tenancy.models import Agency, Member
from recoup.tenancy.roles import Role


@dataclass(frozen=True, slots=True)
class Accepted:
    """`scored` is None where nobody was there to take the case; a supervisor then has a task."""

    case: Case
    letter: Document
    scored: Scored | None


def findings_of(case: Case, on: date) -> tuple[Finding, ...]:
    """The feasibility review of a case as of day `on`."""
    return review(review_facts(case), on)


@transaction.atomic
def accept_and_assign(
    *, agency: Agency, case: Case, by: Actor, at: datetime, needed: Sequence[str] = (), automatic: bool = False
) -> Accepted:  # fmt: skip
    """Accept, assign to the best fit, keep the acceptance letter and mail it; all or nothing.

    `needed`: what the client should still send, in its language. Raises `Refusal`
    `review_not_passed` with the finding's sentence, and those of `accept_case`.
    """
    today = at.date()
    findings = findings_of(case, today)
    against = may_accept(findings)
    if against is not None:
        raise Refusal(against.code, against.text, **against.params)
    accept_case(case=case, by=by, at=at)
    end_question(case, "accepted", by, at)
    keep_review(
        case=case, verdict=Review.Verdict.ACCEPTED, findings=findings, rules=review_terms(agency.id).version,
        automatic=automatic, by=by, at=at,
    )  # fmt: skip
    scored = assigned(agency, case, today, at)
    bill_fee(case=case, kind="set_up", by=SYSTEM, at=at)
    letter = letter_for(agency, case, list(needed), by, at)
    tell_accepted(agency, case, letter, at)
    return Accepted(case, letter, scored)


def assigned(agency: Agency, case: Case, today: date, at: datetime) -> Scored | None:
    """Give the case to the best collector; without any, to a supervisor's list."""
    scored = best_collector(agency=agency.id, case=case, on=today)
    if scored is not None:
        collector = Member.objects.select_related("user").get(id=scored.member)
        assign_case(case=case, collector=collector, because=scored.because, by=SYSTEM, at=at)
        return scored
    add_task(
        agency=agency.id, key=f"assign:{case.id}", kind="assign", role=Role.SUPERVISOR,
        sentence=N_("Nobody is there to take case %(number)s (%(country)s, %(language)s); assign it."),
        params={"number": case.number, "country": case.debtor.country, "language": case.debtor.language},
        due_on=today + timedelta(days=1), default=N_("It is tried again with the next day run."),
        case=case, by=SYSTEM, at=at,
    )  # fmt: skip
    return None


def letter_for(
    agency: Agency, case: Case, needed: Sequence[str], by: Actor, at: datetime
) -> Document:
    client = case.client
    made = acceptance(acceptance_of(agency, case, needed, at), language=client.language, at=at)
    return keep(
        agency=agency.id, content=made.content, name=made.filename, media_type="application/pdf",
        kind="acceptance", title=made.title, language=client.language, by=by, at=at, client=client.id,
        case=case.id,
    )  # fmt: skip


def acceptance_of(agency: Agency, case: Case, needed: Sequence[str], at: datetime) -> Acceptance:
    client, card = case.client, case.agreement.rate_card
    claim = principal_of([case.id])[case.id]
    lines = list(case.lines.order_by("due_on", "id"))
    price = commission(
        Terms.read(card.terms), collected=claim, claim=claim, age_days=(at.date() - lines[0].due_on).days,
        cross_border=client.country != case.debtor.country, phase="amicable",
    )  # fmt: skip
    return Acceptance(
        paper_id=f"ACC-{case.number}", case_number=case.number, written_on=at.date(),
        sender=sender(agency), recipient=address_of(client), debtor=case.debtor.name, claim=claim,
        invoice_numbers=tuple(line.ref for line in lines),
        manager=person(agency, client.account_manager), collector=person(agency, case.collector),
        percent=price.rate, rate_card_version=card.version, clause=price.clause,
        first_step=FirstStep.LETTER, first_step_on=case.next_action_on or at.date() + timedelta(days=1),
        link=portal_link(case.number), needed=tuple(needed),
    )  # fmt: skip


def address_of(client: Client) -> Address:
    place = f"{client.postcode} {client.city}".strip()
    lines = (*client.address, *([place] if place else []))
    return Address(
        name=client.name, lines=lines, country=client.country, attention=client.signatory or None
    )


def person(agency: Agency, member: Member | None) -> Person:
    """A colleague as named to a client; the agency itself where nobody is yet."""
    if member is None:
        return Person(name=agency.name, phone=agency.phone or agency.email, email=agency.email)
    return Person(
        name=str(member.user), phone=agency.phone or agency.email, email=member.user.email
    )


def tell_accepted(agency: Agency, case: Case, letter: Document, at: datetime) -> None:
    mail_client(
        agency=agency, client=case.client, key=f"case-accepted:{case.id}", template="case_accepted", purpose="updates",
        subject=N_("We have accepted case %(number)s"),
        paragraphs=[
            N_("Good news: we have accepted case %(number)s against %(debtor)s, %(amount)s. The acceptance letter is attached."),
            N_("%(collector)s works on it from now on. Please pass every payment and message from the debtor on to us, and do not write to the debtor yourself for the time being."),
            N_("You can follow each step here: %(link)s"),
        ],
        params={"number": case.number, "debtor": case.debtor.name,
                "amount": principal_of([case.id])[case.id], "link": portal_link(case.number),
                "collector": person(agency, case.collector).name},
        attachments=[letter.id], case=case.id, at=at,
    )  # fmt: skip


@transaction.atomic
def decline_and_tell(
    *, agency: Agency, case: Case, because: str, change: str = "", automatic: bool = False, by: Actor, at: datetime
) -> None:  # fmt: skip
    """Decline a case and tell the client why, and what would `change` it, in the reviewer's own words.
    Raises as `decline_case`."""
    findings = findings_of(case, at.date())
    decline_case(case=case, because=because, by=by, at=at)
    keep_review(
        case=case, verdict=Review.Verdict.DECLINED, findings=findings, rules=review_terms(agency.id).version,
        automatic=automatic, because=because, change=change, by=by, at=at,
    )  # fmt: skip
    change_text = [N_("What would change this: %(change)s")] if change.strip() else []
    mail_client(
        agency=agency, client=case.client, key=f"case-declined:{case.id}", template="case_declined",
        subject=N_("We cannot take case %(number)s"),
        paragraphs=[
            N_("We have looked at case %(number)s against %(debtor)s and cannot take it: %(because)s"),
            *change_text,
            N_("Nothing is charged. Your documents stay in the portal: %(link)s"),
        ],
        params={"number": case.number, "debtor": case.debtor.name, "because": because, "change": change,
                "link": portal_link(case.number)},
        case=case.id, at=at,
    )  # fmt: skip


def end_question(case: Case, outcome: str, by: Actor, at: datetime) -> None:
    """A question to the client ends with the decision."""
    finish_all(case=case, kind=INFORMATION, outcome=outcome, by=by, at=at)
