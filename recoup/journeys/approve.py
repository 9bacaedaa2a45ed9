"""Questions to the client and what follows from the answers.

`FOLLOWS` says for each kind of question what a yes or a no leads to; another journey registers its own
with one line. A kind without a line leads to the case's collector, with a task.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from recoup.approvals.models import Approval
from recoup.approvals.operations import apply_defaults, ask_approval, decide_approval
from recoup.approvals.states import Answer, ApprovalKind
from recoup.cases.models import Case
from recoup.cases.operations import add_task, plan_next_look
from recoup.cases.states import OPEN, CloseCode, Stage
from recoup.journeys.close import close_with_report
from recoup.journeys.mail import mail_client
from recoup.kernel.actor import SYSTEM, Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

WORK_DAYS = 2


def ask(
    *, agency: Agency, case: Case, kind: str, key: str, sentence: str, params: dict[str, Any],
    cost: Money | None = None, odds_percent: int | None = None, duration_days: int | None = None,
    answer_days: int = 5, default: str = Answer.DECLINE, by: Actor, at: datetime,
) -> Approval:  # fmt: skip
    """Ask the client, by portal and e-mail; where its authority has decided in advance, what follows is
    done at once. Idempotent by `key`. Raises `Refusal` as `ask_approval`."""
    with scope(agency.id), transaction.atomic():
        fresh = not Approval.objects.filter(agency_id=agency.id, key=key).exists()
        made = ask_approval(
            case=case, kind=kind, key=key, sentence=sentence, params=params,
            cost=cost or Money(Decimal(0), case.currency), odds_percent=odds_percent,
            duration_days=duration_days, answer_days=answer_days, default=default, by=by, at=at,
        )  # fmt: skip
        if not fresh:
            return made
        if made.is_open:
            write(agency, made, at=at)
        else:
            follow(agency, made, by=by, at=at)
        return made


def answer(
    *, agency: Agency, approval: Approval, yes: bool, because: str = "", by: Actor, at: datetime
) -> Approval:
    """A person of the client decides, and what follows is done; all or nothing. Raises `Refusal` as
    `decide_approval`, and as what follows."""
    # Wider than the client's own view: what follows is the house's.
    with scope(agency.id), transaction.atomic():
        row = decide_approval(approval=approval, yes=yes, because=because, by=by, at=at)
        follow(agency, row, by=by, at=at)
        return row


def let_lapse(*, agency: Agency, on: date, at: datetime) -> int:
    """What nobody has answered by its deadline goes as the question said, and what follows is done; what
    cannot be done goes to a person and never stops the others. Returns how many."""
    with scope(agency.id), transaction.atomic():
        rows = apply_defaults(agency=agency, now=at, on=on)
        for row in rows:
            try:
                with transaction.atomic():
                    follow(agency, row, by=SYSTEM, at=at)
            except Refusal:
                to_a_person(agency, row, by=SYSTEM, at=at)
        return len(rows)


def follow(agency: Agency, approval: Approval, *, by: Actor, at: datetime) -> None:
    """Do what the decision leads to, in the caller's transaction; nothing on a case that has ended."""
    case = Case.objects.select_related(
        "client__account_manager", "debtor", "collector__user", "agency", "agreement__rate_card"
    ).get(id=approval.case_id)  # fmt: skip
    approval.case = case
    if case.stage in OPEN:
        FOLLOWS.get(approval.kind, to_a_person)(agency, approval, by=by, at=at)


def to_a_person(agency: Agency, approval: Approval, *, by: Actor, at: datetime) -> None:
    """The collector (for a legal step, the legal officers) goes on from the client's word."""
    case, yes = approval.case, approval.is_yes
    legal = approval.kind == ApprovalKind.LEGAL_STEP and yes
    add_task(
        agency=agency.id, key=f"approved_step:{approval.id}", kind="approved_step",
        role="legal_officer" if legal else "collector", owner=None if legal else case.collector,
        sentence=N_("%(debtor)s: the client has agreed (%(approval_kind)s). Go on from there.") if yes
        else N_("%(debtor)s: the client has said no (%(approval_kind)s). Decide how to go on."),
        params={"approval_kind": approval.kind, "debtor": case.debtor.name,
                "approval": str(approval.id)},
        due_on=at.date() + timedelta(days=WORK_DAYS), default=N_("The supervisor decides."), case=case,
        by=by, at=at,
    )  # fmt: skip
    if case.stage == Stage.CONTACT and not yes:
        plan_next_look(case=case, on=at.date())


def write_off(agency: Agency, approval: Approval, *, by: Actor, at: datetime) -> None:
    """Yes: the case ends with its report. No: a person goes on."""
    if not approval.is_yes:
        return to_a_person(agency, approval, by=by, at=at)
    code = str(approval.params.get("close_code", CloseCode.UNCOLLECTABLE))
    close_with_report(
        agency=agency, case=approval.case, code=code, because=N_("written off with the client's consent"),
        by=by, at=at,
    )  # fmt: skip
    return None


Following = Callable[..., None]
FOLLOWS: dict[str, Following] = {ApprovalKind.WRITE_OFF: write_off}


def register(kind: str, following: Following) -> None:
    """What a decision of this kind leads to: `following(agency, approval, *, by, at)`; it asks
    `approval.is_yes` and reads `approval.params`."""
    FOLLOWS[kind] = following


def write(agency: Agency, approval: Approval, *, at: datetime) -> None:
    """Neither amount nor debtor in the subject; the question itself is in the portal."""
    case = Case.objects.select_related("client").get(id=approval.case_id)
    mail_client(
        agency=agency, client=case.client, key=f"approval-asked:{approval.id}", template="approval_asked",
        subject=N_("Case %(number)s: we need your decision"),
        paragraphs=[
            N_("we need your decision on case %(number)s by %(until)s.")
            if approval.default == Answer.DECLINE
            else N_("we need your decision on case %(number)s by %(until)s; without your answer we shall go ahead."),
            N_("You can read and decide it here: %(link)s"),
        ],
        params={"number": case.number, "until": approval.deadline, "link": f"{settings.ORIGIN}/client/approvals/"},
        case=case.id, at=at,
    )  # fmt: skip
