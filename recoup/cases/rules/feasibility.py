"""The feasibility review: what an account manager sees before accepting a case. Pure.

Each check gives one finding, the good ones too, so that the list is the same for every case.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from recoup.jurisdictions.formulas.limitation import Ends, ends_on
from recoup.kernel.refusal import N_, Refusal

VERSION = "feasibility 1"
SOON = 90  # days before the end of limitation that call for haste


@dataclass(frozen=True, slots=True)
class LineFacts:
    ref: str
    due_on: date
    issued_on: date | None
    documented: bool
    credit: bool = False


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """`number_checked`: the debtor's number has right check digits (None: no number given).
    `limitation` is the pack's rule of the case's law, None without a pack."""

    lines: tuple[LineFacts, ...]
    debtor: str
    number_checked: bool | None
    number_why: str
    consumer: Refusal | None
    known_dispute: bool
    jurisdiction: str
    limitation: dict[str, Any] | None
    power_signed: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """`level`: "good", "look" (a person decides) or "stop" (cannot be accepted).
    `text` has `%(name)s` gaps for `params`."""

    code: str
    level: str
    text: str
    params: dict[str, Any]
    source: str = ""


def review(facts: ReviewFacts, on: date) -> tuple[Finding, ...]:
    """All findings as of day `on`, the grave ones first."""
    found = [
        documents(facts), limitation(facts, on), due(facts, on), dispute(facts), existence(facts),
        business(facts), power(facts),
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda f: ("stop", "look", "good").index(f.level)))


def may_accept(findings: tuple[Finding, ...]) -> Finding | None:
    """None when the case may be accepted, else the finding that stands against it."""
    return next((f for f in findings if f.level == "stop"), None)


def documents(facts: ReviewFacts) -> Finding:
    missing = [line.ref for line in facts.lines if not line.documented]
    if missing:
        text = N_("No document is kept for %(refs)s; ask the client for it.")
        return Finding("documents_missing", "look", text, {"refs": missing})
    return Finding("documents_complete", "good", N_("A document is kept for every claim line."), {})


def first_end(facts: ReviewFacts) -> Ends | None:
    rule = facts.limitation
    claims = [line for line in facts.lines if not line.credit]
    if rule is None or rule.get("not_answered") or not claims:
        return None
    ends = [ends_on(rule, due=line.due_on, arose=line.issued_on) for line in claims]
    return min(ends, key=lambda found: found.on)


def limitation(facts: ReviewFacts, on: date) -> Finding:
    ends = first_end(facts)
    if ends is None:
        text = N_(
            "When the claim becomes time-barred in %(jurisdiction)s is not known here; ask a lawyer."
        )
        return Finding("limitation_unknown", "look", text, {"jurisdiction": facts.jurisdiction})
    source = str((facts.limitation or {}).get("source", ""))
    params = {"on": ends.on, "rule": ends.rule}
    if ends.on < on:
        text = N_("The claim became time-barred after %(on)s: %(rule)s.")
        return Finding("time_barred", "stop", text, params, source)
    if (ends.on - on).days < SOON:
        text = N_("The claim becomes time-barred after %(on)s, soon: %(rule)s.")
        return Finding("limitation_near", "look", text, params, source)
    return Finding(
        "within_limitation", "good", N_("Within limitation until %(on)s: %(rule)s."), params, source
    )


def due(facts: ReviewFacts, on: date) -> Finding:
    later = [line.ref for line in facts.lines if not line.credit and line.due_on >= on]
    if later:
        return Finding("not_yet_due", "look", N_("Not overdue yet: %(refs)s."), {"refs": later})
    return Finding("overdue", "good", N_("Every invoice is overdue."), {})


def dispute(facts: ReviewFacts) -> Finding:
    if facts.known_dispute:
        text = N_("The client says that the claim is disputed; read what about before accepting.")
        return Finding("disputed", "look", text, {})
    return Finding("undisputed", "good", N_("No dispute is known."), {})


def existence(facts: ReviewFacts) -> Finding:
    if facts.number_checked is None and facts.number_why:
        text = N_(
            "The number given for %(debtor)s cannot be checked here; look it up in the register."
        )
        return Finding("debtor_number_unchecked", "look", text, {"debtor": facts.debtor})
    if facts.number_checked is None:
        text = N_("%(debtor)s has no company or VAT number here; look it up in the register.")
        return Finding("debtor_number_missing", "look", text, {"debtor": facts.debtor})
    if not facts.number_checked:
        text = N_("The number given for %(debtor)s cannot be right: %(why)s")
        return Finding(
            "debtor_number_wrong", "look", text, {"debtor": facts.debtor, "why": facts.number_why}
        )
    text = N_("The number given for %(debtor)s has the right shape and check digits.")
    return Finding("debtor_number_right", "good", text, {"debtor": facts.debtor})


def business(facts: ReviewFacts) -> Finding:
    if facts.consumer is not None:
        return Finding("consumer", "stop", facts.consumer.text, facts.consumer.params)
    return Finding(
        "business_debtor", "good", N_("%(debtor)s is a business."), {"debtor": facts.debtor}
    )


def power(facts: ReviewFacts) -> Finding:
    if not facts.power_signed:
        text = N_("The agreement and power of attorney are not signed.")
        return Finding("mandate_missing", "stop", text, {})
    return Finding("mandate_signed", "good", N_("The power of attorney is signed."), {})
