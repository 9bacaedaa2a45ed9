"""Papers that a debtor or a creditor adds to a case: looked at for what they are, kept, shown to whom they may."""

from dataclasses import dataclass
from datetime import datetime

from recoup.cases.models import Case
from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.files.operations import keep
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal

KIND = "evidence"
MOST_BYTES = 10 * 1024 * 1024
MOST_PAPERS = 10
# By what the bytes begin with, never by the name: what a browser would run is not among them.
BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}


@dataclass(frozen=True, slots=True)
class Paper:
    name: str
    content: bytes


def media_type(paper: Paper) -> str:
    """Raises `Refusal`: `paper_empty`, `paper_too_large`, `paper_kind`."""
    if not paper.content:
        raise Refusal("paper_empty", N_("“%(file)s” is empty."), field="papers", file=paper.name)
    if len(paper.content) > MOST_BYTES:
        raise Refusal("paper_too_large", N_("“%(file)s” is larger than 10 MB."), field="papers", file=paper.name)  # fmt: skip
    for beginning, kind in BEGINNINGS.items():
        if paper.content.startswith(beginning):
            return kind
    raise Refusal(
        "paper_kind", N_("“%(file)s” is no PDF and no picture (JPEG, PNG)."), field="papers", file=paper.name
    )  # fmt: skip


def refuse_too_many(papers: int) -> None:
    if papers > MOST_PAPERS:
        raise Refusal("papers_too_many", N_("%(found)d files are too many at once: at most %(most)d."),
                      field="papers", found=papers, most=MOST_PAPERS)  # fmt: skip


def keep_paper(*, case: Case, paper: Paper, audience: str, by: Actor, at: datetime) -> Document:
    """Keep a paper with the case; the same content for the same audience again is the first. Raises
    `Refusal` as `media_type`."""
    kind = media_type(paper)
    made = keep(
        agency=case.agency_id, content=paper.content, name=paper.name, media_type=kind,
        kind=f"{KIND}_{audience}", client=case.client_id, case=case.id, audience=audience, by=by, at=at,
    )  # fmt: skip
    if made.made_at == at:
        record(agency=case.agency_id, kind="DocumentAdded", by=by, at=at, case=case.id,
               client=case.client_id, audience=audience, document=str(made.id), name=made.name)  # fmt: skip
    return made
