"""Danger signals and evaluation at the desk and in the portal: entered, watched, taken back, decided."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from recoup.cases.operations import put_on_hold
from recoup.journeys.evaluate import weigh_now
from recoup.journeys.signals import observe
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.strategy.models import Evaluation, LearnedModel
from recoup.tenancy.context import scope
from recoup.watch.models import Accounts, Alert, Item, Signal, Trade, Watching
from recoup.web.desk.tests.cast import AT, TODAY, add_debtor, at_work, line, logged_in, sign_up

pytestmark = pytest.mark.django_db


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def portal(standing):
    browser = Browser()
    browser.force_login(standing.member.user)
    return browser


@pytest.fixture
def standing(house):
    return sign_up(house)


def test_a_signal_is_entered_with_evidence_seen_weighed_and_taken_back(house, standing):
    case, collector = at_work(standing), logged_in(house, "collector")
    page = reverse("desk:debtor", args=[case.debtor_id])
    collector.post(reverse("desk:watching", args=[case.debtor_id]), {"band": "warning"})
    data = {
        "signal-key": str(new_id()),
        "signal-kind": "sued",
        "signal-on": timezone.now().date().isoformat(),
        "signal-note": "",
    }
    refused = collector.post(reverse("desk:signal_new", args=[case.debtor_id]), data)
    assert refused.status_code == 422
    paper = SimpleUploadedFile("klage.pdf", b"%PDF-1.4 claim", "application/pdf")
    done = collector.post(
        reverse("desk:signal_new", args=[case.debtor_id]),
        data | {"signal-note": "Sued by a supplier, court of Hamburg.", "signal-document": paper},
    )
    assert done.status_code == 302
    shown = text(collector.get(page))
    assert (
        "45 / 100" in shown
        and "Hold deliveries until" in shown
        and "only the house sees it" in shown
        and "klage.pdf" in shown
    )
    assert "Sued by others" in text(collector.get(reverse("desk:signals")))
    with scope(house.id):
        assert Alert.objects.get().now == "warning"
        made = Signal.objects.get()
    assert "Danger signals" in text(collector.get(reverse("desk:case", args=[case.number])))
    assert "Nothing warns" in text(portal(standing).get(reverse("client:signals"))), "the wall"
    collector.post(
        reverse("desk:signal_back", args=[made.id]), {"because": "Another company of that name."}
    )
    assert "taken back" in text(collector.get(page)) and "0 / 100" in text(collector.get(page))


def test_accounts_by_form_and_by_file_each_row_for_itself(house, standing):
    debtor = add_debtor(house, name="Hansa Papier GmbH", vat="", registration_number="HRB 12345")
    officer = logged_in(house, "legal_officer")
    form = {
        "accounts-key": str(new_id()),
        "accounts-year_end": "2025-12-31",
        "accounts-currency": "EUR",
        "accounts-assets": "1000",
        "accounts-equity": "-50",
        "accounts-source": "Unternehmensregister",
    }
    assert officer.post(reverse("desk:accounts", args=[debtor.id]), form).status_code == 302
    assert "Equity to assets" in text(officer.get(reverse("desk:debtor", args=[debtor.id])))
    rows = "registration_number;country;year_end;currency;turnover;employees\nHRB 12345;DE;2024-12-31;EUR;900.00;7\nHRB 999;DE;2024-12-31;EUR;1.00;1\n"
    file = SimpleUploadedFile("a.csv", rows.encode(), "text/csv")
    page = text(
        officer.post(
            reverse("desk:accounts_file"),
            {"file-key": str(new_id()), "file-file": file},
            follow=True,
        )
    )
    assert "1 of 2 rows taken" in page and "No debtor in Germany has the number HRB 999" in page
    with scope(house.id):
        assert Accounts.objects.count() == 2


def test_a_client_sees_its_own_level_tells_what_it_saw_and_is_told(house, standing):
    case, client = at_work(standing), portal(standing)
    page = reverse("client:signal_debtor", args=[case.debtor_id])
    client.post(reverse("client:watching", args=[case.debtor_id]), {"band": "watch"})
    client.post(
        reverse("client:observed", args=[case.debtor_id]),
        {
            "key": str(new_id()),
            "kind": "evasive",
            "on": timezone.now().date().isoformat(),
            "note": "Nobody in accounts knows anything.",
        },
    )
    assert "25 / 100" in text(client.get(page)) and "Nobody in accounts" in text(client.get(page))
    assert "Alerts" in text(client.get(reverse("client:signals")))
    with scope(house.id):
        assert Watching.objects.get().client_id == standing.client.id
    with scope(house.id):
        other = portal(sign_up(house, "Annan AB", "5560743089"))
    assert other.get(page).status_code == 404


def test_an_evaluation_is_weighed_shown_and_decided(house, standing):
    case, collector = at_work(standing), logged_in(house, "collector")
    page = reverse("desk:evaluation", args=[case.number])
    assert "Not weighed yet" in text(collector.get(page))
    assert "Not weighed yet" in text(
        portal(standing).get(reverse("client:counsel", args=[case.number]))
    )
    collector.post(reverse("desk:weigh", args=[case.number]))
    shown = text(collector.get(page))
    assert (
        "Recommended:" in shown
        and "An invoice is not on file." in shown
        and "Without the invoices no court is asked." in shown
    )
    with scope(house.id):
        made = Evaluation.objects.get()
    data = {"decide-key": str(new_id()), "decide-option": "go_on", "decide-because": ""}
    url = reverse("desk:way", args=[case.number, made.id])
    assert collector.post(url, data).status_code == 422, "not the recommended one: say why"
    assert collector.post(url, data | {"decide-because": "They have promised."}).status_code == 302
    assert "They have promised." in text(collector.get(page))
    assert "Recommended:" in text(
        portal(standing).get(reverse("client:counsel", args=[case.number]))
    )


def test_the_models_card_is_shown_with_its_curve(house, standing):
    collector = logged_in(house, "collector")
    assert "Nothing has been learned yet" in text(collector.get(reverse("desk:model")))
    curve = [{"said": n / 10, "came": n / 10, "cases": 10} for n in range(10)]
    judged = {"auc": 0.8, "brier": 0.15, "curve": curve}
    with scope(house.id):
        LearnedModel.objects.create(agency_id=house.id, advises=True, at=AT, by_name="t", card={
            "ours": judged, "card": judged, "rows": 300, "held_back": 120, "trained_until": "2026-06-01", "features": ["owed"],
            "data": "ab" * 32, "advises": True, "model": {"kind": "logistic", "features": ["owed"], "shape": {"median": [1], "low": [0], "high": [2], "mean": [1], "scale": [1]}, "weights": [0.1, 0], "intercept": 0, "platt": [1, 0]},
        })  # fmt: skip
        case = at_work(standing)
        weigh_now(agency=house.agency, case=case, because="", by=SYSTEM, at=AT)
    shown = text(collector.get(reverse("desk:model")))
    assert "Calibration" in shown and "advises" in shown
    assert "The statistical model says" in text(
        collector.get(reverse("desk:evaluation", args=[case.number]))
    )


def test_receivables_are_uploaded_kept_and_placed(house, standing):
    client = portal(standing)
    assert "Start with your list" in text(client.get(reverse("client:watch")))
    rows = "Company;Country;City;Invoice number;Due date;Open amount;Currency\nBryggan AB;SE;Malmö;B-1;2026-08-31;450,50;EUR\n"
    page = client.post(
        reverse("client:watch"),
        {"file": SimpleUploadedFile("o.csv", rows.encode(), "text/csv"), "whole": "on"},
        follow=True,
    )
    assert (
        "1 rows read: 1 new" in text(page)
        and "Bryggan AB" in text(page)
        and "What waiting costs" in text(page)
    )
    with scope(house.id):
        item = Item.objects.get()
    client.post(
        reverse("client:watch_item", args=[item.id]),
        {"channel": "call", "on": "2026-09-01", "reached": "on"},
    )
    placed = client.post(
        reverse("client:watch_place", args=[item.debtor_id]), {"currency": "EUR"}, follow=True
    )
    assert "Placed. We have everything you had" in text(placed)


def test_the_list_of_debtors_costs_the_same_for_many(house, standing):
    supervisor = logged_in(house, "supervisor")

    def cost(n):
        from recoup.journeys.signals import observe

        for i in range(n):
            debtor = add_debtor(house, name=f"D{n}{i} GmbH", vat="")
            at_work(standing, key=f"k{n}{i}", lines=[line(f"R{n}{i}")], debtor=debtor)
            observe(
                agency=house.agency,
                debtor=debtor,
                kind="sued",
                on=TODAY,
                note="Seen there.",
                key=new_id(),
                by=SYSTEM,
                at=AT,
            )
        with CaptureQueriesContext(connection) as asked:
            assert supervisor.get(reverse("desk:signals")).status_code == 200
        return len(asked)

    cost(1)
    assert cost(6) <= cost(2)


def test_what_clients_watch_is_listed_with_its_overdue_and_its_danger(house, standing):
    debtor = add_debtor(house, "Kranbau GmbH", "")
    for n, days in enumerate((40, -10)):
        Item.objects.create(
            agency_id=house.id, client=standing.client, debtor=debtor, ref=f"A-{n}", due_on=timezone.now().date() - timedelta(days=days),
            amount=Decimal("100.00"), open=Decimal("100.00"), currency="EUR", seen_on=TODAY, at=AT,
        )  # fmt: skip
    browser = logged_in(house, "account_manager")
    with CaptureQueriesContext(connection) as few:
        shown = text(browser.get(reverse("desk:receivables")))
    assert "Kranbau GmbH" in shown and "200.00" in shown and "40" in shown
    for n in range(5):
        other = add_debtor(house, f"Kranbau {n} GmbH", "")
        Item.objects.create(
            agency_id=house.id, client=standing.client, debtor=other, ref=f"B-{n}", due_on=TODAY, amount=Decimal("1.00"),
            open=Decimal("1.00"), currency="EUR", seen_on=TODAY, at=AT,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        browser.get(reverse("desk:receivables"))
    assert len(many) == len(few)


def test_a_client_enters_orders_and_its_limit_on_the_debtors_page(house, standing):
    case, browser = at_work(standing), portal(standing)
    page = reverse("client:trade", args=[case.debtor_id])
    said = {"trade-kind": "limit", "trade-on": timezone.now().date().isoformat(), "trade-amount": "5000.00", "trade-currency": "eur", "trade-ref": ""}  # fmt: skip
    assert browser.post(page, said | {"trade-amount": "a lot"}).status_code == 422
    assert browser.post(page, said).status_code == 302
    assert browser.post(page, said).status_code == 302, "pressed twice it is kept once"
    with scope(house.id):
        made = Trade.objects.get()
        assert (made.kind, made.amount, made.currency) == ("limit", Decimal("5000.00"), "EUR")
    assert "5,000.00" in text(browser.get(reverse("client:signal_debtor", args=[case.debtor_id])))


def test_how_well_signals_warned_is_shown_by_level_and_kind(house, standing):
    case = at_work(standing)
    observe(
        agency=house.agency,
        debtor=case.debtor,
        kind="sued",
        on=TODAY - timedelta(days=60),
        note="By two suppliers.",
        key=new_id(),
        by=SYSTEM,
        at=AT - timedelta(days=60),
    )
    put_on_hold(case=case, kind="insolvency", because="opened", until=None, by=SYSTEM, at=AT)
    shown = text(logged_in(house, "supervisor").get(reverse("desk:signal_history")))
    assert "60 days" in shown and "100% (20.7% – 100%)" in shown, shown
    assert "Sued" in shown or "sued" in shown


def test_few_failures_are_said_to_be_few_and_nobody_at_all_teaches(house, standing):
    page = reverse("desk:signal_history")
    browser = logged_in(house, "supervisor")
    assert "Nobody to look back on yet" in text(browser.get(page))
    at_work(standing)
    shown = text(browser.get(page))
    assert "0 debtors have failed so far. With fewer than ten" in shown
    assert "Nobody to look back on yet" not in shown
