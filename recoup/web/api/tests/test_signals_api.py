"""Danger signals through the API: orders and limits come in, what follows is read, what was seen is told."""

from datetime import timedelta

from django.utils import timezone

from recoup.journeys.signals import compute_signals
from recoup.kernel.actor import SYSTEM
from recoup.tenancy.context import scope
from recoup.watch.models import Signal, Trade
from recoup.web.api.tests.cast import World, caller


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
    assert foreign.get("/signals").json() == {"levels": []}
