"""Every pair of stages: what the table allows happens, everything else is refused twice over."""

from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction

from recoup.cases.diagram import PAGE, page
from recoup.cases.models import Case, Move
from recoup.cases.operations import (
    accept_case,
    assign_case,
    close_case,
    decline_case,
    move_case,
    reopen_case,
)
from recoup.cases.states import MOVES, Stage
from recoup.cases.tests.cast import AT, sign_up, submit
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import Refusal

PAIRS = list(product(Stage, Stage))


@pytest.fixture
def standing(house):
    return sign_up(house)


def walk_to(standing, stage):
    """A case in `stage`, by the verbs that lead there."""
    case = submit(standing)
    if stage == Stage.DECLINED:
        decline_case(case=case, because="no", by=SYSTEM, at=AT)
    if stage in (Stage.SUBMITTED, Stage.DECLINED):
        return case
    accept_case(case=case, by=SYSTEM, at=AT)
    if stage == Stage.ACCEPTED:
        return case
    if stage == Stage.CLOSED:
        close_case(case=case, code="withdrawn", because="x", report=None, by=SYSTEM, at=AT)
        return case
    assign_case(
        case=case, collector=standing.house.members["collector"], because={}, by=SYSTEM, at=AT
    )
    if stage != Stage.CONTACT:
        move_case(case=case, was="contact", now=stage, because="x", by=SYSTEM, at=AT)
    return case


@pytest.mark.parametrize(("was", "now"), PAIRS)
def test_the_table_decides_in_code(standing, was, now):
    case = walk_to(standing, was)
    moves = Move.objects.count()
    if was == "closed" and now in MOVES[was]:
        reopen_case(case=case, because="because", by=SYSTEM, at=AT)
        assert Case.objects.get(id=case.id).stage == now
    elif now in MOVES[was]:
        move_case(case=case, was=was, now=now, because="because", by=SYSTEM, at=AT)
        move = Move.objects.order_by("id").last()
        assert (move.was, move.now, move.because) == (was, now, "because")
        assert Case.objects.get(id=case.id).stage == now
    else:
        with pytest.raises(Refusal) as refused:
            move_case(case=case, was=was, now=now, because="because", by=SYSTEM, at=AT)
        assert refused.value.code == "stage_not_reachable"
        assert Move.objects.count() == moves
        assert Case.objects.get(id=case.id).stage == was


@pytest.mark.parametrize(("was", "now"), [(w, n) for w, n in PAIRS if w != n])
def test_the_table_decides_in_the_database(standing, was, now):
    case = walk_to(standing, was)
    raw = "UPDATE cases_case SET stage = %s WHERE id = %s"
    if now in MOVES[was]:
        with connection.cursor() as cursor:
            cursor.execute(raw, [now, case.id])
        assert Case.objects.get(id=case.id).stage == now
    else:
        with (
            pytest.raises(IntegrityError, match="cannot move"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(raw, [now, case.id])


def test_a_stage_that_does_not_exist_is_refused_by_the_database(standing):
    case = submit(standing)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET stage = 'lost' WHERE id = %s", [case.id])


def test_the_diagram_is_current():
    assert PAGE.read_text() == page()
    assert page().count("-->") == 1 + sum(len(to) or 1 for to in MOVES.values())
