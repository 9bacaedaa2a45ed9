"""What a proceeding may do, which papers it needs, when time runs out. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from recoup.jurisdictions.facts import Fact
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.owed import Claim, Owed, Request
from recoup.jurisdictions.owed import owed as by_law
from recoup.jurisdictions.owed.parse import parse_interest
from recoup.jurisdictions.proceedings import Course, court_day, court_deadline, limit_of, safe_day
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, NotAnswered, Refusal
from recoup.legal.states import MOVES, Stage

VERSION = "legal 1"
FIND_OUT_DAYS = 3  # court days within which somebody finds out a period that no fact gives
ALARMS = (14, 7, 3, 1)  # days before a deadline
LIMITATION_ALARMS = (365, 180, 90, 60, 30, 14, 7, 3, 1)  # days before the end of limitation
TITLE_ALARMS = (365, 180, 90, 30, 7)


def may_move(was: str, now: str) -> Refusal | None:
    if Stage(now) in MOVES[Stage(was)]:
        return None
    return Refusal(
        "stage_not_reachable", N_("A proceeding cannot go from “%(was)s” to “%(now)s”."), was=was, now=now
    )  # fmt: skip


def may_open(one: Course, claim: Money, disputed: bool) -> Refusal | None:
    """Whether a route takes this claim: its limit, and that a payment order is for undisputed claims."""
    limit = limit_of(one)
    if limit is not None and limit.currency == claim.currency and claim.amount > limit.amount:
        return Refusal(
            "above_limit", N_("%(found)s is above what this route takes (%(limit)s)."), found=str(claim), limit=str(limit)
        )  # fmt: skip
    if disputed and one.route == "payment_order":
        return Refusal("claim_disputed_order", N_("The claim is disputed: a payment order would only be opposed. Choose a claim."))  # fmt: skip
    return None


def may_spend(
    budget: Decimal | None, spent: Decimal, amount: Decimal, currency: str
) -> Refusal | None:
    """Nothing is paid beyond what the client has approved."""
    if budget is None:
        return Refusal("not_approved", N_("The client has not approved these costs yet."))
    if spent + amount > budget:
        return Refusal(
            "beyond_budget", N_("%(found)s would exceed the approved %(budget)s: %(spent)s are spent. Ask the client first."),
            found=str(Money(amount, currency)), budget=str(Money(budget, currency).rounded()),
            spent=str(Money(spent, currency).rounded()),
        )  # fmt: skip
    return None


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline to be: `days` None where somebody must find the period out by `on`."""

    kind: str
    on: date
    after: date
    days: int | None
    source: str
    verified: str


def deadlines_at(one: Course, stage: str, on: date) -> tuple[Due, ...]:
    """What entering a stage on day `on` starts, each on a court day."""
    found = []
    for term in one.terms_at(stage):
        if term.days is None:
            last = law(one.country).add_business_days(on, FIND_OUT_DAYS)
        else:
            last = court_deadline(one.country, after=on, days=term.days)
        found.append(Due(term.kind, last, on, term.days, term.source, term.verified))
    return tuple(found)


def entered(country: str, kind: str, on: date, after: date, source: str) -> Due:
    """A day that a person read in a court's letter: kept as read when it is a court day, else the last
    court day before it, for caution."""
    return Due(
        kind, safe_day(country, on), after, max(0, (on - after).days), source, "read by a person"
    )


def step_of(alarms: Iterable[int], left: int) -> int | None:
    """Which alarm is due with `left` days to go; -1 when the day has passed, None when none is."""
    if left < 0:
        return -1
    return min((n for n in alarms if left <= n), default=None)


def next_look(ends_on: date, on: date) -> date:
    """The next day on which something is to be said about an end of limitation: the day of the next alarm
    that is still to come, else tomorrow."""
    coming = [ends_on - timedelta(days=n) for n in LIMITATION_ALARMS]
    return min((day for day in coming if day > on), default=on + timedelta(days=1))


def last_day_to_act(country: str, ends_on: date) -> date:
    """The last court day on which a claim can be filed before the end of limitation."""
    return safe_day(country, ends_on)


