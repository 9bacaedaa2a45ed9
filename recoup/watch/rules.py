"""How strong a signal still is, what several come to together, what is then proposed. Pure.
docs/algorithms/signals.md

strength(day) = weight × ½ ^ (days since / half-life), nothing before it was seen or after it has expired.
level = 100 × (1 − Π (1 − strength)), over the strongest signal of each kind: independent warnings add
up without ever passing 100, and the same warning twice is no second one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from recoup.kernel.refusal import N_, Refusal
from recoup.watch.states import BANDS, KINDS, VERSION, Band, Kind, Measure

NOTHING, ONE, HUNDRED, HALF = Decimal(0), Decimal(1), Decimal(100), Decimal("0.5")
FINE, TENTH = Decimal("0.000001"), Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Seen:
    """A signal as it was seen on a day. `weight` in percent."""

    kind: str
    on: date
    weight: Decimal
    half_life: int
    expires_on: date
    id: UUID | None = None


def seen(kind: str, on: date, id: UUID | None = None) -> Seen:
    """A signal with the weight, half-life and expiry that its kind has today."""
    known = kind_of(kind)
    return Seen(kind, on, Decimal(known.weight), known.half_life, on + timedelta(days=known.lasts), id)  # fmt: skip


def kind_of(code: str) -> Kind:
    known = KINDS.get(code)
    if known is None:
        raise Refusal("signal_unknown", N_("There is no danger signal “%(found)s”."), field="kind", found=code)  # fmt: skip
    return known


def strength(signal: Seen, on: date) -> Decimal:
    """What is left of the signal on a day, in percent; six places."""
    if not signal.on <= on < signal.expires_on:
        return NOTHING
    halvings = Decimal((on - signal.on).days) / Decimal(signal.half_life)
    return (signal.weight * HALF**halvings).quantize(FINE, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Part:
    """A signal that counts: what is left of it, and how many more of its kind stand behind it."""

    signal: Seen
    strength: Decimal
    more: int = 0


@dataclass(frozen=True, slots=True)
class Level:
    """`score` from 0 to 100, one place; `parts` the strongest of each kind, strongest first."""

    score: Decimal
    band: Band
    parts: tuple[Part, ...] = ()
    version: str = VERSION

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(part.signal.kind for part in self.parts)


CALM = Level(Decimal("0.0"), Band.CALM)


def level(signals: Iterable[Seen], on: date) -> Level:
    """What the signals come to on a day."""
    strongest: dict[str, Part] = {}
    for signal in signals:
        left = strength(signal, on)
        if not left:
            continue
        before = strongest.get(signal.kind)
        more = before.more + 1 if before else 0
        best = before if before and before.strength >= left else Part(signal, left)
        strongest[signal.kind] = Part(best.signal, best.strength, more)
    calm = ONE
    for part in strongest.values():
        calm *= ONE - part.strength / HUNDRED
    score = ((ONE - calm) * HUNDRED).quantize(TENTH, ROUND_HALF_UP)
    parts = sorted(strongest.values(), key=lambda p: (-p.strength, p.signal.kind))
    return Level(score, band_of(score), tuple(parts))


def band_of(score: Decimal) -> Band:
    return next(band for least, band in BANDS if score >= least)


def rises(before: Band, now: Band) -> bool:
    """Whether the level has gone up by a band: what somebody who watches is told of."""
    order = [band for _, band in BANDS]
    return order.index(now) < order.index(before)


def at_least(band: Band, wanted: Band) -> bool:
    return band == wanted or rises(wanted, band)


# Computed -------------------------------------------------------------------------------------------
# What the rules below are given is counted by the database for all debtors at once (strategy/signals.py).

LATER_DAYS, LATER_SHARE, LEAST_PAID = 15, Decimal("1.25"), 2
BROKEN_PROMISES, CALLS_IN_VAIN, ACCOUNTS = 2, 4, 3
ORDER_TIMES, LEAST_ORDERS = 3, 4
LIMIT_NOW, LIMIT_BEFORE = Decimal("0.9"), Decimal("0.6")
GROWTH, GROWTH_GAP = Decimal("1.5"), Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Counted:
    """What the books say of one debtor up to a day, of one client's data or of the whole house's.

    `late_before`, `late_now`: average days past due of what was paid more than 90 days ago, and since;
    `newest`: by kind, the day of the newest fact behind it (the signal's own day).
    """

    late_before: Decimal | None = None
    late_now: Decimal | None = None
    paid_before: int = 0
    paid_now: int = 0
    broken: int = 0
    in_vain: int = 0
    dishonoured: int = 0
    came_back: int = 0
    accounts: int = 0
    orders: int = 0
    order_newest: Decimal | None = None
    order_median: Decimal | None = None
    orders_now: Decimal = NOTHING
    orders_before: Decimal = NOTHING
    receipts_now: Decimal = NOTHING
    receipts_before: Decimal = NOTHING
    limit: Decimal | None = None
    used_now: Decimal = NOTHING
    used_before: Decimal = NOTHING
    stayed: bool = False
    newest: dict[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Raised:
    """A computed signal: its day, a sentence with gaps, and the figures it rests on."""

    kind: str
    on: date
    because: str
    params: dict[str, Any]


def raised(counted: Counted, on: date) -> list[Raised]:
    """The signals that the figures give, in the order of the catalogue."""
    found = []
    for kind, rule in COMPUTED.items():
        answer = rule(counted)
        if answer is not None:
            because, params = answer
            found.append(Raised(kind, counted.newest.get(kind, on), because, params))
    return found


Answer = tuple[str, dict[str, Any]] | None


def paying_later(c: Counted) -> Answer:
    if c.late_now is None or c.late_before is None or min(c.paid_now, c.paid_before) < LEAST_PAID:
        return None
    by = c.late_now - c.late_before
    if by < LATER_DAYS or c.late_now < max(c.late_before, ONE) * LATER_SHARE:
        return None
    return N_("It paid %(now)s days after the due date on average, %(before)s days before that."), {
        "now": whole(c.late_now), "before": whole(c.late_before), "payments": c.paid_now,
    }  # fmt: skip


def promises_broken(c: Counted) -> Answer:
    if c.broken < BROKEN_PROMISES:
        return None
    return N_("%(count)d promises to pay were broken in a year."), {"count": c.broken}


def calls_unreturned(c: Counted) -> Answer:
    if c.in_vain < CALLS_IN_VAIN:
        return None
    return N_("%(count)d calls in 30 days reached nobody, and nobody called back."), {"count": c.in_vain}  # fmt: skip


def dishonoured(c: Counted) -> Answer:
    if not c.dishonoured:
        return None
    return N_("%(count)d payments were taken back by the bank in a year."), {"count": c.dishonoured}


def banks_changed(c: Counted) -> Answer:
    if c.accounts < ACCOUNTS:
        return None
    return N_("It paid from %(count)d different accounts in a year."), {"count": c.accounts}


def outsized_order(c: Counted) -> Answer:
    if c.order_newest is None or not c.order_median or c.orders < LEAST_ORDERS:
        return None
    if c.order_newest < ORDER_TIMES * c.order_median:
        return None
    times = (c.order_newest / c.order_median).quantize(TENTH)
    return N_("An order of %(order)s, %(times)s times the usual %(usual)s."), {
        "order": str(c.order_newest.quantize(Decimal("0.01"))), "times": str(times),
        "usual": str(c.order_median.quantize(Decimal("0.01"))),
    }  # fmt: skip


def growing_too_fast(c: Counted) -> Answer:
    if c.orders_before <= 0 or c.receipts_before <= 0:
        return None
    orders, receipts = c.orders_now / c.orders_before, c.receipts_now / c.receipts_before
    if orders < GROWTH or orders - receipts < GROWTH_GAP:
        return None
    return N_("Orders of 90 days are %(orders)s percent of the 90 days before, payments %(payments)s percent."), {
        "orders": whole(orders * 100), "payments": whole(receipts * 100),
    }  # fmt: skip


def returned_mail(c: Counted) -> Answer:
    if not c.came_back:
        return None
    return N_("%(count)d messages came back in 90 days."), {"count": c.came_back}


def limit_used(c: Counted) -> Answer:
    if not c.limit or c.used_now < LIMIT_NOW * c.limit or c.used_before >= LIMIT_BEFORE * c.limit:
        return None
    return N_("It uses %(now)s percent of its credit limit, %(before)s percent 90 days ago."), {
        "now": whole(c.used_now / c.limit * 100), "before": whole(c.used_before / c.limit * 100),
    }  # fmt: skip


def insolvency(c: Counted) -> Answer:
    return (N_("A case is stayed because of insolvency proceedings."), {}) if c.stayed else None


COMPUTED = {
    "paying_later": paying_later, "promises_broken": promises_broken, "calls_unreturned": calls_unreturned,
    "dishonoured": dishonoured, "banks_changed": banks_changed, "outsized_order": outsized_order,
    "growing_too_fast": growing_too_fast, "returned_mail": returned_mail, "limit_used": limit_used,
    "insolvency": insolvency,
}  # fmt: skip


def whole(value: Decimal) -> str:
    return str(value.quantize(ONE, ROUND_HALF_UP))


# Proposed -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is with the debtor: open cases, cases at law, receivables not placed and overdue."""

    cases: int = 0
    at_law: int = 0
    overdue_items: int = 0
    delivers: bool = True


@dataclass(frozen=True, slots=True)
class Proposal:
    measure: Measure
    because: str
    kinds: tuple[str, ...] = ()


ORDERS = ("outsized_order", "limit_used", "growing_too_fast")
CASH = ("cash_tight", "paying_later", "postdated", "dishonoured", "below_cost")


def proposals(found: Level, standing: Standing) -> list[Proposal]:
    """What the level and its kinds suggest; most urgent first. A person decides."""
    if "insolvency" in found.kinds:
        return [
            Proposal(Measure.FILE_CLAIM, N_("File the claim in the proceedings before the deadline."), ("insolvency",)),
            Proposal(Measure.HOLD_DELIVERY, N_("Deliver only against payment in advance; look at goods under retention of title."), ("insolvency",)),
        ]  # fmt: skip
    answer = []
    if standing.cases > standing.at_law and at_least(found.band, Band.ALARM):
        answer.append(Proposal(Measure.LAW_FIRST, N_("Get a title and secure assets before insolvency makes all creditors equal."), of(found, ())))  # fmt: skip
    if standing.overdue_items and at_least(found.band, Band.WARNING):
        answer.append(Proposal(Measure.PLACE_NOW, N_("Hand the overdue invoices over now: the odds fall with every week."), of(found, ())))  # fmt: skip
    if standing.delivers and at_least(found.band, Band.WARNING):
        answer.append(Proposal(Measure.HOLD_DELIVERY, N_("Hold deliveries until the open invoices are paid."), of(found, ())))  # fmt: skip
    if at_least(found.band, Band.WATCH) and found.kinds & set(ORDERS):
        answer.append(Proposal(Measure.ASK_SECURITY, N_("Ask for security or a part in advance before the next order."), of(found, ORDERS)))  # fmt: skip
    if at_least(found.band, Band.WATCH) and found.kinds & set(CASH):
        answer.append(Proposal(Measure.SHORTEN_TERM, N_("Shorten the term of payment and deliver in smaller parts."), of(found, CASH)))  # fmt: skip
    return answer


def of(found: Level, wanted: Sequence[str]) -> tuple[str, ...]:
    return tuple(p.signal.kind for p in found.parts if not wanted or p.signal.kind in wanted)
