"""A closed case is opened again: by a person with a reason, by itself when the money it was closed on went back."""

from decimal import Decimal

import pytest
from django.utils import timezone

from recoup.cases.models import Task
from recoup.cases.operations import move_case
from recoup.cases.tests.cast import at_work, sign_up
from recoup.journeys.close import close_with_report
from recoup.journeys.collect import allocate, take_bank_file
from recoup.journeys.reopen import reopen
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.payments.bankfiles.tests.samples import entry, tx
from recoup.payments.models import Allocation, BankLine, Suggestion
from recoup.payments.queries import owed, to_pay, trust_check
from recoup.payments.tests.cast import trust_account
from recoup.payments.tests.test_bank_file import file_of


@pytest.fixture
def case(house):
    trust_account(house.agency)
    return at_work(sign_up(house))


def shows(house, amount, opening, *, case=None, e2e="E-1", reason="", id="S"):
    size, side = str(abs(Decimal(amount))), "CRDT" if Decimal(amount) > 0 else "DBIT"
    details = tx(
        size,
        case.debtor.name if case else "X",
        ref=case.reference if case else "",
        e2e=e2e,
        reason=reason,
    )
    closing = str(Decimal(opening) + Decimal(amount))
    content = file_of(
        entry(size, side, ref=f"B{id}", details=details),
        opening=opening,
        closing=closing,
        id=id,
        seq=id[1:] or "1",
    )
    return take_bank_file(
        agency=house.agency, content=content, name=f"{id}.xml", by=SYSTEM, at=timezone.now()
    )


def pays_all(house, case):
    amount = str(to_pay(case=case, on=timezone.now().date()).total + 100)
    shows(house, amount, "0.00", case=case, id="S1")
    case.refresh_from_db()
    return amount


def test_a_bounced_payment_opens_the_case_again_with_a_task(house, case):
    amount = pays_all(house, case)
    assert case.stage == "closed" and case.closure.code == "paid"
    shows(house, f"-{amount}", amount, reason="AC04", id="S2")
    case.refresh_from_db()
    assert case.stage == "evaluation" and owed(case=case, on=timezone.now().date()).total > 0
    assert {"reopened", "returned_closed"} <= set(
        Task.objects.filter(case=case).values_list("kind", flat=True)
    )
    assert case.next_action_on is not None and not any(c.difference for c in trust_check(house.id))
    # It may be paid and end again; both ends stay.
    shows(house, amount, "0.00", case=case, e2e="E-2", id="S3")
    case.refresh_from_db()
    assert case.stage == "closed" and case.closures.count() == 2


def test_a_person_opens_it_again_with_a_reason_and_only_by_that_verb(house, case):
    pays_all(house, case)
    with pytest.raises(Refusal, match="reason"):
        reopen(agency=house.agency, case=case, because=" ", by=SYSTEM, at=timezone.now())
    with pytest.raises(Refusal, match="cannot go"):
        move_case(
            case=case, was="closed", now="evaluation", because="x", by=SYSTEM, at=timezone.now()
        )
    reopen(
        agency=house.agency,
        case=case,
        because="the credit note was wrong",
        by=SYSTEM,
        at=timezone.now(),
    )
    with pytest.raises(Refusal):
        reopen(agency=house.agency, case=case, because="again", by=SYSTEM, at=timezone.now())


@pytest.mark.parametrize("code", ["withdrawn", "uncollectable"])
def test_bk19_money_on_a_case_that_ended_waits_for_a_person_with_a_task(house, case, code):
    close_with_report(
        agency=house.agency, case=case, code=code, because="b", by=SYSTEM, at=timezone.now()
    )
    shows(house, "300.00", "0.00", case=case, id="S1")
    assert not Allocation.objects.exists() and Suggestion.objects.get().case_id == case.id
    assert Task.objects.get(kind="paid_ended").params["number"] == case.number
    line = BankLine.objects.get()
    allocate(agency=house.agency, line=line, case=case, amount=Money(Decimal("300.00"), "EUR"), because={"said": "it is theirs"},
             by=SYSTEM, at=timezone.now())  # fmt: skip
    assert Allocation.objects.get().overpaid == 0 and not any(
        c.difference for c in trust_check(house.id)
    )
