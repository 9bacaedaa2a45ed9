"""The reports: equal to ledger and screen to the cent, each figure opening into its cases, each client its
own; as a workbook, and by e-mail once."""

import re
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum as Total
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from recoup.cases.models import Case
from recoup.cases.tests.cast import AT, at_work, line, sign_up, submit
from recoup.files.operations import content_of
from recoup.journeys.send_reports import send_reports
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.ledger.models import Posting
from recoup.payments.operations.allocate import report_direct_payment, waive
from recoup.reports import reading
from recoup.reports.models import Subscription
from recoup.reports.operations import following, subscribe
from recoup.reports.reading import Asked, CaseRow
from recoup.reports.states import FUNNEL, GROUPINGS
from recoup.reports.workbook import Workbook
from recoup.tenancy.context import scope
from recoup.tenancy.models import Member
from recoup.web.kit.reports import write_for

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def world(house: Any) -> Any:
    """Two clients; paid, part paid, waived and untouched cases."""
    one, other = sign_up(house), sign_up(house, "Nordlicht AB", "5560360793")
    cases = [at_work(one, lines=[line(f"RE-{n}", f"{n}00.00")], key=f"k{n}") for n in range(1, 5)]
    cases.append(at_work(other, lines=[line("RE-9", "900.00")], key="o"))
    for case, amount in zip(cases, ("100.00", "150.55", "33.33"), strict=False):
        report_direct_payment(case=case, amount=Money(Decimal(amount), "EUR"), on=AT.date(), by=SYSTEM, at=AT)  # fmt: skip
    waive(case=cases[3], amount=Money(Decimal("40.00"), "EUR"), because="x", by=SYSTEM, at=AT)  # fmt: skip
    report_direct_payment(case=cases[4], amount=Money(Decimal("77.70"), "EUR"), on=AT.date(), by=SYSTEM, at=AT)  # fmt: skip
    return house, one, other, cases


def asked(house: Any, client: Any = None) -> Asked:
    return Asked(house.id, date(2026, 11, 25), BEGINNING, client.id if client else None)


def booked(account: str, **more: Any) -> Decimal:
    found = Posting.objects.filter(account=account, book__kind="case", **more)
    return found.aggregate(total=Total("amount"))["total"] or Decimal(0)


@pytest.mark.parametrize("name", [g.name for g in GROUPINGS.values()])
def test_every_report_adds_up_to_the_ledger_to_the_cent(world: Any, name: str) -> None:
    house, *_ = world
    rows = reading.grouped(asked(house), name)
    assert sum(r.placed for r in rows) == booked("principal", entry__kind="claim") == 1900
    assert sum(r.collected for r in rows) == booked("paid") == Decimal("361.58")
    assert sum(r.open for r in rows) == booked("principal")
    assert sum(r.cases for r in rows) == 5


def test_every_row_opens_into_exactly_its_cases(world: Any) -> None:
    house, *_ = world
    for name in (*GROUPINGS, "funnel"):
        rows = reading.funnel(asked(house)) if name == "funnel" else reading.grouped(asked(house), name)  # fmt: skip
        assert rows
        for r in rows:
            behind = reading.cases_behind(asked(house), name, r.key, r.currency)
            assert len(behind) == r.cases
            assert sum(c.collected for c in behind) == r.collected
            assert sum(c.placed for c in behind) == r.placed
    assert reading.cases_behind(asked(house), "country", "XX", "EUR") == []
    assert reading.cases_behind(asked(house), "nothing", "DE", "EUR") == []


def test_a_client_sees_its_own_even_if_the_code_forgot_to_ask(world: Any) -> None:
    house, _, other, _ = world
    with scope(house.id, client=other.client.id):
        rows = reading.grouped(asked(house), "country")
    assert [(r.cases, r.placed) for r in rows] == [(1, 900)]
    assert rows == reading.grouped(asked(house, other.client), "country")


def test_the_stairs_add_up_to_the_principal_paid(world: Any) -> None:
    house, *_ = world
    steps = reading.stairs(asked(house))
    assert sum(s.principal for s in steps) == sum(r.principal for r in reading.grouped(asked(house), "placement"))  # fmt: skip
    assert {s.after for s in steps} == {0}


