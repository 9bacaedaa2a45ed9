"""When a visitor may be called: by its own clock, in hours, once."""

from datetime import UTC, datetime

import pytest

from recoup.enquiries.rules import call_time
from recoup.kernel.refusal import Refusal

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # a Friday


def test_the_hour_is_the_visitors() -> None:
    at = call_time("2026-11-23", "14:30", "Asia/Hong_Kong", now=NOW)
    assert at.astimezone(UTC) == datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "clock", "zone", "code"),
    [
        ("2026-11-22", "14:30", "Europe/Stockholm", "call_not_in_hours"), ("2026-11-23", "07:59", "Europe/Stockholm", "call_not_in_hours"),
        ("2026-11-23", "19:01", "Europe/Stockholm", "call_not_in_hours"), ("2026-11-20", "10:15", "Europe/Stockholm", "call_too_soon"),
        ("2026-12-31", "10:15", "Europe/Stockholm", "call_too_far"), ("2026-11-23", "24:00", "Europe/Stockholm", "time_not_plain"),
        ("2026-11-23", "１４:30", "Europe/Stockholm", "time_not_plain"), ("2026-11-23", "", "Europe/Stockholm", "time_not_plain"),
        ("23/11/2026", "10:00", "Europe/Stockholm", "day_not_iso"), ("0026-11-23", "10:00", "Europe/Stockholm", "day_out_of_range"),
        ("2026-11-23", "10:00", "../../etc/passwd", "zone_unknown"), ("2026-11-23", "10:00", "Mars/Olympus", "zone_unknown"),
    ],
)  # fmt: skip
def test_what_is_no_hour_is_said(day: str, clock: str, zone: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        call_time(day, clock, zone, now=NOW)
    assert refused.value.code == code and refused.value.sentence()
