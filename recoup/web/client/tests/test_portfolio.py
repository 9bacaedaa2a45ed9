"""The overview's figures against cases walked there by the real verbs, and the lists behind them."""

import io
import re
import statistics
import time
import zipfile
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recoup.cases.models import SavedView
from recoup.cases.operations import move_case, put_on_hold
from recoup.cases.tests.cast import AT, TODAY, add_debtor, at_work, line, sign_up, submit
from recoup.journeys.collect import report_direct_payment
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.payments.tests.cast import trust_account
from recoup.tenancy.models import User
from recoup.tenancy.operations import add_member
from recoup.web.client.portfolio import overview
from recoup.web.client.tests.test_pages import logged_in, text


@pytest.fixture
def standing_client(house):
    trust_account(house.agency)
    return sign_up(house)


@pytest.fixture
def browser(standing_client):
    return logged_in(standing_client.member.user)


@pytest.fixture
def walked(house, standing_client):
    """Four cases: in contact (a third paid), disputed, at court, waiting."""
    paid = at_work(standing_client, lines=[line("RE-1", "900.00")], key="1")
    report_direct_payment(
        agency=house.agency, case=paid, amount=Money(Decimal("300.00"), "EUR"), on=TODAY, by=SYSTEM, at=AT
    )  # fmt: skip
    disputed = at_work(standing_client, lines=[line("RE-2", "500.00")], key="2")
    put_on_hold(case=disputed, kind="disputed", because="x", until=None, by=SYSTEM, at=AT)
    court = at_work(standing_client, lines=[line("RE-3", "700.00")], key="3")
    move_case(case=court, was="contact", now="legal", because="x", by=SYSTEM, at=AT)
    waiting = submit(standing_client, line("RE-4", "100.00"), key="4")
    return {"contact": paid, "disputed": disputed, "court": court, "waiting": waiting}


def test_each_case_stands_in_one_place_with_what_is_open(house, standing_client, walked):
    found = {s.place: s for s in overview(house.id, standing_client.client.id, TODAY).places}
    assert {name: s.cases for name, s in found.items()} == dict.fromkeys(walked, 1)
    still = {name: s.open.amount for name, s in found.items()}
    assert still["disputed"] == Decimal("500.00") and still["court"] == Decimal("700.00")
    # Costs and interest are paid first: what is left of the principal is what the law's order leaves.
    assert Decimal("600.00") <= still["contact"] < Decimal("900.00")
    assert sum(s.share for s in found.values()) == pytest.approx(Decimal(100), abs=Decimal("0.2"))


def test_the_list_behind_a_figure_is_just_its_cases(browser, walked):
    for name, case in walked.items():
        shown = text(browser.get(reverse("client:cases"), {"show": name}))
        for other in walked.values():
            assert (other.number in shown) == (other is case), (name, other.number)


def test_recovery_is_told_by_month_and_age_and_never_before_it_can_be_known(
    house, standing_client, walked
):
    later = TODAY + timedelta(days=45)
    found = overview(house.id, standing_client.client.id, later).recovery
    curve = found.by_month[0]
    by_name = {str(s.name): s.values for s in curve.series}
    assert by_name["within 90 days"] == [None] * len(curve.labels)
    assert by_name["to date"][0] > 0
    assert found.by_age[0].series[0].values[0] == by_name["to date"][0]
    assert "91" not in found.by_age[0].labels[0] and "61–90" in found.by_age[0].labels[0]


def test_the_list_behind_a_curve_is_just_its_cases(browser, walked):
    url = reverse("client:cases")
    assert (
        text(browser.get(url, {"show": "all", "placed": "2026-11"})).count("Müller Logistik") == 4
    )
    assert "No case is like this" in text(browser.get(url, {"show": "all", "placed": "2026-10"}))
    assert text(browser.get(url, {"show": "all", "age": "61-90"})).count("Müller Logistik") == 4
    assert "No case is like this" in text(browser.get(url, {"show": "all", "age": "366-"}))
    shown = text(browser.get(url, {"show": "all", "paid": "2026-11"}))
    assert walked["contact"].number in shown and walked["court"].number not in shown


def test_the_overview_costs_the_same_queries_however_many_cases(
    house, standing_client, walked, browser
):
    def count():
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(reverse("client:dashboard")).status_code == 200
        return len(seen)

    before = count()
    for n in range(5):
        at_work(standing_client, lines=[line(f"X-{n}", "10.00")], key=f"x{n}")
    assert count() == before


def test_a_view_is_kept_by_name_for_oneself_only(house, standing_client, browser, walked):
    browser.post(reverse("client:view_keep"), {"name": "Disputes", "query": "show=disputed&evil=1"})
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Disputes", "show=disputed")
    assert "Disputes" in text(browser.get(reverse("client:cases")))
    user = User.objects.create_user("s@x.example", "x" * 20, name="S")
    add_member(agency=house.agency, user=user, role="client_finance", client_id=standing_client.client.id)  # fmt: skip
    other = logged_in(user)
    assert "Disputes" not in text(other.get(reverse("client:cases")))
    assert other.post(reverse("client:view_remove", args=[view.id])).status_code == 404
    browser.post(reverse("client:view_remove", args=[view.id]))
    assert "Disputes" not in text(browser.get(reverse("client:cases")))


def test_ex01_what_looks_like_a_formula_is_a_text_in_both_tables(standing_client, browser):
    standing_client.debtor = add_debtor(standing_client.house, '=HYPERLINK("http://x","y") GmbH', "DE811907980")  # fmt: skip
    case = submit(standing_client, client_reference="+49 40 123456", key="formula")
    table = browser.get(reverse("client:export", args=["csv"])).content.decode("utf-8-sig")
    assert "'=HYPERLINK" in table and ",+49 40 123456," in table and "1200.0000" not in table
    assert case.number in table
    book = b"".join(browser.get(reverse("client:export", args=["xlsx"])).streaming_content)
    sheet = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "HYPERLINK" in sheet
    assert browser.get("/client/cases/table.exe").status_code == 404


def test_the_table_has_what_the_list_shows_and_no_more(browser, walked):
    def numbers(query):
        lines = (
            browser.get(reverse("client:export", args=["csv"]), query).content.decode().splitlines()
        )
        return {row.split(",")[0] for row in lines[1:]}

    assert numbers({"show": "court"}) == {walked["court"].number}
    assert numbers({"show": "all"}) == {c.number for c in walked.values()}


def test_se04_what_another_client_has_is_found_no_later_and_no_sooner_than_what_nobody_has(
    house, stranger
) -> None:
    """HOSTILE SE04: no hit, the same page, the same queries and the same time for another's reference, name or
    invoice as for one that is nowhere."""
    mine, other = sign_up(house), sign_up(house, "Nordan Papper AB", "5560360793")
    theirs = submit(other)
    browser = logged_in(mine.member.user)
    took, pages, counts = {}, {}, {}
    for name, asked in (
        ("theirs", theirs.number),
        ("nobody's", theirs.number.replace("R-2026", "R-2031")),
    ):
        times = []
        for _ in range(9):
            before = time.process_time()
            with CaptureQueriesContext(connection) as queries:
                page = browser.get("/client/cases/", {"q": asked})
            times.append(time.process_time() - before)
        took[name], counts[name] = statistics.median(times), len(queries)
        pages[name] = re.sub(r'"[A-Za-z0-9]{32,}"', "", page.content.decode()).replace(asked, "…")
    assert pages["theirs"] == pages["nobody's"] and counts["theirs"] == counts["nobody's"]
    assert abs(took["theirs"] - took["nobody's"]) < 0.010
