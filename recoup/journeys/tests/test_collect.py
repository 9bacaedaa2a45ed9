"""Money in, and what follows from it."""

from datetime import date
from decimal import Decimal

import pytest

from recoup.cases.models import Closure, Task
from recoup.eventlog.models import Event
from recoup.files.operations import content_of
from recoup.journeys import collect
from recoup.journeys.remit import remit
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.ledger.models import Posting
from recoup.outbox.models import Message
from recoup.payments.models import BankLine
from recoup.payments.queries import owed, to_pay
from recoup.payments.tests.cast import AT, case_of, trust_account
from recoup.payments.tests.test_bank_file import file_of, paid

ON = date(2026, 11, 20)


@pytest.fixture
def trust(house):
    return trust_account(house.agency)


def take(house, *lines, closing, opening="0.00", id="S-1"):
    content = file_of(*lines, closing=closing, opening=opening, id=id)
    return collect.take_bank_file(
        agency=house.agency, content=content, name="a.xml", by=SYSTEM, at=AT
    )


def euro(amount):
    return Money(Decimal(amount), "EUR")


def test_paid_in_full_closes_with_a_report(house, trust):
    case = case_of(house.agency)
    amount = str(to_pay(case=case, on=ON).total)
    take(house, paid(amount, case), closing=amount)
    case.refresh_from_db()
    closure = Closure.objects.get(case=case)
    assert (case.stage, closure.code) == ("closed", "paid")
    assert closure.report and content_of(closure.report).startswith(b"%PDF")
    kinds = list(
        Event.objects.filter(case_id=case.id).order_by("id").values_list("kind", flat=True)
    )
    assert kinds == ["PaymentReceived", "CaseClosed"]
    assert Event.objects.get(kind="PaymentReceived").audience == "debtor"
    assert Message.objects.filter(payload__template="case_closed").count() == 1


def test_the_principal_alone_does_not_close(house, trust):
    case = case_of(house.agency, "1000.00")
    take(house, paid("1000.00", case), closing="1000.00")
    case.refresh_from_db()
    rest = owed(case=case, on=ON)
    assert case.stage == "contact" and rest.total > 0 and not Closure.objects.exists()
    collect.waive(
        agency=house.agency,
        case=case,
        amount=euro(rest.total),
        because="goodwill",
        by=SYSTEM,
        at=AT,
    )
    case.refresh_from_db()
    assert (case.stage, case.closure.code) == ("closed", "paid_and_rest_waived")
    waived = Posting.objects.get(book__subject_id=case.id, account="waived")
    assert (
        0 < waived.amount <= rest.total
        and not Posting.objects.filter(account="trust", entry=waived.entry).exists()
    )


def test_costs_that_count_towards_the_compensation_are_squared_at_the_end(house, trust):
    from recoup.cases.operations import charge_cost

    case = case_of(house.agency)
    charge_cost(
        case=case,
        kind="demand",
        on=date(2026, 9, 1),
        amount=euro("25.00"),
        key="demand",
        because="letter",
        by=SYSTEM,
        at=AT,
    )
    amount = str(to_pay(case=case, on=ON).total)
    take(house, paid(amount, case), closing=amount)
    left = {a: sum(p.amount for p in Posting.objects.filter(book__subject_id=case.id, account=a))
            for a in ("principal", "interest", "compensation", "costs")}  # fmt: skip
    assert not any(left.values()), left


def test_a_line_given_by_hand_closes_too(house, trust):
    case = case_of(house.agency)
    amount = str(to_pay(case=case, on=ON).total)
    take(house, paid(amount), closing=amount)
    assert Task.objects.filter(kind="match_lines", done_at__isnull=True).exists()
    line = BankLine.objects.get()
    collect.allocate(
        agency=house.agency,
        line=line,
        case=case,
        amount=euro(amount),
        because={"said": "phone"},
        by=SYSTEM,
        at=AT,
    )
    case.refresh_from_db()
    assert case.stage == "closed"
    assert not Task.objects.filter(kind="match_lines", done_at__isnull=True).exists()


def test_a_remittance_is_told_once(house, trust):
    case = case_of(house.agency)
    take(house, paid("500.00", case), closing="500.00")
    for _ in range(2):
        remit(agency=house.agency, on=ON, by=SYSTEM, at=AT)
    mail = Message.objects.get(payload__template="remittance")
    assert len(mail.payload["attachments"]) == 2
    assert Event.objects.filter(kind="Remitted", case_id=case.id).count() == 1
