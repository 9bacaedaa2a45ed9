"""A case is weighed: a score card with its reasons, and for each way on what it is expected to bring. Pure.
docs/algorithms/evaluation.md

odds = base odds × e^(scale × points). The base is the agency's own recovery of cases of that age where
enough have ended, else the rate card's declared expectation; each factor that holds adds its points.
A way on adds its own points, brings a part of the claim, costs something, takes a time.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from recoup.jurisdictions.yamlfile import read
from recoup.kernel.refusal import N_
from recoup.watch.states import Band

ONE, HUNDRED, TENTH, CENT = Decimal(1), Decimal(100), Decimal("0.1"), Decimal("0.01")
LEAST, MOST = Decimal("0.5"), Decimal("98")  # percent: nothing is impossible or sure
SILENT_AFTER, MANY = 3, 3
SMALL, LARGE = Decimal(1000), Decimal(50000)


class Option(StrEnum):
    GO_ON = "go_on"
    PLAN = "plan"
    SETTLE = "settle"
    VISIT = "visit"
    LEGAL = "legal"
    INSOLVENCY = "insolvency"
    MONITOR = "monitor"
    STOP = "stop"


# What the house decides by itself; the rest is the client's to say, or its mandate's.
OF_THE_HOUSE = (Option.GO_ON, Option.VISIT, Option.MONITOR)
MILDEST = tuple(Option)  # of equals the milder


@dataclass(frozen=True, slots=True)
class Base:
    """Recovery in percent at this age, likely, low and high. `count`: how many ended cases it rests on,
    0 for the rate card's declared expectation."""

    likely: Decimal
    low: Decimal
    high: Decimal
    count: int = 0
    days: int = 60


@dataclass(frozen=True, slots=True)
class Weighing:
    """All that is known of a case on a day. `weight`: how much of the card's first currency one unit stands
    for; `suit`: how far a case at law is (`Suit`); `discount`: percent the client's mandate gives up at once; `solidity` and so on of the newest
    accounts; `others`: other clients' open cases against the debtor, as far as the reader may know."""

    on: date
    owed: Decimal
    currency: str
    base: Base
    weight: Decimal = ONE
    age_days: int = 0
    contacts: int = 0
    reactions: tuple[str, ...] = ()
    documents: bool = True
    disputed: bool = False
    insolvent: bool = False
    abroad: bool = False
    address: bool = True
    band: str = Band.CALM
    score: Decimal = Decimal(0)
    solidity: Decimal | None = None
    liquidity: Decimal | None = None
    growth: Decimal | None = None
    negative_equity: bool = False
    others: int = 0
    barred_in: int | None = None
    discount: Decimal | None = None
    months: int = 0
    phase: str = "first"
    visited: bool = False
    plan_broken: bool = False
    suit: str = ""


class Suit(StrEnum):
    """How far a case at law has come: what was spent on it is spent, only what is still ahead is weighed."""

    PENDING = "pending"  # before a court, no title yet
    TITLE = "title"  # enforceable
    WATCHED = "watched"  # a title, and nothing to take when it was last looked for


