"""Card payments through the front door: begun once, booked on the provider's signed word only."""

import os
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from recoup.cases.models import Case, Hold, Task
from recoup.cases.states import HoldKind
from recoup.journeys.card import look_after
from recoup.journeys.day import run_day
from recoup.kernel.actor import SYSTEM
from recoup.ledger.models import Book
from recoup.ledger.queries import balance
from recoup.outbox.models import Message
from recoup.parties.models import Client as Client_
from recoup.payments import cards, queries
from recoup.payments.bankfiles.tests.samples import tx
from recoup.payments.cards.fake import FakeStripe
from recoup.payments.models import Allocation, BankLine, CardPayment, ProviderEvent
from recoup.payments.operations import remit, settle_card_payout
from recoup.payments.tests.cast import CLIENT_IBAN
from recoup.payments.tests.test_remit import Bank
from recoup.tenancy.context import scope
from recoup.web.debtor.tests.cast import World, make_world, text_of
from recoup.web.hooks import views

HOOK = "/hooks/card/stripe/"


@pytest.fixture
def world(db):
    return make_world()


@pytest.fixture
def stripe(monkeypatch):
    made = FakeStripe()
    monkeypatch.setattr(cards, "provider", lambda: made)
    return made


def send(stripe, document, *, at=None, header=None, raw=None):
    body, signature = stripe.signed(document, at or timezone.now())
    return Client().post(
        HOOK, raw or body, content_type="application/json", headers={"stripe-signature": header or signature}
    ).status_code  # fmt: skip


def begun(world: World):
    browser = world.enter()
    page = browser.post("/d/pay/card/")
    assert page.status_code == 200, text_of(page)
    with world.inside():
        return browser, CardPayment.objects.exclude(session="").order_by("-id").first()


def rows(world, model, **by):
    with world.inside():
        return list(model.objects.filter(**by))


def agrees(world):
    with world.inside():
        return all(not check.difference for check in queries.trust_check(world.house.id))


def to_pay(world):
    with world.inside():
        return queries.to_pay(case=world.case, on=timezone.now().date()).total


def total(world):
    with world.inside():
        return queries.owed(case=world.case, on=timezone.now().date()).total


def test_a_signed_event_books_the_payment_and_closes_the_case(world, stripe):
    browser, payment = begun(world)
    assert payment.amount == to_pay(world) and "checkout.stripe.com" in payment.url
    assert "Mit Karte" in text_of(browser.get("/d/pay/"))
    assert send(stripe, stripe.completes(payment.session)) == 200
    assert total(world) == 0 and agrees(world)
    assert rows(world, Case, id=world.case.id)[0].stage == "closed"
    assert "Die Zahlung ist erfolgt" in text_of(browser.get("/d/pay/card/back/"))


def test_pl06_two_tabs_a_double_click_and_the_back_button_are_one_payment(world, stripe):
    _, first = begun(world)
    _, second = begun(world)
    assert first.id == second.id and len(stripe.sessions) == 1
    document = stripe.completes(first.session)
    assert [send(stripe, document), send(stripe, document)] == [200, 200]
    assert len(rows(world, Allocation)) == 1 and len(rows(world, ProviderEvent)) == 1


def test_pl07_coming_back_without_the_providers_word_books_nothing(world, stripe):
    browser, payment = begun(world)
    page = text_of(browser.get("/d/pay/card/back/?status=ok&session_id=cs_1&payment_status=paid"))
    assert "noch nicht erfolgt" in page and not rows(world, Allocation)
    # The provider itself, asked, says it was paid: the webhook may come later or never.
    stripe.completes(payment.session)
    assert "ist erfolgt" in text_of(browser.get("/d/pay/card/back/"))
    assert send(stripe, stripe.completes(payment.session)) == 200
    assert len(rows(world, Allocation)) == 1 and agrees(world)


