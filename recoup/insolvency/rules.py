"""Which debtor a notice may concern, and whether a creditor may ask for an insolvency. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from recoup.insolvency.notices import Notice
from recoup.insolvency.states import STAYING, NoticeKind
from recoup.jurisdictions.facts import Fact
from recoup.jurisdictions.laws import law
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, NotAnswered, Refusal
from recoup.screening.companies import VERSION, Alike, alike, pieces

ELSEWHERE = N_("The register is another country's (%(register)s) than the debtor's (%(debtor)s).")
SAME_NUMBER = N_("The register number is the same: %(number)s.")
OTHER_NUMBER = N_("The debtor's own register number is another (%(number)s).")
# Registers write a number without what a VAT number has before it.
PREFIXED = re.compile(r"^[A-Z]{2}(?:\d{2})?(?=\d{9}$)")


@dataclass(frozen=True, slots=True)
class Known:
    """A debtor as it is compared."""

    id: UUID
    name: str
    country: str
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resemblance:
    """`by` is number (certain) or name (a person confirms); `reasons` are sentences with gaps."""

    debtor: UUID
    score: int
    by: str
    reasons: tuple[tuple[str, dict[str, Any]], ...] = ()

    @property
    def because(self) -> dict[str, Any]:
        return {
            "rule": VERSION, "by": self.by, "reasons": [{"text": t, "params": p} for t, p in self.reasons],
        }  # fmt: skip


def bare(number: str) -> str:
    """A register number for comparison: letters and digits, no leading zeros, no VAT prefix."""
    plain = re.sub(r"[^0-9A-Z]", "", number.upper())
    return PREFIXED.sub("", plain).lstrip("0")


@dataclass(slots=True)
class Index:
    """Debtors by number and by pieces of their names, so that a notice meets only those that can fit."""

    known: dict[UUID, Known] = field(default_factory=dict)
    numbers: dict[tuple[str, str], set[UUID]] = field(default_factory=lambda: defaultdict(set))
    names: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, debtors: Iterable[Known]) -> "Index":
        made = cls()
        for one in debtors:
            made.known[one.id] = one
            for number in one.numbers:
                made.numbers[one.country, bare(number)].add(one.id)
            for piece in pieces(one.name):
                made.names[piece].add(one.id)
        return made

    def resembling(self, notice: Notice) -> list[Resemblance]:
        """By number, else by name: who has the number leaves no doubt about the others."""
        if notice.number and len(bare(notice.number)) >= 5:
            same = self.numbers.get((notice.country, bare(notice.number)), set())
            if same:
                reason = (SAME_NUMBER, {"number": notice.number})
                return [Resemblance(id, 100, "number", (reason,)) for id in sorted(same)]
        candidates: set[UUID] = set()
        for piece in pieces(notice.company) if notice.company else ():
            candidates |= self.names.get(piece, set())
        found = (by_name(notice, self.known[id]) for id in sorted(candidates))
        return [one for one in found if one is not None]


def by_name(notice: Notice, debtor: Known) -> Resemblance | None:
    """A likeness by name alone; less where the register is another country's or the number another."""
    how: Alike = alike(notice.company, debtor.name)
    if not how:
        return None
    score = how.score
    reasons: list[tuple[str, dict[str, Any]]] = [(how.because, dict(how.params or {}))]
    if notice.country and debtor.country and notice.country != debtor.country:
        return None if how.score < 100 else Resemblance(
            debtor.id, 70, "name",
            (*reasons, (ELSEWHERE, {"register": notice.country, "debtor": debtor.country})),
        )  # fmt: skip
    if notice.number and (own := own_number(debtor, notice.country)):
        # Both numbers are known and differ: only a name that is wholly the same is worth a look.
        if how.score < 100:
            return None
        score, reasons = 60, [*reasons, (OTHER_NUMBER, {"number": own})]
    return Resemblance(debtor.id, score, "name", tuple(reasons))


def own_number(debtor: Known, country: str) -> str:
    return next((n for n in debtor.numbers if n), "") if debtor.country == country else ""


