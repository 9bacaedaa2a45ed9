"""Whether a Chinese and an English name are the same company's: what one translates, and what it spells. Pure.

Chinese companies render their trade by meaning (科技, Technology) and themselves by meaning (銀河, Galaxy) or by
sound (恒生, Hang Seng), in Mandarin or as Hong Kong spells. docs/algorithms/company-names.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product

from rapidfuzz.distance import OSA
from text_unidecode import unidecode

from recoup.screening.cantonese import SPELLINGS
from recoup.screening.folding import HAN, simplified, without_form
from recoup.screening.lexicon import ENTRIES, KINDS, LONGEST

SOUND, LOOSE = (
    0.34,
    0.42,
)  # shares of letters that may differ in what is spelled; LOOSE with two words that agree
SHORTEST, MOST_READINGS, MOST_SOUNDS = 4, 4, 5
ALONE = 0.12  # where nothing but the sound agrees
SMALL = frozenset(("of", "for", "in"))
TWO_WORDS = sorted(
    {one for kind, said in ENTRIES.values() if kind == "place" for one in said if len(one) == 2}
)
HOME = frozenset(("china", "中国"))


@dataclass(slots=True)
class Met:
    """What the two names have told of each other."""

    agreed: list[str] = field(default_factory=list)  # kinds of the words that agree
    sounds: list[str] = field(default_factory=list)  # Chinese that only sound can explain
    trades: list[str] = field(default_factory=list)  # Chinese trade words that the other lacks
    places: list[str] = field(default_factory=list)


def bilingual_score(english: Sequence[str], chinese: str) -> int:
    """0 for another company; `english` are its telling words (without legal forms, articles)."""
    rest = [word for word in english if word not in SMALL]
    met = meet(segments(chinese), rest)
    trades = [w for w in rest if KINDS.get(w) == "trade"]
    places = [w for place in TWO_WORDS if take((place,), rest) for w in ("_".join(place),)]
    places += [w for w in rest if KINDS.get(w) == "place"]
    spelled = [w for w in rest if KINDS.get(w, "name") == "name"]
    if (trades and met.trades) or (places and met.places):
        return 0
    if not spelled and not met.sounds:
        return by_meaning(met, trades, {*places, *met.places})
    return by_sound(met, spelled, one_sided=bool(trades or met.trades or places or met.places))


def by_meaning(met: Met, trades: Sequence[str], places: set[str]) -> int:
    """Nothing is spelled: then at least two telling words agree, and nothing but the country is missing."""
    telling = sum(kind != "broad" for kind in met.agreed)
    if telling < 2 or trades or met.trades or places - HOME:
        return 0
    return 90 if not places else 88


def by_sound(met: Met, spelled: Sequence[str], *, one_sided: bool) -> int:
    """What is spelled sounds alike; where trades agree too, and none is missing, a little less will do."""
    if not spelled or not met.sounds or len(met.sounds) > MOST_SOUNDS:
        return 0
    said = "".join(spelled)
    if len(said) < SHORTEST or len(met.sounds) < 2:
        return 0
    apart = min(OSA.distance(said, one) / max(len(said), len(one)) for one in readings(tuple(met.sounds)))  # fmt: skip
    telling = sum(kind != "broad" for kind in met.agreed)
    most = LOOSE if telling >= 2 and not one_sided else SOUND if telling else ALONE
    if apart > most:
        return 0
    return round(96 - 20 * apart)


def meet(chinese: Iterable[str], rest: list[str]) -> Met:
    """Takes out of `rest` what the Chinese words say by meaning."""
    met = Met()
    for word in chinese:
        kind, wordings = ENTRIES.get(word, ("sound", ()))
        if take(wordings, rest):
            met.agreed.append(kind)
        elif kind in ("sound", "name"):
            met.sounds.extend(word)
        elif kind == "trade":
            met.trades.append(word)
        elif kind == "place":
            met.places.append(word)
    return met


def take(wordings: Iterable[tuple[str, ...]], rest: list[str]) -> bool:
    for wording in wordings:
        size = len(wording)
        for n in range(len(rest) - size + 1):
            if tuple(rest[n : n + size]) == wording:
                del rest[n : n + size]
                return True
    return False


@lru_cache(maxsize=50_000)
def segments(name: str) -> tuple[str, ...]:
    """A Chinese name's words, simplified, the longest that the lexicon has first; else character by character."""
    text = "".join(HAN.findall(simplified().convert(name)))
    text = without_form(text)
    found, at = [], 0
    while at < len(text):
        size = next((n for n in range(min(LONGEST, len(text) - at), 1, -1) if text[at : at + n] in ENTRIES), 1)  # fmt: skip
        found.append(text[at : at + size])
        at += size
    return tuple(found)


@lru_cache(maxsize=50_000)
def readings(characters: tuple[str, ...]) -> tuple[str, ...]:
    """How the characters may be spelled, run together: in Mandarin, and as Hong Kong does, mixed."""
    each = [syllables(c) for c in characters]
    return tuple("".join(one) for one in product(*each))


@lru_cache(maxsize=20_000)
def syllables(character: str) -> tuple[str, ...]:
    mandarin = unidecode(character).strip().casefold()
    found = dict.fromkeys((mandarin, *CANTONESE.get(character, ())))
    return tuple(s for s in found if s)[:MOST_READINGS]


def by_simplified() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for character, said in SPELLINGS.items():
        plain = simplified().convert(character)
        found[plain] = (*found.get(plain, ()), *said)
    return found


CANTONESE = by_simplified()


def heard(name: str) -> set[str]:
    """By what an English name is looked up for a Chinese one: the beginnings of its words as they may be
    written in English."""
    found: set[str] = set()
    for word in segments(name):
        _, wordings = ENTRIES.get(word, ("", ()))
        found |= {f"^{one[:2]}" for wording in wordings for one in wording[:1]}
        found |= {f"^{said[:2]}" for character in word for said in syllables(character)}
    return found
