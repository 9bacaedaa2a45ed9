"""The watched folder: each file once, what a killed worker left is taken up, the refused say why."""

import os

import pytest

from recoup.jobs.bank_in import SETTLED_SECONDS, take_folder
from recoup.payments.models import BankFile, BankLine
from recoup.payments.tests.cast import AT, trust_account
from recoup.payments.tests.test_bank_file import file_of, paid


@pytest.fixture
def place(house, tmp_path):
    trust_account(house.agency)
    made = tmp_path / house.agency.slug
    made.mkdir()
    return made


def put(place, name, content, age=60):
    path = place / name
    path.write_bytes(content)
    os.utime(path, (1000 - age, 1000 - age))
    return path


def run(house, place):
    return take_folder(agency=house.agency, folder=place.parent, now=AT, wall=1000.0)


def test_a_settled_file_is_taken_once_and_put_aside(house, place):
    put(place, "a.xml", file_of(paid("10.00"), closing="10.00"))
    assert run(house, place)["taken"] == 1
    assert sum(run(house, place).values()) == 0
    assert (place / "done" / "a.xml").exists() and BankLine.objects.count() == 1


def test_a_growing_or_unfinished_file_is_left(house, place):
    put(place, "young.xml", b"<", age=SETTLED_SECONDS - 1)
    for name in (".hidden.xml", "b.xml.part", "c.filepart"):
        put(place, name, b"<")
    assert sum(run(house, place).values()) == 0 and not BankFile.objects.exists()


def test_what_a_killed_worker_left_is_taken_up(house, place):
    (place / "working").mkdir()
    put(place / "working", "a.xml", file_of(paid("10.00"), closing="10.00"))
    assert run(house, place)["taken"] == 1
    put(place / "working", "a.xml", file_of(paid("10.00"), closing="10.00"))
    assert run(house, place)["known"] == 1
    assert BankLine.objects.count() == 1 and (place / "done" / "2-a.xml").exists()


def test_a_refused_file_lies_beside_its_reason_and_stops_no_other(house, place):
    put(place, "a.xml", b"<html/>", age=90)
    put(place, "b.xml", file_of(paid("10.00"), closing="10.00"))
    assert run(house, place) == {"taken": 1, "held": 0, "known": 0, "refused": 1}
    assert (place / "refused" / "a.xml").exists()
    assert "a.xml" in (place / "refused" / "a.xml.reason.txt").read_text()


def test_another_agencys_folder_is_not_looked_into(house, place):
    other = place.parent / "stranger"
    other.mkdir()
    put(other, "a.xml", file_of(paid("10.00"), closing="10.00"))
    assert sum(run(house, place).values()) == 0 and (other / "a.xml").exists()
