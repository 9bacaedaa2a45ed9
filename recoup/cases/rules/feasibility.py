"""The feasibility review: what an account manager sees before accepting a case. Pure.

Each check gives one finding, the good ones too, so that the list is the same for every case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from recoup.jurisdictions.formulas.limitation import Ends, ends_on
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal

VERSION = "feasibility 2"
SOON = 90  # days before the end of limitation that call for haste


@dataclass(frozen=True, slots=True)
class LineFacts:
    ref: str
    due_on: date
    issued_on: date | None
    documented: bool
    credit: bool = False


@dataclass(frozen=True, slots=True)
class Sanctions:
    """Where the debtor stands against the list: `loaded` without a list nobody can tell."""

    loaded: bool = True
    screened: bool = True
    open_hits: int = 0
    matches: int = 0


@dataclass(frozen=True, slots=True)
class ReviewTerms:
    """The agency's own rules for the review. `least` and `most` by currency: below the one a case is not
    worth taking, above the other a person decides. `passes`: findings to look at that do not keep a case
    from being accepted by itself."""

    automatic: bool = False
    least: Mapping[str, Decimal] = field(default_factory=dict)
    most: Mapping[str, Decimal] = field(default_factory=dict)
    passes: tuple[str, ...] = ()
    answer_days: int = 7
    unanswered: str = "decide"
    version: int = 0


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """`number_checked`: the debtor's number has right check digits (None: no number given).
    `limitation` is the pack's rule of the case's law, None without a pack. `duplicates`: (invoice, case)
    placed elsewhere; `conflict`: the client that the debtor is, or is related to; `law_missing`: what the
    law of the case has no answer for."""

    lines: tuple[LineFacts, ...]
    debtor: str
    number_checked: bool | None
    number_why: str
    consumer: Refusal | None
    known_dispute: bool
    jurisdiction: str
    limitation: dict[str, Any] | None
    power_signed: bool = True
    duplicates: tuple[tuple[str, str], ...] = ()
    conflict: str = ""
    sanctions: Sanctions = Sanctions()
    claim: Money | None = None
    least: Decimal | None = None
    law_missing: tuple[str, ...] = ()


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
        business(facts), power(facts), duplicate(facts), conflict(facts), sanctions(facts), amount(facts),
        law(facts),
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda f: ("stop", "look", "good").index(f.level)))


def may_accept(findings: tuple[Finding, ...]) -> Finding | None:
    """None when the case may be accepted, else the finding that stands against it."""
    return next((f for f in findings if f.level == "stop"), None)


# What a client is not told in so many words: it speaks of other clients, or of suspicions.
INTERNAL = frozenset(
    ("placed_elsewhere", "conflict", "sanctioned", "hits_open", "not_screened", "list_missing")
)
ANSWERS = ("decide", "decline")  # what happens when a question to the client stays unanswered


@dataclass(frozen=True, slots=True)
class ByRule:
    """What the agency's rules make of a review: `accept`, or the findings that a person has to look at."""

    accept: bool
    because: tuple[str, ...]


def by_rule(findings: tuple[Finding, ...], terms: ReviewTerms, claim: Money) -> ByRule:
    """Whether a case is accepted without a person: only what is good, or may pass by the agency's own word."""
    if not terms.automatic:
        return ByRule(False, ("not_automatic",))
    against = [
        f.code
        for f in findings
        if f.level != "good" and (f.level == "stop" or f.code not in terms.passes)
    ]
    most = terms.most.get(claim.currency)
    if most is None or claim.amount > most:
        against.append("amount_above")
    return ByRule(not against, tuple(against))


def duplicate(facts: ReviewFacts) -> Finding:
    if facts.duplicates:
        said = [f"{ref} ({number})" for ref, number in facts.duplicates]
        text = N_(
            "The same invoice stands in another case: %(refs)s. See whether it is the same claim."
        )
        return Finding("placed_elsewhere", "look", text, {"refs": said})
    return Finding("placed_once", "good", N_("No invoice of it stands in another case."), {})


def conflict(facts: ReviewFacts) -> Finding:
    if facts.conflict:
        text = N_(
            "%(debtor)s is a client of ours, or belongs to one: %(client)s. Decide whether we may act."
        )
        return Finding("conflict", "look", text, {"debtor": facts.debtor, "client": facts.conflict})
    return Finding(
        "no_conflict", "good", N_("The debtor is no client of ours, nor related to one."), {}
    )


def sanctions(facts: ReviewFacts) -> Finding:
    known = facts.sanctions
    if known.matches:
        text = N_("An officer has found that %(debtor)s is on the sanctions list.")
        return Finding("sanctioned", "stop", text, {"debtor": facts.debtor})
    if known.open_hits:
        text = N_(
            "%(debtor)s resembles entries of the sanctions list (%(n)s); an officer decides first."
        )
        return Finding("hits_open", "stop", text, {"debtor": facts.debtor, "n": known.open_hits})
    if not known.loaded:
        text = N_("No sanctions list is loaded; nobody has compared %(debtor)s.")
        return Finding("list_missing", "look", text, {"debtor": facts.debtor})
    if not known.screened:
        text = N_("%(debtor)s has not been compared with the sanctions list in use.")
        return Finding("not_screened", "look", text, {"debtor": facts.debtor})
    return Finding(
        "not_listed",
        "good",
        N_("%(debtor)s is not on the sanctions list."),
        {"debtor": facts.debtor},
    )


def amount(facts: ReviewFacts) -> Finding:
    if facts.claim is not None and facts.least is not None and facts.claim.amount < facts.least:
        text = N_("The claim of %(claim)s is below the least we take, %(least)s.")
        return Finding(
            "below_least",
            "look",
            text,
            {"claim": facts.claim, "least": Money(facts.least, facts.claim.currency)},
        )
    return Finding("amount_enough", "good", N_("The claim is large enough for us."), {})


def law(facts: ReviewFacts) -> Finding:
    if facts.law_missing:
        text = N_("The law of %(jurisdiction)s has no answer here yet for: %(what)s.")
        return Finding(
            "law_unanswered",
            "look",
            text,
            {"jurisdiction": facts.jurisdiction, "what": list(facts.law_missing)},
        )
    return Finding(
        "law_answered",
        "good",
        N_("The law of %(jurisdiction)s is known here."),
        {"jurisdiction": facts.jurisdiction},
    )


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
    # `rule` in English for the record; the reasons for who reads it in another language.
    params = {"on": ends.on, "rule": ends.rule.rstrip("."), "reasons": [[r.text, dict(r.params)] for r in ends.reasons]}  # fmt: skip
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
