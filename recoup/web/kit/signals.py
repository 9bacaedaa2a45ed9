"""Danger signals in the reader's words: levels with their derivation, signals, proposals. No queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from recoup.watch.accounts import Position, Year
from recoup.watch.models import Signal
from recoup.watch.rules import Level, Proposal, Standing, proposals
from recoup.watch.rules import Seen as Weighed
from recoup.watch.rules import strength as left_of
from recoup.watch.states import KINDS, Band
from recoup.web.kit.components import Why
from recoup.web.kit.derivations import phrase
from recoup.web.kit.formats import day_text, number_text, percent_text
from recoup.web.kit.words import word

TONES = {Band.CALM: "", Band.WATCH: "accent", Band.WARNING: "needs", Band.ALARM: "danger"}


@dataclass(frozen=True, slots=True)
class LevelShown:
    """`score` as `45 / 100`, its band as a badge, and from what it follows."""

    score: str
    word: str
    tone: str
    why: Why
    top: str


@dataclass(frozen=True, slots=True)
class SignalShown:
    id: UUID
    label: str
    number: int
    text: str
    on: date
    source: str
    left: str
    why: Why
    by_name: str
    at: datetime
    document: Any
    withdrawn: str
    shared: bool
    public: bool


@dataclass(frozen=True, slots=True)
class ProposalShown:
    label: str
    text: str
    because: str


def label_of(kind: str) -> str:
    return gettext(KINDS[kind].label) if kind in KINDS else kind


def level_shown(level: Level) -> LevelShown:
    rows: list[tuple[str, Any]] = [
        (gettext("%(kind)s, seen on %(day)s") % {"kind": label_of(p.signal.kind), "day": day_text(p.signal.on)},
         percent_text(p.strength, 1))
        for p in level.parts
    ]  # fmt: skip
    why = Why(
        title=gettext("How the level follows"), rows=rows,
        total=(gettext("Level of 100"), number_text(level.score)),
        steps=[
            gettext("Each signal fades: after its half-life half of its weight is left."),
            gettext("Of several of one kind the strongest counts; different kinds add up without passing 100."),
        ],
        rule=gettext("danger signals"), version=level.version,
    )  # fmt: skip
    top = ", ".join(label_of(p.signal.kind) for p in level.parts[:3])
    return LevelShown(f"{level.score:.0f} / 100", word(level.band.value), TONES[level.band], why, top)  # fmt: skip


def signal_shown(row: Signal, today: date, document: Any = None) -> SignalShown:
    weighed = Weighed(row.kind, row.on, row.weight, row.half_life, row.expires_on)
    left = percent_text(left_of(weighed, today), 1)
    why = Why(
        title=gettext("What this signal weighs"),
        rows=[
            (gettext("Weight when it was seen"), percent_text(row.weight, 1)),
            (gettext("Half-life, days"), str(row.half_life)), (gettext("Seen on"), row.on),
            (gettext("Counts until"), row.expires_on),
        ],
        total=(gettext("Left today"), left), rule=gettext("danger signals"), version=row.rule,
    )  # fmt: skip
    return SignalShown(
        row.id, label_of(row.kind), KINDS[row.kind].number if row.kind in KINDS else 0,
        row.note or phrase(row.because, row.params), row.on, word(row.source), left, why, row.by_name, row.at, document,
        row.withdrawn_because, row.client_id is not None, row.public,
    )  # fmt: skip


def proposals_shown(level: Level, standing: Standing) -> list[ProposalShown]:
    return [proposal_shown(one) for one in proposals(level, standing)]


def proposal_shown(one: Proposal) -> ProposalShown:
    named = ", ".join(label_of(kind) for kind in one.kinds)
    return ProposalShown(word(one.measure.value), gettext(one.because), named)


def kind_choices(kinds: Iterable[str] = ()) -> list[tuple[str, str]]:
    wanted = set(kinds) or {code for code, kind in KINDS.items() if kind.number}
    return [
        (code, f"{kind.number}. {gettext(kind.label)}" if kind.number else gettext(kind.label))
        for code, kind in KINDS.items() if code in wanted
    ]  # fmt: skip


def position_rows(found: Position | None) -> list[tuple[str, Any]]:
    """Ratios as (label, value) pairs; what is not known is left out, and said where nothing is."""
    if found is None:
        return []
    named = (
        (gettext("Equity to assets"), found.solidity), (gettext("Current assets to current liabilities"), found.liquidity),
        (gettext("Profit to turnover"), found.margin), (gettext("Turnover against the year before"), found.growth),
        (gettext("Employees against the year before"), found.staff),
    )  # fmt: skip
    return [(label, percent_text(value, 1)) for label, value in named if value is not None]


def newest_first(years: Sequence[Year]) -> list[Year]:
    return sorted(years, key=lambda y: y.year_end, reverse=True)
