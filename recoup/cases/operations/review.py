"""The agency's rules for the feasibility review, and each decision as it was taken."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from recoup.cases.models import Case, Review, ReviewRules, Task
from recoup.cases.operations.tasks import add_task
from recoup.cases.rules import ANSWERS, Finding, ReviewTerms
from recoup.cases.states import Stage
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.models import Agency

INFORMATION = "information"
DEFAULTS = {
    "decide": N_("We decide on what we have."),
    "decline": N_("The case is declined; it can be submitted again."),
}


@transaction.atomic
def set_review_rules(
    *, agency: Agency, terms: ReviewTerms, because: str, by: Actor, at: datetime
) -> ReviewRules:
    """A new version of the rules. Raises `Refusal` `reason_missing`, `review_rules_wrong`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    if terms.unanswered not in ANSWERS or not 1 <= terms.answer_days <= 60:
        raise Refusal("review_rules_wrong", N_("“%(found)s” is not possible here."), field="answer_days", found=terms.answer_days)  # fmt: skip
    newest = ReviewRules.objects.filter(agency=agency).aggregate(n=Max("version"))["n"] or 0
    made = ReviewRules.objects.create(
        agency=agency, version=newest + 1, terms=as_json(terms), because=because.strip()[:300], made_at=at, by_name=by.name
    )  # fmt: skip
    record(agency=agency.id, kind="ReviewRulesSet", by=by, at=at, audience="internal", version=made.version,
           because=made.because)  # fmt: skip
    return made


def as_json(terms: ReviewTerms) -> dict[str, Any]:
    def plain(amounts: Mapping[str, Decimal]) -> dict[str, str]:
        return {currency: str(amount) for currency, amount in sorted(amounts.items())}

    return {
        "automatic": terms.automatic, "least": plain(terms.least), "most": plain(terms.most),
        "passes": sorted(terms.passes), "answer_days": terms.answer_days, "unanswered": terms.unanswered,
    }  # fmt: skip


def keep_review(
    *, case: Case, verdict: str, findings: Sequence[Finding], rules: int, automatic: bool = False, because: str = "",
    change: str = "", by: Actor, at: datetime,
) -> Review:  # fmt: skip
    """What was decided, with what was found; inside the caller's transaction."""
    said = [
        {
            "code": f.code,
            "level": f.level,
            "text": f.text,
            "params": shown(f.params),
            "source": f.source,
        }
        for f in findings
    ]
    return Review.objects.create(
        agency_id=case.agency_id, case=case, verdict=verdict, findings=said, rules=rules, automatic=automatic,
        because=because[:600], change=change[:600], by_name=by.name, at=at,
    )  # fmt: skip


def shown(params: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v if isinstance(v, int | str | list) else str(v) for k, v in params.items()}


@transaction.atomic
def ask_information(
    *, case: Case, what: str, until: date, unanswered: str, number: int, by: Actor, at: datetime
) -> Task:
    """Ask the client for what is missing before the case can be decided; `unanswered` says what happens
    otherwise. Raises `Refusal` `question_missing`, `question_open`, `case_reviewed`, `day_past`."""
    question = " ".join(what.split())
    if not question:
        raise Refusal(
            "question_missing", N_("Say what the client should send or answer."), field="what"
        )
    if until <= at.date():
        raise Refusal(
            "day_past", N_("The deadline must lie ahead."), field="until", found=until.isoformat()
        )
    if (
        not Case.objects.select_for_update(of=("self",))
        .filter(id=case.id, stage=Stage.SUBMITTED)
        .exists()
    ):
        raise Refusal(
            "case_reviewed", N_("Case %(number)s has been decided meanwhile."), number=case.number
        )
    if Task.objects.filter(case=case, kind=INFORMATION, done_at__isnull=True).exists():
        raise Refusal(
            "question_open", N_("The client has a question of ours already; wait for the answer.")
        )
    return add_task(
        agency=case.agency_id, key=f"information:{case.id}:{number}:{unanswered}", kind=INFORMATION, role="client_submitter",
        sentence=N_("Case against %(debtor)s: %(what)s"), params={"debtor": case.debtor.name, "what": question[:500]},
        due_on=until, default=DEFAULTS[unanswered], case=case, client=case.client_id, by=by, at=at,
    )  # fmt: skip


def mark_reviewed(*, case: Case, at: datetime) -> None:
    """The rules have looked at the case: its place in the queue of those that wait, nothing that a rule reads."""
    Case.objects.filter(id=case.id).update(reviewed_at=at)
