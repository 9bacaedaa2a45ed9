"""How alike two company names are as somebody typed, scanned or shortened them. Pure.

The one likeness of names there is: a notice of insolvency is held against every debtor, a payment against
every case, a party against the list of sanctions. A wrong likeness stops work. Hence word
against word: a word may be misread by a third of its letters, another word is another company.
docs/algorithms/company-names.md tells how, with the worked table that the tests read.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from recoup.kernel.refusal import N_
from recoup.parties.rules import FORMS, HAN_FORMS, TRANSLITERATED
from recoup.screening.bilingual import bilingual_score, heard
from recoup.screening.folding import HAN, blocks, folded

VERSION = "company names 2"
WORD, WHOLE, GLUED = 0.34, 0.30, 0.20  # shares of misread letters: in a word, in all, run together
HAN_ALIKE, HAN_EXACT_BELOW = 86, 4  # of 100; characters: shorter Chinese names must be equal
UNREAD = "\uffff"  # a sign that no name has: a letter that was misread
SIGNS = ",.;:()/&+-–—\"'’`"
APART = re.compile(r"[\s,.;:()/&+\-–—\"'’`]+")
COUNTS = re.compile(r"^(?:\d+|i{2,3}|iv|vi{0,3}|ix)$")
COMMON_FORMS = ("llc", "ltd", "plc", "inc", "llp", "gmbh")
LEADING_FORMS = frozenset((*COMMON_FORMS, "oao", "ooo", "zao", "pao", "srl", "ab", "as", "ag"))
LONG_FORMS = frozenset((
    "aktiengesellschaft", "gesellschaftmitbeschrankterhaftung", "limitedliabilitycompany", "jointstockcompany",
    "openjointstockcompany", "ojsc", "cjsc", "pjsc", "publiclimitedcompany", "societatecuraspunderelimitata", "aktiebolag",
    "societateacuraspunderelimitata", "beslotenvennootschap", "naamlozevennootschap", "societeanonyme", "jsc",
))  # fmt: skip
HOUSE = 8  # letters: a shorter name is too many companies'
PARTS = frozenset((
    "group", "gruppe", "groep", "gruppen", "groupe", "holding", "holdings", "international", "europe", "europa", "global", "worldwide",
))  # fmt: skip
SMALL = frozenset((
    "the", "and", "und", "och", "et", "y", "en", "of", "de", "den", "der", "van", "von", "du", "la", "le",
))  # fmt: skip
ONES = {word: n for n, word in enumerate((
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
))} | {str(n): n for n in range(1, 10)}  # fmt: skip
TENS = {word: 10 * n for n, word in enumerate((
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2)} | {"fourty": 40, "ninty": 90}  # fmt: skip
EQUAL = N_("The names are the same but for legal form, case, accents and script.")
NEAR = N_("%(letters)s of %(of)s letters differ, never more than a third of a word.")
HAN_NEAR = N_("The Chinese names are alike (%(score)s of 100).")
PART = N_("The names are the same but for what says which part of a group it is.")
RENDERED = N_(
    "The English name renders the Chinese one, by meaning or by sound (%(score)s of 100)."
)


@dataclass(frozen=True, slots=True)
class Alike:
    """`score` 0 to 100, 0 for another company; `because` is a sentence with gaps for `params`."""

    score: int
    because: str = ""
    params: dict[str, int] | None = None

    def __bool__(self) -> bool:
        return self.score > 0


ANOTHER = Alike(0)


def alike(one: str, other: str) -> Alike:
    """Whether two names are the same company's."""
    found = (alike_one(mine, theirs) for mine in written(one) for theirs in written(other))
    return max(found, key=lambda how: how.score)


