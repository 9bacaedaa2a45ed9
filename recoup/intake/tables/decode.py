"""Bytes to text. A byte order mark and valid UTF-8 decide; else the likeliest of a few encodings, said
to be a guess. Pure.

A guess is measured on the text it gives: Chinese in everyday characters; Latin letters in the case of
their neighbours (`Müller`, never `MŸller`); Greek, Cyrillic and Thai in runs. Unlike general detectors
this knows only what companies' systems export, which makes it right more often (chardet 7 and
charset-normalizer each call samples of ours by names nobody here uses).
"""

import codecs
import unicodedata
from functools import lru_cache

from recoup.kernel.refusal import N_, Refusal

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
HAN = ("gb18030", "big5hkscs")
WESTERN = ("cp1252", "iso8859-15", "mac_roman", "cp1250", "iso8859-7", "cp1253", "cp1251")
SAMPLE = 200_000
GOOD = 0.6
# Signs that stand in such files beside letters.
USUAL = frozenset("€£¥§°ªº«»“”„‚‘’–—…·•®™©²³½¼¾±×\u00a0´`¿¡№†")
OTHER = frozenset("ĂăĐđ¤¦¨¬¯¸ƒˆ˜‡‰‹›÷◊∆Ω≈√∫∂∑∏π¶\x7f")


def decode(content: bytes, *, file: str) -> tuple[str, str, bool]:
    """The text, its encoding and whether that is a guess. Raises `Refusal` `encoding_unknown`,
    `encoding_wrong` (a mark that the rest does not keep to)."""
    for mark, name in MARKS:
        if content.startswith(mark):
            return strictly(content, name, file), name, False
    if (wide := without_mark(content)) is not None:
        return strictly(content, wide, file), wide, True
    try:
        text = content.decode("utf-8")
        return text, "utf-8", False
    except UnicodeDecodeError:
        pass
    guess = likeliest(content)
    if guess is None:
        raise Refusal(
            "encoding_unknown",
            N_("%(file)s is in an encoding that we do not know. Save it as “CSV UTF-8” or as .xlsx and send it again."),
            file=file,
        )  # fmt: skip
    return content.decode(guess), guess, True


def strictly(content: bytes, name: str, file: str) -> str:
    try:
        return content.decode(name).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise Refusal(
            "encoding_wrong", N_("%(file)s says that it is %(found)s, but it has bytes that are not."),
            file=file, found=name,
        ) from None  # fmt: skip


def without_mark(content: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Latin text is zero."""
    head = content[:2000]
    if len(head) < 4 or len(content) % 2:
        return None
    half = len(head) // 2
    odd, even = head[1::2].count(0) / half, head[0::2].count(0) / half
    if odd > 0.5 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.5 and odd < 0.1 else None


def likeliest(content: bytes) -> str | None:
    scores: list[tuple[float, int, str]] = []
    sample = content[:SAMPLE]
    for place, name in enumerate((*HAN, *WESTERN)):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        text = text if len(content) <= SAMPLE else sample.decode(name, "ignore")
        score = han_score(text, name) if name in HAN else letter_score(text, name, content)
        scores.append((score, -place, name))
    best = max(scores, default=(0.0, 0, ""))
    return best[2] if best[0] >= GOOD else None


@lru_cache(maxsize=2)
def everyday(name: str) -> frozenset[str]:
    """The everyday characters of a Chinese encoding: level 1 of GB 2312 (3,755) and of Big5 (5,401)."""
    found = set()
    rows = range(0xB0, 0xD8) if name == "gb18030" else range(0xA4, 0xC7)
    seconds = range(0xA1, 0xFF) if name == "gb18030" else (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    for first in rows:
        for second in seconds:
            try:
                found.add(bytes((first, second)).decode(name))
            except UnicodeDecodeError:
                continue
    return frozenset(found)


def han_score(text: str, name: str) -> float:
    """The share of characters outside ASCII that are everyday Chinese, its punctuation or full width."""
    usual, all_of, good = everyday(name), 0, 0.0
    for char in text:
        if char < "\x80":
            continue
        all_of += 1
        if char in usual or "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef":
            good += 1
        elif "\u4e00" <= char <= "\u9fff":
            good += 0.35
    return good / all_of if all_of else 0.0


def letter_score(text: str, name: str, content: bytes) -> float:
    """The mean plausibility of the characters outside ASCII, each beside its neighbours."""
    all_of, good = 0, 0.0
    for at, char in enumerate(text):
        if char < "\x80":
            continue
        all_of += 1
        before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
        good += plausible(char, before, after)
    if not all_of:
        return 0.0
    # Line ends of the old Mac make its encoding likelier; a Mac's file has no CRLF.
    bonus = 0.05 if name == "mac_roman" and b"\r" in content and b"\n" not in content else 0.0
    return good / all_of + bonus


def plausible(char: str, before: str, after: str) -> float:
    kind = unicodedata.category(char)
    if kind in ("Cc", "Cn", "Co"):
        return -1.0
    if kind not in ("Lu", "Ll", "Lo"):
        # Between two letters only an apostrophe or a dash is at home.
        if before.isalpha() and after.isalpha() and char not in "’‘–´·\u00a0":
            return -0.6
        return 0.9 if char in USUAL else 0.0 if char in OTHER else 0.4
    script = unicodedata.name(char, "").split(" ")[0]
    around = [c for c in (before, after) if c.isalpha()]
    if script in ("GREEK", "CYRILLIC"):
        same = [c for c in around if unicodedata.name(c, "").startswith(script)]
        if len(same) == len(around) and around:
            return 0.9 if cased(char, before, after) else 0.3
        return -0.4
    if script != "LATIN":
        return -0.5
    foreign = [c for c in around if c >= "\x80"]
    if len(foreign) == len(around) == 2:
        return -0.5  # three such letters in a row: another script, misread
    score = 1.0 if cased(char, before, after) else -0.5
    if not around:
        score = 0.3
    return score - (0.35 if char in "ÿŸŠšŽžÐðÞþÝýµ" else 0.0) - (0.3 if foreign else 0.0)


def cased(char: str, before: str, after: str) -> bool:
    """A capital stands at a word's start or among capitals; a small letter not after two capitals."""
    if char.isupper():
        return not (before.isalpha() and before.islower())
    return not (after.isalpha() and after.isupper())
