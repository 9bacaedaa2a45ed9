"""An evaluation in the reader's words, for the desk and for the client. No queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from recoup.kernel.money import Money
from recoup.strategy.evaluation import AT_LAW
from recoup.web.kit.components import Why
from recoup.web.kit.derivations import phrase
from recoup.web.kit.formats import percent_text
from recoup.web.kit.words import word


@dataclass(frozen=True, slots=True)
class WayShown:
    option: str
    label: str
    expected: Money
    low: Money
    high: Money
    cost: Money
    net: Money
    days: int
    recommended: bool
    why_not: str
    why: Why


@dataclass(frozen=True, slots=True)
class EvaluationShown:
    recommended: str
    because: str
    reasons: list[tuple[str, str]]
    ways: list[WayShown]
    why: Why


def evaluation_shown(
    answer: Mapping[str, Any], facts: Mapping[str, Any], on: date
) -> EvaluationShown:
    """`answer` and `facts` as kept; of the facts only what the answer does not already say is shown."""
    currency, base = facts["currency"], facts["base"]
    reasons = [(phrase(r["text"], r["params"]), f"{r['points']:+d}".replace("-", "\u2212")) for r in answer["reasons"]]  # fmt: skip
    rests = (
        ngettext("%(count)d ended case of that age", "%(count)d ended cases of that age", base["count"]) % {"count": base["count"]}
        if base["count"] else gettext("the rate card's declared expectation: too few cases have ended yet")
    )  # fmt: skip
    why = Why(
        title=gettext("How the chance follows"),
        rows=[
            (gettext("At this age (%(basis)s)") % {"basis": rests}, percent_text(Decimal(base["likely"]), 1)),
            (gettext("Between"), f"{percent_text(Decimal(base['low']), 1)} – {percent_text(Decimal(base['high']), 1)}"),
            *reasons,
        ],
        total=(gettext("Chance after all points"), percent_text(Decimal(answer["chance"]), 1)),
        steps=[
            gettext("Ten points multiply the odds by about one and a half. The weights are estimates of the house."),
            gettext("Each way on adds points of its own, brings a part of the claim, costs something and takes its time."),
        ],
        rule=gettext("score card, with the facts of %(day)s") % {"day": on.isoformat()}, version=answer["version"],
    )  # fmt: skip
    suit = str(facts.get("suit", ""))
    ways = [way_shown(w, currency, answer["recommended"], suit) for w in answer["ways"]]
    because = phrase(answer["because"], answer["params"])
    return EvaluationShown(name_of(answer["recommended"], suit), because, reasons, ways, why)


def name_of(option: str, suit: str) -> str:
    """At law three ways are other ways, and are called so."""
    return word(AT_LAW.get((option, suit), option))


def way_shown(way: Mapping[str, Any], currency: str, recommended: str, suit: str = "") -> WayShown:
    expected, low, high, cost, net = (Money(Decimal(way[name]), currency) for name in ("expected", "low", "high", "cost", "net"))  # fmt: skip
    why = Why(
        title=gettext("What this way is expected to bring"),
        rows=[
            (gettext("Chance"), percent_text(Decimal(way["chance"]), 1)), (gettext("Expected"), expected),
            (gettext("At least"), low), (gettext("At most"), high), (gettext("Costs"), cost),
            (gettext("Days"), str(way["days"])),
        ],
        total=(gettext("After costs and time"), net),
    )  # fmt: skip
    closed = str(way["why_not"])
    closed = gettext(closed) if closed else ""
    return WayShown(way["option"], capfirst(name_of(way["option"], suit)), expected, low, high, cost, net, way["days"],
                    way["option"] == recommended, closed, why)  # fmt: skip
