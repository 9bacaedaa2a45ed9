"""Reads of the room worth a name."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from recoup.cases.models import Case
from recoup.cases.states import OPEN
from recoup.insolvency.models import Estate, Match, ProofOfClaim
from recoup.insolvency.rules import Index, Known
from recoup.insolvency.states import ClaimState, MatchState
from recoup.parties.models import Debtor


def index_of(agency: UUID) -> Index:
    """The debtors with an open case, ready to be compared; one query."""
    rows = (
        Debtor.objects.filter(agency_id=agency, cases__stage__in=list(OPEN))
        .distinct()
        .values_list("id", "name", "country", "registration_number", "vat_number")
    )
    return Index.of(
        Known(id, name, country, tuple(n for n in (number, vat) if n))
        for id, name, country, number, vat in rows
    )


def to_confirm(agency: UUID) -> QuerySet[Match]:
    """Likenesses that wait for a person, the oldest first."""
    found = Match.objects.filter(agency_id=agency, state=MatchState.TO_CONFIRM)
    return found.select_related("notice", "debtor").order_by("found_at", "id")


def open_estates(agency: UUID) -> QuerySet[Estate]:
    """Proceedings that have not ended, the next last day to file first."""
    found = Estate.objects.filter(agency_id=agency, closed_on=None).select_related("debtor")
    return found.order_by("file_by", "opened_on", "id")


def cases_of(debtor: UUID) -> list[Case]:
    """The debtor's open cases, with all that holds and papers need of them."""
    found = Case.objects.filter(debtor_id=debtor, stage__in=list(OPEN))
    return list(found.select_related("client", "debtor", "collector__user").order_by("number"))


def unfiled(agency: UUID, by: date) -> QuerySet[ProofOfClaim]:
    """Drafts in estates whose last day to file is known and not later than `by`."""
    found = ProofOfClaim.objects.filter(
        agency_id=agency, state=ClaimState.DRAFTED, estate__file_by__lte=by, estate__closed_on=None
    )
    return found.select_related("estate", "case__debtor", "case__client")


def proofs_of_cases(cases: Iterable[UUID]) -> QuerySet[ProofOfClaim]:
    found = ProofOfClaim.objects.filter(case_id__in=list(cases)).exclude(state=ClaimState.WITHDRAWN)
    return found.select_related("estate", "document", "certificate")