def alike_one(one: str, other: str) -> Alike:
    han = (bool(HAN.search(one)), bool(HAN.search(other)))
    if all(han):
        score = han_score(folded(one), folded(other))
        return Alike(score, HAN_NEAR, {"score": score}) if score >= HAN_ALIKE else ANOTHER
    if any(han):
        english, chinese = (other, one) if han[0] else (one, other)
        if latin(chinese):
            return ANOTHER
        score = bilingual_score(spoken(english), chinese)
        return Alike(score, RENDERED, {"score": score}) if score else ANOTHER
    if (same := folded(one)) and same == folded(other):
        return Alike(100, EQUAL, {})  # ü as ue, too
    mine, theirs = spoken(one), spoken(other)
    return (
        alike_words(mine, theirs)
        or alike_whole(letters(one), letters(other))
        or same_house(mine, theirs)
    )


def han_score(one: str, other: str) -> int:
    """0 to 100 for two folded Chinese names."""
    a, b = one.replace(" ", ""), other.replace(" ", "")
    if a == b:
        return 100
    if min(len(a), len(b)) < HAN_EXACT_BELOW or re.findall(r"\d+", a) != re.findall(r"\d+", b):
        return 0
    return int(fuzz.ratio(a, b))


def same_house(one: Sequence[str], other: Sequence[str]) -> Alike:
    """The same name, but for words at its end that only say which part of a house it is."""
    mine, theirs = house_of(one), house_of(other)
    same = "".join(mine)
    if (
        same != "".join(theirs)
        or len(same) < HOUSE
        or (mine == tuple(one)) == (theirs == tuple(other))
    ):
        return ANOTHER
    return Alike(88, PART, {})


def house_of(parts: Sequence[str]) -> tuple[str, ...]:
    end = len(parts)
    while end > 1 and parts[end - 1] in PARTS:
        end -= 1
    return tuple(parts[:end])


@lru_cache(maxsize=50_000)
def written(name: str) -> tuple[str, ...]:
    """A name that is written twice, in English and in Chinese, as its two names; any other as it stands."""
    english, chinese = latin(name), "".join(HAN.findall(name))
    if len(english.split()) < 2 or not any(form in chinese for form in HAN_FORMS):
        return (name,)
    return english, chinese


def latin(name: str) -> str:
    """What is not Chinese in a name, if that is letters."""
    rest = " ".join(HAN.sub(" ", name).split())
    return rest if re.search(r"[^\W\d_]", rest) else ""


