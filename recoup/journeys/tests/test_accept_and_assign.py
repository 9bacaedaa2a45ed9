"""The review is passed: accepted, assigned, told; or not."""

import pytest

from recoup.cases.models import Case, Task
from recoup.cases.tests.cast import AT, line, profile, sign_up, submit
from recoup.eventlog.models import Event
from recoup.files.models import Document
from recoup.files.operations import content_of
from recoup.journeys.accept_and_assign import accept_and_assign, decline_and_tell
from recoup.kernel.refusal import Refusal
from recoup.outbox.models import Message


@pytest.fixture
def standing(house):
    profile(house)
    return sign_up(house)


def accept(standing, case):
    by = standing.house.actor("account_manager")
    return accept_and_assign(agency=standing.house.agency, case=case, by=by, at=AT)


def test_a_case_is_accepted_assigned_and_the_letter_is_mailed(standing):
    case = submit(standing)
    accepted = accept(standing, case)
    case = Case.objects.get(id=case.id)
    assert (case.stage, case.collector) == ("contact", standing.house.members["collector"])
    assert accepted.scored.because["parts"]["country"] == "40/40"
    assert content_of(accepted.letter).startswith(b"%PDF-")
    message = Message.objects.get(key=f"case-accepted:{case.id}")
    assert message.payload["attachments"] == [str(accepted.letter.id)]
    kinds = list(
        Event.objects.filter(case_id=case.id, audience="client")
        .order_by("id")
        .values_list("kind", flat=True)
    )
    assert kinds == ["CaseSubmitted", "CaseAccepted", "CaseAssigned", "InvoiceIssued"]


def test_accepting_twice_is_refused_and_leaves_one_letter(standing):
    case = submit(standing)
    accept(standing, Case.objects.get(id=case.id))
    with pytest.raises(Refusal, match="no longer “submitted”"):
        accept(standing, case)
    assert Document.objects.filter(kind="acceptance").count() == Message.objects.count() == 1


def test_a_time_barred_case_cannot_be_accepted(standing):
    case = submit(standing, line(due="2021-05-01"))
    with pytest.raises(Refusal, match="time-barred after 2024-12-31") as refused:
        accept(standing, case)
    assert refused.value.code == "time_barred"
    assert Case.objects.get(id=case.id).stage == "submitted"


def test_without_anybody_a_supervisor_is_asked(house):
    standing = sign_up(house)
    case = submit(standing)
    assert accept(standing, case).scored is None
    assert Case.objects.get(id=case.id).stage == "accepted"
    assert Task.objects.get(kind="assign").role == "supervisor"


def test_a_declined_client_reads_why(standing):
    case = submit(standing)
    decline_and_tell(
        agency=standing.house.agency,
        case=case,
        because="Säljaren är inte ni.",
        by=standing.by,
        at=AT,
    )
    assert "Säljaren är inte ni." in Message.objects.get().payload["text"]


def test_the_letter_is_written_at_any_fraction_of_a_second(standing):
    case = submit(standing)
    by = standing.house.actor("account_manager")
    at = AT.replace(microsecond=123456)
    assert (
        accept_and_assign(agency=standing.house.agency, case=case, by=by, at=at).letter.size > 1000
    )
