"""How alike two names are, and what an officer looks at before a client is served. Pure.

docs/algorithms/screening.md tells how, with the worked table that the tests read.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

from opencc import OpenCC
from rapidfuzz import fuzz

from recoup.kernel.refusal import N_, Refusal
from recoup.parties.rules import HAN_FORMS, form_length, words

VERSION = "screening 1"
ALIKE = 86  # from here on somebody looks
ELSEWHERE = 8  # points off where both countries are known and differ
EXACT_BELOW = 5  # letters: shorter names must be equal
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
NOT_PARTIES = frozenset(("Vessel", "Airplane", "CryptoWallet", "Security", "Vehicle"))
CHECKS = ("register_seen", "owners_known", "authority_shown")  # what an officer confirms by hand


@dataclass(frozen=True, slots=True)
class Party:
    """Whom to compare. `kind` is client, signatory or debtor; `numbers` as registers write them."""

    kind: str
    id: Any
    name: str
    country: str
    numbers: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        return sha256("\x1f".join((self.name, self.country, *self.numbers)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` 0 to 100; `by` is number or name; `listed_as` the wording that resembles most."""

    score: int
    by: str
    listed_as: str
    elsewhere: bool = False


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


def number_block(number: str) -> str:
    """A number without signs, as `#556016…`; "" for what is too short to tell anybody."""
    plain = re.sub(r"[^0-9a-z]", "", number.casefold())
    return f"#{plain[:70]}" if len(plain) >= 6 else ""


def name_score(one: str, other: str) -> int:
    """0 to 100 for two folded names."""
    a, b = one.replace(" ", ""), other.replace(" ", "")
    if not a or not b:
        return 0
    if a == b:
        return 100
    han = bool(HAN.search(a) or HAN.search(b))
    if min(len(a), len(b)) < (4 if han else EXACT_BELOW):
        return 0
    if sorted(re.findall(r"\d+", one)) != sorted(re.findall(r"\d+", other)):
        return 0  # numbers tell companies of one group apart
    score = max(fuzz.ratio(a, b), fuzz.ratio(one, other))
    short, long = sorted((set(one.split()), set(other.split())), key=len)
    if len(short) >= 2 and short < long and len("".join(short)) >= 8:
        score = max(score, 90)  # all words of the one stand in the other
    return int(score)


def likeness(party: Party, names: Iterable[tuple[str, str]], countries: Iterable[str],
             numbers: Iterable[str]) -> Likeness | None:  # fmt: skip
    """How much a party resembles an entry; None below `ALIKE`. `names` are (folded, as written)."""
    mine = {number_block(n) for n in party.numbers} - {""}
    same = next((n for n in numbers if number_block(n) in mine), None)
    if same is not None:
        return Likeness(100, "number", same)
    own = folded(party.name)
    best, written = max(((name_score(own, fold), said) for fold, said in names), default=(0, ""))
    known = {country[:2].upper() for country in countries if country}
    elsewhere = bool(known and party.country and party.country not in known)
    score = best - (ELSEWHERE if elsewhere else 0)
    return Likeness(score, "name", written, elsewhere) if score >= ALIKE else None


# Know your client ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """What is known of a client before it is served."""

    number_checked: bool | None
    signatory: str
    authority: str
    list_number: int | None
    open_hits: int
    matches: int
    ticked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the check-list: `level` is good, look (an officer confirms) or stop."""

    code: str
    level: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "level": self.level, "text": self.text, "params": self.params}


CONFIRM = {
    "register_seen": N_("The extract from the register has been seen, not older than three months."),
    "owners_known": N_("Who owns or controls the company (more than a quarter) is known and noted."),
    "authority_shown": N_("The signatory's authority follows from the register or from a power of attorney."),
}  # fmt: skip


def checklist(facts: KnownFacts) -> tuple[Check, ...]:
    """Every check, the good ones too, so that the list is the same for every client."""
    return (
        number(facts), authority(facts), sanctions(facts),
        *(Check(code, "good" if code in facts.ticked else "look", CONFIRM[code]) for code in CHECKS),
    )  # fmt: skip


def number(facts: KnownFacts) -> Check:
    if facts.number_checked:
        return Check("number_sound", "good", N_("The company's number has the right shape and check digits."))  # fmt: skip
    return Check("number_unchecked", "good" if "register_seen" in facts.ticked else "look",
                 N_("The company's number cannot be checked here; look it up in the register."))  # fmt: skip


def authority(facts: KnownFacts) -> Check:
    if not facts.signatory or not facts.authority:
        return Check("authority_missing", "stop", N_("Nobody is named who may sign, or by what authority."))  # fmt: skip
    return Check("authority_stated", "good", N_("%(who)s signs as: %(authority)s."),
                 {"who": facts.signatory, "authority": facts.authority})  # fmt: skip


def sanctions(facts: KnownFacts) -> Check:
    if facts.matches:
        return Check("sanctioned", "stop", N_("An officer has found that the company or its signatory is on the sanctions list."))  # fmt: skip
    if facts.open_hits:
        return Check("hits_open", "stop", N_("Likenesses to entries of the sanctions list that wait for a decision: %(n)s."), {"n": facts.open_hits})  # fmt: skip
    if facts.list_number is None:
        return Check("not_screened", "look" if "register_seen" not in facts.ticked else "good",
                     N_("No sanctions list is loaded: the check by hand is the officer's."))  # fmt: skip
    return Check("not_listed", "good", N_("Company and signatory are not on version %(n)s of the sanctions list."), {"n": facts.list_number})  # fmt: skip


def may_clear(checks: Iterable[Check]) -> Refusal | None:
    """Why a client may not be cleared; None when every check is good."""
    for check in checks:
        if check.level == "stop":
            return Refusal(check.code, check.text, **check.params)
        if check.level == "look":
            return Refusal("check_open", N_("Not confirmed yet: %(what)s"), what=check.text % check.params, field=check.code)  # fmt: skip
    return None
