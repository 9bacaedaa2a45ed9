"""When a digest is due."""

from datetime import date

import pytest

from recoup.notices.rules import is_due

MON, TUE, NEXT_WED = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 25)


@pytest.mark.parametrize(
    ("how", "told_on", "today", "hour", "due"),
    [
        ("none", None, TUE, 12, False),
        ("at_once", TUE, TUE, 3, True),
        ("daily", None, TUE, 7, True),
        ("daily", MON, TUE, 6, False),
        ("daily", MON, TUE, 7, True),
        ("daily", TUE, TUE, 23, False),
        ("weekly", MON, TUE, 12, False),
        ("weekly", date(2026, 11, 15), MON, 7, True),
        ("weekly", MON, NEXT_WED, 7, True),
    ],
)
def test_a_digest_is_due_once_in_its_time_and_never_at_night(how, told_on, today, hour, due):
    assert is_due(how, told_on=told_on, today=today, hour=hour) is due