def test_the_funnel_narrows(world: Any) -> None:
    house, one, *_ = world
    submit(one, line("RE-77"), key="waits")
    steps = {r.key: r.cases for r in reading.funnel(asked(house))}
    assert {s: n for s, n in steps.items() if n} == {"placed": 6, "accepted": 5, "paid": 4}
    assert [s for s, _, _ in FUNNEL][:2] == ["placed", "accepted"]


def logged_in(user: Any) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


NAMES = ["placement", "age", "country", "ageing", "funnel", "contacts", "cost", "forecast"]


@pytest.mark.parametrize("name", NAMES)
def test_each_page_is_there_for_supervisor_and_client(world: Any, name: str) -> None:
    house, one, *_ = world
    for user, door in ((house.members["supervisor"].user, "desk"), (one.member.user, "client")):
        answer = logged_in(user).get(f"/{door}/reports/{name}/")
        assert answer.status_code == 200, door


def test_page_workbook_and_ledger_say_the_same_and_the_page_costs_the_same_queries(world: Any) -> None:  # fmt: skip
    house, one, *_ = world
    browser = logged_in(house.members["supervisor"].user)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page = browser.get("/desk/reports/country/?since=all").content.decode()
        assert "361.58" in page
        return len(seen)

    before = cost()
    for n in range(20, 26):
        at_work(one, lines=[line(f"RE-{n}", "10.00")], key=f"m{n}")
    assert cost() == before
    sheets = workbook(browser.get("/desk/reports/all.xlsx?since=all"))
    assert sum(row[4] for row in sheets["By country"][1:]) == pytest.approx(361.58)
    assert len(sheets["Cases"]) - 1 == Case.objects.count()


def workbook(answer: Any) -> dict[str, list[Any]]:
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_ex05_a_clients_workbook_has_neither_others_nor_what_is_the_houses(world: Any) -> None:
    *_, other, cases = world
    sheets = workbook(logged_in(other.member.user).get("/client/reports/all.xlsx?since=all"))
    assert not {"By client", "By collector"} & set(sheets)
    assert [row[0] for row in sheets["Cases"][1:]] == [cases[4].number]
    assert "Collector" not in sheets["Cases"][0] and len(sheets["Cases"][0]) == len(
        sheets["Cases"][1]
    )
    assert logged_in(other.member.user).get("/client/reports/collector/").status_code == 404


def test_each_figure_opens_into_its_cases_on_the_page(world: Any) -> None:
    _, one, _, cases = world
    page = logged_in(one.member.user).get("/client/reports/country/cases/?since=all&key=DE&currency=EUR").content.decode()  # fmt: skip
    assert all(c.number in page for c in cases[:4]) and cases[4].number not in page
    for query in (
        "key=DE&currency=../",
        "key=DE&currency=EUR&since=7",
        "key=DE&currency=EUR&after=x",
    ):
        assert logged_in(one.member.user).get(f"/client/reports/country/cases/?{query}").status_code == 404  # fmt: skip


def test_ex04_the_workbook_is_streamed(tmp_path: Path) -> None:
    """Memory does not follow the rows: measured on 40,000, of which a million would be twenty-five times."""
    one = CaseRow(AT, "=1+1", "@SUM(A1)", "Client", None, "DE", None, "EUR", "contact", AT, AT.date(), *[Decimal("1.10")] * 4)  # type: ignore[arg-type]  # fmt: skip
    book = Workbook(tmp_path / "a.xlsx", say=str, on=AT.date())
    tracemalloc.start()
    assert book.cases("Cases", (one for _ in range(40_000))) == 40_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    book.close()
    assert peak < 8_000_000, peak
    rows = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_index(0).to_python()
    assert len(rows) == 40_001 and rows[1][:2] == ["=1+1", "@SUM(A1)"]


