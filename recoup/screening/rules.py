"""How alike two names are, and what an officer looks at before a client is served. Pure.

docs/algorithms/screening.md tells how, with the worked table that the tests read.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from rapidfuzz import fuzz

from recoup.kernel.refusal import N_, Refusal
from recoup.screening.companies import alike
from recoup.screening.folding import HAN, folded

VERSION = "screening 2"
ALIKE = 86  # from here on somebody looks at a name of another country too
EXACT_BELOW = 5  # letters: shorter names must be equal
HELD = 90  # a name that stands whole in a longer one
SIEVE = 55  # share of equal letters below which two folded names are not compared further
ELSEWHERE = 8  # points off where both countries are known and differ
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


def number_block(number: str) -> str:
    """A number without signs, as `#556016…`; "" for what is too short to tell anybody."""
    plain = re.sub(r"[^0-9a-z]", "", number.casefold())
    return f"#{plain[:70]}" if len(plain) >= 6 else ""


def held_in(one: str, other: str) -> bool:
    """Whether all of at least two words (eight letters) of the one folded name stand in the other."""
    short, long = sorted((set(one.split()), set(other.split())), key=len)
    return (
        len(short) >= 2 and short < long and len("".join(short)) >= 8
        and sorted(re.findall(r"\d+", one)) == sorted(re.findall(r"\d+", other))
    )  # fmt: skip


def may_be_alike(one: str, other: str) -> bool:
    """A cheap sieve on folded names before `how_alike` is asked about the names as they are written."""
    a, b = one.replace(" ", ""), other.replace(" ", "")
    return fuzz.ratio(a, b) >= SIEVE or fuzz.ratio(one, other) >= SIEVE or held_in(one, other)


def how_alike(one: str, other: str) -> int:
    """0 to 100 for two names as written: as of companies in notices (`companies.alike`); a list is looked
    at once too often rather than once too seldom, so a name that stands whole in a longer one counts too."""
    score, mine, theirs = alike(one, other).score, folded(one), folded(other)
    if score < HELD and held_in(mine, theirs):
        return HELD
    short = min(len(name.replace(" ", "")) for name in (mine, theirs)) < EXACT_BELOW
    return 0 if short and score < 100 and not HAN.search(mine + theirs) else score


def likeness(party: Party, names: Iterable[str], countries: Iterable[str],
             numbers: Iterable[str]) -> Likeness | None:  # fmt: skip
    """How much a party resembles an entry, `names` as the list writes them; None where it is another, or
    of another country and not above `ALIKE`."""
    mine = {number_block(n) for n in party.numbers} - {""}
    same = next((n for n in numbers if number_block(n) in mine), None)
    if same is not None:
        return Likeness(100, "number", same)
    best, written = max(((how_alike(party.name, said), said) for said in names), default=(0, ""))
    known = {country[:2].upper() for country in countries if country}
    elsewhere = bool(known and party.country and party.country not in known)
    score = best - (ELSEWHERE if elsewhere else 0)
    least = ALIKE if elsewhere else 1
    return Likeness(score, "name", written, elsewhere) if score >= least else None


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