# At law three ways are other ways: going on with the suit, enforcing, keeping the title.
AT_LAW: dict[tuple[str, str], str] = {
    (Option.LEGAL, Suit.PENDING): "suit_on", (Option.LEGAL, Suit.TITLE): "enforce_on", (Option.LEGAL, Suit.WATCHED): "enforce_again",
    (Option.MONITOR, Suit.TITLE): "keep_title", (Option.MONITOR, Suit.WATCHED): "keep_title",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    factor: str
    points: int
    text: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Way:
    """One option: `chance` in percent; `expected`, `low`, `high`, `cost`, `net` in the case's currency (net:
    expected, worth what it is after its time, less cost); `why_not` where it is not possible."""

    option: Option
    chance: Decimal
    low_chance: Decimal
    high_chance: Decimal
    expected: Decimal
    low: Decimal
    high: Decimal
    cost: Decimal
    days: int
    net: Decimal
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """`because`: the sentence of the rule that recommends; `reasons` strongest first."""

    chance: Decimal
    points: int
    reasons: tuple[Reason, ...]
    ways: tuple[Way, ...]
    recommended: Option
    because: str
    params: dict[str, Any]
    version: str

    def way(self, option: str) -> Way:
        return next(w for w in self.ways if w.option == option)


@cache
def card() -> dict[str, Any]:
    return read(Path(__file__).with_name("scorecard.yaml"))


def evaluate(facts: Weighing) -> Evaluated:
    """The score, the ways on, and what is recommended; total: there is always an answer."""
    doc = card()
    found = sorted(reasons(facts, doc["factors"]), key=lambda r: (-abs(r.points), r.factor))
    points = sum(r.points for r in found)
    ways = tuple(way(option, facts, points, doc) for option in Option)
    recommended, because, params = recommend(facts, ways)
    chance = moved(facts.base.likely, points, doc)
    return Evaluated(chance, points, tuple(found), ways, recommended, because, params, doc["version"])  # fmt: skip


def moved(percent: Decimal, points: int, doc: dict[str, Any]) -> Decimal:
    """A chance in percent after points: odds times e^(scale × points)."""
    share = min(max(percent, LEAST), MOST) / HUNDRED
    odds = share / (ONE - share) * (Decimal(doc["scale"]) * points).exp()
    answer = odds / (ONE + odds) * HUNDRED
    return min(max(answer, LEAST), MOST).quantize(TENTH, ROUND_HALF_UP)


def reasons(facts: Weighing, weights: dict[str, str]) -> list[Reason]:
    """The factors that hold, with their points and sentences."""
    size = facts.owed * facts.weight
    said = set(facts.reactions)
    first: tuple[tuple[str, bool, str, dict[str, Any]], ...] = (
        ("insolvent", facts.insolvent, N_("Insolvency proceedings stand."), {}),
        ("disputed", facts.disputed, N_("The claim is disputed."), {}),
        ("part_paid", "part_paid" in said, N_("A part has been paid."), {}),
        ("refused", "refused" in said, N_("The debtor refuses to pay."), {}),
        ("broke_promise", "broke_promise" in said or facts.plan_broken, N_("A promise or a plan was broken."), {}),
        ("answered", "answered" in said, N_("Somebody who decides was reached."), {}),
        ("silent", not said and facts.contacts >= SILENT_AFTER, N_("Nobody has answered %(count)d contacts."), {"count": facts.contacts}),
        ("no_documents", not facts.documents, N_("An invoice is not on file."), {}),
        ("complete_documents", facts.documents, N_("The documents are complete."), {}),
        ("small", size < SMALL, N_("A small claim is paid more easily."), {}),
        ("large", size > LARGE, N_("A large claim is paid less easily."), {}),
        (f"signals_{facts.band}", facts.band != Band.CALM, N_("Danger signals stand at %(score)s of 100."), {"score": f"{facts.score:.0f}"}),
        ("negative_equity", facts.negative_equity, N_("Its equity is negative."), {}),
        ("illiquid", below(facts.liquidity, 80), N_("Its current assets are %(share)s percent of its current liabilities."), {"share": f"{facts.liquidity or 0:.0f}"}),
        ("shrinking", below(facts.growth, -20), N_("Its turnover has fallen by %(share)s percent."), {"share": f"{-(facts.growth or 0):.0f}"}),
        ("nothing_to_take", facts.suit == Suit.WATCHED, N_("There is a title, and nothing was found to take."), {}),
        ("time_barred_soon", not facts.suit and facts.barred_in is not None and facts.barred_in <= 180, N_("The claim is time-barred in %(days)d days."), {"days": facts.barred_in or 0}),
    )  # fmt: skip
    found = [Reason(name, int(weights[name]), text, params) for name, holds, text, params in first if holds]  # fmt: skip
    return found + equity(facts, weights) + others(facts, weights)


def below(value: Decimal | None, limit: int) -> bool:
    return value is not None and value < limit


def equity(facts: Weighing, weights: dict[str, str]) -> list[Reason]:
    if facts.solidity is None or facts.negative_equity:
        return []
    name = "thin_equity" if facts.solidity < 10 else "sound_equity" if facts.solidity > 30 else ""
    if not name:
        return []
    return [Reason(name, int(weights[name]), N_("Its equity is %(share)s percent of its assets."), {"share": f"{facts.solidity:.0f}"})]  # fmt: skip


def others(facts: Weighing, weights: dict[str, str]) -> list[Reason]:
    if not facts.others:
        return []
    name = "owes_many" if facts.others >= MANY else "owes_others"
    return [Reason(name, int(weights[name]), N_("Other open cases against it: %(count)d."), {"count": facts.others})]  # fmt: skip


def way(option: Option, facts: Weighing, points: int, doc: dict[str, Any]) -> Way:
    stands = option == Option.INSOLVENCY and facts.insolvent
    told = doc["options"]["file_claim" if stands else AT_LAW.get((option, facts.suit), option)]
    part = Decimal(told["part"])
    if option == Option.SETTLE and facts.discount:
        part = ONE - facts.discount / HUNDRED
    days = max(int(told["days"]), facts.months * 30 if option == Option.PLAN else 0)
    total = points + int(told["points"]) - (6 if option == Option.GO_ON and facts.phase == "again" else 0)  # fmt: skip
    total -= (
        int(doc["factors"]["insolvent"]) if stands else 0
    )  # its share is in the part that comes in
    likely, low, high = (moved(p, total, doc) for p in (facts.base.likely, facts.base.low, facts.base.high))  # fmt: skip
    if option == Option.STOP:
        likely = low = high = Decimal("0.0")
    cost = Decimal(told["fixed"]) / facts.weight + facts.owed * Decimal(told["percent"]) / HUNDRED
    expected = facts.owed * part * likely / HUNDRED
    later = ONE + Decimal(doc["discount_rate"]) / HUNDRED * days / 365
    return Way(
        option, likely, low, high, cents(expected), cents(facts.owed * part * low / HUNDRED),
        cents(facts.owed * part * high / HUNDRED), cents(cost), days, cents(expected / later - cost),
        why_not(option, facts),
    )  # fmt: skip


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def why_not(option: Option, facts: Weighing) -> str:
    """Why a way is closed; blank where it is open."""
    if facts.insolvent and option in (Option.GO_ON, Option.PLAN, Option.SETTLE, Option.VISIT, Option.LEGAL):  # fmt: skip
        return N_("Insolvency stays all of this.")
    if facts.suit and option in (Option.GO_ON, Option.VISIT):
        return N_("It is before the court: what is said to the debtor is said there.")
    if facts.suit == Suit.PENDING and option == Option.MONITOR:
        return N_("A suit has deadlines; it is gone on with or ended.")
    if option in (Option.GO_ON, Option.VISIT) and facts.disputed:
        return N_("The dispute is settled first.")
    if (
        option == Option.PLAN
        and not facts.suit
        and not set(facts.reactions)
        & {
            "answered",
            "part_paid",
            "broke_promise",
        }
    ):
        return N_("Nobody has spoken to us with whom a plan could be made.")
    if option == Option.PLAN and facts.plan_broken:
        return N_("A plan was broken before.")
    if option == Option.SETTLE and facts.discount == 0:
        return N_("The client's mandate gives nothing up.")
    if option == Option.VISIT and (facts.abroad or not facts.address or facts.visited):
        return N_("There is no address that we could still visit.")
    if option == Option.LEGAL and not facts.documents and not facts.suit:
        return N_("Without the invoices no court is asked.")
    if (
        option in (Option.LEGAL, Option.INSOLVENCY)
        and not facts.suit  # a suit stops the time
        and facts.barred_in is not None
        and facts.barred_in < 0
    ):
        return N_("The claim is time-barred.")
    if option == Option.INSOLVENCY and not facts.insolvent and (facts.disputed or facts.band != Band.ALARM):  # fmt: skip
        return N_("A petition needs an undisputed claim and signs of insolvency.")
    return ""


BAR_IN_SIGHT = 60
BEFORE_IT_IS_LATE = Decimal("0.8")  # of the best net


def recommend(facts: Weighing, ways: tuple[Way, ...]) -> tuple[Option, str, dict[str, Any]]:
    """The first rule that fits."""
    open_ = {w.option: w for w in ways if not w.why_not}
    if facts.insolvent and Option.INSOLVENCY in open_:
        return Option.INSOLVENCY, N_("Insolvency proceedings stand: the claim is filed there."), {}
    in_sight = (
        not facts.suit and facts.barred_in is not None and 0 <= facts.barred_in <= BAR_IN_SIGHT
    )
    if in_sight and Option.LEGAL in open_ and open_[Option.LEGAL].net > 0:
        return Option.LEGAL, N_("The claim is time-barred in %(days)d days: only a court stops that."), {"days": facts.barred_in}  # fmt: skip
    best = max(open_.values(), key=lambda w: (w.net, -MILDEST.index(w.option)))
    legal = open_.get(Option.LEGAL)
    if (
        facts.band == Band.ALARM
        and legal
        and legal.net > 0
        and legal.net >= best.net * BEFORE_IT_IS_LATE
    ):
        if facts.suit in (Suit.TITLE, Suit.WATCHED):
            return Option.LEGAL, N_("Danger signals stand at %(score)s of 100: what can be seized is seized before insolvency."), {"score": f"{facts.score:.0f}"}  # fmt: skip
        return Option.LEGAL, N_("Danger signals stand at %(score)s of 100: a title before insolvency makes all creditors equal."), {"score": f"{facts.score:.0f}"}  # fmt: skip
    if best.option == Option.STOP or best.net <= 0:
        return Option.STOP, N_("Nothing brings more than it costs."), {}
    return best.option, N_("It brings most after its costs and its time."), {}
