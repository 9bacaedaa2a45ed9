"""The only writers of disputes: raise, say, ask, end. Each is one transaction with its event."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from recoup.cases.models import Case, ClaimLine
from recoup.cases.operations import add_task
from recoup.cases.operations.tasks import finish_task
from recoup.disputes.models import Dispute, Request, Statement
from recoup.disputes.rules import LONGEST_ASKED, amount_of, may_end
from recoup.disputes.states import Reason, Side, State
from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal

MOST_AT_ONCE = 500
HOUSE_TASK, ANSWER_TASK, EVIDENCE_TASK = "dispute", "dispute_answer", "evidence"


@transaction.atomic
def raise_dispute(
    *, case: Case, line: ClaimLine, reason: str, amount: Decimal | None, text: str, side: str, answer_by: date,
    by: Actor, at: datetime,
) -> tuple[Dispute, bool]:  # fmt: skip
    """Dispute an invoice, or `amount` of it. Disputed already: the first dispute stands, and what is said
    now is added to it. The caller holds the case's row. Returns (dispute, whether it is new).

    Raises `Refusal`: `reason_missing`, `reason_unknown`, `not_an_invoice`, `disputed_amount`, `disputed_too_much`.
    """
    said = text.strip()
    if not said:
        raise Refusal("reason_missing", N_("Please say what is wrong."), field="text")
    if reason not in set(Reason):
        raise Refusal("reason_unknown", N_("“%(found)s” is no reason for a dispute."), field="reason", found=reason)  # fmt: skip
    if line.case_id != case.id or line.kind != ClaimLine.Kind.INVOICE:
        raise Refusal("not_an_invoice", N_("“%(found)s” is no invoice of this case."), field="line", found=line.ref)  # fmt: skip
    standing = Dispute.objects.filter(line=line, state=State.OPEN).first()
    if standing is not None:
        return standing, False
    credited = ClaimLine.objects.filter(credits=line).aggregate(t=Sum("amount"))["t"] or Decimal(0)
    disputed = amount_of(amount, line=line.amount, credited=credited, currency=case.currency)
    if disputed <= 0:
        raise Refusal("nothing_to_dispute", N_("Nothing is left of %(found)s: it has been credited."), field="line", found=line.ref)  # fmt: skip
    number = f"{case.number}-D{Dispute.objects.filter(case=case).count() + 1}"
    made = Dispute.objects.create(
        agency_id=case.agency_id, case=case, client_id=case.client_id, line=line, number=number, reason=reason,
        amount=disputed, text=said[:2000], side=side, raised_at=at, by_name=by.name, answer_by=answer_by,
    )  # fmt: skip
    record(
        agency=case.agency_id, kind="DisputeRaised", by=by, at=at, case=case.id, client=case.client_id,
        audience="debtor", because=f"{line.ref}: {said}", lines=[line.ref], text=said, dispute=number,
        reason=reason, amount=str(disputed), currency=case.currency,
    )  # fmt: skip
    return made, True


@transaction.atomic
def say(
    *, dispute: Dispute, side: str, audience: str, text: str, document: Document | None = None, key: UUID,
    by: Actor, at: datetime,
) -> Statement | None:  # fmt: skip
    """Add a word or a paper; the same `key` again is the same. What this side was asked to show counts as
    shown when a paper comes. Returns None when it was said before. Raises `Refusal` `dispute_ended`,
    `message_empty`."""
    refuse_ended(dispute)
    said = text.strip()[:4000]
    if not said and document is None:
        raise Refusal("message_empty", N_("Please write something."), field="text")
    made, fresh = Statement.objects.get_or_create(
        dispute=dispute, key=key,
        defaults={
            "agency_id": dispute.agency_id, "case_id": dispute.case_id, "client_id": dispute.client_id,
            "side": side, "audience": audience, "text": said, "document": document, "at": at,
            "by_name": by.name,
        },
    )  # fmt: skip
    if not fresh:
        return None
    record(
        agency=dispute.agency_id, kind="DisputeAnswered", by=by, at=at, case=dispute.case_id,
        client=dispute.client_id, audience=audience, dispute=dispute.number, side=side, text=said,
        document=str(document.id) if document else None, title=str(document or ""),
    )  # fmt: skip
    if document is not None:
        shown(dispute, side, by, at)
    return made


def shown(dispute: Dispute, side: str, by: Actor, at: datetime) -> None:
    """What this side was asked for has come."""
    waiting = Request.objects.filter(dispute=dispute, side=side, answered_at__isnull=True)
    for request in waiting:
        finish_key(dispute, f"evidence:{request.id}", "shown", by, at)
        finish_key(dispute, f"without:{request.id}", "shown", by, at)
    waiting.update(answered_at=at)


@transaction.atomic
def ask_evidence(
    *, dispute: Dispute, side: str, what: str, due_on: date, by: Actor, at: datetime
) -> Request:
    """Ask one side to show something by a day. Raises `Refusal` `dispute_ended`, `request_empty`,
    `request_day`, `request_side`."""
    refuse_ended(dispute)
    wanted = what.strip()[:500]
    if not wanted:
        raise Refusal("request_empty", N_("Please say what should be shown."), field="what")
    if side not in (Side.CLIENT, Side.DEBTOR):
        raise Refusal("request_side", N_("Please say who is asked."), field="side")
    if not at.date() < due_on <= at.date() + timedelta(days=LONGEST_ASKED):
        raise Refusal(
            "request_day", N_("%(found)s is no day within the next %(days)d days."), field="due_on", found=due_on,
            days=LONGEST_ASKED,
        )  # fmt: skip
    made = Request.objects.create(
        agency_id=dispute.agency_id, dispute=dispute, case_id=dispute.case_id, client_id=dispute.client_id,
        side=side, what=wanted, due_on=due_on, at=at, by_name=by.name,
    )  # fmt: skip
    record(
        agency=dispute.agency_id, kind="EvidenceAsked", by=by, at=at, case=dispute.case_id,
        client=dispute.client_id, audience="debtor" if side == Side.DEBTOR else "client",
        dispute=dispute.number, side=side, text=wanted, due_on=due_on.isoformat(),
    )  # fmt: skip
    case = dispute.case
    add_task(
        agency=dispute.agency_id, key=f"evidence:{made.id}", kind=EVIDENCE_TASK, case=case,
        sentence=N_("Dispute %(dispute)s: please show “%(what)s”.") if side == Side.CLIENT
        else N_("Dispute %(dispute)s: the debtor was asked to show “%(what)s”."),
        params={"dispute": dispute.number, "what": wanted[:200]}, role="client_submitter" if side == Side.CLIENT else "collector",
        owner=None if side == Side.CLIENT else case.collector, client=dispute.client_id if side == Side.CLIENT else None,
        due_on=due_on, default=N_("It is decided without it."), by=by, at=at,
    )  # fmt: skip
    return made


@transaction.atomic
def lapse_requests(*, agency: UUID, on: date, by: Actor, at: datetime) -> list[Request]:
    """What a side was asked to show by a day before `on` and has not shown is noted as missing, each once,
    by two at once too; returns these. A paper that comes later still counts as shown."""
    waiting = Request.objects.filter(
        agency_id=agency, answered_at=None, lapsed_at=None, due_on__lt=on, dispute__state=State.OPEN
    )
    late = list(
        waiting.select_for_update(skip_locked=True, of=("self",))
        .select_related("dispute__line", "case__collector__user", "case__debtor", "case__client")
        .order_by("due_on", "id")[:MOST_AT_ONCE]
    )  # fmt: skip
    Request.objects.filter(id__in=[one.id for one in late]).update(lapsed_at=at)
    for one in late:
        finish_key(one.dispute, f"evidence:{one.id}", "not shown", by, at)
        record(
            agency=agency, kind="EvidenceMissed", by=by, at=at, case=one.case_id, client=one.client_id,
            audience="debtor" if one.side == Side.DEBTOR else "client", dispute=one.dispute.number,
            side=one.side, text=one.what, due_on=one.due_on.isoformat(),
        )  # fmt: skip
    return late


@transaction.atomic
def end_dispute(
    *, dispute: Dispute, state: str, side: str, because: str, taken_off: Decimal, note: ClaimLine | None,
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Record the outcome; its requests and tasks end with it. Raises `Refusal` `dispute_ended` when somebody
    was first, `reason_missing`, and those of `rules.may_end`."""
    refusal = may_end(side, state, dispute.side)
    if refusal is not None:
        raise refusal
    said = because.strip()[:1000]
    if not said:
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    open_one = Dispute.objects.filter(id=dispute.id, state=State.OPEN)
    if not open_one.update(
        state=state, ended_at=at, ended_by=by.name, because=said, taken_off=taken_off, note=note
    ):
        raise ended()
    record(
        agency=dispute.agency_id, kind="DisputeEnded", by=by, at=at, case=dispute.case_id,
        client=dispute.client_id, audience="debtor", dispute=dispute.number, outcome=state, because=said,
        ref=dispute.line.ref, amount=str(taken_off), currency=dispute.case.currency,
    )  # fmt: skip
    for request in Request.objects.filter(dispute=dispute):
        finish_key(dispute, f"evidence:{request.id}", "over", by, at)
        finish_key(dispute, f"without:{request.id}", state, by, at)
    finish_key(dispute, f"ask:{dispute.id}", state, by, at)
    finish_key(dispute, f"dispute:{dispute.id}", state, by, at)
    finish_key(dispute, f"answer:{dispute.id}", state, by, at)


def finish_key(dispute: Dispute, key: str, outcome: str, by: Actor, at: datetime) -> None:
    task = dispute.case.tasks.filter(key=key, done_at__isnull=True).first()
    if task is not None:
        finish_task(task=task, outcome=outcome, by=by, at=at)


def refuse_ended(dispute: Dispute) -> None:
    if not Dispute.objects.filter(id=dispute.id, state=State.OPEN).exists():
        raise ended()


def ended() -> Refusal:
    return Refusal("dispute_ended", N_("This dispute has been decided."))
