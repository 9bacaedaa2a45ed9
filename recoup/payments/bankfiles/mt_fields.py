"""The envelope of MT940 and MT942: characters, messages, fields. Pure."""

import re
from typing import NamedTuple

from recoup.kernel.refusal import N_, Refusal

# Only these begin a field: banks wrap lines anywhere, so that ":12:11" of a time may begin one too.
FIELD = re.compile(
    r":(20|21|23|25P?|28C?|13D?|34F|60[FM]|61|86|62[FM]|64|65F?|90[CD]|NS|94[02]):", re.ASCII
)
LIKE_A_TIME = re.compile(r":(?:20|21|23|25|28|13):[0-9]{2}(?:[^0-9]|$)", re.ASCII)
MAY_FOLLOW_20 = ("21", "25", "25P", "28", "28C", "13", "13D", "NS", "60F", "60M")
END = re.compile(r"-(?:\}.*)?|[-–]å", re.DOTALL)
ENVELOPE = re.compile(
    r"\{[1-5S]:.*|\}|-\}.*|[äÄ][1-5]:|[A-Z0-9]{8}(?:[A-Z0-9]{3,4})?|940|942|-|\x03|\x01.*",
    re.DOTALL,
)
IS_MT = re.compile(r"^(?:.*\}?\{4:)?:(?:20|25|28C?|60[FM]|61|34F|940):", re.ASCII | re.MULTILINE)


class Field(NamedTuple):
    tag: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


class MtMessage(NamedTuple):
    number: int
    fields: tuple[Field, ...]


def decode(content: bytes) -> str:
    """UTF-8 where it is that, else the Western code page of the older banking programs."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def is_mt(text: str) -> bool:
    return IS_MT.search(text.replace("\r", "\n")) is not None


def messages(text: str, *, file: str) -> list[MtMessage]:
    """The statements of a file, a message each.

    Raises `Refusal` `mt_truncated` for an opened and unclosed block, `mt_trailing` for text after
    the last message that belongs to nothing.
    """
    lines = re.split(r"\r\n|\r|\n", text)
    check_blocks(text, file)
    found: list[list[Field]] = []
    field: list[str] = []
    closed_at: int | None = None
    for at, raw in enumerate(lines):
        line = raw[raw.index("{4:") + 3 :] if raw.startswith("{") and "{4:" in raw else raw
        start = FIELD.match(line)
        if start and not (LIKE_A_TIME.match(line) and continues(field, lines, at)):
            tag = start[1]
            if tag in ("940", "942"):
                continue
            if not found or tag == "20" or begins_again(tag, found[-1]):
                found.append([])
            field = [line[start.end() :]]
            found[-1].append(Field(tag, ()))
            found[-1][-1] = Field(tag, tuple(field))
            closed_at = None
        elif ends_message(line, lines, at):
            closed_at, field = at, []
        elif field and found:
            field.append(line)
            found[-1][-1] = Field(found[-1][-1].tag, tuple(field))
    check_rest(lines, closed_at, file)
    return [MtMessage(n, tuple(fields)) for n, fields in enumerate(found)]


def begins_again(tag: str, fields: list[Field]) -> bool:
    """A second account or opening balance after a closing one: a statement without its own :20:."""
    tags = [f.tag for f in fields]
    return tag in ("25", "60F", "60M") and tag in tags and ("62F" in tags or "62M" in tags)


def continues(field: list[str], lines: list[str], at: int) -> bool:
    """Whether a line such as ":20:37" goes on with a time broken over two lines."""
    if not field or not lines[at].startswith(":20:"):
        return bool(field)
    following = (m[1] for line in lines[at + 1 :] if (m := FIELD.match(line)))
    return next(following, "61") not in MAY_FOLLOW_20


def ends_message(line: str, lines: list[str], at: int) -> bool:
    """A lone hyphen or a block's end, unless the same statement goes on after it."""
    bare = line.strip()
    if not END.fullmatch(bare):
        return bool(ENVELOPE.fullmatch(bare)) and bare.startswith(("{", "}"))
    if bare != "-":
        return True
    following = (m[1] for later in lines[at + 1 :] if (m := FIELD.match(later)))
    return next(following, "20") in ("20", "940", "942", "25", "61")


def check_blocks(text: str, file: str) -> None:
    start = text.rfind("{4:")
    if start >= 0 and "-}" not in text[start:]:
        raise Refusal(
            "mt_truncated", N_("%(file)s breaks off: the last message has no end."), file=file
        )


def check_rest(lines: list[str], closed_at: int | None, file: str) -> None:
    """Text after the last message's end that is neither an envelope nor blank."""
    if closed_at is None:
        return
    for at in range(closed_at + 1, len(lines)):
        bare = lines[at].strip().strip("\x00\x1a\x03")
        if bare and not ENVELOPE.fullmatch(bare):
            raise Refusal(
                "mt_trailing", N_("%(file)s: line %(row)d, “%(found)s”, belongs to no message."),
                file=file, row=at + 1, found=bare[:80],
            )  # fmt: skip
