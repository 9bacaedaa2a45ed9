"""How a country leads from a debt to a title, as far as its facts say: routes, fees, deadlines, papers. Pure.

`countries/<cc>/proceedings.yaml` names the routes of a country and which of its facts answers each question;
no figure stands there. What no fact answers is `NotAnswered`, and a person's task.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from recoup.jurisdictions import facts as packs
from recoup.jurisdictions.facts import Fact
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.rules import folder_of
from recoup.jurisdictions.yamlfile import read
from recoup.kernel.days import next_business_day, previous_business_day
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, NotAnswered

# Where a country has no file of its own: what the questions of every pack answer.
GENERAL: dict[str, Any] = {
    "routes": {
        "payment_order": {
            "name": "court_order_procedure.name", "authority": "court_order_procedure.authority",
            "fee": "court_fee",
            "deadlines": {"answer": {"stage": "served", "fact": "court_order_procedure.objection_days"}},
        },
        "claim": {"deadlines": {}},
        "arbitration": {"deadlines": {}},
    },
    "papers": ["invoice", "contract", "delivery", "demand", "power", "statement"],
}  # fmt: skip
# What is asked in every country at these stages; the packs answer it nowhere yet.
ALWAYS_ASKED = {"decided": ("appeal",), "title": ("title_expiry",)}


@dataclass(frozen=True, slots=True)
class Term:
    """A deadline that a stage starts: `days` None where no fact says (a person finds out)."""

    kind: str
    stage: str
    days: int | None
    source: str
    verified: str


@dataclass(frozen=True, slots=True)
class Course:
    """One route of a country. `name` and `authority` are None where nothing is established."""

    country: str
    route: str
    name: str | None
    authority: str | None
    terms: tuple[Term, ...]
    papers: tuple[str, ...]
    form: str | None
    least: Mapping[str, Any]
    fee: bool

    def terms_at(self, stage: str) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.stage == stage)


@lru_cache(maxsize=64)
def content(code: str) -> dict[str, Any]:
    path = folder_of(code) / "proceedings.yaml"
    return read(path) if path.is_file() else GENERAL


def routes(code: str) -> tuple[str, ...]:
    """Those that are established there: a payment order only where the country has one by name."""
    known = content(code)["routes"]
    return tuple(r for r in known if r != "payment_order" or text(code, known[r].get("name")))


@lru_cache(maxsize=256)
def course(code: str, route: str) -> Course:
    """A route of a country. Raises `NotAnswered` `route_unknown` for one that the country has not."""
    known = content(code)
    rule = known["routes"].get(route)
    if rule is None:
        raise NotAnswered(
            "route_unknown", N_("%(country)s has no “%(found)s” that is established here."),
            country=code, found=route,
        )  # fmt: skip
    terms = [term(code, kind, asked) for kind, asked in (rule.get("deadlines") or {}).items()]
    named = {(t.stage, t.kind) for t in terms}
    for stage, kinds in ALWAYS_ASKED.items():
        terms += [Term(kind, stage, None, "", "") for kind in kinds if (stage, kind) not in named]
    return Course(
        code, route, text(code, rule.get("name")), text(code, rule.get("authority")), tuple(terms),
        tuple(rule.get("papers") or known.get("papers") or GENERAL["papers"]), rule.get("form"),
        rule.get("limits") or {}, bool(rule.get("fee")),
    )  # fmt: skip


def text(code: str, name: str | None) -> str | None:
    found = maybe(code, name)
    return str(found.value) if found is not None else None


def maybe(code: str, name: str | None) -> Fact | None:
    if not name:
        return None
    try:
        return packs.fact(code, name)
    except NotAnswered:
        return None


def term(code: str, kind: str, asked: dict[str, Any]) -> Term:
    found = maybe(code, asked.get("fact"))
    days: Any = found.value if found else None
    if isinstance(days, dict):
        days = days.get(asked.get("key", ""))
    if found is None or days is None:
        return Term(kind, asked["stage"], None, "", "")
    return Term(kind, asked["stage"], int(days), found.source, found.verified)


def limit_of(one: Course) -> Money | None:
    """The most that this route takes, where a fact says so."""
    found = maybe(one.country, one.least.get("fact"))
    value = (
        found.value.get(one.least.get("key")) if found and isinstance(found.value, dict) else None
    )
    return Money(Decimal(str(value)), str(found.value["currency"])) if found and value else None


def fee_of(one: Course, claim: Money, on: date) -> tuple[Money, str, str]:
    """(fee, source, degree of verification) for filing a claim of this size on a day. Raises `NotAnswered`
    where none is established for the route, `NotKnown`."""
    if not one.fee:
        raise NotAnswered(
            "not_answered", N_("Nobody has established “%(found)s” for %(country)s."),
            found="court_order_procedure.court_fees", country=one.country,
        )  # fmt: skip
    found, currency = law(one.country).cost("court_fee", value=claim.amount, on=on)
    return Money(found.amount, currency).rounded(), found.source, found.verified


def court_day(country: str, day: date) -> date:
    """`day`, or the first day after it on which the courts there work. Raises `NotAnswered`."""
    return next_business_day(day, country)


def court_deadline(country: str, *, after: date, days: int) -> date:
    """The last day of a period of `days` that begins the day after `after`; never on a day that is no
    court day there."""
    return court_day(country, after + timedelta(days=days))


def safe_day(country: str, day: date) -> date:
    """`day` or the last court day before it: for what must be done before time runs out."""
    return previous_business_day(day, country)
