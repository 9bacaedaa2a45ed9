"""Decisions and what is owed, put into the reader's words with their derivations. No queries.

One wording for every front door: the next-step line, the gate's sentence, the figures of a claim.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from recoup.cases.states import Stage
from recoup.contact.rules import Verdict
from recoup.journeys.next_step import NextStep
from recoup.jurisdictions.owed import Owed, Segment
from recoup.jurisdictions.owed.told import in_order, remark
from recoup.kernel.money import PLAIN, Money
from recoup.strategy.rules import Decision
from recoup.web.kit.components import Why
from recoup.web.kit.formats import (
    amount_text,
    country_text,
    day_text,
    deadline_text,
    local_value,
    percent_text,
)
from recoup.web.kit.timeline import AMOUNTS, MONEY, filled, value_of
from recoup.web.kit.words import WORDS, word

CODES = (
    "option",
    "step",
    "stage",
    "hold",
    "channel",
    "state",
    "was",
    "now",
    "kind",
    "task",
    "route",
    "deadline",
    "measure",
)
SENTENCES = ("rule", "because", "signal")


def phrase(text: str, params: Mapping[str, Any]) -> str:
    """A marked sentence in the reader's language, its gaps too: codes as words, amounts and days as
    written there."""
    if "%(currency)s" in text:  # the sentence names the currency itself, once
        currency = str(params.get("currency", ""))
        bare = {k: amount_text(Decimal(v), currency) for k, v in params.items() if is_amount(k, v)}
        return filled(text, {k: said(k, v, {}) for k, v in params.items()} | bare)
    return filled(text, {key: said(key, value, params) for key, value in params.items()})


def is_amount(key: str, value: Any) -> bool:
    return key in AMOUNTS and isinstance(value, str) and PLAIN.fullmatch(value) is not None


def said(key: str, value: Any, params: Mapping[str, Any]) -> Any:
    if isinstance(value, str) and (key in CODES or (key == "found" and value in set(Stage))):
        return word(value)
    if key == "rule" and "reasons" in params:
        return " ".join(phrase(text, given) for text, given in params["reasons"]).rstrip(".。")
    if isinstance(value, str) and (key == "jurisdiction" or (key == "country" and len(value) == 2)):
        return country_text(value)
    if isinstance(value, str) and (money := MONEY.fullmatch(value)):
        return f"{amount_text(Decimal(money[1]), money[2])} {money[2]}"
    if isinstance(value, str) and key in SENTENCES:
        inner = gettext(value).rstrip(".。")
        return inner[:1].lower() + inner[1:]
    if key == "source" and isinstance(
        value, str
    ):  # a register's code, or a statute, which stays as it is called
        return word(value) if value in WORDS else value and gettext(value)
    if isinstance(value, str) and key in ("order", "note"):
        return in_order(value, gettext) if key == "order" else remark(value, gettext)
    if isinstance(value, str):
        return value_of(key, value, params)
    return value if isinstance(value, int) else local_value(value)


def verdict_text(verdict: Verdict) -> str:
    """The gate's own sentence."""
    return phrase(verdict.because, verdict.params)


def next_step_text(step: NextStep) -> str:
    """`Call on Tue 24 Nov 2026, because nobody answered the step first demand of 17 Nov 2026.`"""
    because = phrase(step.because, step.because_params) if step.because else ""
    params = dict(step.params)
    if params.get("on"):
        params["on"] = deadline_text(date.fromisoformat(params["on"]))
    text = phrase(step.text, params | {"because": because})
    return text[:1].upper() + text[1:].rstrip(".。") + gettext(".")


def next_step_why(step: NextStep) -> Why | None:
    """Each decision that led to the step, in order, and the rule that took it."""
    if not step.decisions:
        return None
    return Why(
        title=gettext("How the next step follows"),
        steps=[decision_text(decision) for decision in step.decisions],
        rule=f"{step.plan}: {step.decisions[-1].rule}", version=step.version,
    )  # fmt: skip


def decision_text(decision: Decision) -> str:
    because = phrase(decision.because, decision.params)
    return gettext("%(step)s: %(because)s.") % {
        "step": capfirst(word(decision.step)), "because": because,
    }  # fmt: skip


# What is owed --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of what is owed, with what opens under it."""

    label: str
    amount: Money
    why: Why | None = None


