"""Treatment plans at the desk: edited as a list, tried out, released by those who may; and what the gate reports."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from recoup.cases.models import Case, Look
from recoup.cases.operations import put_on_hold
from recoup.contact.models import HouseRules, Permit
from recoup.journeys.asking_to_call import ask_to_call
from recoup.kernel.actor import SYSTEM
from recoup.payments.tests.cast import trust_account
from recoup.strategy.models import TreatmentPlan, Trial
from recoup.web.desk.tests.cast import at_work, called, line, logged_in, sign_up

pytestmark = pytest.mark.django_db
FIRST = {
    "name-1": "first_demand", "channels-1": ["letter", "email"], "letter-1": "notice", "answer_days-1": "10",
    "wait-1": "0", "tries-1": "5", "consequence-1": "call", "charge-1": "demand", "fact-1": ["amount", ""],
    "op-1": ["at_least", "at_least"], "value-1": ["100", ""],
}  # fmt: skip
SECOND = {
    "name-2": "call", "channels-2": ["call"], "answer_days-2": "7", "wait-2": "3", "tries-2": "4",
}  # fmt: skip


@pytest.fixture
def supervisor(house: Any) -> Browser:
    trust_account(house.agency)
    return logged_in(house, "supervisor")


def saved(browser: Browser, act: str = "save", **more: Any) -> Any:
    return browser.post(reverse("desk:plan_edit"), {"name": "calm", **FIRST, **SECOND, "act": act, **more})  # fmt: skip


def draft() -> TreatmentPlan:
    return TreatmentPlan.objects.get(state="draft")


def page(browser: Browser, name: str = "plans") -> str:
    return browser.get(reverse(f"desk:{name}")).content.decode()


def test_a_draft_is_kept_as_it_was_written_and_read_aloud(supervisor: Browser) -> None:
    assert saved(supervisor).status_code == 302
    assert [step["name"] for step in draft().steps] == ["first_demand", "call"]
    shown = page(supervisor)
    assert "after 3 business days" in shown and "amount at least 100" in shown
    assert "In force: standard 1" in shown, "nothing is in force before it is released"


def test_rows_are_added_moved_and_removed_without_a_script(supervisor: Browser) -> None:
    names = {
        act: [row["step"].get("name") for row in saved(supervisor, act).context["rows"]]
        for act in ("add", "down:1", "up:2", "remove:1", "remove:9", "up:1")
    }
    assert names == {
        "add": ["first_demand", "call", ""], "down:1": ["call", "first_demand"], "up:2": ["call", "first_demand"],
        "remove:1": ["call"], "remove:9": ["first_demand", "call"], "up:1": ["first_demand", "call"],
    }  # fmt: skip
    assert not TreatmentPlan.objects.exists()


def test_what_is_wrong_is_said_at_its_row_and_what_was_typed_stays(supervisor: Browser) -> None:
    for wrong in ({"name-2": "Call them!"}, {"channels-2": []}, {"wait-2": "soon"}, {"name-2": "first_demand"}):  # fmt: skip
        answer = saved(supervisor, **wrong)
        assert answer.status_code == 422, wrong
        assert [row["wrong"] for row in answer.context["rows"]] == [False, True]
    assert 'value="3"' in saved(supervisor, **{"name-2": "Call them!"}).content.decode()


def test_the_plan_of_clients_own_reminders_is_edited_on_the_same_page(supervisor: Browser) -> None:
    shown = supervisor.get(reverse("desk:plans"), {"kind": "own"}).content.decode()
    assert "own reminders 1" in shown and "3 days before" in shown and "on the due day" in shown
    assert (
        'name="after-1"'
        in supervisor.get(reverse("desk:plan_edit"), {"kind": "own"}).content.decode()
    )
    first = {
        "name-1": "word",
        "channels-1": ["email"],
        "letter-1": "own_word",
        "after-1": "-5",
        "answer_days-1": "0",
        "tries-1": "5",
        "wait-1": "0",
    }
    wrong = supervisor.post(
        reverse("desk:plan_edit"),
        {"name": "mild", "kind": "own", "act": "save", **first, "letter-1": "notice"},
    )
    assert wrong.status_code == 422
    assert (
        supervisor.post(
            reverse("desk:plan_edit"), {"name": "mild", "kind": "own", "act": "save", **first}
        ).status_code
        == 302
    )
    assert (draft().kind, draft().steps[0]["after"]) == ("own", -5)
    assert "mild 1" in supervisor.get(reverse("desk:plans"), {"kind": "own"}).content.decode()
    assert "mild" not in page(supervisor), "the plan of cases is another"
    assert (
        "Cases looked at: 0, 0"
        in supervisor.get(reverse("desk:plan_dry_run"), {"kind": "own"}).content.decode()
    )


def test_the_dry_run_says_what_tomorrow_would_do_and_does_nothing(
    house: Any, supervisor: Browser
) -> None:
    standing = sign_up(house)
    case = at_work(standing)
    Look.objects.filter(case_id=case.id).update(day=timezone.now().date())
    saved(supervisor)
    shown = page(supervisor, "plan_dry_run")
    assert "standard 1" in shown and "calm" in shown
    assert "Tomorrow this would" in shown and "Cases looked at: 1, 1" in shown
    assert case.attempts.count() == 0
    assert Case.objects.get(id=case.id).next_action_on == timezone.now().date()


def test_released_it_is_in_force_and_stands_among_the_versions(supervisor: Browser) -> None:
    saved(supervisor)
    today = timezone.now().date().isoformat()
    release = reverse("desk:plan_release", args=[draft().id])
    said = supervisor.post(release, {"act": "release", "valid_from": today}, follow=True)
    assert "The plan is released." in said.content.decode()
    assert "In force: calm" in page(supervisor) and "Versions" in page(supervisor)
    late = supervisor.post(release, {"act": "release", "valid_from": "soon"}, follow=True)
    assert "The plan is released." not in late.content.decode()


def test_a_trial_is_shown_with_its_interval_and_ends(supervisor: Browser) -> None:
    saved(supervisor)
    plan = draft()
    way = reverse("desk:plan_release", args=[plan.id])
    asked = {"act": "trial", "share": "20", "within_days": "30", "valid_from": timezone.now().date().isoformat()}  # fmt: skip
    supervisor.post(way, asked)
    shown = page(supervisor)
    assert Trial.objects.get(challenger=plan).share == 20
    assert "95 times in 100 between" in shown and "nothing is decided yet" not in shown
    assert "No case of both plans has had its time yet: 0 are under way" in shown, (
        "no share of nothing"
    )
    assert "on trial" in shown
    supervisor.post(way, {"act": "end"})
    assert Trial.objects.get().until is not None
    assert "End the trial" not in page(supervisor)


def test_a_draft_is_dropped_and_a_collector_only_looks(house: Any, supervisor: Browser) -> None:
    saved(supervisor)
    collector = logged_in(house, "collector")
    assert collector.get(reverse("desk:plan_edit")).status_code == 404
    way = reverse("desk:plan_release", args=[draft().id])
    assert collector.post(way, {"act": "drop"}).status_code == 404
    assert "Draft" in page(collector)
    supervisor.post(way, {"act": "drop"})
    assert not TreatmentPlan.objects.filter(state="draft").exists()


# The gate's report ---------------------------------------------------------------------------------


def test_what_was_permitted_and_denied_is_counted_and_led_back_to_its_case(
    house: Any, supervisor: Browser
) -> None:
    standing = sign_up(house)
    cases = [called(at_work(standing, key=f"k{n}", lines=[line(f"RE-{n}")])) for n in range(2)]
    now = timezone.now()
    put_on_hold(case=cases[0], kind="client_asks", because="x", until=None, by=SYSTEM, at=now)
    for case in cases:
        ask_to_call(agency=house.agency, case=case, by=SYSTEM, at=now)
    shown = page(supervisor, "gate")
    assert "The case is on hold (the client asks for it)." in shown and cases[0].number in shown
    assert f">{Permit.objects.count()}<" in shown.replace("\n", "")


def test_the_gates_report_takes_as_many_queries_for_many_denials(
    house: Any, supervisor: Browser
) -> None:
    standing, now = sign_up(house), timezone.now()

    def asked(n: int) -> int:
        case = at_work(standing, key=f"q{n}", lines=[line(f"RQ-{n}")])
        put_on_hold(case=case, kind="client_asks", because="x", until=None, by=SYSTEM, at=now)
        ask_to_call(agency=house.agency, case=case, by=SYSTEM, at=now)
        with CaptureQueriesContext(connection) as found:
            page(supervisor, "gate")
        return len(found)

    assert len({asked(n) for n in range(3)}) == 1


def test_the_houses_rules_are_set_by_version_and_a_wrong_one_is_said(
    house: Any, supervisor: Browser
) -> None:
    rules = {
        "calls_in_day": "2", "calls_in_week": "5", "quiet_after_talk": "1", "written_in_day": "1", "written_in_week": "2",
        "most_demands": "1", "least_letter": "0", "least_call": "0", "calls_from": "09:00", "calls_to": "17:00",
        "closed_on": "2026-12-24", "without": "DE: sms", "because": "calmer", "valid_from": timezone.now().date().isoformat(),
    }  # fmt: skip
    way = reverse("desk:gate_rules")
    for wrong in ({"calls_in_day": "many"}, {"without": "DE sms"}, {"closed_on": "christmas"}, {"valid_from": "soon"}):  # fmt: skip
        answer = supervisor.post(way, rules | wrong)
        assert answer.status_code == 422 and "calmer" in answer.content.decode(), wrong
    assert supervisor.post(way, rules).status_code == 302
    kept = HouseRules.objects.get()
    assert kept.rules["calls_in_day"] == 2 and kept.because == "calmer"
    assert "calmer" in page(supervisor, "gate")
    assert logged_in(house, "collector").post(way, rules).status_code == 404


def test_a_draft_with_the_built_in_plan_s_name_is_its_next_version(supervisor: Browser) -> None:
    """Both called "standard 1", nobody could tell the plan in force from its challenger."""
    saved(supervisor)
    assert str(draft()) == "calm 1"
    saved(supervisor, name="standard")
    assert str(draft()) == "standard 2"
