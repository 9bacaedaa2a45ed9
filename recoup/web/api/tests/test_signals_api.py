"""Danger signals through the API: orders and limits come in, what follows is read, what was seen is told."""

from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recoup.journeys.signals import compute_signals
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.parties.operations import find_or_add_debtor
from recoup.tenancy.context import scope
from recoup.watch.models import Item, Signal, Trade
from recoup.watch.operations import observe_signal
from recoup.watch.states import KINDS
from recoup.web.api.tests.cast import World, caller
from tests.cast import NOW


def orders(world: World, *amounts: str) -> list[dict[str, str]]:
    today = timezone.now().date()
    debtor = world.case.debtor
    return [
        {"debtor": debtor.name, "country": debtor.country, "registration_number": debtor.registration_number,
         "vat_number": debtor.vat_number, "kind": "order", "on": (today - timedelta(days=90 - n)).isoformat(), "amount": amount,
         "currency": "EUR", "ref": f"O-{n}"}
        for n, amount in enumerate(amounts, 1)
    ]  # fmt: skip


def test_an_outsized_order_sent_by_program_becomes_a_signal_of_its_client_alone(
    world: World,
) -> None:
    usual = orders(world, "1000.00", "1100.00", "900.00", "1000.00")
    now = {**usual[0], "on": timezone.now().date().isoformat(), "amount": "9000.00", "ref": "O-9"}
    wrong = {**usual[0], "on": "2099-01-01", "ref": "O-10"}
    sent = world.ask.post("/trades", {"trades": [*usual, now, wrong]})
    assert sent.status_code == 200, sent.content
    assert (sent.json()["new"], [(p["row"], p["code"]) for p in sent.json()["problems"]]) == (5, [(6, "day_ahead")])  # fmt: skip
    assert world.ask.post("/trades", {"trades": usual}).json()["new"] == 0, "said twice, kept once"
    with scope(world.house.id):  # type: ignore[arg-type]
        assert Trade.objects.count() == 5
        at = timezone.now()
        compute_signals(agency=world.house.agency, on=at.date(), by=SYSTEM, at=at)  # type: ignore[arg-type]
        assert Signal.objects.get(kind="outsized_order").client_id == world.case.client_id
    (level,) = world.ask.get("/signals").json()["levels"]
    assert level["debtor"] == str(world.case.debtor_id)
    assert [s["kind"] for s in level["signals"]] == ["outsized_order"]
    assert "9000.00" in level["signals"][0]["text"].replace(",", "")


def test_what_somebody_saw_is_told_by_program(world: World, stranger) -> None:  # type: ignore[no-untyped-def]
    said = {"debtor": str(world.case.debtor_id), "kind": "sued", "on": timezone.now().date().isoformat(), "note": "Two suppliers claim before the court of Köln."}  # fmt: skip
    made = world.ask.post("/signals", said)
    assert (made.status_code, made.json()["number"]) == (201, 3), made.content
    assert world.ask.post("/signals", {**said, "note": "x"}).json()["code"] == "evidence_missing"
    assert world.ask.post("/signals", {**said, "kind": "gossip"}).json()["code"] == "signal_unknown"  # fmt: skip
    foreign = caller(stranger)
    assert foreign.post("/signals", said).status_code == 404
    assert foreign.get("/signals").json() == {"levels": [], "next": None}


def test_levels_come_a_page_at_a_time_in_the_order_of_danger(world: World) -> None:
    """Cut in the database: as many queries however many debtors there are, and none twice or missed."""
    house, client = world.house, world.case.client_id
    today, kinds = (
        timezone.now().date(),
        ["sued", "banks_changed", "managers_leave", "outsized_order"],
    )
    with scope(house.id):  # type: ignore[arg-type]
        for n in range(7):
            debtor = find_or_add_debtor(
                agency=house.id, name=f"Debtor {n} GmbH", country="DE", by=SYSTEM, at=NOW
            )  # type: ignore[arg-type]
            Item.objects.create(agency_id=house.id, client_id=client, debtor=debtor, ref=f"O-{n}", due_on=today, amount=1, open=1, currency="EUR", seen_on=today, at=NOW)  # fmt: skip
            kind = [k for k in kinds if k in KINDS][n % 2]
            observe_signal(debtor=debtor, client=client, kind=kind, on=today - timedelta(days=n * 5), note="Seen.", key=new_id(), by=SYSTEM, at=timezone.now() - timedelta(hours=1))  # fmt: skip
    whole = world.ask.get("/signals").json()["levels"]
    scores = [Decimal(one["score"]) for one in whole]
    assert len(whole) == 7 and scores == sorted(scores, reverse=True)
    found, cursor, sizes = [], "", []
    while cursor is not None:
        with CaptureQueriesContext(connection) as asked:
            answer = world.ask.get(
                f"/signals?limit=3&cursor={cursor}" if cursor else "/signals?limit=3"
            ).json()
        found += [one["debtor"] for one in answer["levels"]]
        sizes.append(len(asked))
        cursor = answer["next"]
    assert found == [one["debtor"] for one in whole]
    assert len(sizes) == 3 and max(sizes) - min(sizes) <= 1
    assert world.ask.get("/signals?cursor=made-up").json()["code"] == "cursor_wrong"