def test_pl09_the_amount_stays_for_thirty_minutes_and_what_was_shown_is_what_is_paid(world, stripe):
    _, payment = begun(world)
    with world.inside():
        from recoup.cases.operations import charge_cost
        from recoup.kernel.money import Money

        charge_cost(case=world.case, kind="court_fee", on=timezone.now().date(), amount=Money(Decimal(66), "EUR"), key="x",
                    because="meanwhile", by=SYSTEM, at=timezone.now())  # fmt: skip
    assert send(stripe, stripe.completes(payment.session)) == 200
    assert 66 <= total(world) < 67, "the rest stays owed"
    with world.inside():
        CardPayment.objects.update(until=timezone.now() - timedelta(minutes=1))
    _, fresh = begun(world)
    assert fresh.id != payment.id and fresh.amount == to_pay(world) >= 66


@pytest.mark.parametrize(
    "tamper", ["none", "forged", "old", "future", "reserialised", "other secret"]
)
def test_wh10_what_is_not_the_providers_word_is_400_and_changes_nothing(world, stripe, tamper):
    _, payment = begun(world)
    document, now = stripe.completes(payment.session), timezone.now()
    body, good = stripe.signed(document, now)
    if tamper == "none":
        status = Client().post(HOOK, body, content_type="application/json").status_code
    elif tamper == "forged":
        status = send(stripe, document, header=good[:-4] + "0000")
    elif tamper == "old":
        status = send(stripe, document, at=now - timedelta(seconds=301))
    elif tamper == "future":
        status = send(stripe, document, at=now + timedelta(seconds=310))
    elif tamper == "reserialised":
        status = send(stripe, document, header=good, raw=body.replace(b",", b", "))
    else:
        status = send(FakeStripe("whsec_other"), document)
    assert status == 400 and not rows(world, ProviderEvent) and total(world) > 0


def test_pl12_nobody_is_reminded_while_it_is_under_way_and_a_failure_lets_the_case_go_on(
    world, stripe
):
    browser, payment = begun(world)
    assert send(stripe, stripe.completes(payment.session, paid=False)) == 200
    assert "ist unterwegs" in text_of(browser.get("/d/pay/"))
    assert browser.post("/d/pay/card/").status_code == 422
    with world.inside():
        assert Hold.objects.get(case=world.case, kind=HoldKind.PAYMENT).lifted_at is None
    day = timezone.now() + timedelta(days=3)
    run_day(agency=world.house.agency, on=day.date(), by=SYSTEM, at=day)
    assert not rows(world, Message, case_id=world.case.id, gated=True)
    assert send(stripe, stripe.later(payment.session, "async_payment_failed")) == 200
    with world.inside():
        assert Hold.objects.get(case=world.case, kind=HoldKind.PAYMENT).lifted_at is not None
    assert rows(world, CardPayment)[0].state == "failed" and not rows(world, Allocation)


def test_pl12_a_chargeback_undoes_the_payment_and_opens_the_case_again(world, stripe):
    _, payment = begun(world)
    owing = total(world)
    send(stripe, stripe.completes(payment.session))
    document = stripe.charges_back(payment.session)
    assert [send(stripe, document), send(stripe, document)] == [200, 200]
    assert total(world) == owing and agrees(world)
    assert rows(world, Case, id=world.case.id)[0].stage == "evaluation"
    kinds = {t.kind for t in rows(world, Task, case=world.case)}
    assert {"card_back", "reopened", "returned_closed"} <= kinds
    # A late `paid` after that is known already.
    assert send(stripe, stripe.later(payment.session, "async_payment_succeeded")) == 200
    assert total(world) == owing


