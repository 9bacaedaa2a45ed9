"""Batches for a print house: one PDF for each letter, an index as CSV, a manifest with the hash of every file,
written last; and what the print house answers.

`RECOUP_PRINT_HOUSE` is a folder, or `sftp://user@host/folder` (the machine's own sftp, keys as it has them).
Below it, for each agency by its slug: `out/batch-N/…` from us, `in/*.csv` from the print house, with the
columns letter, state (printed, refused, returned) and reason. Everything is written again the same way, so
that a batch that was stopped or killed goes on where it was.
"""

import csv
import hashlib
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

import pikepdf
from django.conf import settings

from recoup.contact.models import PrintBatch, PrintedLetter
from recoup.contact.operations.printing import (
    Said,
    move_batch,
    open_batch,
    resume_batch,
    settle_letter,
    stop_batch,
)
from recoup.jobs.sftp import SLUG, Sftp
from recoup.journeys.restored import look_for_restore
from recoup.kernel.actor import SYSTEM, Actor
from recoup.kernel.durable import write_whole
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

STATES = ("printed", "refused", "returned")


class PrintHouse(Protocol):
    """Where batches go. `put` the same name again replaces it."""

    def put(self, name: str, content: bytes) -> None: ...

    def take(self) -> dict[str, bytes]: ...

    def done(self, name: str) -> None: ...


class Folder:
    """A folder that the print house reads, or that something else carries there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, name: str, content: bytes) -> None:
        path = self.root / "out" / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, content)

    def take(self) -> dict[str, bytes]:
        found = sorted((self.root / "in").glob("*.csv"))
        return {path.name: path.read_bytes() for path in found}

    def done(self, name: str) -> None:
        path = self.root / "in" / name
        (self.root / "in" / "done").mkdir(mode=0o700, exist_ok=True)
        path.replace(self.root / "in" / "done" / name)


class ByWire:
    """The same at an SFTP server."""

    def __init__(self, there: Sftp) -> None:
        self.there = there

    def put(self, name: str, content: bytes) -> None:
        self.there.put(f"out/{name}", content)

    def take(self) -> dict[str, bytes]:
        names = [name for name in self.there.listed("in") if name.endswith(".csv")]
        return {name: self.there.get(f"in/{name}") for name in sorted(names)}

    def done(self, name: str) -> None:
        self.there.move(f"in/{name}", f"in/done/{name}")


def print_house(agency: Agency) -> PrintHouse | None:
    """The agency's place at the print house; None where the installation has none, and in a copy for trying out."""
    where = settings.PRINT_HOUSE
    if settings.ONLY_TO or not where or not SLUG.fullmatch(agency.slug):
        return None
    return (
        ByWire(Sftp(f"{where.rstrip('/')}/{agency.slug}"))
        if where.startswith("sftp://")
        else Folder(Path(where) / agency.slug)
    )


def hand_batches(*, agency: Agency, house: PrintHouse, by: Actor, at: datetime) -> dict[str, int]:
    """Hand over what is open, then what left since; how many letters in how many batches. A stopped batch is
    left alone, and so is everything while the database is a restored one."""
    counts = {"batches": 0, "letters": 0, "wrong": 0}
    while look_for_restore(agency=agency, at=at) is None:
        with scope(agency.id):
            open_ = (
                PrintBatch.objects.filter(agency_id=agency.id, state="open")
                .order_by("number")
                .first()
            )
            batch = open_ or open_batch(agency=agency.id, by=by, at=at)
        if batch is None:
            return counts
        if not hand_one(agency, batch, house, at, counts):
            return counts
    return counts


