"""Eight presses of one button at once, with real commits."""

from typing import Any

from recoup.cases.models import Case, Hold, Task
from recoup.cases.operations import add_note
from recoup.cases.tests.test_races import at_once
from recoup.contact.models import ContactAttempt
from recoup.eventlog.models import Event
from recoup.journeys.call import call_made
from recoup.kernel.ids import new_id
from recoup.tenancy.context import scope
from recoup.web.desk.tests.cast import AT, at_work, sign_up


def test_eight_presses_at_once_are_one_call_and_one_note(committed_house: Any) -> None:
    house, key, other = committed_house, new_id(), new_id()
    with scope(house.id):
        case = at_work(sign_up(house))
        by = house.actor("collector")

    def call() -> Any:
        fresh = Case.objects.select_related("client", "debtor", "collector").get(id=case.id)
        return call_made(
            agency=house.agency, case=fresh, contact=None, outcome="disputes", note="broken",
            key=key, by=by, at=AT,
        ).id  # fmt: skip

    assert set(at_once(house, [call] * 8)) == {key}
    assert set(
        at_once(house, [lambda: add_note(case=case, text="x", key=other, by=by, at=AT)] * 8)
    ) == {None}
    with scope(house.id):
        assert ContactAttempt.objects.filter(case=case).count() == 1
        assert Hold.objects.filter(case=case).count() == 1
        assert Task.objects.filter(case=case, kind="dispute").count() == 1
        assert Event.objects.filter(case_id=case.id, kind="NoteAdded").count() == 2
