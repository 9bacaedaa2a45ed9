"""A client's receivables before placement: taken from its list, kept well, placed in one click."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from recoup.cases.models import Case, ClaimLine
from recoup.cases.tests.cast import AT, TODAY, profile, sign_up
from recoup.eventlog.models import Event
from recoup.files.operations import keep
from recoup.journeys.watch_items import (
    load_file,
    load_orders,
    load_rows,
    place_debtor,
    waiting_costs,
)
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Debtor
from recoup.tenancy.context import scope
from recoup.watch.hygiene import Kept, figures, points
from recoup.watch.models import Item, Touch, Trade
from recoup.watch.operations.items import confirm_item, touch_item

LIST = """Company;Country;VAT number;City;Invoice number;Due date;Open amount;Currency
Kaufhaus Köln GmbH;DE;;Köln;A-1;2026-10-01;1200,00;EUR
Kaufhaus Köln GmbH;DE;;Köln;A-2;2026-12-20;800,00;EUR
Bryggan AB;SE;;Malmö;B-1;2026-11-19;450,50;EUR
"""


@pytest.fixture
def standing(house):
    profile(house)
    return sign_up(house)


def load(standing, text=LIST, whole=True, at=AT):
    return load_file(agency=standing.house.agency, client=standing.client, content=text.encode(), file="open.csv", whole=whole, by=standing.by, at=at)  # fmt: skip


def test_a_list_is_taken_and_taken_again_changes_nothing(house, standing):
    first = load(standing)
    assert (first.rows, first.new, first.problems) == (3, 3, [])
    assert sorted(Item.objects.values_list("ref", "open")) == [("A-1", 1200), ("A-2", 800), ("B-1", Decimal("450.5"))]  # fmt: skip
    again = load(standing)
    assert (again.new, again.changed, again.gone) == (0, 0, 0)
    assert Case.objects.count() == 0, "nothing is placed by watching"


def test_what_a_whole_list_lacks_was_paid_and_a_part_payment_is_a_change(house, standing):
    load(standing)
    newer = "\n".join(
        line for line in LIST.replace("1200,00", "700,00").splitlines() if "B-1" not in line
    )
    found = load(standing, newer, at=AT + timedelta(days=3))
    assert (found.changed, found.gone) == (1, 1)
    gone = Item.objects.get(ref="B-1")
    assert (gone.open, gone.paid_on) == (0, TODAY + timedelta(days=3))
    assert Item.objects.get(ref="A-1").open == 700


def test_a_row_that_cannot_be_read_is_named_and_pays_for_nothing(house, standing):
    load(standing)
    broken = LIST.replace("450,50", "lots")
    found = load(standing, broken)
    assert [(p.row, p.field) for p in found.problems] == [(4, "amount")]
    assert found.gone == 0 and Item.objects.get(ref="B-1").open > 0


def test_rows_of_a_request_are_taken_like_a_file(house, standing):
    rows = [{"debtor": "Bryggan AB", "country": "SE", "city": "Malmö", "invoice": "B-9", "due_on": "2026-11-30", "amount": "10.00", "currency": "EUR"}]  # fmt: skip
    found = load_rows(
        agency=house.agency, client=standing.client, rows=rows, whole=False, by=standing.by, at=AT
    )
    assert (found.new, found.gone) == (1, 0)
    with pytest.raises(Refusal, match="no field"):
        load_rows(agency=house.agency, client=standing.client, rows=[{"x": "1"}], whole=False, by=standing.by, at=AT)  # fmt: skip


def test_placed_in_one_click_with_everything_and_only_once(house, standing):
    load(standing)
    item = Item.objects.get(ref="A-1")
    paper = keep(agency=house.id, content=b"%PDF-1.4 x", name="A-1.pdf", media_type="application/pdf", kind="upload", by=standing.by, at=AT, client=standing.client.id)  # fmt: skip
    Item.objects.filter(id=item.id).update(document=paper)
    touch_item(item=item, on=date(2026, 10, 2), channel="call", reached=True, note="Will pay on Friday.", key="1", by=standing.by, at=AT)  # fmt: skip
    confirm_item(
        item=item, sent_on=date(2026, 9, 1), confirmed_on=date(2026, 9, 3), by=standing.by, at=AT
    )
    debtor = Debtor.objects.get(name="Kaufhaus Köln GmbH")
    made = place_debtor(agency=house.agency, client=standing.client, debtor=debtor, currency="EUR", by=standing.by, at=AT)  # fmt: skip
    line = ClaimLine.objects.get(case=made.case)
    assert (line.ref, line.amount, line.document.name) == ("A-1", 1200, "A-1.pdf"), (
        "what is not due stays"
    )
    told = Event.objects.get(case_id=made.case.id, kind="NoteAdded").data["text"]
    assert told.splitlines()[1:] == ["2026-09-01 A-1: invoice sent", "2026-09-03 A-1: receipt confirmed", "2026-10-02 A-1: call, reached: Will pay on Friday."]  # fmt: skip
    with pytest.raises(Refusal, match="Nothing of Kaufhaus"):
        place_debtor(agency=house.agency, client=standing.client, debtor=debtor, currency="EUR", by=standing.by, at=AT)  # fmt: skip
    item.refresh_from_db()
    assert item.case_id == made.case.id
    with pytest.raises(Refusal, match="was placed"):
        touch_item(
            item=item, on=TODAY, channel="call", reached=True, key="2", by=standing.by, at=AT
        )
    load(standing)
    assert Case.objects.count() == 1 and Item.objects.filter(ref="A-1").count() == 1


ORDERS = """Kunde;Land;USt-IdNr.;Ort;Auftragsnummer;Auftragsdatum;Betrag;Währung
Kaufhaus Köln GmbH;DE;;Köln;AB-1;2026-11-02;1.200,00;EUR
Kaufhaus Köln GmbH;DE;;Köln;AB-2;2026-11-12;9.900,50;EUR
Kaufhaus Köln GmbH;DE;;Köln;AB-3;2027-01-12;10,00;EUR
Bryggan AB;SE;;Malmö;AB-4;2026-11-12;lots;EUR
"""


def orders(standing, text=ORDERS):
    return load_orders(agency=standing.house.agency, client=standing.client, content=text.encode(), file="orders.csv", by=standing.by, at=AT)  # fmt: skip


def test_a_list_of_orders_is_read_by_the_reader_of_open_items(house, standing):
    found = orders(standing)
    assert (found.rows, found.new) == (4, 2)
    assert sorted(Trade.objects.values_list("kind", "key", "on", "amount", "debtor__name")) == [
        ("order", "AB-1", date(2026, 11, 2), 1200, "Kaufhaus Köln GmbH"),
        ("order", "AB-2", date(2026, 11, 12), Decimal("9900.5"), "Kaufhaus Köln GmbH"),
    ]  # fmt: skip
    assert sorted((p.row, p.code) for p in found.problems) == [
        (4, "day_ahead"),
        (5, "amount_unreadable"),
    ]
    assert orders(standing).new == 0 and Item.objects.count() == 0
    with pytest.raises(Refusal, match="Order number"):
        orders(standing, LIST)


def test_each_client_sees_its_own_items(house, standing):
    load(standing)
    other = sign_up(house, "Annan AB", "5560743089")
    with scope(house.id, client=other.client.id):
        assert (Item.objects.count(), Touch.objects.count(), Debtor.objects.count()) == (0, 0, 0)
    with scope(house.id, client=standing.client.id):
        assert Item.objects.count() == 3


def test_what_waiting_costs_is_declared_until_enough_cases_have_ended(house, standing):
    found = waiting_costs(agency=house.agency, client=standing.client, age_days=30, on=TODAY)
    assert [w.days for w in found] == [0, 30, 60, 90, 180] and {w.count for w in found} == {0}
    recoveries = [w.recovery for w in found]
    assert recoveries == sorted(recoveries, reverse=True) and recoveries[0] > recoveries[-1]


# Hygiene, without a database -----------------------------------------------------------------------------

DUE = date(2026, 11, 18)  # a Wednesday


def kept(*days, **more):
    return Kept(
        DUE, Decimal(100), touches=tuple((DUE + timedelta(days=d), False) for d in days), **more
    )


def test_each_point_is_judged_only_when_its_day_has_come():
    fresh = points(kept(), DUE - timedelta(days=5))
    assert (fresh["before_due"], fresh["on_due"], fresh["first_day"]) == (None, None, None)
    late = points(kept(), DUE + timedelta(days=9))
    assert (late["before_due"], late["on_due"], late["first_day"]) == (False, False, False)
    well = points(kept(-3, 0, 1, document=True, confirmed=True), DUE + timedelta(days=9))
    assert all(well.values())


def test_what_was_paid_in_time_is_not_asked_for_reminders():
    assert points(kept(paid_on=DUE), DUE + timedelta(days=30))["first_day"] is None


def test_a_friday_gives_until_monday():
    friday = Kept(date(2026, 11, 20), Decimal(1), touches=((date(2026, 11, 23), True),))
    assert points(friday, date(2026, 12, 1))["first_day"] is True


def test_the_contact_rate_stands_beside_the_recovery_rate():
    paid = Kept(DUE, Decimal(0), paid_on=DUE + timedelta(days=2), touches=((DUE, True),))
    found = figures([paid, kept(1), kept()], DUE + timedelta(days=9))
    assert (found.reached, found.touches, found.paid, found.past_due) == (1, 2, 1, 3)


def test_an_order_of_a_bare_name_is_the_clients_own_debtor_of_that_name(house, standing):
    """An order list has a name and a country; the debtor of the open items has a place and numbers."""
    load(standing)
    found = orders(standing, "Company;Country;Order number;Order date;Amount;Currency\nKaufhaus Köln GmbH;DE;O-1;2026-11-02;1200;EUR\n")  # fmt: skip
    assert (found.new, found.problems) == (1, [])
    assert Trade.objects.get().debtor_id == Item.objects.get(ref="A-1").debtor_id
    assert Debtor.objects.filter(name="Kaufhaus Köln GmbH").count() == 1
