"""The gate, rule by rule, both ways. No database."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from recoup.contact.house import House
from recoup.contact.rules import CALLS_IN_A_WEEK, GateFacts, gate, zone

FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)  # 11:00 in Berlin
FREE = GateFacts(
    stage="contact", owed=Decimal("10.00"), holds=(), payment_waiting=False, channel="letter",
    reachable=True, opted_out=False, bad_address=False, jurisdiction="DE", time_zone="Europe/Berlin",
)  # fmt: skip


def ask(now=FRIDAY, **changed):
    return gate(replace(FREE, **changed), now)


def test_nothing_stands_against_it():
    for channel in ("letter", "email", "call"):
        assert ask(channel=channel).ok


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"stage": "evaluation"}, "not_in_contact"),
        ({"owed": Decimal(0)}, "nothing_owed"),
        ({"owed": Decimal("-3")}, "nothing_owed"),
        ({"payment_waiting": True}, "payment_waiting"),
        ({"holds": (("disputed", None),)}, "disputed"),
        ({"holds": (("promise", date(2026, 11, 20)),)}, "promised"),
        ({"holds": (("plan", None),)}, "plan_in_force"),
        ({"holds": (("insolvency", None),)}, "insolvency_stay"),
        ({"holds": (("represented", None),)}, "represented"),
        ({"holds": (("client_asks", None),)}, "client_asks"),
        ({"threat": "court_order"}, "no_authority"),
        ({"threat": "lawyer", "authorised": frozenset({"court_order"})}, "no_authority"),
        ({"house": House(without={"DE": ("letter",)})}, "not_used_there"),
        ({"house": House(closed_on=(date(2026, 11, 20),))}, "house_closed"),
        ({"house": House(least_letter=11)}, "too_little"),
        (
            {
                "written_on": (
                    (date(2026, 11, 19), "a"),
                    (date(2026, 11, 18), "b"),
                    (date(2026, 11, 17), "c"),
                )
            },
            "written_enough",
        ),
        ({"channel": "call", "calls_on": (date(2026, 11, 20),) * 3}, "called_today"),
        (
            {
                "channel": "call",
                "talked_on": (date(2026, 11, 15),),
                "house": House(quiet_after_talk=7),
            },
            "spoken_to",
        ),
        ({"channel": "call", "house": House(calls_to=time(10))}, "outside_own_hours"),
        ({"unread": True}, "unread"),
        ({"opted_out": True}, "opted_out"),
        ({"bad_address": True}, "bad_address"),
        ({"reachable": False}, "no_address"),
        ({"is_demand": True, "most_demands": 1, "demands_sent": 1}, "demand_made"),
        ({"written_on": ((date(2026, 11, 20), "other"),)}, "written_today"),
        ({"channel": "call", "calls_on": (date(2026, 11, 19),) * CALLS_IN_A_WEEK}, "called_enough"),
    ],
)
def test_each_rule_denies_with_its_code_and_a_whole_sentence(changed, code):
    verdict = ask(**changed)
    assert (verdict.ok, verdict.code) == (False, code)
    assert "%(" not in verdict.because % verdict.params


@pytest.mark.parametrize(
    "changed",
    [
        {"owed": Decimal("0.01")},
        {"channel": "call", "unread": True},
        {"holds": (("promise", date(2026, 11, 19)),)},
        {"is_demand": True, "most_demands": 1, "demands_sent": 0},
        {"is_demand": True, "most_demands": None, "demands_sent": 5},
        {"demands_sent": 5, "most_demands": 1},
        {"written_on": ((date(2026, 11, 19), "other"),)},
        {"channel": "call", "calls_on": (date(2026, 11, 19),) * (CALLS_IN_A_WEEK - 1)},
        {"channel": "call", "calls_on": (date(2026, 11, 13),) * CALLS_IN_A_WEEK},
        {"channel": "call", "written_on": ((date(2026, 11, 20), "other"),)},
        {"channel": "email", "calls_on": (date(2026, 11, 20),) * CALLS_IN_A_WEEK},
    ],
)
def test_each_rule_permits_at_its_edge(changed):
    assert ask(**changed).ok


def test_the_first_reason_in_order_is_the_answer():
    everything = {
        "stage": "closed", "owed": Decimal(0), "payment_waiting": True, "holds": (("disputed", None),),
        "opted_out": True, "bad_address": True, "reachable": False,
        "written_on": ((date(2026, 11, 20), "other"),),
    }  # fmt: skip
    # Who disputes all of it owes nothing that could be asked for, and is not told that nothing is owed.
    order = ("not_in_contact", "payment_waiting", "disputed", "nothing_owed", "opted_out", "bad_address",
             "no_address", "written_today")  # fmt: skip
    mended = {
        "not_in_contact": {"stage": "contact"}, "nothing_owed": {"owed": Decimal(1)},
        "payment_waiting": {"payment_waiting": False}, "disputed": {"holds": ()},
        "opted_out": {"opted_out": False}, "bad_address": {"bad_address": False},
        "no_address": {"reachable": True}, "written_today": {"written_on": ()},
    }  # fmt: skip
    for code in order:
        assert ask(**everything).code == code
        everything |= mended[code]
    assert ask(**everything).ok


def test_an_open_ended_hold_counts_beside_one_that_ends():
    both = (("promise", date(2026, 11, 25)), ("disputed", None))
    assert not ask(holds=both).ok


def test_a_hold_opens_on_the_day_after_its_last():
    verdict = ask(holds=(("promise", date(2026, 11, 25)),))
    assert verdict.earliest_at == datetime(2026, 11, 26, tzinfo=UTC)


def test_today_is_the_debtors_day_not_ours():
    at = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # already the 21st in Hong Kong
    written = ((date(2026, 11, 20), "other"),)
    assert ask(now=at, written_on=written, time_zone="Asia/Hong_Kong", jurisdiction="HK").ok
    assert ask(now=at, written_on=written).code == "written_today"


def test_written_today_opens_tomorrow_morning_there():
    verdict = ask(written_on=((date(2026, 11, 20), "other"),))
    assert verdict.earliest_at == datetime(2026, 11, 21, 7, 0, tzinfo=UTC)


def test_called_enough_opens_when_the_oldest_call_is_a_week_old():
    days = tuple(date(2026, 11, 14) + timedelta(days=n) for n in range(CALLS_IN_A_WEEK))
    verdict = ask(channel="call", calls_on=days)
    assert verdict.earliest_at == datetime(2026, 11, 21, 7, 0, tzinfo=UTC)


# Hours: calls keep to them in the debtor's zone, letters do not ------------------------------


@pytest.mark.parametrize("channel", ["letter", "email"])
def test_a_letter_may_leave_at_night_and_on_sunday(channel):
    assert ask(now=datetime(2026, 11, 22, 2, 0, tzinfo=UTC), channel=channel).ok


def test_a_call_waits_for_business_hours_and_says_when():
    at = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)  # Friday night
    verdict = ask(now=at, channel="call")
    assert verdict.code == "outside_hours"
    assert verdict.earliest_at is not None
    local = verdict.earliest_at.astimezone(zone("Europe/Berlin"))
    assert local.date() == date(2026, 11, 23)
    assert ask(now=verdict.earliest_at, channel="call").ok
    assert not ask(now=verdict.earliest_at - timedelta(minutes=1), channel="call").ok


def test_the_same_instant_is_day_here_and_night_there():
    at = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
    assert ask(now=at, channel="call").ok
    assert (
        ask(now=at, channel="call", jurisdiction="HK", time_zone="Asia/Hong_Kong").code
        == "outside_hours"
    )


def test_hours_follow_the_clock_change():
    """The office opens at the same hour there before and after the clocks change, so not in UTC."""
    berlin, nights = zone("Europe/Berlin"), [(10, 23), (10, 26), (3, 27), (3, 30)]
    opens = [
        ask(now=datetime(2026, m, d, 2, tzinfo=UTC), channel="call").earliest_at for m, d in nights
    ]
    assert [o.astimezone(berlin).date() for o in opens] == [date(2026, m, d) for m, d in nights]
    assert len({o.astimezone(berlin).time() for o in opens}) == 1
    hours = [o.astimezone(UTC).hour for o in opens]
    assert (hours[1] - hours[0], hours[3] - hours[2]) == (1, -1)


def test_a_holiday_there_is_no_day_to_call():
    christmas = datetime(2026, 12, 25, 10, 0, tzinfo=UTC)
    verdict = ask(now=christmas, channel="call")
    assert verdict.code == "outside_hours"
    assert verdict.earliest_at.date() == date(2026, 12, 28)


def test_an_unknown_zone_falls_back_without_a_crash():
    for name in ("Mars/Base", "", "../etc/passwd"):
        assert ask(time_zone=name).ok
        assert ask(time_zone=name, channel="call").ok, "the law's own zone: Berlin at eleven"
        night = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
        assert ask(time_zone=name, channel="call", now=night).code == "outside_hours"


def test_the_gate_asks_no_clock():
    assert ask() == ask()


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(("asked", "opens"), [
    # Friday evening before the clocks go back, and before they go forward: Monday eight o'clock there, both times.
    (datetime(2026, 10, 23, 20, tzinfo=UTC), datetime(2026, 10, 26, 8, tzinfo=BERLIN)),
    (datetime(2026, 3, 27, 20, tzinfo=UTC), datetime(2026, 3, 30, 8, tzinfo=BERLIN)),
])  # fmt: skip
def test_dt02_the_next_day_is_a_day_of_the_calendar_and_no_twenty_four_hours(asked, opens):
    answer = ask(now=asked, channel="call")
    assert answer.code == "outside_hours" and answer.earliest_at == opens.astimezone(UTC)
    assert (opens - asked.astimezone(BERLIN).replace(hour=8, minute=0)).days == 3


def test_dt02_a_day_from_now_keeps_the_hour_there_over_a_change_of_the_clock():
    before = datetime(2026, 10, 24, 14, 30, tzinfo=BERLIN)
    after = datetime.combine(before.date() + timedelta(days=1), before.time(), BERLIN)
    assert after.hour == 14 and (after.astimezone(UTC) - before.astimezone(UTC)) == timedelta(
        hours=25
    )
