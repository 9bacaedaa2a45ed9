"""Asked, decided, lapsed: each once, and a budget never spent twice."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from recoup.approvals.models import Approval, Authority
from recoup.approvals.operations import (
    apply_defaults,
    ask_approval,
    decide_approval,
    set_authority,
    withdraw_authority,
)
from recoup.approvals.rules import Bounds
from recoup.cases.tests.cast import AT, at_work, line, sign_up
from recoup.cases.tests.test_races import at_once
from recoup.eventlog.models import Event
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.tenancy.context import scope


@pytest.fixture
def case(house):
    return at_work(sign_up(house))


def asked(case, key="court", cost="300.00", kind="legal_step", default="decline", odds=70):
    return ask_approval(
        case=case, kind=kind, key=key, sentence="Go to court for %(debtor)s?", params={"debtor": "D"},
        cost=Money(Decimal(cost), "EUR"), odds_percent=odds, duration_days=90, answer_days=5,
        default=default, by=SYSTEM, at=AT,
    )  # fmt: skip


def authority(case, limit="500.00", **more):
    bounds = Bounds(Money(Decimal(limit), "EUR"), **more)
    return set_authority(client=case.client, kind="legal_step", bounds=bounds, by=SYSTEM, at=AT)


def test_without_an_authority_the_client_is_asked_with_a_deadline_in_business_days(case):
    made = asked(case)
    assert (made.state, made.deadline) == ("asked", date(2026, 11, 27))
    assert made.outside["code"] == "no_authority"
    assert asked(case).id == made.id
    assert Event.objects.filter(kind="ApprovalAsked").count() == 1


def test_an_authority_decides_at_once_and_the_reason_is_kept(case):
    standing = authority(case)
    made = asked(case)
    assert (made.state, made.decided_by_mandate_id) == ("approved", standing.id)
    assert made.decided_because % made.decided_params
    withdraw_authority(client=case.client, kind="legal_step", by=SYSTEM, at=AT)
    assert asked(case, key="later").state == "asked"


def test_the_first_answer_counts(case):
    made = asked(case)
    decide_approval(approval=made, yes=False, because="Too dear: 100 % sure", by=SYSTEM, at=AT)
    with pytest.raises(Refusal) as caught:
        decide_approval(approval=made, yes=True, by=SYSTEM, at=AT)
    assert caught.value.code == "approval_decided"
    assert Approval.objects.get().decided_because == "Too dear: 100 % sure"


def test_what_nobody_answers_goes_as_it_said_once_and_not_before_its_day(house, case):
    yes, no = asked(case, key="a", default="approve"), asked(case, key="b")
    last = AT.replace(day=27)
    assert apply_defaults(agency=house.agency, now=last) == []
    lapsed = apply_defaults(agency=house.agency, now=last + timedelta(days=1))
    assert {row.id: row.is_yes for row in lapsed} == {yes.id: True, no.id: False}
    assert apply_defaults(agency=house.agency, now=last + timedelta(days=30)) == []


def test_the_database_keeps_what_was_asked_and_decides_once(case):
    made = asked(case)
    for change in ({"cost": 1}, {"deadline": date(2027, 1, 1)}, {"default": "approve"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Approval.objects.filter(id=made.id).update(**change)
    decide_approval(approval=made, yes=True, by=SYSTEM, at=AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        Approval.objects.filter(id=made.id).update(state="declined")
    authority(case)
    with pytest.raises(DatabaseError), transaction.atomic():
        Authority.objects.update(limit=10**6)


@pytest.mark.parametrize(
    "wrong", [{"kind": "gift"}, {"default": "maybe"}, {"odds": 101}, {"cost": "-1"}]
)
def test_nonsense_is_refused_by_name(case, wrong):
    with pytest.raises(Refusal) as caught:
        asked(case, **wrong)
    assert caught.value.code == "approval_wrong"


def test_eight_at_once_never_spend_more_than_the_budget(committed_house):
    with scope(committed_house.id):
        standing = sign_up(committed_house)
        cases = [at_work(standing, lines=[line(f"RE-{n}")], key=str(n)) for n in range(8)]
        authority(cases[0], budget=Decimal("700.00"))
    results = at_once(
        committed_house, [lambda c=c: asked(c, key=f"court {c.number}") for c in cases]
    )
    assert sorted(row.state for row in results) == ["approved"] * 2 + ["asked"] * 6
