"""Client and house talk about a case: once, with files, and each knows what the other has read."""

import time
from datetime import timedelta

import pytest

from recoup.cases.models import Task
from recoup.cases.tests.cast import AT, at_work, sign_up
from recoup.files.models import Document
from recoup.journeys.talk import File, talk
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import Refusal
from recoup.talks.models import Said
from recoup.talks.operations import say, see
from recoup.talks.queries import talk_of, unread
from recoup.talks.rules import Side, media_type_of

LATER = AT + timedelta(minutes=5)


@pytest.fixture
def standing(house):
    return sign_up(house)


@pytest.fixture
def case(standing):
    return at_work(standing)


def test_the_same_message_sent_twice_is_one_and_one_task(case, standing):
    key = new_id()
    for _ in range(2):
        talk(case=case, side=Side.CLIENT, text="Any news?", key=key, by=standing.by, at=AT)
    assert Said.objects.count() == 1
    task = Task.objects.get(kind="client_wrote")
    assert task.owner_id == case.collector_id
    talk(case=case, side=Side.HOUSE, text="Tomorrow.", key=new_id(), by=SYSTEM, at=LATER)
    task.refresh_from_db()
    assert task.outcome == "answered"


def test_what_the_house_says_is_unread_until_the_reader_has_seen_it(house, case, standing):
    talk(case=case, side=Side.HOUSE, text="Please look.", key=new_id(), by=SYSTEM, at=AT)
    assert unread(standing.member, Side.CLIENT).count() == 1
    assert talk_of(case, Side.HOUSE)[0].read_at is None
    assert see(case=case, member=standing.member, side=Side.CLIENT, at=LATER)
    assert unread(standing.member, Side.CLIENT).count() == 0
    assert talk_of(case, Side.HOUSE)[0].read_at == LATER
    assert unread(house.members["collector"], Side.HOUSE).count() == 0


def test_files_are_kept_with_the_case_and_what_they_are_is_read_from_their_bytes(case, standing):
    files = [File("order.pdf", b"%PDF-1.7 x"), File("photo.jpg", b"\xff\xd8\xff\xe0 x")]
    talk(case=case, side=Side.CLIENT, text="", files=files, key=new_id(), by=standing.by, at=AT)
    kept = Document.objects.filter(case_id=case.id, kind="enclosed").order_by("name")
    assert [d.media_type for d in kept] == ["application/pdf", "image/jpeg"]
    assert [len(line.files) for line in talk_of(case, Side.CLIENT)] == [2]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "file_empty"),
        ("a.pdf", b"MZ\x90 program", "file_kind"),
        ("a.docm", b"PK\x03\x04 x", "file_kind"),
        ("a.html", b"<script>", "file_kind"),
        ("a.pdf", b"%PDF-" + b"x" * 20_000_000, "file_too_large"),
    ],
)
def test_what_cannot_be_enclosed_is_named(name, content, code):
    with pytest.raises(Refusal) as caught:
        media_type_of(name, content)
    assert caught.value.code == code


def test_nothing_of_a_refused_message_is_kept(case, standing):
    with pytest.raises(Refusal):
        talk(case=case, side=Side.CLIENT, text="x", key=new_id(), by=standing.by, at=AT,
             files=[File("good.pdf", b"%PDF-1"), File("bad.exe", b"MZ")])  # fmt: skip
    assert not Said.objects.exists() and not Document.objects.filter(kind="enclosed").exists()


FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f466"


def test_pf06_a_message_is_counted_as_a_reader_counts(case, standing):
    made = said(case, standing, FAMILY * 4000)
    assert made.text == FAMILY * 4000
    with pytest.raises(Refusal) as caught:
        said(case, standing, FAMILY * 4001)
    assert (caught.value.code, caught.value.params["found"]) == ("message_long", 4001)


def test_pf06_towers_of_marks_are_no_part_of_a_message(case, standing):
    made = said(case, standing, "We pay a" + "\u0301" * 1000 + " tomorrow")
    assert made.text == "We pay a" + "\u0301" * 8 + " tomorrow"


def said(case, standing, text):
    return say(case=case, side=Side.CLIENT, text=text, key=new_id(), by=standing.by, at=AT)


@pytest.mark.parametrize("letter", ["x", "ä", "e\u0301", "\U0001f9fe"])
def test_pf06_ten_megabytes_are_refused_at_once(case, standing, letter):
    text = letter * (10_000_000 // len(letter.encode()))
    began = time.process_time()
    with pytest.raises(Refusal) as caught:
        said(case, standing, text)
    assert caught.value.code == "message_long" and time.process_time() - began < 2
