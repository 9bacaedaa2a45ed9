"""What all documents share: who writes, to whom, the sheet, the finished paper. Pure."""

import hashlib
import io
import re
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import pikepdf

from recoup.kernel.refusal import N_, Refusal
from recoup.paper import figures
from recoup.paper.envelopes import envelope_of
from recoup.paper.languages import Language, face_of, language_of
from recoup.paper.render import picture, render
from recoup.paper.tables import breakable, columns, one_line_each
from recoup.paper.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """`lines`: street and place as posted, without name and country; `country`: ISO 3166 alpha-2."""

    name: str
    lines: tuple[str, ...]
    country: str
    attention: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The agency. `small_print`: registration, VAT, licence, for the foot of the page."""

    name: str
    lines: tuple[str, ...]
    country: str
    phone: str
    email: str
    web: str
    small_print: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str
    phone: str
    email: str
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """An electronic signature made by typing one's name and ticking (eIDAS art. 3(10))."""

    name: str
    title: str
    at: datetime
    evidence: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A finished document: PDF bytes, their SHA-256 in hex, pages, title and a safe file name."""

    content: bytes
    sha256: str
    pages: int
    title: str
    filename: str


@dataclass(frozen=True, slots=True)
class Page:
    """What `sheet` needs besides the body: identity, parties and the reference block."""

    title: str
    subject: str
    paper_id: str
    reference: str
    sender: Sender
    recipient: Address
    info: list[tuple[str, str]]
    posted: bool = True  # a contract is not posted: no address window


def address_lines(
    address: Address, *, sender: Sender, words: Wording, language: Language
) -> list[str]:
    """Lines for the window; the country in capitals, and only abroad (UPU S42).

    Raises `Refusal` `address_too_long` for more than fits: seven lines of about 48 characters.
    """
    lines = [address.name]
    if address.attention:
        lines.append(words.say("sheet.attention", name=address.attention))
    lines += address.lines
    if address.country != sender.country:
        lines.append(country_name(address.country, language).upper())
    if sum(-(-columns(line) // WIDTH) for line in lines) > HEIGHT:
        raise Refusal(
            "address_too_long",
            N_("The address of %(found)s does not fit into the window of an envelope."),
            found=address.name,
        )
    return [breakable(line, 40) for line in lines]


WIDTH, HEIGHT = 48, 7


def country_name(code: str, language: Language) -> str:
    """As CLDR names it, but Hong Kong and Macao by their plain names."""
    name = PLAIN.get((code, language.code)) or language.locale.territories.get(code, code)
    return str(name)


PLAIN = {
    ("HK", "en"): "Hong Kong", ("HK", "sv"): "Hongkong", ("HK", "de"): "Hongkong",
    ("HK", "zh-Hant"): "香港", ("HK", "zh-Hans"): "中国香港",
    ("MO", "en"): "Macao", ("MO", "sv"): "Macao", ("MO", "de"): "Macau",
    ("MO", "zh-Hant"): "澳門", ("MO", "zh-Hans"): "中国澳门",
}  # fmt: skip


def sheet(page: Page, *, words: Wording, language: Language) -> dict[str, Any]:
    """The part of a template's data that `letter.typ` reads."""
    place = envelope_of(page.recipient.country)
    sender = page.sender
    info = [[label, breakable(text, 24)] for label, text in page.info]
    return {
        "title": page.title, "subject": breakable(page.subject, 40),
        "face": face_of(language, page.recipient.country),
        "sender": {
            "name": sender.name,
            "line": ", ".join((sender.name, *sender.lines)),
            "foot": [
                [sender.name, *sender.lines],
                [each for each in (sender.phone, sender.email, sender.web) if each],
                list(sender.small_print),
            ],
        },
        "to": address_lines(page.recipient, sender=sender, words=words, language=language),
        "info": info, "info_even": one_line_each(info, size=8.2, room=65, gutter=3.5),
        "reference": page.reference,
        "paper_id": page.paper_id,
        "paper_id_label": words.say("sheet.paper_id"),
        "page_label": words.say("sheet.page", page="{p}", pages="{n}"),
        "window": asdict(place) if page.posted else None,
    }  # fmt: skip


def paper(
    template: str, page: Page, body: dict[str, Any], *, language: str, at: datetime,
    name: str | None = None, words: Wording | None = None, short: bool = False,
) -> Paper:  # fmt: skip
    """Typeset `body` on the sheet of `page`; `name` goes into the file name. What is `short` is set as a page
    that stands alone, which takes a sixth less time, and once more with its pages counted if it does not fit."""
    words, spoken = words or Wording(language), language_of(language)
    data = sheet(page, words=words, language=spoken) | body
    content = render(template, data | {"alone": short}, language=language, at=at)
    pages = pages_in(content)
    if short and pages > 1:
        content = render(template, data, language=language, at=at)
        pages = pages_in(content)
    return Paper(
        content, hashlib.sha256(content).hexdigest(), pages, page.title,
        safe_name(f"{page.reference}-{name or template}-{page.paper_id}"),
    )  # fmt: skip


def looked_at(
    template: str, page: Page, body: dict[str, Any], *, language: str, at: datetime, words: Wording
) -> bytes:
    """The first page as a picture."""
    data = sheet(page, words=words, language=language_of(language)) | body
    return picture(template, data, language=language, at=at)


def pages_in(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def safe_name(stem: str) -> str:
    """`stem`.pdf with anything but ASCII letters, digits, dot, dash replaced, 100 characters at most."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", stem).strip("-.")[:96] + ".pdf"


def references(
    words: Wording, language: Language, *, on: date, reference: str, **more: str
) -> list[tuple[str, str]]:
    """The reference block: date, reference, then `more` by the labels of the wording."""
    rows = [
        (words.say("sheet.date"), figures.day(on, language)),
        (words.say("sheet.reference"), reference),
    ]
    return rows + [(words.say(f"sheet.{label}"), text) for label, text in more.items()]
