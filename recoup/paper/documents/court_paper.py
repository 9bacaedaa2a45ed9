"""A paper for a court or another authority, in the language it is filed in: fields, narrative, tables.

What has no value is shown as missing. What a lawyer must check is a paper of its own (`lawyers_note`):
what is filed or served carries nothing of ours.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from recoup.paper.languages import language_of
from recoup.paper.parts import Address, Page, Paper, Sender, paper, references
from recoup.paper.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form: its number there, what it asks, and the answer ("" when it is missing).
    `optional` fields are left out when they are empty."""

    no: str
    label: str
    value: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    title: str | None = None
    texts: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    table: dict[str, Any] | None = None
    points: tuple[str, ...] = ()
    small: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtPaper:
    """`to`: the authority as addressed; `signing`: the lines under the line to sign on; `notes`: what a
    lawyer must check before it is filed."""

    paper_id: str
    reference: str
    title: str
    written_on: date
    sender: Sender
    to: Address
    intro: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    signing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    posted: bool = True
    info: tuple[tuple[str, str], ...] = field(default=())

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that nobody has filled, as they are numbered and called."""
        return tuple(
            f"{one.no} {one.label}".strip()
            for part in self.parts for one in part.fields if not one.value.strip() and not one.optional
        )  # fmt: skip


def court_paper(data: CourtPaper, *, language: str, at: datetime) -> Paper:
    """The PDF. Raises `Refusal` as every paper does for characters that cannot be shown."""
    words, spoken = Wording(language), language_of(language)
    info = [*references(words, spoken, on=data.written_on, reference=data.reference), *data.info]
    page = Page(
        data.title, data.title, data.paper_id, data.reference, data.sender, data.to, info, posted=data.posted
    )  # fmt: skip
    body = {
        "intro": list(data.intro), "parts": [shown(part) for part in data.parts], "signing": list(data.signing),
        "missing_word": words.say("court.missing"),
    }  # fmt: skip
    return paper("court_form", page, body, language=language, at=at)


def lawyers_note(data: CourtPaper, *, language: str, at: datetime) -> Paper:
    """What a lawyer checks before `data` is filed or served, and what is not filled in: for our own file."""
    words = Wording(language)
    gaps = Part(title=words.say("court.gaps"), points=data.missing) if data.missing else None
    own = CourtPaper(
        paper_id=f"{data.paper_id}-N", reference=data.reference, title=words.say("court.note_of", title=data.title),
        written_on=data.written_on, sender=data.sender, to=Address(name=data.sender.name, lines=(), country=""),
        intro=(words.say("court.notes"),), parts=(*filter(None, (gaps,)), Part(title=words.say("court.check"), points=data.notes)),
        posted=False,
    )  # fmt: skip
    return court_paper(own, language=language, at=at)


def shown(part: Part) -> dict[str, Any]:
    fields = [f for f in part.fields if f.value.strip() or not f.optional]
    return {
        "title": part.title, "texts": list(part.texts), "table": part.table, "points": list(part.points),
        "small": list(part.small),
        "fields": [{"no": f.no, "label": f.label, "value": f.value.strip()} for f in fields],
    }  # fmt: skip
