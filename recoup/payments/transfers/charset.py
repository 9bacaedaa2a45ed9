"""Text in the character set every SEPA bank must accept. Pure.

EPC217-08 (SEPA conversion table): a–z A–Z 0–9 / - ? : ( ) . , ' + and space. German letters are
spelled out as German banks do; other Latin letters lose their marks; what has no Latin spelling is
left out, and the caller is told.
"""

import re
import unicodedata

ALLOWED = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]", re.ASCII)
SPELLED = {
    "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ẞ": "SS",
    "Æ": "AE", "æ": "ae", "Ø": "O", "ø": "o", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Þ": "Th",
    "þ": "th", "Ð": "D", "ð": "d", "Œ": "OE", "œ": "oe", "ı": "i", "&": "+", "_": "-", "€": "E",
    "–": "-", "—": "-", "’": "'", "‘": "'", "`": "'", "´": "'", ";": ",", "@": "(at)", "№": "No",
    "[": "(", "]": ")", "{": "(", "}": ")", "\\": "/", "|": "/",
}  # fmt: skip


def sepa_text(text: str, limit: int) -> str:
    """`text` in the SEPA set, blanks folded, no slash at either end or doubled, at most `limit` long."""
    composed = unicodedata.normalize("NFC", text)
    spelled = "".join(" " if c.isspace() else SPELLED.get(c) or without_marks(c) for c in composed)
    plain = re.sub(r"/{2,}", "/", re.sub(r" {2,}", " ", spelled)).strip(" /")
    return plain[:limit].rstrip(" /")


def without_marks(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", character)
    return "".join(c for c in decomposed if ALLOWED.fullmatch(c))