@lru_cache(maxsize=50_000)
def letters(name: str) -> tuple[str, ...]:
    """A name's words, folded; what cannot stand in a name is a misread letter, and so is a digit in a word."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = "".join(c if c.isalnum() or c.isspace() or c in SIGNS else UNREAD for c in text)
    text = re.sub(r"(?<=\w)[.'’`](?=\w)", "", text).replace("&", " and ")
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    parts = (misread(part) for part in APART.split(text.translate(TRANSLITERATED)))
    return tuple(part for part in parts if part.strip(UNREAD))


def misread(part: str) -> str:
    bare = part.strip(UNREAD)
    part = bare if len(bare) > 2 else part
    digits = len(re.findall(r"\d", part))
    if not digits or digits > len(part) / 2 or not re.search(r"[a-z]", part):
        return part
    if re.fullmatch(r"[a-z]{1,2}\d+|\d+[a-z]{1,2}", part):
        return part  # 3M, M7: a name
    return re.sub(r"\d", UNREAD, part)


@lru_cache(maxsize=50_000)
def spoken(name: str) -> tuple[str, ...]:
    """The words that tell the company: without legal forms before or behind, articles and conjunctions."""
    parts = list(letters(name))
    while cut := form_at_the_end(parts):
        parts = parts[:-cut]
    while cut := form_at_the_start(parts):
        parts = parts[cut:]
    return tuple(in_figures([p for p in parts if not is_small(p)])) or tuple(parts)


def in_figures(parts: Sequence[str]) -> Iterator[str]:
    """`forty four` is 44, so that numbers are compared as numbers."""
    at = 0
    while at < len(parts):
        tens, more = TENS.get(parts[at]), parts[at + 1] if at + 1 < len(parts) else ""
        if tens is None:
            yield parts[at]
        elif ONES.get(more, 10) < 10:
            yield str(tens + ONES[more])
            at += 1
        else:
            yield str(tens)
        at += 1


def form_at_the_end(parts: Sequence[str]) -> int:
    """How many words at the end are a legal form, also a misread one; `and` between two forms is one."""
    if len(parts) > 2 and parts[-1] in SMALL and form_at_the_end(parts[:-1]):
        return 1
    for n in (6, 5, 4, 3, 2, 1):
        joined = "".join(parts[-n:])
        if len(parts) > n and (joined in LONG_FORMS or joined in FORMS):
            return n
    return 1 if len(parts) > 1 and is_near_form(parts[-1]) else 0


def form_at_the_start(parts: Sequence[str]) -> int:
    for n in (6, 5, 4, 3, 2):
        if len(parts) > n and "".join(parts[:n]) in LONG_FORMS:
            return n
    return 1 if len(parts) > 1 and parts[0] in LEADING_FORMS else 0


def is_near_form(word: str) -> bool:
    return any(
        len(form) == len(word) and cost(word, form) <= 1 + word.count(UNREAD) / 2
        for form in COMMON_FORMS
    )


def is_small(word: str) -> bool:
    return word in SMALL or (len(word) == 3 and OSA.distance(word, "and") <= 1)


def cost(one: str, other: str) -> float:
    """Letters to change; a misread sign counts for a half."""
    distance = OSA.distance(one, other)
    return float(distance - min(one.count(UNREAD) + other.count(UNREAD), distance) / 2)


def alike_words(one: Sequence[str], other: Sequence[str]) -> Alike:
    """Word against word, as they stand and in order of the alphabet. Numbers must be equal: they tell
    companies of one group apart."""
    if not one or not other or numbers(one) != numbers(other):
        return ANOTHER
    if "".join(one) == "".join(other) or sorted(one) == sorted(other):
        return Alike(100, EQUAL, {})
    orders = ((one, other), (sorted(one), sorted(other)))
    for mine, theirs in orders:
        if len(mine) != len(theirs):
            continue
        pairs = [(cost(a, b), max(len(a), len(b))) for a, b in zip(mine, theirs, strict=True)]
        wrong, of = sum(c for c, _ in pairs), sum(n for _, n in pairs)
        if all(c / n <= WORD for c, n in pairs) and wrong / of <= WHOLE:
            return near(wrong, of)
    if len(one) != len(other):
        return run_together("".join(one), "".join(other), shortest=6)
    return ANOTHER


def alike_whole(one: Sequence[str], other: Sequence[str]) -> Alike:
    """With the legal forms: for names whose words have run together."""
    if len(one) == len(other) or numbers(one) != numbers(other):
        return ANOTHER
    return run_together("".join(one), "".join(other), shortest=7)


def run_together(one: str, other: str, *, shortest: int) -> Alike:
    wrong, of = cost(one, other), max(len(one), len(other))
    if min(len(one), len(other)) < shortest or wrong / of > GLUED:
        return ANOTHER
    return near(wrong, of)


def near(wrong: float, of: int) -> Alike:
    return Alike(round(100 - 100 * wrong / of), NEAR, {"letters": round(wrong), "of": of})


def numbers(parts: Sequence[str]) -> list[str]:
    return sorted(p for p in parts if COUNTS.match(p))


def pieces(name: str) -> set[str]:
    """By what a name is looked up among many: two alike names share at least one, but for a single word
    misread at both ends."""
    if len(both := written(name)) > 1:
        return pieces(both[0]) | pieces(both[1])
    if HAN.search(name):
        return blocks(folded(name)) | heard(name)
    found: set[str] = set()
    for word in spoken(name):
        found |= {f"^{word[:2]}", f"{word[-2:]}$"}
    return found