def test_the_next_day_is_a_monday_or_a_first() -> None:
    assert following("week", date(2026, 11, 20)) == date(2026, 11, 23) == following("week", date(2026, 11, 22))  # fmt: skip
    assert following("week", date(2026, 11, 23)) == date(2026, 11, 30)
    assert following("month", date(2026, 12, 31)) == date(2027, 1, 1)


def test_by_e_mail_once_each_week_and_after_an_outage_one_not_five(world: Any) -> None:
    house, one, *_ = world
    subscribe(member=one.member, every="week", on=AT.date(), by=SYSTEM, at=AT)

    def sent(on: date) -> int:
        return len(send_reports(agency=house.agency, on=on, write=write_for, at=AT + timedelta(days=40)))  # fmt: skip

    assert sent(date(2026, 11, 22)) == 0
    assert (sent(date(2026, 11, 23)), sent(date(2026, 11, 23))) == (1, 0)
    assert (sent(date(2026, 12, 31)), sent(date(2026, 12, 31))) == (1, 0), (
        "five Mondays were missed"
    )
    assert Subscription.objects.get().next_on == date(2027, 1, 4)


def test_the_e_mail_carries_the_clients_own_workbook(world: Any) -> None:
    from recoup.files.models import Document

    house, _, other, cases = world
    subscribe(member=other.member, every="month", on=AT.date(), by=SYSTEM, at=AT)
    (message,) = send_reports(agency=house.agency, on=date(2026, 12, 1), write=write_for, at=AT)
    assert message.recipient == other.member.user.email and not message.gated
    content = content_of(Document.objects.get(id=message.payload["attachments"][0]))
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    sheet = book.get_sheet_by_name(next(n for n in book.sheet_names if n.startswith("Cases")))
    assert [row[0] for row in sheet.to_python()[1:]] == [cases[4].number]


def test_who_has_left_gets_none(world: Any) -> None:
    house, one, *_ = world
    subscribe(member=one.member, every="week", on=AT.date(), by=SYSTEM, at=AT)
    Member.objects.filter(id=one.member.id).update(active=False)
    assert send_reports(agency=house.agency, on=date(2026, 11, 23), write=write_for, at=AT) == []


def test_the_figures_of_contacts_and_forecast_open_into_their_cases(world: Any) -> None:
    house, one, _other, cases = world
    ours, month = asked(house), f"{AT:%Y-%m}"
    paid = next(r for r in reading.contacts(ours) if f"{r.month:%Y-%m}" == month).paid
    behind = reading.cases_behind(ours, "contacts", f"paid:{month}", "")
    assert paid == len(behind) == 4
    assert reading.cases_behind(ours, "contacts", "paid:2026-01", "") == []
    for wrong in ("paid", "paid:2026-13", "paid:x' OR 1=1", "other:2026-11"):
        assert reading.condition_of("contacts", wrong) is None
    still = reading.cases_behind(ours, "forecast", "open", "EUR")
    summed = reading.summed(ours, "forecast", "open", "EUR")
    assert summed is not None and summed.cases == len(still)
    assert summed.open == sum(r.placed - r.principal - r.given_up for r in still)
    assert {r.id for r in reading.cases_behind(asked(house, one.client), "forecast", "open", "EUR")} <= {c.id for c in cases[:4]}  # fmt: skip


@pytest.mark.parametrize("door", ["desk", "client"])
def test_pages_lead_from_the_contacts_to_the_cases(world: Any, door: str) -> None:
    house, _one, _other, _cases = world
    browser = Browser()
    with scope(house.id):
        member = (
            Member.objects.get(role="supervisor")
            if door == "desk"
            else Member.objects.filter(client_id__isnull=False).first()
        )
    browser.force_login(member.user)
    page = browser.get(f"/{door}/reports/contacts/")
    found = re.search(
        rf'href="(/{door}/reports/contacts/cases/[^"]+paid[^"]+)"', page.content.decode()
    )
    assert found is not None
    assert browser.get(found[1].replace("&amp;", "&")).status_code == 200
    assert browser.get(f"/{door}/reports/contacts/cases/?key=paid:nope").status_code == 404
    assert browser.get(f"/{door}/reports/forecast/cases/?since=all&key=open&currency=EUR").status_code == 200  # fmt: skip
