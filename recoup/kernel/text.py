"""Text as it may be kept: nothing that stands for nothing, no towers of marks, never cut inside a sign. Pure."""

import unicodedata

MOST_MARKS = 8  # on one letter; written languages need four at most
JOINER, FLAGS = "\u200d", range(0x1F1E6, 0x1F200)


def is_broken(text: str) -> bool:
    """Whether it holds half of a character pair, a private-use character or a non-character (EN08). What
    Unicode has merely not assigned yet may be tomorrow's letter."""
    return any(stands_for_nothing(ord(c)) for c in text if ord(c) >= 0xD800)


def stands_for_nothing(point: int) -> bool:
    surrogate_or_private = 0xD800 <= point <= 0xF8FF or point >= 0xF0000
    return surrogate_or_private or 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE


def squeezed(text: str) -> str:
    """At most eight marks on a letter (PF06): the others are left out."""
    if text.isascii():
        return text
    kept: list[str] = []
    marks = 0
    for sign in text:
        marks = marks + 1 if is_mark(sign) else 0
        if marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def is_mark(sign: str) -> bool:
    return unicodedata.category(sign) in ("Mn", "Me")


def signs(text: str) -> list[str]:
    """The text in signs as a reader counts them: a letter with its marks, an emoji with what is joined to it, a
    flag of two letters. An approximation of UAX 29 that never parts what that keeps together in names."""
    found: list[str] = []
    for sign in text:
        if found and belongs(sign, found[-1]):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def belongs(sign: str, before: str) -> bool:
    if is_mark(sign) or unicodedata.category(sign) == "Mc" or sign == JOINER or 0x1F3FB <= ord(sign) <= 0x1F3FF:  # fmt: skip
        return True
    if before.endswith(JOINER):
        return True
    return ord(sign) in FLAGS and len(before) == 1 and ord(before) in FLAGS


def cut(text: str, longest: int) -> str:
    """At most `longest` characters, and no sign in part."""
    if len(text) <= longest:
        return text
    kept, length = [], 0
    for sign in signs(text[: longest + MOST_MARKS * 4]):
        length += len(sign)
        if length > longest:
            break
        kept.append(sign)
    return "".join(kept)


def counted(text: str, most: int) -> int:
    """How many signs a reader counts (PF06). What is longer than `most` signs can be is not looked through:
    its characters are counted."""
    if text.isascii() or len(text) > most * (MOST_MARKS + 4):
        return len(text)
    return len(signs(text))
