"""A name without what does not tell a company: legal form, case, accents, script; and the pieces by which
one is looked up among many. Pure."""

import re
from functools import lru_cache

from opencc import OpenCC

from recoup.parties.rules import HAN_FORMS, form_length, words

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


@lru_cache(maxsize=1)
def simplified() -> OpenCC:
    return OpenCC("t2s")


def folded(name: str) -> str:
    """A name's words in order of the alphabet, without legal form, case, accents; Chinese simplified."""
    plain = simplified().convert(name) if HAN.search(name) else name
    parts = words(plain)
    while length := form_length(parts):
        parts = parts[:-length]
    return " ".join(sorted(filter(None, map(without_form, parts)))) or " ".join(
        sorted(words(plain))
    )


def without_form(word: str) -> str:
    if not HAN.search(word):
        return word
    for form in FORMS:
        if word.endswith(form) and word != form:
            return word[: -len(form)]
    return word


FORMS = tuple(sorted({OpenCC("t2s").convert(form) for form in HAN_FORMS} | set(HAN_FORMS), key=len, reverse=True))  # fmt: skip


def blocks(name: str) -> set[str]:
    """Pieces of a folded name by which it is looked up: the beginnings of its words, its end, pairs of
    Chinese characters. Two alike names share at least one."""
    found: set[str] = set()
    for word in name.split():
        if HAN.search(word):
            found |= {word[n : n + 2] for n in range(max(1, len(word) - 1))}
        elif len(word) >= 3:
            found.add(word[:4])
    whole = name.replace(" ", "")
    if len(whole) >= 6:
        found.add("$" + whole[-5:])
    return found or ({whole[:20]} if whole else set())
