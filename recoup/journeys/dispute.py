"""A dispute's life: raised by a side, answered, decided. What is in question rests; the rest goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case, ClaimLine, Hold
from recoup.cases.operations import add_task, finish_task, lift_hold, plan_next_look, put_on_hold
from recoup.cases.states import HoldKind, Stage
from recoup.disputes.models import Dispute, Statement
from recoup.disputes.operations import (
    ANSWER_TASK,
    HOUSE_TASK,
    end_dispute,
    ended,
    raise_dispute,
    say,
)
from recoup.disputes.queries import open_disputes
from recoup.disputes.rules import ANSWER_DAYS, counts_from, heard_by, may_end, taken_off
from recoup.disputes.states import Reason, Side, State
from recoup.files.models import Document
from recoup.journeys.correct import correct_claim
from recoup.journeys.evidence import Paper, keep_paper, refuse_too_many
from recoup.journeys.promise_to_pay import refuse_closed
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.owed import Owed
from recoup.jurisdictions.rules import CODES
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.queries import owed_without
from recoup.tenancy.context import scope

HOUSE_DAYS = 5
BECAUSE = N_("all of it is disputed")


@dataclass(frozen=True, slots=True)
class Raised:
    """`rest`: what is not in question and goes on being owed, None where the law gives no figure."""

    dispute: Dispute
    fresh: bool
    rest: Money | None


def dispute(
    *, case: Case, line: ClaimLine, text: str, reason: str = Reason.OTHER, amount: Decimal | None = None,
    papers: Sequence[Paper] = (), side: str = Side.DEBTOR, by: Actor, at: datetime,
) -> Raised:  # fmt: skip
    """Dispute one invoice, or a part of it, with evidence. Contact about it rests at once; about the rest it
    goes on, and where nothing is left that is not in question the whole case is held. Disputed already:
    the first dispute stands and what is said now is added to it.

    Raises `Refusal`: `case_not_open`, those of `disputes.raise_dispute` and of `keep_paper`.
    """
    refuse_too_many(len(papers))
    # Wider than the debtor's own view: the tasks are the house's and the creditor's.
    with scope(case.agency_id), transaction.atomic():
        locked = locked_case(case)
        refuse_closed(locked)
        made, fresh = raise_dispute(
            case=locked, line=line, reason=reason, amount=amount, text=text, side=side,
            answer_by=business_day(locked, at.date(), ANSWER_DAYS), by=by, at=at,
        )  # fmt: skip
        kept = [keep_paper(case=locked, paper=p, audience="debtor", by=by, at=at) for p in papers]
        for document in kept:
            say(dispute=made, side=side, audience="debtor", text="", document=document, key=document.id, by=by, at=at)  # fmt: skip
        if not fresh:
            if text.strip() != made.text:
                say(dispute=made, side=side, audience="debtor", text=text, key=new_id(), by=by, at=at)  # fmt: skip
            return Raised(made, False, rest_of(locked, at.date()))
        rest = hold_or_go_on(locked, by, at)
        ask_both(locked, made, rest, by, at)
        return Raised(made, True, rest)


def ask_both(case: Case, made: Dispute, rest: Money | None, by: Actor, at: datetime) -> None:
    """The collector is to settle it, the creditor to say something."""
    params = {
        "debtor": case.debtor.name, "ref": made.line.ref, "case": case.number, "text": made.text[:500].rstrip(" .。"),
        "rest": str(rest) if rest is not None else "–",
    }  # fmt: skip
    add_task(
        agency=case.agency_id, key=f"dispute:{made.id}", kind=HOUSE_TASK, case=case, params=params,
        sentence=N_("%(debtor)s disputes %(ref)s in %(case)s: “%(text)s”. Undisputed: %(rest)s."),
        role="collector", owner=case.collector, due_on=business_day(case, at.date(), HOUSE_DAYS),
        default=N_("Contact about it rests and it is shown to the supervisor."), by=by, at=at,
    )  # fmt: skip
    add_task(
        agency=case.agency_id, key=f"answer:{made.id}", kind=ANSWER_TASK, case=case, params=params,
        sentence=N_("%(debtor)s disputes %(ref)s: “%(text)s”. Please answer and show what proves the claim."),
        role="client_submitter", client=case.client_id, due_on=made.answer_by,
        default=N_("Contact about it goes on resting; your collector asks you."), by=by, at=at,
    )  # fmt: skip


def answer_dispute(
    *, dispute: Dispute, side: str, text: str, papers: Sequence[Paper] = (), audience: str = "debtor", key: UUID,
    by: Actor, at: datetime,
) -> list[Statement]:  # fmt: skip
    """Say something and show papers, to all (`debtor`), to house and creditor (`client`), or within the
    house (`internal`). Raises `Refusal` as `disputes.say`, `rules.heard_by` and `keep_paper`."""
    audience = heard_by(side, audience)
    refuse_too_many(len(papers))
    with scope(dispute.agency_id), transaction.atomic():
        case = locked_case(dispute.case)
        said = {"dispute": dispute, "side": side, "audience": audience, "by": by, "at": at}
        kept: list[Document] = [
            keep_paper(case=case, paper=p, audience=audience, by=by, at=at) for p in papers
        ]
        first = kept[0] if kept else None
        made = [say(text=text, document=first, key=key, **said)]  # type: ignore[arg-type]
        made += [say(text="", document=d, key=d.id, **said) for d in kept[1:]]  # type: ignore[arg-type]
        if side == Side.CLIENT:
            keys = [f"answer:{dispute.id}", f"ask:{dispute.id}"]
            for task in case.tasks.filter(key__in=keys, done_at__isnull=True):
                finish_task(task=task, outcome="answered", by=by, at=at)
        return [one for one in made if one is not None]


def decide(
    *, dispute: Dispute, state: str, side: str, because: str, amount: Decimal | None = None, by: Actor,
    at: datetime,
) -> Dispute:  # fmt: skip
    """End a dispute. What the outcome takes off the claim is credited by correction entries (from the
    invoice's beginning where the debtor was right, from today where the two have settled); contact goes on
    about what is no longer in question. All or nothing.

    Raises `Refusal` as `disputes.end_dispute`, `rules.taken_off`, `correct_claim`.
    """
    with scope(dispute.agency_id), transaction.atomic():
        case = locked_case(dispute.case)
        found = Dispute.objects.select_related("line", "case").get(id=dispute.id)
        if found.state != State.OPEN:
            raise ended()
        refusal = may_end(side, state, found.side)
        if refusal is not None:
            raise refusal
        if not because.strip():
            raise Refusal("reason_missing", N_("Please give a reason."), field="because")
        off = taken_off(state, amount, disputed=found.amount, currency=case.currency)
        note = None
        if off:
            corrected = correct_claim(
                agency=case.agency, case=case, line=found.line, ref=found.number, amount=off,
                on=counts_from(state, at.date()), because=because.strip(), by=by, at=at,
            )  # fmt: skip
            note = corrected.note
        end_dispute(
            dispute=found, state=state, side=side, because=because, taken_off=off, note=note, by=by, at=at
        )  # fmt: skip
        case.refresh_from_db(fields=["stage"])
        hold_or_go_on(case, by, at)
        if case.stage == Stage.CONTACT:
            plan_next_look(case=case, on=at.date() + timedelta(days=1))
        found.refresh_from_db()
        return found


def hold_or_go_on(case: Case, by: Actor, at: datetime) -> Money | None:
    """Hold the case while nothing is left that is not in question; lift that hold when something is."""
    standing = Hold.objects.filter(
        case=case, kind=HoldKind.DISPUTED, lifted_at__isnull=True
    ).first()
    answer = undisputed(case, at.date())
    all_of_it = bool(open_disputes([case.id])) and (answer is None or answer.principal <= 0)
    if all_of_it and standing is None:
        put_on_hold(case=case, kind=HoldKind.DISPUTED, because=BECAUSE, until=None, by=by, at=at)
    elif not all_of_it and standing is not None and standing.because == BECAUSE:
        lift_hold(hold=standing, because=N_("not all of it is disputed any more"), by=by, at=at)
    if answer is None:
        return None
    return Money(max(answer.total, Decimal(0)) if not all_of_it else Decimal(0), case.currency).rounded()  # fmt: skip


def undisputed(case: Case, on: date) -> Owed | None:
    """What is owed even if the debtor is right in all it disputes; None where the law gives no figure."""
    contested = open_disputes([case.id]).get(case.id, [])
    try:
        return owed_without(
            case=case, on=on, disputed=[(c.ref, c.amount, c.due) for c in contested]
        )
    except Refusal:
        return None


def rest_of(case: Case, on: date) -> Money | None:
    """The same as a sum; nothing where no principal is left that is not in question."""
    answer = undisputed(case, on)
    if answer is None:
        return None
    rest = answer.total if answer.principal > 0 else Decimal(0)
    return Money(max(rest, Decimal(0)), case.currency).rounded()


def business_day(case: Case, on: date, days: int) -> date:
    """`days` business days on, by the case's law (calendar days where it is not held)."""
    if case.jurisdiction not in CODES:
        return on + timedelta(days=days)
    return law(case.jurisdiction).add_business_days(on, days)


def locked_case(case: Case) -> Case:
    rows = Case.objects.select_for_update(of=("self",)).select_related(
        "debtor", "client", "collector__user", "agency", "agreement__rate_card"
    )
    return rows.get(id=case.id)
