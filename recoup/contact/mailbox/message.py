"""One e-mail as bytes, read into what the product looks at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import Header, decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser

from recoup.kernel.refusal import N_, Refusal

LARGEST = 25 * 1024 * 1024  # bytes, as most providers hold it
DEEPEST = 20  # parts within parts
REPORTS = ("message/delivery-status", "message/feedback-report", "message/disposition-notification")
SPOKEN_AS = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "x-big5": "big5hkscs",
             "big5": "big5hkscs", "ks_c_5601-1987": "cp949", "iso-8859-1": "cp1252",
             "us-ascii": "utf-8", "unknown-8bit": "utf-8"}  # fmt: skip
# Outlook's winmail.dat, and archives, locked or not.
PACKED = (b"\x78\x9f\x3e\x22", b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the message; `content` undone of its transfer encoding."""

    type: str
    content: bytes
    charset: str
    name: str
    inside: bool  # part of the message that is returned, not of the one that came

    @property
    def text(self) -> str:
        return spelled(self.content, self.charset)


@dataclass(frozen=True, slots=True)
class Mail:
    """What came: addresses in lower case, instants aware, `parts` in their order."""

    message: Message
    parts: tuple[Part, ...]

    def header(self, name: str) -> str:
        value = self.message.get(name)
        return said(raw(value)) if value is not None else ""

    @property
    def subject(self) -> str:
        return self.header("subject")

    @property
    def sender(self) -> str:
        found = getaddresses([self.header("from")])
        return found[0][1].lower() if found else ""

    @property
    def sender_name(self) -> str:
        found = getaddresses([self.header("from")])
        return found[0][0] if found else ""

    @property
    def recipients(self) -> tuple[str, ...]:
        """Every address the message names as its own, the delivered one first."""
        names = ("delivered-to", "x-original-to", "to", "cc")
        values = [said(raw(v)) for name in names for v in self.message.get_all(name, [])]
        return tuple(dict.fromkeys(a.lower() for _, a in getaddresses(values) if a))

    @property
    def sent_at(self) -> datetime | None:
        try:
            found = parsedate_to_datetime(self.header("date"))
        except (TypeError, ValueError):
            return None
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)

    @property
    def message_id(self) -> str:
        return self.header("message-id").strip()

    @property
    def answers(self) -> tuple[str, ...]:
        """Message ids it refers to, nearest first."""
        named = re.findall(r"<[^<>\s]+>", self.header("in-reply-to"))
        named += reversed(re.findall(r"<[^<>\s]+>", self.header("references")))
        return tuple(dict.fromkeys(named))

    @property
    def text(self) -> str:
        """What a person reads: the plain text, else the words of the HTML."""
        own = [p for p in self.parts if not p.inside and not p.name]
        plain = [p.text for p in own if p.type == "text/plain"]
        if any(text.strip() for text in plain):
            return "\n\n".join(plain).strip()
        return "\n\n".join(words_of(p.text) for p in own if p.type == "text/html").strip()

    @property
    def attachments(self) -> tuple[Part, ...]:
        return tuple(p for p in self.parts if p.name and not p.inside)

    @property
    def unread(self) -> tuple[str, ...]:
        """Names of what is kept and nobody looks into: packed mail of Outlook, archives, e-mails within."""
        within = [p.get_filename() or str(p.get_content_type()) for p in self.message.walk()
                  if p.get_content_type() == "message/rfc822"]  # fmt: skip
        packed = [p.name for p in self.attachments if p.content.startswith(PACKED)]
        return tuple(dict.fromkeys([*packed, *map(said, within)]))


def read_mail(content: bytes, *, file: str = "e-mail") -> Mail:
    """Raises `Refusal` `mail_empty`, `mail_too_large`, `mail_too_deep`; anything else is read as far as
    it can be: a defect is the sender's, and what was said must not be lost for it (RFC 5322)."""
    if not content.strip():
        raise Refusal("mail_empty", N_("%(file)s is empty."), file=file)
    if len(content) > LARGEST:
        raise Refusal(
            "mail_too_large", N_("%(file)s has %(found)s bytes; at most %(limit)s are read."),
            file=file, found=str(len(content)), limit=str(LARGEST),
        )  # fmt: skip
    message = message_from_bytes(content, policy=policy.compat32)
    return Mail(message, tuple(leaves(message, file)))


def leaves(message: Message, file: str, inside: bool = False, depth: int = 0) -> Iterator[Part]:
    if depth > DEEPEST:
        raise Refusal(
            "mail_too_deep", N_("%(file)s holds parts within parts within parts."), file=file
        )
    kind = message.get_content_type()
    payload = message.get_payload()
    if isinstance(payload, list):
        returned = inside or kind in ("message/rfc822", "text/rfc822-headers")
        for each in payload:
            if isinstance(each, str):
                continue
            if kind in REPORTS:
                yield Part(kind, each.as_bytes(), "utf-8", "", inside)
            else:
                yield from leaves(each, file, returned, depth + 1)
        return
    content = message.get_payload(decode=True)
    returned = inside or kind in ("text/rfc822-headers", "message/rfc822", "message/partial")
    if kind.startswith("multipart/"):  # its boundary is missing: all of it is what was said
        kind = "text/plain"
    yield Part(
        kind, content if isinstance(content, bytes) else str(payload).encode(errors="replace"),
        charset_of(message), said(message.get_filename() or "")[:200], returned,
    )  # fmt: skip


def charset_of(message: Message) -> str:
    try:
        return str(message.get_content_charset() or "utf-8")
    except (LookupError, ValueError):
        return "utf-8"


def spelled(content: bytes, charset: str) -> str:
    """Text of `content`: the charset named, in its widest spelling; then UTF-8; then cp1252."""
    for name in (SPOKEN_AS.get(charset.lower(), charset), "utf-8", "cp1252"):
        try:
            return CONTROL.sub("", content.decode(name).replace("\r\n", "\n").replace("\r", "\n"))
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return CONTROL.sub("", content.decode("latin-1"))


def raw(value: str | Header) -> str:
    """A header as it stands; one in UTF-8 without an encoding word (RFC 6532) keeps its letters."""
    if isinstance(value, str):
        return value
    parts = (p if isinstance(p, bytes) else str(p).encode() for p, _charset in decode_header(value))
    return spelled(b"".join(parts), "utf-8")


def said(header: str) -> str:
    """A header's words (RFC 2047), on one line."""
    try:
        found = [
            spelled(part, name or "utf-8") if isinstance(part, bytes) else part
            for part, name in decode_header(header)
        ]
    except (ValueError, LookupError):
        found = [header]
    return CONTROL.sub("", re.sub(r"\s+", " ", "".join(found))).strip()


class Words(HTMLParser):
    """The words of a page of HTML; blocks end lines, quotations are marked as such."""

    BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "hr"})
    SILENT = frozenset({"style", "script", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent = self.quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self.silent += 1
        if tag == "blockquote":
            self.quoted += 1
        if tag in self.BLOCKS or tag == "blockquote":
            self.found.append("\n" + "> " * self.quoted)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT:
            self.silent = max(0, self.silent - 1)
        if tag == "blockquote":
            self.quoted = max(0, self.quoted - 1)
            self.found.append("\n")
        elif tag in ("p", "div", "tr", "table"):
            self.found.append("\n" + "> " * self.quoted)

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(re.sub(r"\s+", " ", data))


def words_of(html: str) -> str:
    reader = Words()
    reader.feed(html)
    reader.close()
    lines = (line.rstrip() for line in "".join(reader.found).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
