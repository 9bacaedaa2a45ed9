"""Batches for a print house: handed over whole, stopped and resumed, answered; a letter that came back."""

import csv
import hashlib
import io
import json
import os
import time
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest
from django.conf import settings

from recoup.cases.models import Case, Task
from recoup.cases.tests.cast import AT, TODAY, at_work, line, profile, sign_up
from recoup.contact.channels.letterbox import Letterbox
from recoup.contact.models import PrintBatch, PrintedLetter
from recoup.contact.operations import set_house_rules
from recoup.contact.rules import Verdict, gate
from recoup.files.operations import keep
from recoup.jobs.dispatch import work_outbox
from recoup.jobs.print_house import Folder, hand_batches, read_answers, resume, stop
from recoup.journeys.day import run_day
from recoup.kernel.actor import SYSTEM
from recoup.outbox.models import Message
from recoup.outbox.operations import queue
from recoup.parties.models import Contact
from recoup.payments.tests.cast import trust_account
from recoup.strategy.facts import gather


class House(Folder):
    """The print house's folder; `after` is called when so many files are there."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.after: dict[int, Any] = {}
        self.files = 0

    def put(self, name: str, content: bytes) -> None:
        super().put(name, content)
        self.files += 1
        if act := self.after.get(self.files):
            act()


@pytest.fixture
def sent(house: Any, tmp_path: Path, monkeypatch: Any) -> list[Message]:
    """Three letters that left, with their papers in the letter box."""
    monkeypatch.setattr(settings, "LETTERS_ROOT", tmp_path / "letters")
    profile(house)
    trust_account(house.agency)
    standing = sign_up(house)
    cases = [at_work(standing, key=f"k{n}", lines=[line(f"RE-{n}")]) for n in range(3)]
    Contact.objects.update(email="")
    house_rules = {"written_in_day": 5, "written_in_week": 20}
    set_house_rules(
        agency=house.id, rules=house_rules, valid_from=TODAY, because="test", by=SYSTEM, at=AT
    )
    run_day(agency=house.agency, on=TODAY, by=SYSTEM, at=AT)
    work_outbox(agency=house.id, now=AT, channels={"letter": Letterbox()})
    found = list(
        Message.objects.filter(channel="letter", state="sent").order_by("settled_at", "id")
    )
    assert len(found) == len(cases)
    return found


@pytest.fixture
def prints(tmp_path: Path) -> House:
    return House(tmp_path / "print")


def handed(house: Any, prints: House) -> dict[str, int]:
    return hand_batches(agency=house.agency, house=prints, by=SYSTEM, at=AT)


def test_a_batch_has_every_letter_once_with_index_and_hashes(
    house: Any, sent: list[Message], prints: House
) -> None:
    assert handed(house, prints) == {"batches": 1, "letters": 3, "wrong": 0}
    folder = prints.root / "out" / "batch-1"
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest["letters"] == 3
    for file, digest in manifest["files"].items():
        assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == digest
    index = list(csv.DictReader(io.StringIO((folder / "index.csv").read_text())))
    assert [row["letter"] for row in index] == [str(m.id) for m in sent]
    assert handed(house, prints) == {"batches": 0, "letters": 0, "wrong": 0}


def test_lt08_each_page_bears_its_letter_s_number_and_no_other_s(
    house: Any, sent: list[Message], prints: House
) -> None:
    handed(house, prints)
    folder = prints.root / "out" / "batch-1"
    rows = list(csv.DictReader(io.StringIO((folder / "index.csv").read_text())))
    for row in rows:
        pages = [p.extract_text() for p in pypdf.PdfReader(folder / row["file"]).pages]
        assert len(pages) == int(row["pages"])
        others = [o["paper"] for o in rows if o["paper"] != row["paper"]]
        assert all(row["paper"] in page for page in pages)
        assert not any(o in page for o in others for page in pages)


def test_lt08_a_paper_in_another_s_place_is_not_handed_over(
    house: Any, sent: list[Message], prints: House
) -> None:
    box = Path(settings.LETTERS_ROOT) / str(house.id)
    (box / f"{sent[0].id}.pdf").write_bytes((box / f"{sent[1].id}.pdf").read_bytes())
    assert handed(house, prints) == {"batches": 1, "letters": 2, "wrong": 1}
    assert PrintedLetter.objects.get(message=sent[0]).state == "refused"
    assert Task.objects.filter(kind="ask", key__startswith="refused:").count() == 1


def test_lt12_a_batch_that_is_stopped_hands_over_no_letter_more_and_goes_on_where_it_was(
    house: Any, sent: list[Message], prints: House
) -> None:
    prints.after = {1: lambda: stop(agency=house.id, number=1, at=AT)}
    assert handed(house, prints)["letters"] == 0
    folder = prints.root / "out" / "batch-1"
    assert len(list(folder.iterdir())) == 1 and not (folder / "manifest.json").exists()
    assert handed(house, prints) == {"batches": 0, "letters": 0, "wrong": 0}, "it stays stopped"
    resume(agency=house.id, number=1, at=AT)
    assert handed(house, prints) == {"batches": 1, "letters": 3, "wrong": 0}
    assert len(list(folder.glob("*.pdf"))) == 3


MANY = int(os.environ.get("LETTERS", "60"))


def test_lt12_of_a_great_run_stopped_at_four_tenths_the_list_is_exact_and_the_rest_follows(
    house: Any, prints: House, tmp_path: Path, monkeypatch: Any
) -> None:
    """`LETTERS` (environment) says how many; one sheet serves for all of them."""
    monkeypatch.setattr(settings, "LETTERS_ROOT", tmp_path / "letters")
    made = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(made)
    paper = keep(agency=house.id, content=made.getvalue(), name="l.pdf", media_type="application/pdf", kind="letter", by=SYSTEM, at=AT)  # fmt: skip
    profile(house)
    trust_account(house.agency)
    case = at_work(sign_up(house))
    payload = {"document": str(paper.id), "sha256": paper.sha256, "pages": 1}
    for n in range(MANY):
        queue(agency=house.id, channel="letter", key=f"many:{n}", recipient=f"No {n}", payload=payload, at=AT, gated=True, client=case.client_id, case=case.id)  # fmt: skip
    yes = Verdict(True, "", "", {})
    work_outbox(
        agency=house.id,
        now=AT,
        channels={"letter": Letterbox()},
        gate=lambda _m, _at: yes,
        limit=MANY,
    )
    at = MANY * 4 // 10
    pressed: list[float] = []

    def press() -> None:
        stop(agency=house.id, number=1, at=AT)
        pressed.append(time.monotonic())

    prints.after = {at: press}
    assert handed(house, prints)["letters"] == 0
    assert time.monotonic() - pressed[0] < 5
    folder = prints.root / "out" / "batch-1"
    known = {f"{row.place:06d}-{row.message_id}.pdf" for row in PrintedLetter.objects.filter(place__lte=at)}  # fmt: skip
    assert {path.name for path in folder.iterdir()} == known and len(known) == at
    resume(agency=house.id, number=1, at=AT)
    handed(house, prints)
    listed = [row["letter"] for row in csv.DictReader(io.StringIO((folder.parent / "batch-1" / "index.csv").read_text()))]  # fmt: skip
    batches = PrintBatch.objects.count()
    assert PrintedLetter.objects.count() == MANY and batches == -(-MANY // 10_000)
    assert len(set(listed)) == len(listed) == min(MANY, 10_000)
    assert len(list((prints.root / "out").glob("*/*.pdf"))) == MANY


def test_a_worker_that_dies_leaves_a_batch_that_the_next_one_finishes(
    house: Any, sent: list[Message], prints: House
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    prints.after = {2: die}
    with pytest.raises(KeyboardInterrupt):
        handed(house, prints)
    assert handed(house, prints) == {"batches": 1, "letters": 3, "wrong": 0}
    assert PrintBatch.objects.count() == 1 and PrintedLetter.objects.count() == 3


def answer(prints: House, *lines: tuple[object, str, str]) -> None:
    folder = prints.root / "in"
    folder.mkdir(parents=True, exist_ok=True)
    text = "letter,state,reason\n" + "".join(f"{a},{b},{c}\n" for a, b, c in lines)
    (folder / "ack.csv").write_text(text)


def test_the_answer_is_read_once_and_what_came_back_makes_its_address_bad(
    house: Any, sent: list[Message], prints: House
) -> None:
    handed(house, prints)
    answer(
        prints,
        *[(m.id, "printed", "") for m in sent],
        ("nobody", "printed", ""),
        (sent[0].id, "lost", ""),
    )
    said = read_answers(agency=house.agency, house=prints, by=SYSTEM, at=AT)
    assert (said["printed"], said["unknown"]) == (3, 2)
    assert PrintBatch.objects.get().state == "acknowledged"
    answer(prints, (sent[0].id, "returned", "moved away"), (sent[0].id, "printed", ""))
    said = read_answers(agency=house.agency, house=prints, by=SYSTEM, at=AT)
    assert (said["returned"], said["known"]) == (1, 1)
    case = Case.objects.get(id=sent[0].case_id)
    assert answered(house, case) == "bad_address"
    assert Task.objects.get(case=case, key__startswith="returned:")
    case.debtor.address = ["Neue Straße 1"]
    case.debtor.save()
    assert answered(house, case) != "bad_address", "another address is another one"


def answered(house: Any, case: Case) -> str:
    fresh = Case.objects.select_related("client", "debtor", "collector__user", "agreement").get(
        id=case.id
    )
    facts = gather(house.id, [fresh], TODAY)[case.id].gate_facts("letter")
    return gate(facts, AT.replace(day=AT.day + 5)).code
