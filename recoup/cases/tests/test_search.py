"""Search: what is typed is literal, folded as names are kept, and finds nothing of others."""

import time
from decimal import Decimal
from statistics import median
from typing import Any

import pytest
from django.db import connection

from recoup.cases.models import Case
from recoup.cases.search import amount, cases_with, look_up, typed
from recoup.cases.tests.cast import AT, add_debtor, line, sign_up, submit
from recoup.kernel.actor import SYSTEM
from recoup.parties.operations import add_contact
from recoup.tenancy.context import scope

pytestmark = pytest.mark.django_db


def numbers(text: str) -> set[str]:
    return set(cases_with(look_up(text)).values_list("number", flat=True))


@pytest.fixture
def standing(house: Any) -> Any:
    return sign_up(house)


@pytest.fixture
def found(standing: Any, house: Any) -> dict[str, str]:
    """Three cases: a German, a Chinese and a plain one, with a person at the first."""
    add_contact(debtor=standing.debtor, name="Sabine Ström", email="s.strom@mueller.example",
                phone="+49 40 771-990", by=SYSTEM, at=AT)  # fmt: skip
    han = add_debtor(house, name="深圳市云帆电子有限公司", vat="")
    plain = add_debtor(house, name="100% Cotton_Mill AB", vat="")
    return {
        "german": submit(standing, line("RE-1001", "8400.00"), key="a").number,
        "han": submit(standing, line("发票88", "12.50"), key="b", debtor=han).number,
        "plain": submit(standing, line("50%_x", "99.00"), key="c", debtor=plain).number,
    }


@pytest.mark.parametrize("text", [
    "Müller", "Mueller", "MULLER", "Mu\u0308ller", "Mu ller", "müller logistik", "RE-1001", "re-100", "8.400,00",
    "8400", "8,400.00", "DE136695976", "sabine", "ström", "s.strom@", "+49 40 771990", "40771990",
    "0049 40 771", "ogistik",
])  # fmt: skip
def test_the_german_case_is_found(found: dict[str, str], text: str) -> None:
    others = {found["han"], found["plain"]} if text == "Mueller" else set()  # in their e-mail too
    assert numbers(text) == {found["german"]} | others


@pytest.mark.parametrize("text", ["云帆", "云帆电子", "深圳", "电子有限公司", "发票88", "12,50"])
def test_the_chinese_case_is_found_by_two_signs_within(found: dict[str, str], text: str) -> None:
    assert numbers(text) == {found["han"]}


@pytest.mark.parametrize("text", ["100%", "Cotton_Mill", "50%_x", "cotton"])
def test_signs_of_patterns_are_found_where_they_are_meant(found: dict[str, str], text: str) -> None:
    assert numbers(text) == {found["plain"]}


@pytest.mark.parametrize("text", [
    "%", "_", "%%%", "___", "\\", "'", '";--', ":*", "& | ! ( )", "\x00", "", "   ", "\u202e", "mül%er", "RE_1001",
    "' OR 1=1 --", "x" * 5000, "\uffff", "😀😀", "1e3", "NaN", "٣",
])  # fmt: skip
def test_what_is_typed_has_no_meaning(found: dict[str, str], text: str) -> None:
    assert numbers(text) == set()


def test_a_client_and_a_stranger_find_nothing(
    found: dict[str, str], standing: Any, stranger: Any, house: Any
) -> None:
    for text in ("Müller", "RE-1001", "8400", "s.strom@mueller.example", found["german"]):
        with scope(house.id, client=standing.client.id):
            assert not look_up(text)
        with scope(stranger.id):
            assert not look_up(text)
    with scope(house.id):
        assert look_up(found["german"]).cases


def test_se04_anothers_and_nobodys_take_the_same_time(found: dict[str, str], stranger: Any) -> None:
    """Medians of turns taken one after the other: what another agency knows costs no more than what nobody does."""
    nothing = "R-2026-999999"
    taken: dict[str, list[float]] = {found["german"]: [], nothing: [], "s.strom@mueller.example": [], "x.nobody@nothing.example": []}  # fmt: skip
    with scope(stranger.id):
        for text in taken:
            look_up(text)
        for _ in range(25):
            for text, times in taken.items():
                began = time.process_time()
                assert not look_up(text)
                times.append(time.process_time() - began)
    number, none, mail, nobody = (median(times) for times in taken.values())
    for known, unknown in ((number, none), (mail, nobody)):
        assert abs(known - unknown) < max(0.002, 0.3 * unknown), (known, unknown)


def test_the_end_of_a_number_is_enough(found: dict[str, str]) -> None:
    assert found["german"] in numbers(found["german"][-6:])
    assert numbers(found["german"].lower()) == {found["german"]}


@pytest.mark.parametrize(("text", "value"), [
    ("8400", "8400.0"), ("8 400,5", "8400.5"), ("1'234.50", "1234.50"), ("1.234", "1234.0"), ("-5", None),
    ("1,2,3", None), ("12345678901234", None), ("8400 EUR", None),
])  # fmt: skip
def test_amounts_as_people_write_them(text: str, value: str | None) -> None:
    assert amount(text) == (None if value is None else Decimal(value))


def test_folding_is_the_names_own() -> None:
    assert typed("Müller GmbH").folded == "muller"
    assert typed("\x00a\nb").plain == "a b"


def test_no_condition_on_each_row_bars_the_owner_from_the_search_indexes() -> None:
    """Searches run as the tables' owner, because row security closes such indexes to whom it binds: a policy that
    bound the owner as well would have the whole portfolio read for each of them."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT polrelid::regclass::text, polname FROM pg_policy narrowed
            WHERE NOT polpermissive AND polroles = '{0}' AND EXISTS (
                SELECT FROM pg_policy p WHERE p.polrelid = narrowed.polrelid AND p.polname = 'search')
        """)
        assert cursor.fetchall() == []


def test_invoices_are_found_by_their_folded_numbers_by_the_house_alone(
    found: dict[str, str], house: Any
) -> None:
    def named(*numbers: str) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT cases_invoiced(%s, %s, 10)", [list(numbers), ["submitted", "contact"]]
            )
            ids = [id for (id,) in cursor.fetchall()]
        return set(Case.objects.filter(id__in=ids).values_list("number", flat=True))

    case = Case.objects.get(number=found["german"])
    assert named("RE1001") == {found["german"]} and named("RE100", "") == set()
    with scope(house.id, client=case.client_id):
        assert named("RE1001") == set()