def stays(kind: str, by: str) -> bool:
    """Whether contact stops at once without anybody asked: only by number, and only where proceedings
    are opened or asked for."""
    return by == "number" and kind in STAYING


def worth_a_look(kind: str) -> bool:
    return kind not in (NoticeKind.NONE, NoticeKind.DELETED)


# Filing and petition ---------------------------------------------------------------------------------

ALARMS = (30, 14, 7, 3, 1)  # days before the last day to file
NO_DEADLINE = N_("No rule of %(country)s for the last day to file is established here; it stands in the notice or is the practitioner's to say.")  # fmt: skip


def filing_deadline(country: str) -> Fact:
    """How long creditors have to file. Raises `NotAnswered` where the pack does not say."""
    return law(country).fact("insolvency.filing_deadline")


def alarm_days(file_by: date) -> tuple[date, ...]:
    return tuple(file_by - timedelta(days=n) for n in ALARMS)


@dataclass(frozen=True, slots=True)
class Threshold:
    """Whether a creditor may petition or demand by the amount: `ok` None where no amount is set."""

    ok: bool | None
    text: str
    params: dict[str, Any]
    source: str
    verified: str


ENOUGH = N_("%(owed)s reach the least amount of %(least)s.")
TOO_LITTLE = N_("%(owed)s do not reach the least amount of %(least)s.")
OTHER_CURRENCY = N_(
    "%(owed)s are in another currency than the least amount of %(least)s; a lawyer converts it."
)
NO_LEAST = N_("The law names no least amount; what counts is: %(test)s")


def petition_threshold(country: str, owed: Money) -> Threshold:
    """The least amount for a creditor's petition against a company. Raises `NotAnswered`."""
    fact = law(country).fact("insolvency.creditor_petition_threshold")
    value = fact.value if isinstance(fact.value, dict) else {}
    least = value.get("company_min") or value.get("min")
    if least is None:
        test = value.get("test") or fact.source
        return Threshold(None, NO_LEAST, {"test": test}, fact.source, fact.verified)
    exceeding = str(value.get("comparison", "")).strip().startswith(">") and not str(
        value.get("comparison", "")
    ).strip().startswith(">=")
    return compared(
        owed,
        Decimal(str(least)),
        str(value.get("currency") or law(country).currency),
        exceeding,
        fact,
    )


def demand_threshold(country: str, owed: Money) -> tuple[int, Threshold]:
    """The days a statutory demand leaves, and its least amount. Raises `NotAnswered` where the country
    has no such demand established."""
    fact = law(country).fact("insolvency.statutory_demand")
    if not isinstance(fact.value, dict) or not fact.value.get("days"):
        raise NotAnswered(
            "not_answered", N_("Nobody has established “%(found)s” for %(country)s."),
            found="insolvency.statutory_demand", country=country,
        )  # fmt: skip
    least = Decimal(str(fact.value.get("min_amount") or 0))
    currency = str(fact.value.get("currency") or law(country).currency)
    # The demand's least amount is the petition's: whether it must be exceeded is said there.
    petition = petition_threshold(country, owed)
    same = petition.params.get("least") == str(Money(least, currency))
    return int(fact.value["days"]), petition if same else compared(
        owed, least, currency, False, fact
    )


def compared(owed: Money, least: Decimal, currency: str, exceeding: bool, fact: Fact) -> Threshold:
    params = {"owed": str(owed), "least": str(Money(least, currency))}
    if owed.currency != currency:
        return Threshold(None, OTHER_CURRENCY, params, fact.source, fact.verified)
    ok = owed.amount > least if exceeding else owed.amount >= least
    return Threshold(ok, ENOUGH if ok else TOO_LITTLE, params, fact.source, fact.verified)


def may_demand(threshold: Threshold, disputed: bool) -> Refusal | None:
    """Why no statutory demand or petition may go out; None when it may."""
    if disputed:
        return Refusal("claim_disputed", N_("The claim is disputed: a statutory demand or petition on it would be an abuse of process."))  # fmt: skip
    if threshold.ok is False:
        return Refusal("below_threshold", threshold.text, **threshold.params)
    return None
