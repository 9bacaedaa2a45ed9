"""Would we take this debt? The whole submission is tried and rolled back, so that the answer is the one
that submitting it would give."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from recoup.cases.queries import principal_of
from recoup.cases.rules import INTERNAL, Finding, may_accept
from recoup.journeys.accept_and_assign import findings_of
from recoup.journeys.submit_invoice import Submission, submit_from_reading
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Client
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


@dataclass(frozen=True, slots=True)
class Eligibility:
    """`refused`: why it cannot even be submitted. Otherwise what the feasibility review finds, the
    grave ones first, and whether one of them stands against it. Nothing was kept."""

    eligible: bool
    refused: Refusal | None = None
    findings: tuple[Finding, ...] = ()
    claim: Money | None = None
    jurisdiction: str = ""
    known: str = ""


def eligibility(
    *, agency: Agency, client: Client, asked: Submission, by: Actor, at: datetime
) -> Eligibility:
    """The dry run of `submit_from_reading`. `known`: the number of the case that this `key` has made."""
    with scope(agency.id):
        before = transaction.savepoint()
        try:
            made = submit_from_reading(agency=agency, client=client, asked=asked, by=by, at=at)
            found = findings_of(made.case, at.date())
            findings = tuple(f for f in found if f.code not in INTERNAL)
            claim = principal_of([made.case.id])[made.case.id]
        except Refusal as refusal:
            return Eligibility(False, refused=refusal)
        finally:
            transaction.savepoint_rollback(before)
    return Eligibility(
        may_accept(findings) is None, None, findings, claim, made.case.jurisdiction,
        "" if made.fresh else made.case.number,
    )  # fmt: skip
