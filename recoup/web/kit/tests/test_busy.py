"""What the database cannot just now (OP03): tried again where it was undone, then 503 and when to come back."""

from typing import Any
from unittest.mock import patch

import pytest
from django.contrib import messages
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser

from recoup.eventlog.models import Event
from recoup.eventlog.operations import record
from recoup.kernel.actor import SYSTEM
from recoup.tenancy.context import apply
from recoup.web.kit import busy
from tests.cast import NOW, House


class Page:
    """A view that writes an event and then meets the database's errors, as many as `states`."""

    def __init__(self, house: House, *states: str) -> None:
        self.house, self.states, self.asked = house, list(states), 0
        self.reads, self.read, self.says = False, list[list[bytes]](), False

    def __call__(self, request: HttpRequest, *rest: Any, **named: Any) -> HttpResponse:
        self.asked += 1
        if self.reads:
            self.read.append([file.read() for file in request.FILES.getlist("enclosed")])
        if self.says:
            messages.success(request, f"Kept ({self.asked}).")
        record(agency=self.house.id, kind="Tried", by=SYSTEM, at=NOW, number=self.asked)  # type: ignore[arg-type]
        if self.states and (state := self.states.pop(0)):
            with connection.cursor() as cursor:
                cursor.execute(
                    f"DO $$ BEGIN RAISE EXCEPTION 'busy' USING ERRCODE = '{state}'; END $$"
                )
        return HttpResponse("done")


@pytest.fixture
def waits(monkeypatch: Any) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr(busy.time, "sleep", found.append)
    return found


def visit(page: Page) -> Any:
    """The page in place of a public one, asked by its own address."""
    with patch("django.urls.resolvers.ResolverMatch.__init__", placed(page)):
        found = Browser(raise_request_exception=False).get("/")
    apply({"agency_id": str(page.house.id), "client_id": "", "case_id": "", "user_id": ""})
    return found


def placed(page: Page) -> Any:
    from django.urls.resolvers import ResolverMatch

    whole = ResolverMatch.__init__

    def made(self: Any, func: Any, *args: Any, **kwargs: Any) -> None:
        whole(self, page, *args, **kwargs)

    return made


@pytest.mark.parametrize("state", sorted(busy.UNDONE))
def test_op03_what_was_undone_is_tried_again_and_has_one_effect(
    house: House, waits: list[float], state: str
) -> None:
    page = Page(house, state, state)
    assert visit(page).content == b"done"
    assert page.asked == 3 and Event.objects.filter(kind="Tried").count() == 1
    assert len(waits) == 2 and 0.02 < waits[0] < 0.08 < waits[1] * 2


def test_op03_a_file_that_the_first_try_has_read_is_whole_for_the_second(
    house: House, waits: list[float]
) -> None:
    page = Page(house, "40P01")
    page.reads = True
    with patch("django.urls.resolvers.ResolverMatch.__init__", placed(page)):
        files = [SimpleUploadedFile("a.txt", b"first"), SimpleUploadedFile("b.txt", b"second")]
        answer = Browser(raise_request_exception=False).post("/", {"enclosed": files})
    assert (answer.status_code, page.asked, page.read) == (200, 2, [[b"first", b"second"]] * 2)


def test_op03_what_the_first_try_said_is_not_said_twice(house: House, waits: list[float]) -> None:
    page = Page(house, "40P01")
    page.says = True
    with patch("django.urls.resolvers.ResolverMatch.__init__", placed(page)):
        answer = Browser(raise_request_exception=False).post("/", {})
    said = [str(each) for each in get_messages(answer.wsgi_request)]
    assert (answer.status_code, page.asked, said) == (200, 2, ["Kept (2)."])


def test_op03_three_times_and_no_more_then_when_to_come_back(
    house: House, waits: list[float]
) -> None:
    page = Page(house, *["40P01"] * 9)
    answer = visit(page)
    assert (answer.status_code, answer["Retry-After"], page.asked) == (503, "5", 3)
    assert "Too much at once" in answer.content.decode()
    assert not Event.objects.filter(kind="Tried").exists()


@pytest.mark.parametrize("state", ["57P01", "08006", "53100"])
def test_op03_what_may_have_been_done_is_not_tried_again(
    house: House, waits: list[float], state: str
) -> None:
    page = Page(house, state)
    answer = visit(page)
    assert (answer.status_code, answer["Retry-After"], page.asked, waits) == (503, "5", 1, [])


def test_op03_a_fault_of_ours_is_no_busy_database(house: House, waits: list[float]) -> None:
    page = Page(house, "22012")
    assert visit(page).status_code == 500 and page.asked == 1 and not waits


def test_op03_a_connection_that_cannot_be_had_is_busy() -> None:
    import psycopg

    wrapped = OperationalError("connection failed")
    wrapped.__cause__ = psycopg.OperationalError("connection failed: too many clients")
    assert busy.is_busy(wrapped) and not busy.may_try_again(wrapped, 1)
    assert not busy.is_busy(ValueError("no"))
