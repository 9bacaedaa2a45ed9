"""Two (or eight) at once, with real commits."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import close_old_connections, connection

from recoup.cases.models import Case, Move
from recoup.cases.operations import accept_case, decline_case
from recoup.cases.tests.cast import AT, line, sign_up, submit
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import Refusal
from recoup.ledger.models import Entry
from recoup.tenancy.context import scope


def at_once(house: Any, acts: list[Callable[[], Any]]) -> list[Any]:
    """Each act in a thread and transaction of its own, started together: results or exceptions."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        try:
            gate.wait()
            with scope(house.id):
                results[place] = acts[place]()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    close_old_connections()
    return results


@pytest.fixture
def standing(committed_house):
    with scope(committed_house.id):
        return sign_up(committed_house)


def test_eight_identical_submissions_make_one_case(standing):
    results = at_once(standing.house, [lambda: submit(standing)] * 8)
    assert len({case.id for case in results}) == 1
    with scope(standing.house.id):
        assert Case.objects.count() == 1 and Entry.objects.count() == 1


def test_the_same_invoice_in_two_windows_is_placed_once(standing):
    results = at_once(
        standing.house, [lambda n=n: submit(standing, key=f"window {n}") for n in range(4)]
    )
    assert sum(isinstance(r, Case) for r in results) == 1
    assert {r.code for r in results if isinstance(r, Refusal)} == {"invoice_already_placed"}


def test_numbers_stay_gapless_under_a_rush(standing):
    results = at_once(
        standing.house,
        [lambda n=n: submit(standing, line(f"RE-{n}"), key=str(n)) for n in range(8)],
    )
    assert sorted(r.number for r in results) == [f"R-2026-{n:06d}" for n in range(1, 9)]


def test_accepting_and_declining_at_once_leaves_one_decision(standing):
    with scope(standing.house.id):
        case = submit(standing)
    fresh = lambda: Case.objects.get(id=case.id)  # noqa: E731
    results = at_once(standing.house, [
        lambda: accept_case(case=fresh(), by=SYSTEM, at=AT),
        lambda: decline_case(case=fresh(), because="no", by=SYSTEM, at=AT),
    ] * 2)  # fmt: skip
    assert sum(r is None for r in results) == 1
    assert all(isinstance(r, Refusal) for r in results if r is not None), results
    with scope(standing.house.id):
        assert Move.objects.count() == 1
