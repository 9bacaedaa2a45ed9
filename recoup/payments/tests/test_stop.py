"""Nobody is paid while payouts are stopped, and nobody releases more than its limit."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from recoup.cases.operations import put_on_hold
from recoup.journeys.client_account import change_account
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import Refusal
from recoup.outbox.models import Message
from recoup.payments.models import PayoutStop, Remittance
from recoup.payments.operations import (
    approve_payout,
    remit,
    resume_payouts,
    set_limit,
    stop_payouts,
)
from recoup.payments.tests.cast import AT, case_of, client_of, debtor_of, trust_account
from recoup.payments.tests.test_remit import ON, Bank, client_balance

OTHER = "NL91ABNA0417164300"


@pytest.fixture
def bank(house: Any) -> Bank:
    trust_account(house.agency)
    return Bank(house)


@pytest.fixture
def first(house: Any) -> Any:
    return house.actor("finance_officer")


@pytest.fixture
def second(house: Any) -> Any:
    return house.actor("supervisor")


def run(house: Any, by: Any, on: date = ON) -> Any:
    return remit(agency=house.id, on=on, by=by, at=AT)


def test_po12_a_stopped_client_is_held_with_its_reason_and_others_are_paid(house: Any, bank: Bank, first: Any) -> None:  # fmt: skip
    one, other = case_of(house.agency, "1000.00"), case_of(house.agency, "1000.00")
    bank.pays(one, "300.00")
    bank.pays(other, "300.00")
    stop_payouts(client=one.client, because="says the invoice was never sold to us", by=first, at=AT)  # fmt: skip
    done = run(house, first)
    assert [r.client_id for r in done.remittances] == [other.client_id]
    (held,) = done.held
    assert (held.because.code, "never sold" in held.because.sentence()) == ("payouts_stopped", True)
    assert client_balance(one, "trust") < 0, "its money stays in trust"


def test_po12_let_go_on_by_another_person_it_is_paid(house: Any, bank: Bank, first: Any, second: Any) -> None:  # fmt: skip
    case = case_of(house.agency, "1000.00")
    bank.pays(case, "300.00")
    stop = stop_payouts(client=case.client, because="disputed", by=first, at=AT)
    with pytest.raises(Refusal, match="stopped already"):
        stop_payouts(client=case.client, because="again", by=second, at=AT)
    with pytest.raises(Refusal, match="another person"):
        resume_payouts(stop=stop, because="settled", by=first, at=AT)
    resume_payouts(stop=stop, because="settled", by=second, at=AT)
    with pytest.raises(Refusal, match="already"):
        resume_payouts(stop=stop, because="settled", by=second, at=AT)
    assert len(run(house, first).remittances) == 1
    assert PayoutStop.objects.get().ended_because == "settled"


def test_po12_a_client_known_as_an_insolvent_debtor_is_held(house: Any, bank: Bank, first: Any) -> None:  # fmt: skip
    case = case_of(house.agency, "1000.00")
    bank.pays(case, "300.00")
    twin = debtor_of(house.agency, case.client.name, case.client.country)
    type(twin).objects.filter(id=twin.id).update(registration_number=case.client.registration_number)  # fmt: skip
    put_on_hold(case=case_of(house.agency, debtor=twin), kind="insolvency", because="register", until=None, by=SYSTEM, at=AT)  # fmt: skip
    (held,) = run(house, first).held
    assert (held.because.code, Remittance.objects.count()) == ("client_insolvent", 0)


def test_po12_stopped_after_the_proposal_the_file_is_not_released(house: Any, bank: Bank, first: Any, second: Any) -> None:  # fmt: skip
    case = case_of(house.agency, "1000.00")
    bank.pays(case, "300.00")
    (payout,) = run(house, first).payouts
    stop_payouts(client=case.client, because="suspicious", by=first, at=AT)
    with pytest.raises(Refusal, match="suspicious"):
        approve_payout(payout=payout, sha256=payout.document.sha256, by=second, at=AT)


def test_po03_once_there_are_limits_each_releases_within_its_own(house: Any, bank: Bank, first: Any, second: Any) -> None:  # fmt: skip
    bank.pays(case_of(house.agency, "1000.00"), "300.00")
    (payout,) = run(house, first).payouts
    members = house.members
    with pytest.raises(Refusal, match="Another person"):
        set_limit(member=members["supervisor"], currency="EUR", most=Decimal(10), by=second, at=AT)
    admin = house.actor("administrator")
    set_limit(member=members["finance_officer"], currency="EUR", most=Decimal(5000), by=admin, at=AT)  # fmt: skip
    with pytest.raises(Refusal, match="no limit"):
        approve_payout(payout=payout, sha256=payout.document.sha256, by=second, at=AT)
    set_limit(member=members["supervisor"], currency="EUR", most=Decimal(100), by=admin, at=AT)
    with pytest.raises(Refusal, match="up to"):
        approve_payout(payout=payout, sha256=payout.document.sha256, by=second, at=AT)
    set_limit(member=members["supervisor"], currency="EUR", most=Decimal(300), by=admin, at=AT)
    approve_payout(payout=payout, sha256=payout.document.sha256, by=second, at=AT)


def test_po02_whoever_was_known_before_is_told_of_a_changed_account(house: Any, first: Any) -> None:  # fmt: skip
    client = client_of(house.agency)
    change_account(agency=house.agency, client=client, iban=OTHER, by=first, at=AT + timedelta(minutes=1))  # fmt: skip
    (mail,) = Message.objects.filter(channel="email", client_id=client.id)
    assert mail.recipient == client.email
    assert OTHER[-4:] in mail.payload["text"] and OTHER not in mail.payload["text"]
