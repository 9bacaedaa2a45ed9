"""How a digest looks: as plain text, and as the same in HTML."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string

NEEDS, NOTICES = f"{settings.ORIGIN}/client/needs/", f"{settings.ORIGIN}/client/notices/"
LONGEST = 220  # characters of one line


@dataclass(frozen=True, slots=True)
class News:
    """One case: the newest first, and how much more there was."""

    number: str
    debtor: str
    lines: Sequence[str]
    rest: str
    href: str


@dataclass(frozen=True, slots=True)
class Told:
    cases: Sequence[News]
    rest: str


def shortened(line: str) -> str:
    """One line, cut between words; a cut is shown."""
    plain = " ".join(line.split())
    if len(plain) <= LONGEST:
        return plain
    return f"{plain[:LONGEST].rpartition(' ')[0] or plain[:LONGEST]} …"


def as_text(told: Told) -> str:
    parts = []
    for one in told.cases:
        lines = [f"{one.number} · {one.debtor}", *(f"  – {line}" for line in one.lines)]
        lines += [f"  – {one.rest}"] if one.rest else []
        parts.append("\n".join([*lines, f"  {one.href}"]))
    return "\n\n".join([*parts, told.rest] if told.rest else parts)


def as_html(told: Told, *, house: str, needs: str, money: str, language: str) -> str:
    return render_to_string("kit/email/digest.html", {
        "told": told, "house": house, "needs": needs, "money": money, "lang": language, "needs_url": NEEDS, "notices_url": NOTICES,
    })  # fmt: skip