def test_money_at_the_provider_is_paid_on_once_its_payout_has_come(world, stripe):
    _, payment = begun(world)
    send(stripe, stripe.completes(payment.session))
    now = timezone.now()
    with world.inside():
        Client_.objects.update(payout_iban=CLIENT_IBAN)
        assert not remit(agency=world.house.id, on=now.date(), by=SYSTEM, at=now).remittances
        payment.refresh_from_db()
        got = payment.amount - Decimal("17.30")
        Bank(world.house).shows((got, tx(str(got), "Stripe")))
        line = BankLine.objects.get()
        fee = settle_card_payout(line=line, payments=[payment], by=SYSTEM, at=now)
        book = Book.objects.get(kind="house").id
        assert fee == Decimal("17.30") and not balance(
            book=book, account="card_clearing", currency="EUR"
        )
        done = remit(agency=world.house.id, on=now.date(), by=SYSTEM, at=now)
        assert done.remittances, done.held
        (row,) = done.remittances
        assert row.gross == payment.amount, (
            "the client gets all of it: the provider's fee is the agency's"
        )
    assert agrees(world)


def test_a_lost_webhook_loses_no_money(world, stripe):
    _, payment = begun(world)
    stripe.completes(payment.session)
    later = timezone.now() + timedelta(hours=1)
    assert look_after(agency=world.house.agency, provider=stripe, at=later) == {
        "asked": 1,
        "heard": 1,
    }
    assert total(world) == 0
    assert look_after(agency=world.house.agency, provider=stripe, at=later) == {
        "asked": 0,
        "heard": 0,
    }


def test_another_amount_than_asked_for_is_a_persons(world, stripe):
    _, payment = begun(world)
    document = stripe.completes(payment.session)
    document["data"]["object"]["amount_total"] -= 1
    assert send(stripe, document) == 200
    assert not rows(world, Allocation) and rows(world, Task, kind="card_odd")


def test_without_a_provider_there_is_no_such_way(world):
    assert "Mit Karte" not in text_of(world.enter().get("/d/pay/"))
    assert world.enter().post("/d/pay/card/").status_code == 404
    with scope(world.house.id):
        assert not CardPayment.objects.exists()
    assert Client().post(HOOK, b"{}", content_type="application/json").status_code == 404


def test_wh12_while_the_database_is_away_the_provider_is_asked_to_come_again(
    world, stripe, monkeypatch
):
    _, payment = begun(world)
    document = stripe.completes(payment.session)
    with monkeypatch.context() as away:
        away.setattr("recoup.web.hooks.views.take_event", unreachable)
        body, signature = stripe.signed(document, timezone.now())
        answer = Client().post(HOOK, body, content_type="application/json", headers={"stripe-signature": signature})  # fmt: skip
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert not rows(world, Allocation)
    assert [send(stripe, document) for _ in range(3)] == [200, 200, 200]
    assert len(rows(world, Allocation)) == 1


def test_wh12_a_flood_of_events_loses_none_and_books_each_payment_once(world, stripe, monkeypatch):
    """As many as the provider sends, each several times, while the database is away for every third: what is
    answered 503 comes again until it is taken. Ten thousand with ROUNDS, some hundred otherwise."""
    events = 10_000 if int(os.environ.get("ROUNDS", "1")) > 1 else 200
    _, payment = begun(world)
    paid = stripe.completes(payment.session)
    noise = [
        stripe.completes(payment.session) | {"id": f"evt_{n}", "type": "customer.updated"}
        for n in range(events)
    ]
    waiting, answered, tries = [paid, *noise], [], 0
    real = views.take_event

    def shaky(**asked):
        nonlocal tries
        tries += 1
        if tries % 3 == 0:
            raise OperationalError("connection refused")
        return real(**asked)

    monkeypatch.setattr(views, "take_event", shaky)
    while waiting:
        codes = [(document, send(stripe, document)) for document in waiting]
        answered += [code for _, code in codes]
        waiting = [document for document, code in codes if code == 503]
    assert set(answered) == {200, 503} and answered.count(200) == events + 1
    assert send(stripe, paid) in (200, 503)
    assert len(rows(world, Allocation)) == 1 and total(world) == 0 and agrees(world)


def unreachable(**asked):
    raise OperationalError("connection refused")
