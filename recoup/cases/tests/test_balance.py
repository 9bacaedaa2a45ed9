"""A batch given away: the worked example of the handbook, and never worse than one by one."""

from dataclasses import replace
from datetime import date
from itertools import product
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from recoup.cases.rules.assignment import CaseFacts, Profile, fit, load_points, ranking
from recoup.cases.rules.balance import BEYOND, Balanced, balance

ON = date(2026, 11, 20)
GERMAN, SWEDISH = CaseFacts("DE", "de"), CaseFacts("SE", "sv")
ANNA = Profile(UUID(int=1), "Anna", ("DE",), ("de",), 9, 10)
BEN = Profile(UUID(int=2), "Ben", ("DE", "SE"), ("de", "sv"), 8, 10)


def test_the_worked_batch() -> None:
    found = balance([ANNA, BEN], {GERMAN: 2, SWEDISH: 1}, ON)
    assert found.given == {GERMAN: {ANNA.member: 1, BEN.member: 1}, SWEDISH: {BEN.member: 1}}


def total(found: Balanced, people: list[Profile]) -> int:
    """The sum of points, each collector's load counted as the places fill."""
    points, taken = 0, {p.member: p.open_cases for p in people}
    for kind, shares in found.given.items():
        for p in people:
            for _ in range(shares.get(p.member, 0)):
                full = taken[p.member] >= p.capacity
                points += sum(x["points"] for x in fit(p, kind).values())
                points += -BEYOND if full else load_points(taken[p.member], p.capacity)
                taken[p.member] += 1
    return points


PEOPLE = st.lists(
    st.tuples(
        st.sets(st.sampled_from(["DE", "SE"])), st.sets(st.sampled_from(["de", "sv"])),
        st.integers(0, 6), st.integers(1, 6),
    ), min_size=1, max_size=3,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(PEOPLE, st.integers(0, 3), st.integers(0, 3))
def test_no_other_way_to_give_it_away_scores_more(people: list, germans: int, swedes: int) -> None:
    profiles = [
        Profile(UUID(int=n + 1), str(n), tuple(c), tuple(lang), taken, capacity)
        for n, (c, lang, taken, capacity) in enumerate(people)
    ]
    batch = {GERMAN: germans, SWEDISH: swedes}
    found = balance(profiles, batch, ON)
    kinds = [GERMAN] * germans + [SWEDISH] * swedes
    assert {k: sum(v.values()) for k, v in found.given.items()} == {
        k: n for k, n in batch.items() if n
    }
    best = max(
        total(counted(kinds, choice), profiles) for choice in product(profiles, repeat=len(kinds))
    )  # fmt: skip
    assert total(found, profiles) == best


def counted(kinds: list[CaseFacts], choice: tuple[Profile, ...]) -> Balanced:
    given_: dict[CaseFacts, dict[UUID, int]] = {}
    for kind, p in zip(kinds, choice, strict=True):
        shares = given_.setdefault(kind, {})
        shares[p.member] = shares.get(p.member, 0) + 1
    return Balanced(given_)


def test_who_is_away_or_may_not_is_left_out() -> None:
    away = replace(BEN, absent_until=ON)
    clerk = replace(ANNA, permissions=("legal",))
    disputed = replace(GERMAN, needs=("disputes",))
    assert balance([away], {GERMAN: 1}, ON).nobody == (GERMAN,)
    assert balance([clerk], {disputed: 1, GERMAN: 1}, ON).nobody == (disputed,)
    assert ranking([clerk], disputed, ON) == []
    assert ranking([ANNA], disputed, ON)[0][1] == ANNA


def test_above_all_capacities_everything_is_given_all_the_same() -> None:
    found = balance([ANNA, BEN], {GERMAN: 50}, ON)
    assert sum(found.given[GERMAN].values()) == 50
