"""Who takes a case: country, language, law, experience and load, weighed. Pure; the parts are shown by
*Why?*. `balance` gives a whole batch away by the same score."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

VERSION = "assignment 2"
WEIGHTS = {"country": 40, "language": 25, "law": 10, "experience": 5, "load": 20}
SEASONED = 5  # years after which experience counts in full
PERMISSIONS = ("disputes", "legal")


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Where the debtor is, in which language it is written to, whose law applies (blank: the country's);
    `needs` are the permissions without which nobody takes it."""

    country: str
    language: str
    law: str = ""
    needs: tuple[str, ...] = ()


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
    laws: tuple[str, ...] = ()
    experience_years: int = 0
    permissions: tuple[str, ...] = ()


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


def lacks(profile: Profile, case: CaseFacts) -> tuple[str, ...]:
    """The permissions that the case needs and the collector has not; a profile without any is not
    restricted."""
    if not profile.permissions:
        return ()
    return tuple(need for need in case.needs if need not in profile.permissions)


def load_points(open_cases: int, capacity: int) -> int:
    """Up to 20 points for free places."""
    return WEIGHTS["load"] * max(0, capacity - open_cases) // capacity if capacity else 0


def fit(profile: Profile, case: CaseFacts) -> dict[str, dict[str, Any]]:
    """The parts of the score that do not depend on the load."""
    law = case.law or case.country
    years = min(profile.experience_years, SEASONED)
    return {
        "country": {
            "points": WEIGHTS["country"] * (case.country in profile.countries),
            "of": WEIGHTS["country"], "debtor": case.country, "takes": list(profile.countries),
        },
        "language": {
            "points": WEIGHTS["language"] * speaks(profile.languages, case.language),
            "of": WEIGHTS["language"], "debtor": case.language, "speaks": list(profile.languages),
        },
        "law": {
            "points": WEIGHTS["law"] * (law in profile.laws), "of": WEIGHTS["law"], "case": law,
            "knows": list(profile.laws),
        },
        "experience": {
            "points": WEIGHTS["experience"] * years // SEASONED, "of": WEIGHTS["experience"],
            "years": profile.experience_years,
        },
    }  # fmt: skip


def score(profile: Profile, case: CaseFacts) -> Score:
    """How well a collector fits, of 100 points: country 40, language 25, law 10, experience 5, and up to
    20 for free places."""
    parts = fit(profile, case) | {
        "load": {
            "points": load_points(profile.open_cases, profile.capacity), "of": WEIGHTS["load"],
            "open": profile.open_cases, "capacity": profile.capacity,
        }
    }  # fmt: skip
    total = sum(part["points"] for part in parts.values())
    shown = {name: f"{part['points']}/{part['of']}" for name, part in parts.items()}
    return Score(total, parts, {"rule": VERSION, "total": total, "parts": shown, "inputs": parts})


def ranking(profiles: Iterable[Profile], case: CaseFacts, on: date) -> list[tuple[Score, Profile]]:
    """Those present who may take it, the best fit first; fewer open cases, then the older member, break
    a tie."""
    able = [p for p in profiles if not is_absent(p, on) and not lacks(p, case)]
    scored = [(score(p, case), p) for p in able]
    return sorted(scored, key=lambda one: (-one[0].total, one[1].open_cases, one[1].member))


def best(profiles: Iterable[Profile], case: CaseFacts, on: date) -> Scored | None:
    """The best fit among those present on `on`, None without any."""
    ranked = ranking(profiles, case, on)
    if not ranked:
        return None
    found, who = ranked[0]
    return Scored(who.member, who.name, found, len(ranked))
