"""What a person wrote, without the letters below it that are only quoted.

The whole text is kept with the mail; this is what is shown and read by rules. Lines are looked at, not
a grammar: mail programs quote by `>`, by a line "On … wrote:", or by a block of headers, in the
language of their user.
"""

import re
from dataclasses import dataclass

from recoup.contact.mailbox.quoting import (
    ATTRIBUTION,
    DATED,
    FORWARDED,
    HEADER_NAMES,
    SENT_FROM,
    SIGN_OFF,
    STARTS,
    VERBLESS,
)

TALLEST = 5  # lines an attribution is broken over
HEADER = re.compile(rf"^[>\s*]*(?:{HEADER_NAMES})\s*[*]?\s*[:：]\s*[*]?", re.I)
RULER = re.compile(r"^\s*[_\-=—*]{10,}\s*$")
QUOTED = re.compile(r"^\s*(?:>|\||＞)")
LONGEST = 200_000  # characters looked at


@dataclass(frozen=True, slots=True)
class Reply:
    """`text` is the answer, `signature` what closes it, `quoted` the rest."""

    text: str
    signature: str
    quoted: str


def cut_reply(text: str, *, sender: str = "") -> Reply:
    """The answer in `text`; `sender` is the writer's name as the header has it. Nothing is lost: what is
    not answer or signature is `quoted`, and a mail of nothing but quotation is its own answer."""
    lines = text[:LONGEST].replace("\r\n", "\n").replace("\u00a0", " ").split("\n")
    said: list[str] = []
    quoted: list[str] = []
    at = 0
    while at < len(lines):
        if height := attribution(lines, at):
            rest = lines[at + height :]
            quoted += lines[at : at + height]
            at += height
            if not first_is_quoted(rest):
                quoted += lines[at:]
                break
            continue
        if opens_headers(lines, at) or FORWARDED.match(lines[at]):
            quoted += lines[at:]
            break
        (quoted if QUOTED.match(lines[at]) else said).append(lines[at])
        at += 1
    body, signature = parted(said, sender.strip().lower())
    if not body and not signature:
        return Reply(text.strip(), "", "")
    return Reply(body, signature, "\n".join(quoted).strip() + text[LONGEST:])


def attribution(lines: list[str], at: int) -> int:
    """How many lines from `at` say who wrote what follows; 0 for none."""
    if not lines[at].strip() or QUOTED.match(lines[at]):
        return 0
    for height in range(1, min(TALLEST, len(lines) - at) + 1):
        if height > 1 and not lines[at + height - 1].strip():
            return 0
        joined = " ".join(line.strip() for line in lines[at : at + height])
        if len(joined) > 500:
            return 0
        if ATTRIBUTION.match(joined) or VERBLESS.match(joined):
            # The shortest that says it: the line above may be the answer's last.
            later = height > 1 and not STARTS.match(lines[at].strip())
            return 0 if later and attribution(lines, at + 1) == height - 1 else height
        if height == 1 and DATED.match(joined) and first_is_quoted(lines[at + 1 :]):
            return 1
    return 0


def first_is_quoted(lines: list[str]) -> bool:
    first = next((line for line in lines if line.strip()), "")
    return bool(QUOTED.match(first))


def opens_headers(lines: list[str], at: int) -> bool:
    """Two lines of headers within three, after a ruler or by themselves (Outlook)."""
    start = at
    if RULER.match(lines[at]):
        start = next((n for n in range(at + 1, min(at + 4, len(lines))) if lines[n].strip()), at)
    if not HEADER.match(lines[start]):
        return False
    near = [line for line in lines[start + 1 : start + 6] if line.strip()][:3]
    return any(HEADER.match(line) for line in near)


def parted(said: list[str], sender: str) -> tuple[str, str]:
    """The answer and the signature below it: after `-- ` (RFC 3676, 4.3), from what a telephone adds, or
    from a sign-off or the writer's own name that only a few short lines follow."""
    while said and not said[-1].strip():
        said = said[:-1]
    for at, line in enumerate(said):
        rest = [x for x in said[at + 1 :] if x.strip()]
        if re.match(r"^\s*(?:--|—|__)\s*$", line) and at and len(rest) <= 12:
            return clean(said[:at]), clean(said[at:])
        if SENT_FROM.match(line) and len(rest) <= 3:
            return clean(said[:at]), clean(said[at:])
        closes = (SIGN_OFF.match(line) and rest) or (sender and line.strip().lower() == sender)
        if closes and any(x.strip() for x in said[:at]) and is_signature(rest):
            return clean(said[:at]), clean(said[at:])
    return clean(said), ""


def is_signature(rest: list[str]) -> bool:
    return len(rest) <= 8 and all(len(x) < 90 and not x.strip().endswith("?") for x in rest)


def clean(lines: list[str]) -> str:
    text = "\n".join(line.rstrip() for line in lines).strip("\n")
    while re.match(r"^[_\-=—*]{4,}$", text.rpartition("\n")[2].strip()) and "\n" in text:
        text = text.rpartition("\n")[0].rstrip()
    return re.sub(r"\n{3,}", "\n\n", text).strip()
