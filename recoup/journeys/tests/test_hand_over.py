"""Cases change hands: in a batch, for an absence and back, to a partner, into two."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from recoup.cases.models import Assignment, Case, Hold, Task
from recoup.cases.operations import (
    add_task,
    assign_case,
    end_absence,
    plan_absence,
    recall_case,
    refer_case,
    set_profile,
    split_case,
)
from recoup.cases.tests.cast import AT, TODAY, at_work, line, sign_up
from recoup.journeys.hand_over import hand_over_absences, share_out
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Partner
from recoup.payments.queries import owed
from recoup.tenancy.models import User
from recoup.tenancy.operations import add_member

pytestmark = pytest.mark.django_db


def hired(house: Any, name: str, countries: Any = ("DE",), capacity: int = 10) -> Any:
    user = User.objects.create_user(f"{name}@nordic.example", "x" * 20, name=name.title())
    member = add_member(agency=house.agency, user=user, role="collector")
    set_profile(
        member=member, countries=countries, languages=["de"], capacity=capacity, by=SYSTEM, at=AT
    )
    return member


@pytest.fixture
def team(house: Any) -> Any:
    return {"ann": hired(house, "ann"), "ben": hired(house, "ben")}


def cases_of(house: Any, count: int) -> list[Case]:
    standing = sign_up(house)
    made = [at_work(standing, key=f"k{n}", lines=[line(f"RE-{n}")]) for n in range(count)]
    return list(Case.objects.filter(id__in=[c.id for c in made]).select_related("debtor", "client"))


def test_a_batch_is_shared_evenly_with_the_reasons_kept(house: Any, team: Any) -> None:
    shared = share_out(agency=house.agency, cases=cases_of(house, 6), extra={}, by=SYSTEM, at=AT)
    assert dict(shared.taken) == {"Ann": 3, "Ben": 3}
    reason = Assignment.objects.filter(collector=team["ann"]).first()
    assert reason is not None and reason.because["parts"]["country"] == "40/40"
    assert reason.because["batch"] == 6


def test_who_is_away_hands_over_and_gets_back_what_nobody_gave_away(house: Any, team: Any) -> None:
    cases = cases_of(house, 4)
    for case in cases:
        assign_case(case=case, collector=team["ann"], because={}, by=SYSTEM, at=AT)
    task = add_task(agency=house.id, key="t", kind="call", sentence="Call", params={}, role="collector",
                    owner=team["ann"], due_on=TODAY, default="", case=cases[0], by=SYSTEM, at=AT)  # fmt: skip
    plan_absence(member=team["ann"], first_on=TODAY, last_on=TODAY + timedelta(days=6), stand_in=None,
                 because="holiday", by=SYSTEM, at=AT)  # fmt: skip
    day = {"agency": house.agency, "by": SYSTEM, "at": AT}
    assert hand_over_absences(on=TODAY, **day) == {"handed": 4}
    assert hand_over_absences(on=TODAY, **day) == {}
    task.refresh_from_db()
    assert Case.objects.filter(collector=team["ben"]).count() == 4
    assert task.owner_id == team["ben"].id
    assign_case(case=cases[1], collector=house.members["collector"], because={}, by=SYSTEM, at=AT)
    back = {**day, "at": AT + timedelta(days=7)}
    assert hand_over_absences(on=TODAY + timedelta(days=7), **back) == {"returned": 3}
    assert Case.objects.filter(collector=team["ann"]).count() == 3
    assert Task.objects.get(id=task.id).owner_id == team["ann"].id
    assert hand_over_absences(on=TODAY + timedelta(days=8), **back) == {}


def test_a_named_stand_in_gets_everything_and_an_early_return_counts(house: Any, team: Any) -> None:
    for case in cases_of(house, 2):
        assign_case(case=case, collector=team["ann"], because={}, by=SYSTEM, at=AT)
    absence = plan_absence(member=team["ann"], first_on=TODAY, last_on=TODAY + timedelta(days=30),
                           stand_in=house.members["collector"], because="", by=SYSTEM, at=AT)  # fmt: skip
    hand_over_absences(agency=house.agency, on=TODAY, by=SYSTEM, at=AT)
    assert Case.objects.filter(collector=house.members["collector"]).count() == 2
    end_absence(absence=absence, by=SYSTEM, at=AT)
    hand_over_absences(agency=house.agency, on=TODAY, by=SYSTEM, at=AT + timedelta(hours=1))
    assert Case.objects.filter(collector=team["ann"]).count() == 2
    with pytest.raises(Refusal, match="over already"):
        end_absence(absence=absence, by=SYSTEM, at=AT)


@pytest.mark.parametrize(("first", "last", "code"), [
    (3, 1, "absence_backwards"), (0, 400, "absence_long"), (-9, -5, "absence_past"),
])  # fmt: skip
def test_an_absence_that_cannot_be_is_refused(house: Any, team: Any, first: int, last: int, code: str) -> None:  # fmt: skip
    with pytest.raises(Refusal) as refused:
        plan_absence(member=team["ann"], first_on=TODAY + timedelta(days=first), stand_in=None,
                     last_on=TODAY + timedelta(days=last), because="", by=SYSTEM, at=AT)  # fmt: skip
    assert refused.value.code == code


def test_a_partner_works_the_case_and_our_own_contact_rests(house: Any) -> None:
    [case] = cases_of(house, 1)
    partner = Partner.objects.create(
        agency_id=house.id, name="Hafen Inkasso GmbH", country="DE", made_at=AT
    )
    made = refer_case(case=case, partner=partner, because="local", by=SYSTEM, at=AT)
    assert Hold.objects.get(case=case, lifted_at=None).kind == "partner"
    with pytest.raises(Refusal, match="already works"):
        refer_case(case=case, partner=partner, because="again", by=SYSTEM, at=AT)
    recall_case(referral=made, because="done", by=SYSTEM, at=AT)
    assert not Hold.objects.filter(case=case, lifted_at=None).exists()
    with pytest.raises(Refusal, match="taken back"):
        recall_case(referral=made, because="done", by=SYSTEM, at=AT)


def test_a_case_becomes_two_and_nothing_is_owed_twice(house: Any) -> None:
    standing = sign_up(house)
    case = at_work(standing, lines=[line("RE-1", "1000.00"), line("RE-2", "500.00")])
    before = owed(case=case, on=TODAY)
    second = case.lines.get(ref="RE-2")
    key = new_id()
    ask = {"case": case, "because": "disputed", "paid": False, "key": key, "by": SYSTEM, "at": AT}
    made = split_case(lines=[second.id], **ask)
    assert split_case(lines=[second.id], **ask).id == made.id
    old, new = owed(case=case, on=TODAY), owed(case=made, on=TODAY)
    assert old.principal + new.principal == before.principal
    # Each case rounds its own interest once.
    assert abs(old.interest + new.interest - before.interest) <= Decimal("0.01")
    assert old.compensation.open + new.compensation.open == before.compensation.open
    assert (str(old.principal), str(new.principal)) == ("1000.00", "500.00")
    assert made.collector_id == case.collector_id
    rest = [r.id for r in case.lines.filter(ref="RE-1")]
    for lines, code in (([], "split_none"), ([second.id], "split_none"), (rest, "split_all")):
        with pytest.raises(Refusal) as refused:
            split_case(**ask | {"lines": lines, "key": new_id()})
        assert refused.value.code == code
    with pytest.raises(Refusal) as refused:
        split_case(**ask | {"lines": rest, "key": new_id(), "paid": True})
    assert refused.value.code == "split_paid"