def owed_figures(owed: Owed) -> list[Figure]:
    """Principal, interest, fixed compensation, costs: what is still open of each on the day."""
    return [
        Figure(gettext("Principal"), Money(owed.principal, owed.currency), principal_why(owed)),
        Figure(gettext("Interest"), Money(owed.interest, owed.currency), interest_why(owed)),
        Figure(
            gettext("Compensation"),
            Money(owed.compensation.open, owed.compensation.currency), compensation_why(owed),
        ),
        Figure(gettext("Costs"), Money(owed.costs, owed.currency), costs_why(owed)),
    ]  # fmt: skip


def total_figure(owed: Owed) -> Figure:
    rows = [(figure.label, figure.amount) for figure in owed_figures(owed)]
    total = Money(owed.total, owed.currency)
    why = Why(
        title=gettext("How the total was worked out"), rows=rows, total=(gettext("Total"), total),
        steps=[phrase(reason.text, reason.params) for reason in owed.why],
        rule=gettext("law of %(country)s") % {"country": owed.jurisdiction},
    )  # fmt: skip
    return Figure(gettext("Owed on %(day)s") % {"day": day_text(owed.as_of)}, total, why)


def per_day(owed: Owed) -> Money | None:
    """What each further day adds; None when nothing does."""
    amount = Money(owed.per_diem, owed.currency).rounded()
    return amount or None


def principal_why(owed: Owed) -> Why:
    rows = [
        (gettext("%(ref)s, due %(due)s") % {"ref": line.ref, "due": day_text(line.due)},
         Money(line.principal, owed.currency))
        for line in owed.claims
    ]  # fmt: skip
    return Why(
        title=gettext("What is open on each invoice"), rows=rows,
        total=(gettext("Principal"), Money(owed.principal, owed.currency)),
    )  # fmt: skip


def interest_why(owed: Owed) -> Why | None:
    if not owed.segments:
        return None
    rows = [
        (segment_text(s, owed.currency), Money(s.interest, owed.currency)) for s in owed.segments
    ]
    if owed.interest_paid:
        rows.append((gettext("Paid"), Money(-owed.interest_paid, owed.currency)))
    rates = dict.fromkeys(rate_text(s) for s in owed.segments)
    return Why(
        title=gettext("How the interest was worked out"), rows=rows,
        total=(gettext("Interest"), Money(owed.interest, owed.currency)), steps=list(rates),
        rule=gettext("law of %(country)s") % {"country": owed.jurisdiction},
        source="; ".join(dict.fromkeys(s.source for s in owed.segments)),
    )  # fmt: skip


def segment_text(one: Segment, currency: str) -> str:
    days = ngettext("%(days)d day", "%(days)d days", one.days) % {"days": one.days}
    return gettext("%(ref)s, %(first)s–%(last)s: %(days)s of %(principal)s at %(rate)s") % {
        "ref": one.claim, "first": day_text(one.first), "last": day_text(one.last), "days": days,
        "principal": local_value(Money(one.principal, currency)), "rate": percent_text(one.rate),
    }  # fmt: skip


def rate_text(one: Segment) -> str:
    if one.base is None or one.margin is None:
        return gettext("%(rate)s a year") % {"rate": percent_text(one.rate)}
    text = gettext("%(rate)s a year: base rate %(base)s and %(margin)s points") % {
        "rate": percent_text(one.rate), "base": percent_text(one.base),
        "margin": local_value(one.margin.normalize() + Decimal(0)),
    }  # fmt: skip
    return text + (gettext(" (provisional)") if one.provisional else "")


def compensation_why(owed: Owed) -> Why | None:
    fixed = owed.compensation
    if not fixed.amount:
        return None
    rows = [(gettext("Fixed by law"), Money(fixed.amount, fixed.currency))]
    if fixed.paid:
        rows.append((gettext("Paid"), Money(-fixed.paid, fixed.currency)))
    return Why(
        title=gettext("Fixed compensation for late payment"), rows=rows,
        total=(gettext("Compensation"), Money(fixed.open, fixed.currency)), source=fixed.source or "",
    )  # fmt: skip


def costs_why(owed: Owed) -> Why | None:
    if not owed.cost_lines:
        return None
    rows = [
        (f"{capfirst(word(line.kind))}, {day_text(line.on)}", Money(line.amount, owed.currency))
        for line in owed.cost_lines
    ]
    sources = dict.fromkeys(line.source for line in owed.cost_lines if line.source)
    return Why(
        title=gettext("Costs charged to the debtor"), rows=rows,
        total=(gettext("Costs"), Money(owed.costs, owed.currency)), source="; ".join(sources),
    )  # fmt: skip
