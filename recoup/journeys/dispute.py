"""A debtor says that something is wrong with an invoice: we stop reminding and a person looks."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from recoup.cases.models import Case, ClaimLine, Hold, Task
from recoup.cases.operations import add_task, put_on_hold
from recoup.cases.states import HoldKind
from recoup.eventlog.operations import record
from recoup.journeys.promise_to_pay import refuse_closed
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.owed import Owed
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.queries import owed
from recoup.tenancy.context import scope

KIND = "dispute"


def dispute(*, case: Case, line: ClaimLine, text: str, by: Actor, at: datetime) -> Task:
    """Dispute one invoice in the debtor's own words: the case is held until a person has answered, and
    the undisputed rest stays owed and payable. Disputed already: the first dispute stands.

    Raises `Refusal`: `case_not_open`, `reason_missing`, and those of `owed`.
    """
    said = text.strip()
    if not said:
        raise Refusal("reason_missing", N_("Please say what is wrong."), field="text")
    # Wider than the debtor's own view: the task is the house's.
    with scope(case.agency_id), transaction.atomic():
        locked = (
            Case.objects.select_for_update(of=("self",))
            .select_related("debtor", "collector")
            .get(id=case.id)
        )
        refuse_closed(locked)
        earlier = Task.objects.filter(case=locked, key__startswith=f"dispute:{line.id}:")
        standing = earlier.filter(done_at__isnull=True).first()
        if standing is not None:
            return standing
        rest = undisputed(owed(case=locked, on=at.date()), {*disputed_refs(locked), line.ref})
        hold(locked, line, said, by, at)
        record(
            agency=case.agency_id, kind="DisputeRaised", by=by, at=at, case=case.id, client=case.client_id,
            audience="debtor", because=f"{line.ref}: {said}", lines=[line.ref], text=said,
            undisputed=str(rest.amount), currency=rest.currency,
        )  # fmt: skip
        return add_task(
            agency=case.agency_id, key=f"dispute:{line.id}:{earlier.count() + 1}", kind=KIND,
            sentence=N_("%(debtor)s disputes %(ref)s in %(case)s: “%(text)s”. Undisputed: %(rest)s."),
            params={"debtor": locked.debtor.name, "ref": line.ref, "case": locked.number, "text": said[:500],
                    "rest": str(rest)},
            role="collector", owner=locked.collector,
            due_on=law(locked.jurisdiction).add_business_days(at.date(), 5),
            default=N_("The case stays on hold and is shown to the supervisor."), case=locked, by=by, at=at,
        )  # fmt: skip


def hold(case: Case, line: ClaimLine, said: str, by: Actor, at: datetime) -> None:
    standing = Hold.objects.filter(case=case, kind=HoldKind.DISPUTED, lifted_at__isnull=True)
    if not standing.exists():
        put_on_hold(
            case=case,
            kind=HoldKind.DISPUTED,
            because=f"{line.ref}: {said}",
            until=None,
            by=by,
            at=at,
        )


def disputed_refs(case: Case) -> set[str]:
    """The invoices whose dispute waits for an answer; asked where the whole agency is visible."""
    rows = Task.objects.filter(case=case, kind=KIND, done_at__isnull=True)
    return {params["ref"] for params in rows.values_list("params", flat=True) if "ref" in params}


def disputed_lines(case: Case) -> set[str]:
    """The same, asked from the debtor's own view, which does not see the house's tasks."""
    with scope(case.agency_id):
        return disputed_refs(case)


def undisputed(answer: Owed, disputed: set[str]) -> Money:
    """Principal and interest of the invoices that nobody disputes, as of the answer's day."""
    rest = sum(
        (c.principal + c.interest for c in answer.claims if c.ref not in disputed), Decimal(0)
    )
    return Money(max(rest, Decimal(0)), answer.currency).rounded()
