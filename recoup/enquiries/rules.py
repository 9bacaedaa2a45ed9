"""When a visitor may be called back. Pure."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from recoup.kernel.days import parse_day
from recoup.kernel.refusal import N_, Refusal

FIRST, LAST = time(8), time(19)  # by the visitor's clock
AHEAD = timedelta(minutes=30)
FARTHEST = timedelta(days=21)
CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


def zone_named(name: str) -> str:
    """Raises `Refusal` `zone_unknown`."""
    if name not in available_timezones():
        raise Refusal("zone_unknown", N_("“%(found)s” is not a time zone such as Europe/Stockholm."), field="time_zone", found=name[:60])  # fmt: skip
    return name


def call_time(day: str, clock: str, zone: str, *, now: datetime) -> datetime:
    """The moment a visitor asks to be called at, by the clock of its own zone.

    Raises `Refusal` `zone_unknown`, `time_not_plain`, `call_not_in_hours`, `call_too_soon`, `call_too_far`,
    `call_no_such_time` (the hour that summer time leaves out), those of `parse_day`.
    """
    place = ZoneInfo(zone_named(zone))
    on: date = parse_day(day, field="call_on")
    found = CLOCK.fullmatch(clock)
    if found is None:
        raise Refusal(
            "time_not_plain",
            N_("“%(found)s” is not a time such as 14:30."),
            field="call_time",
            found=clock[:20],
        )
    wall = time(int(found[1]), int(found[2]))
    if not FIRST <= wall <= LAST or on.weekday() >= 5:
        raise Refusal("call_not_in_hours", N_("We call from Monday to Friday between 08:00 and 19:00 by your clock."), field="call_time")  # fmt: skip
    at = datetime.combine(on, wall, place)
    if at.astimezone(ZoneInfo("UTC")).astimezone(place).time() != wall:
        raise Refusal(
            "call_no_such_time", N_("The clock skips that time on that day."), field="call_time"
        )
    if at < now + AHEAD:
        raise Refusal(
            "call_too_soon", N_("Choose a time at least half an hour from now."), field="call_time"
        )
    if at > now + FARTHEST:
        raise Refusal(
            "call_too_far", N_("Choose a day within the next three weeks."), field="call_on"
        )
    return at
