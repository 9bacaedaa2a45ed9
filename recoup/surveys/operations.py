"""The only writers of surveys."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.surveys.models import MARKS, Survey
from recoup.tenancy.operations import hashed

LASTS = timedelta(days=60)
LONGEST = 2000


def ask_survey(*, case: Case, at: datetime) -> str:
    """The link's token, in the transaction that closes the case; blank where it was asked before."""
    token = secrets.token_urlsafe(24)
    _, fresh = Survey.objects.get_or_create(
        case=case,
        defaults={
            "agency_id": case.agency_id, "client_id": case.client_id, "token_hash": hashed(token),
            "asked_at": at, "expires_at": at + LASTS,
        },
    )  # fmt: skip
    return token if fresh else ""


def by_token(agency: UUID, token: str, at: datetime) -> Survey | None:
    if len(token) < 20:
        return None
    found = Survey.objects.filter(agency_id=agency, token_hash=hashed(token), expires_at__gt=at)
    return found.select_related("case").first()


@transaction.atomic
def answer_survey(*, survey: Survey, mark: int, comment: str, by: Actor, at: datetime) -> None:
    """Of two answers the first counts. Raises `Refusal` `mark_missing`, `survey_answered`,
    `comment_long`."""
    if mark not in MARKS:
        raise Refusal("mark_missing", N_("Please choose one of the five."), field="mark")
    comment = comment.strip()
    if len(comment) > LONGEST:
        raise Refusal(
            "comment_long", N_("The comment has %(found)d characters; up to %(most)d can be kept."),
            field="comment", found=len(comment), most=LONGEST,
        )  # fmt: skip
    open_one = Survey.objects.filter(id=survey.id, answered_at__isnull=True)
    if not open_one.update(mark=mark, comment=comment, answered_at=at):
        raise Refusal("survey_answered", N_("You have answered already. Thank you."))
    record(agency=survey.agency_id, kind="SurveyAnswered", by=by, at=at, case=survey.case_id,
           client=survey.client_id, mark=mark, comment=comment[:300])  # fmt: skip
