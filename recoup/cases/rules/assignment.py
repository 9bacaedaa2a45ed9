"""Who takes a case: country, language and load, weighed. Pure; the parts are shown by *Why?*."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

VERSION = "assignment 1"
WEIGHTS = {"country": 50, "language": 30, "load": 20}


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Where the debtor is, and in which language it is written to."""

    country: str
    language: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A collector as scored: `open_cases` of `capacity` are taken; away up to `absent_until`."""

    member: UUID
    name: str
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    open_cases: int
    capacity: int
    absent_until: date | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """`total` of 100 points; `parts` by name, each `{points, of, …}`; `because` is what is kept:
    rule, total, parts as `50/50` and their inputs."""

    total: int
    parts: dict[str, dict[str, Any]]
    because: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scored:
    """The collector found, with the score and how many were compared."""

    member: UUID
    name: str
    score: Score
    compared: int

    @property
    def because(self) -> dict[str, Any]:
        return {**self.score.because, "compared": self.compared, "collector": self.name}


def is_absent(profile: Profile, on: date) -> bool:
    return profile.absent_until is not None and profile.absent_until >= on


def speaks(languages: Iterable[str], language: str) -> bool:
    """Whether one of `languages` serves: the same tag, or the same language for those with one script."""
    wanted = language.lower()
    known = {one.lower() for one in languages}
    return wanted in known or (not wanted.startswith("zh") and wanted.split("-")[0] in known)


def score(profile: Profile, case: CaseFacts) -> Score:
    """How well a collector fits, of 100: country 50, language 30, free capacity up to 20."""
    free = max(0, profile.capacity - profile.open_cases)
    load = WEIGHTS["load"] * free // profile.capacity if profile.capacity else 0
    parts: dict[str, dict[str, Any]] = {
        "country": {
            "points": WEIGHTS["country"] * (case.country in profile.countries),
            "of": WEIGHTS["country"], "debtor": case.country, "takes": list(profile.countries),
        },
        "language": {
            "points": WEIGHTS["language"] * speaks(profile.languages, case.language),
            "of": WEIGHTS["language"], "debtor": case.language, "speaks": list(profile.languages),
        },
        "load": {
            "points": load, "of": WEIGHTS["load"], "open": profile.open_cases,
            "capacity": profile.capacity,
        },
    }  # fmt: skip
    total = sum(part["points"] for part in parts.values())
    shown = {name: f"{part['points']}/{part['of']}" for name, part in parts.items()}
    return Score(total, parts, {"rule": VERSION, "total": total, "parts": shown, "inputs": parts})


def best(profiles: Iterable[Profile], case: CaseFacts, on: date) -> Scored | None:
    """The best fit among those present on `on`; fewer open cases, then the older member, break a tie."""
    present = [p for p in profiles if not is_absent(p, on)]
    if not present:
        return None
    scored = [(score(p, case), p) for p in present]
    found, who = min(scored, key=lambda one: (-one[0].total, one[1].open_cases, one[1].member))
    return Scored(who.member, who.name, found, len(present))