def hand_one(
    agency: Agency, batch: PrintBatch, house: PrintHouse, at: datetime, counts: dict[str, int]
) -> bool:
    """One batch, letter by letter; False when somebody stopped it. A letter whose paper is not the one that was
    kept, or has a page of another's, is not handed over and goes to a person."""
    name = f"batch-{batch.number}"
    index: list[list[object]] = []
    hashes: dict[str, str] = {}
    pages = 0
    with scope(agency.id):
        rows = list(PrintedLetter.objects.filter(batch=batch).order_by("place"))
    for row in rows:
        with scope(agency.id):
            if PrintBatch.objects.filter(id=batch.id).exclude(state="open").exists():
                return False
            content, wrong = paper_of(agency, row)
            if wrong and row.state == "made":
                said = Said(row.message_id, "refused", wrong)
                settle_letter(agency=agency.id, said=said, by=SYSTEM, at=at)
        if wrong:
            counts["wrong"] += 1
            continue
        file = f"{row.place:06d}-{row.message_id}.pdf"
        house.put(f"{name}/{file}", content)
        fault("print.letter_put")
        hashes[file] = row.sha256
        pages += row.pages
        index.append(
            [row.place, file, row.message_id, row.paper_id, row.pages, row.recipient, row.sha256]
        )
    listed: bytes = as_csv(
        ["place", "file", "letter", "paper", "pages", "recipient", "sha256"], index
    )
    house.put(f"{name}/index.csv", listed)
    manifest = json.dumps({
        "batch": batch.number, "agency": agency.slug, "letters": len(index), "pages": pages,
        "files": {**hashes, "index.csv": hashlib.sha256(listed).hexdigest()},
    }, sort_keys=True, indent=1).encode()  # fmt: skip
    house.put(f"{name}/manifest.json", manifest)
    fault("print.manifest_put")
    with scope(agency.id):
        move_batch(
            batch=batch, was=("open",), now="handed", at=at, handed_at=at,
            manifest=hashlib.sha256(manifest).hexdigest(),
        )  # fmt: skip
    counts["batches"] += 1
    counts["letters"] += len(index)
    return True


def paper_of(agency: Agency, row: PrintedLetter) -> tuple[bytes, str]:
    """The letter as it lies in the letter box, and what is wrong with it."""
    path = Path(settings.LETTERS_ROOT) / str(agency.id) / f"{row.message_id}.pdf"
    try:
        content = path.read_bytes()
    except OSError:
        return b"", "its paper is missing"
    if hashlib.sha256(content).hexdigest() != row.sha256:
        return b"", "its paper was changed"
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pages, named = len(pdf.pages), str(pdf.docinfo.get("/Keywords", ""))
    if row.pages and pages != row.pages:
        return b"", f"it has {pages} pages and should have {row.pages}"
    if row.paper_id and row.paper_id not in named:
        return b"", "it is another letter's paper"
    return content, ""


def as_csv(head: list[str], rows: list[list[object]]) -> bytes:
    """Texts that a spreadsheet would take for a formula begin with an apostrophe."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(head)
    for row in rows:
        writer.writerow(
            [f"'{c}" if isinstance(c, str) and c[:1] in "=+-@\t\r" and c else c for c in row]
        )
    return made.getvalue().encode()


def read_answers(*, agency: Agency, house: PrintHouse, by: Actor, at: datetime) -> dict[str, int]:
    """Read what the print house says became of the letters; a line that names none is counted and left."""
    counts = dict.fromkeys((*STATES, "known", "unknown"), 0)
    for name, content in house.take().items():
        for line in csv.DictReader(io.StringIO(content.decode("utf-8-sig", "replace"))):
            counts[answered(agency, line, by, at)] += 1
        house.done(name)
    with scope(agency.id):
        for batch in PrintBatch.objects.filter(agency_id=agency.id, state="handed"):
            if not batch.rows.filter(state="made").exists():
                move_batch(batch=batch, was=("handed",), now="acknowledged", at=at)
    return counts


def answered(agency: Agency, line: dict[str, str], by: Actor, at: datetime) -> str:
    state = (line.get("state") or "").strip()
    try:
        letter = UUID((line.get("letter") or "").strip())
    except ValueError:
        return "unknown"
    if state not in STATES:
        return "unknown"
    said = Said(letter, state, (line.get("reason") or "").strip())
    try:
        with scope(agency.id):
            fresh = settle_letter(agency=agency.id, said=said, by=by, at=at)
    except Refusal:
        return "unknown"
    return state if fresh else "known"


def stop(*, agency: UUID, number: int, at: datetime) -> None:
    """Raises `Refusal` `batch_unknown`, `batch_moved`."""
    stop_batch(batch=batch_of(agency, number), at=at)


def resume(*, agency: UUID, number: int, at: datetime) -> None:
    """Raises `Refusal` as `stop`."""
    resume_batch(batch=batch_of(agency, number), at=at)


def batch_of(agency: UUID, number: int) -> PrintBatch:
    found = PrintBatch.objects.filter(agency_id=agency, number=number).first()
    if found is None:
        raise Refusal("batch_unknown", N_("There is no batch %(found)d."), found=number)
    return found