# Evidence --------------------------------------------------------------------------------------------

PAPERS: dict[str, tuple[str, str]] = {
    "invoice": (N_("An invoice is kept for every claim line"), "claim"),
    "contract": (N_("Contract, order or general terms"), "upload"),
    "delivery": (N_("Proof of delivery or of the service"), "upload"),
    "demand": (N_("A demand with proof that it was sent"), "sent"),
    "power": (N_("Power of attorney, signed"), "power"),
    "statement": (N_("Statement of what is owed, with its segments"), "owed"),
}
NEEDED_BY_LAW = N_("The law asks for it before any action: %(source)s")


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """What is at hand: invoices without a document, kinds of documents, demands sent, power signed."""

    undocumented: tuple[str, ...]
    kinds: frozenset[str]
    demands_sent: int
    power_signed: bool
    owed_known: bool
    ticked: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Paper:
    """One line of the check-list; `there` None: a person must say so. `note` names what is missing."""

    code: str
    text: str
    there: bool
    note: str = ""
    by_law: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "text": self.text,
            "there": self.there,
            "note": self.note,
            "by_law": self.by_law,
        }


def evidence(one: Course, facts: EvidenceFacts) -> tuple[Paper, ...]:
    """The check-list of a route with its gaps. What a person has ticked with a note counts as there."""
    known = {
        "invoice": (not facts.undocumented, ", ".join(facts.undocumented)),
        "contract": (bool(facts.kinds & {"contract", "order", "terms"}), ""),
        "delivery": (bool(facts.kinds & {"delivery", "delivery_note"}), ""),
        "demand": (facts.demands_sent > 0, ""), "power": (facts.power_signed, ""), "statement": (facts.owed_known, ""),
    }  # fmt: skip
    demanded = demand_by_law(one.country)
    papers = [*one.papers, *(["demand"] if demanded and "demand" not in one.papers else [])]
    return tuple(
        Paper(
            code, PAPERS[code][0], known[code][0] or bool(facts.ticked.get(code)),
            facts.ticked.get(code) or known[code][1], demanded.source if demanded and code == "demand" else "",
        )
        for code in papers
    )  # fmt: skip


def demand_by_law(country: str) -> Fact | None:
    try:
        found = law(country).demand_required()
    except NotAnswered:
        return None
    return found if found.value is True else None


def may_file(papers: Iterable[Paper]) -> Refusal | None:
    missing = [p for p in papers if not p.there]
    if missing:
        return Refusal(
            "evidence_missing", N_("Not complete yet: %(what)s."), what=[p.text for p in missing]
        )
    return None


# Interest until judgment and after -------------------------------------------------------------------


def interest_after(country: str) -> tuple[dict[str, Any], str, str]:
    """The interest on a judgment as the pack has it: the request of `owed`, source, degree. Raises
    `NotAnswered` where nobody has established it (then a person enters what the judgment says)."""
    fact = law(country).fact("late_payment_interest.post_judgment_interest")
    value = fact.value if isinstance(fact.value, dict) else {}
    if value.get("rate_percent"):
        return (
            {"kind": "fixed", "rate": str(value["rate_percent"]), "compounding": "simple"},
            fact.source,
            fact.verified,
        )
    if value.get("series"):
        return {"series": str(value["series"])}, fact.source, fact.verified
    raise NotAnswered(
        "not_answered", N_("Nobody has established “%(found)s” for %(country)s."),
        found="late_payment_interest.post_judgment_interest", country=country,
    )  # fmt: skip


def grown(country: str, award: Money, granted_on: date, after: Mapping[str, Any], on: date) -> Owed:
    """The interest on an awarded sum up to day `on`, with its segments (what else a country adds to an
    invoice does not concern a title). Raises as `owed`."""
    claim = Claim(ref="title", amount=award.amount, due=granted_on)
    asked = Request(jurisdiction=country, currency=award.currency, as_of=on, claims=(claim,))
    if series := after.get("series"):
        return by_law(replace(asked, series=str(series)))
    return by_law(replace(asked, interest=parse_interest(dict(after))))


def is_court_day(country: str, day: date) -> bool:
    return court_day(country, day) == day
