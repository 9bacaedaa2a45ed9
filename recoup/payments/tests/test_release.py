"""Nothing leaves without a second person, to no account that nobody has confirmed; what the bank answers."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from recoup.agreements.standard_card import TERMS
from recoup.cases.models import Task
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import Refusal
from recoup.ledger.models import Book
from recoup.ledger.queries import balance
from recoup.payments.bankfiles.tests.samples import tx
from recoup.payments.models import (
    AccountChange,
    PayoutDecision,
    PayoutStatus,
    PayoutTerms,
    Remittance,
)
from recoup.payments.operations import (
    approve_payout,
    change_account,
    confirm_account,
    pay_again,
    reject_payout,
    remit,
    take_bank_file,
)
from recoup.payments.queries import may_leave, trust_check
from recoup.payments.rules import is_payday
from recoup.payments.tests.cast import AT, agreement_of, case_of, client_of, trust_account
from recoup.payments.tests.test_remit import ON, Bank, run

OTHER = "NL91ABNA0417164300"


@pytest.fixture
def bank(house):
    trust_account(house.agency)
    return Bank(house)


@pytest.fixture
def first(house):
    return house.actor("finance_officer")


@pytest.fixture
def second(house):
    return house.actor("supervisor")


def proposed(house, bank, first, on=ON):
    bank.pays(case_of(house.agency, "1000.00"), "300.00")
    (payout,) = remit(agency=house.id, on=on, by=first, at=AT).payouts
    return payout


def approve(payout, by, sha256=None):
    return approve_payout(payout=payout, sha256=sha256 or payout.document.sha256, by=by, at=AT)


def test_the_exact_file_leaves_when_another_person_has_approved_it(house, bank, first, second):
    payout = proposed(house, bank, first)
    assert not may_leave(payout.document)
    with pytest.raises(Refusal) as own:
        approve(payout, first)
    assert own.value.code == "payout_own"
    with pytest.raises(Refusal) as other:
        approve(payout, second, "0" * 64)
    assert other.value.code == "payout_other_file"
    approve(payout, second)
    assert may_leave(payout.document)
    with pytest.raises(Refusal) as twice:
        approve(payout, second)
    assert twice.value.code == "payout_decided"


def test_a_payment_that_nobody_approved_is_booked_and_somebody_else_must_look(
    house, bank, first, second
):
    payout = proposed(house, bank, first)
    (row,) = payout.remittances.all()
    bank.shows((-row.net, tx(str(row.net), "Client", e2e=row.end_to_end_id)))
    task = Task.objects.get(kind="payout_odd")
    assert task.role == "supervisor" and row.number in task.sentence % task.params
    with pytest.raises(Refusal) as gone:
        approve(payout, second)
    assert gone.value.code == "payout_paid", "approved now, it would be paid twice"
    reject_payout(payout=payout, because="It reached the bank some other way", by=second, at=AT)
    with pytest.raises(Refusal):
        pay_again(remittance=row, by=first, at=AT)


def test_what_was_approved_is_confirmed_without_a_word(house, bank, first, second):
    payout = proposed(house, bank, first)
    approve(payout, second)
    (row,) = payout.remittances.all()
    bank.shows((-row.net, tx(str(row.net), "Client", e2e=row.end_to_end_id)))
    assert not Task.objects.filter(kind="payout_odd").exists()


def test_the_database_itself_wants_another_person(house, bank, first):
    payout = proposed(house, bank, first)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutDecision.objects.create(
            agency_id=house.id, payout=payout, approved=True, sha256=payout.document.sha256, at=AT,
            by_id=first.id, by_name=first.name,
        )  # fmt: skip


def test_a_rejected_file_never_leaves_and_is_ordered_anew_under_another_name(
    house, bank, first, second
):
    payout = proposed(house, bank, first)
    reject_payout(payout=payout, because="Wrong account", by=second, at=AT)
    assert not may_leave(payout.document)
    row = Remittance.objects.get()
    again = pay_again(remittance=row, by=first, at=AT)
    assert again.message_id != payout.message_id and row.end_to_end_id.endswith("-2")
    with pytest.raises(Refusal):
        pay_again(remittance=row, by=first, at=AT)
    approve(again, second)


def test_a_new_account_is_paid_only_when_somebody_else_has_asked_the_client(
    house, bank, first, second
):
    case = case_of(house.agency, "1000.00")
    bank.pays(case, "300.00")
    change = change_account(client=case.client, iban=OTHER, by=first, at=AT)
    (held,) = run(house).held
    assert held.because.code == "account_unconfirmed" and not Remittance.objects.exists()
    with pytest.raises(Refusal) as own:
        confirm_account(change=change, how="Called Anna on the old number", by=first, at=AT)
    assert own.value.code == "account_own"
    confirm_account(change=change, how="Called Anna on the old number", by=second, at=AT)
    with pytest.raises(Refusal):
        confirm_account(change=change, how="Called Anna on the old number", by=second, at=AT)
    assert len(run(house).remittances) == 1


def test_an_account_changed_between_proposal_and_approval_stops_the_file(
    house, bank, first, second
):
    payout = proposed(house, bank, first)
    change_account(client=Remittance.objects.get().client, iban=OTHER, by=first, at=AT)
    with pytest.raises(Refusal) as refusal:
        approve(payout, second)
    assert refusal.value.code == "account_unconfirmed" and AccountChange.objects.count() == 1


def answer(payout, status, e2e="", reason="", message=None):
    tx = f"<TxInfAndSts><OrgnlEndToEndId>{e2e}</OrgnlEndToEndId><TxSts>{status}</TxSts></TxInfAndSts>"
    group = f"<GrpSts>{status}</GrpSts>" if not e2e else ""
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    batch = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>1</OrgnlPmtInfId>{tx}</OrgnlPmtInfAndSts>"
        if e2e
        else ""
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>A-1</MsgId>'
        f"<CreDtTm>2026-11-20T10:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{message or payout.message_id}"
        f"</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId>{group}{why}</OrgnlGrpInfAndSts>{batch}"
        "</CstmrPmtStsRpt></Document>"
    ).encode()


def told(house, content):
    return take_bank_file(agency=house.id, content=content, name="s.xml", by=SYSTEM, at=AT)


def test_bk23_a_refusal_by_the_bank_makes_a_task_and_may_be_paid_again(house, bank, first, second):
    payout = proposed(house, bank, first)
    approve(payout, second)
    done = told(house, answer(payout, "RJCT", reason="AC04"))
    assert done.summary["statuses"] == {"answers": 1, "unknown": 0, "refused": 1}
    assert Task.objects.filter(kind="payout_status").count() == 1
    assert told(house, answer(payout, "RJCT", reason="AC04")).status == "known"
    row = Remittance.objects.get()
    assert pay_again(remittance=row, by=first, at=AT).message_id != payout.message_id


def test_bk23_an_unknown_order_and_a_refusal_after_the_money_left_change_nothing(
    house, bank, first, second
):
    payout = proposed(house, bank, first)
    approve(payout, second)
    told(house, answer(payout, "RJCT", message="PAY-1999-000001"))
    assert (
        not PayoutStatus.objects.exists() and Task.objects.filter(kind="payout_status").count() == 1
    )
    told(house, answer(payout, "ACSC"))
    told(house, answer(payout, "RJCT", reason="MS03"))
    assert PayoutStatus.objects.filter(status="LATE").count() == 1
    with pytest.raises(Refusal) as refusal:
        pay_again(remittance=Remittance.objects.get(), by=first, at=AT)
    assert refusal.value.code == "payout_not_returned"


def test_a_client_is_paid_when_its_terms_say_and_from_the_sum_they_say(house, bank):
    case = case_of(house.agency, "1000.00")
    bank.pays(case, "300.00")
    terms = PayoutTerms.objects.create(
        agency_id=house.id, client=case.client, schedule="weekly", day=1
    )
    assert run(house).held[0].because.code == "not_payday"  # ON is a Friday
    terms.schedule, terms.least = "each_run", Decimal("5000")
    terms.save()
    assert run(house).held[0].because.code == "below_least"
    terms.least = Decimal("10")
    terms.save()
    assert len(run(house).remittances) == 1


def test_paydays():
    assert (
        is_payday("each_run", 1, ON)
        and is_payday("weekly", 5, ON)
        and not is_payday("weekly", 1, ON)
    )
    assert (
        is_payday("monthly", 20, ON)
        and is_payday("monthly", 14, ON)
        and not is_payday("monthly", 13, ON)
    )


def test_paid_gross_the_client_gets_all_and_owes_the_fees(house, bank):
    client = client_of(house.agency)
    agreement = agreement_of(house.agency, client, TERMS | {"method": "gross"})
    case = case_of(house.agency, "1000.00", client=client, agreement=agreement)
    bank.pays(case, "300.00")
    (row,) = run(house).remittances
    assert row.net == row.gross == 300 and row.method == "gross" and row.commission > 0
    book = Book.objects.get(subject_id=client.id)
    owed = balance(book=book.id, account="receivable", currency="EUR").amount
    assert owed == row.commission + row.vat
    assert all(not check.difference for check in trust_check(house.id))


def test_money_that_is_not_there_yet_is_not_paid(house, bank):
    """A booked line counts from its value day, not from the day the bank writes it."""
    case = case_of(house.agency, "1000.00")
    bank.pays(case, "300.00")
    assert not run(house, ON - timedelta(days=1)).remittances
    assert len(run(house, ON).remittances) == 1
