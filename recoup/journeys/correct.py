"""A claim is corrected after it was placed: credited, parted anew, and a corrected statement for all."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from recoup.cases.models import Case, ClaimLine
from recoup.cases.operations import add_task, credit_line
from recoup.cases.states import Stage
from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.files.operations import keep
from recoup.journeys.collect import close_what_is_paid
from recoup.journeys.statement import spoken, statement_paper
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.models import Allocation
from recoup.payments.operations import rederive
from recoup.payments.queries import owed
from recoup.plans.queries import standing_plan
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


@dataclass(frozen=True, slots=True)
class Corrected:
    """What came of it. `before` and `after`: owed on the day, None where the law gives no figure."""

    note: ClaimLine
    rows: tuple[Allocation, ...]
    before: Money | None
    after: Money | None
    statement: Document | None

    @property
    def overpaid(self) -> Decimal:
        return sum((row.overpaid for row in self.rows), Decimal(0))


def correct_claim(
    *, agency: Agency, case: Case, line: ClaimLine, ref: str, amount: Decimal, on: date | None,
    document: Document | None = None, because: str, by: Actor, at: datetime,
) -> Corrected:  # fmt: skip
    """Credit an invoice (from day `on`, or from its beginning when None), part what was paid anew, write the
    corrected statement, and close what owes nothing any more; all or nothing, the same again is the first.

    Raises `Refusal` as `cases.operations.credit_line` and `payments.operations.rederive`.
    """
    # Wider than the client's own view: house books, tasks and the debtor's papers.
    with scope(agency.id), transaction.atomic():
        before = owed_today(case, at.date())
        note = credit_line(
            case=case, line=line, ref=ref, amount=amount, on=on, document=document, because=because, by=by, at=at
        )  # fmt: skip
        fault("correct.credited")
        rows = rederive(
            case=case,
            because={"said": f"{note.ref}: {because}"[:300], "credit": str(note.id)},
            by=by,
            at=at,
        )
        fault("correct.parted")
        after = owed_today(case, at.date())
        paper = corrected_statement(case, by, at)
        tell(case, note, before, after, paper, by, at)
        if case.stage not in (Stage.CLOSED, Stage.DECLINED):
            close_what_is_paid(agency=agency, cases=[case.id], by=by, at=at)
        return Corrected(note, tuple(rows), before, after, paper)


def owed_today(case: Case, on: date) -> Money | None:
    try:
        return Money(owed(case=case, on=on).total, case.currency).rounded()
    except Refusal:
        return None


def corrected_statement(case: Case, by: Actor, at: datetime) -> Document | None:
    """The statement as it stands now, kept for client and debtor; None where the law gives no figure."""
    language = spoken(None, case.debtor.language)
    try:
        made = statement_paper(case=case, on=at.date(), language=language, at=at)
    except Refusal:
        return None
    return keep(
        agency=case.agency_id, content=made.content, name=made.filename, media_type="application/pdf",
        kind="corrected_statement", title=made.title[:200], language=language, client=case.client_id,
        case=case.id, audience="debtor", by=by, at=at,
    )  # fmt: skip


def tell(
    case: Case, note: ClaimLine, before: Money | None, after: Money | None, paper: Document | None,
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    record(
        agency=case.agency_id, kind="ClaimRederived", by=by, at=at, case=case.id, client=case.client_id,
        audience="debtor", ref=note.ref, currency=case.currency,
        was_owed=str(before.amount) if before else "", owed=str(after.amount) if after else "",
        document=str(paper.id) if paper else None, title=str(paper or ""),
    )  # fmt: skip
    plan = standing_plan(case.id)
    if plan is not None:
        add_task(
            agency=case.agency_id, key=f"plan_corrected:{plan.id}:{note.id}", kind="plan_over", role="collector",
            owner=case.collector,
            sentence=N_("The claim behind plan %(number)s was corrected by %(ref)s: agree new instalments with %(debtor)s."),
            params={"number": plan.number, "ref": note.ref, "debtor": case.debtor.name}, due_on=at.date(),
            default=N_("The plan goes on; the case closes once nothing is owed."), case=case, by=by, at=at,
        )  # fmt: skip
