"""Cases at the desk's hand, and people logged in."""

from typing import Any

from django.test import Client as Browser

from recoup.cases.models import Case
from recoup.cases.operations import add_task
from recoup.cases.tests.cast import AT, TODAY, Standing, add_debtor, at_work, line, sign_up, submit
from recoup.kernel.actor import SYSTEM

__all__ = ["AT", "TODAY", "Standing", "add_debtor", "at_work", "called", "line", "logged_in", "many",
           "sign_up", "submit"]  # fmt: skip


def logged_in(house: Any, role: str) -> Browser:
    browser = Browser()
    browser.force_login(house.members[role].user)
    return browser


def called(case: Case) -> Case:
    """With a call on the collector's list for today."""
    add_task(
        agency=case.agency_id, key=f"call:{case.number}", kind="call", sentence="Call %(debtor)s",
        params={"debtor": case.debtor.name}, role="collector", owner=case.collector, due_on=TODAY,
        default="", case=case, by=SYSTEM, at=AT,
    )  # fmt: skip
    return case


def many(standing: Standing, count: int, start: int = 0) -> list[Case]:
    """Cases in contact with a call each, and as many that wait for their review."""
    found = []
    for n in range(start, start + count):
        found.append(called(at_work(standing, key=f"w{n}", lines=[line(f"RE-{n}")])))
        submit(standing, line(f"RS-{n}"), key=f"s{n}")
    return found
