"""The contact gate: may this debtor be contacted, this way, now? Pure; the one door out.

Asked when the day run decides, and again in the transaction that claims a message for sending, so
that a payment or a dispute that came in between wins. First reason found is the answer.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from recoup.contact.house import STANDARD_HOUSE, WRITTEN, House
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.rules import CODES
from recoup.kernel.refusal import N_
from recoup.kernel.sheets import sheet

CALLS_IN_A_WEEK = STANDARD_HOUSE.calls_in_week
# Holds by the reason the gate gives; insolvency and a lawyer stand for all cases of the debtor.
HOLDS = {
    "disputed": "disputed", "promise": "promised", "plan": "plan_in_force", "client_asks": "client_asks",
    "insolvency": "insolvency_stay", "represented": "represented", "notice": "insolvency_notice",
    "paid_said": "payment_claimed",
}  # fmt: skip
OF_THE_DEBTOR = ("insolvency", "represented", "notice")
# What only somebody who may decide it can announce to a debtor.
THREATS = ("lawyer", "court_order", "insolvency_petition")


@sheet(frozen=True, slots=True)
class GateFacts:
    """What the gate knows of a case, a debtor and one way of reaching it, at one instant.

    `written_on` and `calls_on` are of the debtor, over all its cases; `talked_on`: days on which the
    right person was spoken to; `country`: where the debtor is, which may be another than whose law
    applies; `threat`: the consequence to be stated, `authorised` those somebody has authorised; `disputed_since`: what is about to
    leave was planned before the debtor disputed part of it.
    """

    stage: str
    owed: Decimal
    holds: tuple[tuple[str, date | None], ...]
    payment_waiting: bool
    channel: str
    reachable: bool
    opted_out: bool
    bad_address: bool
    jurisdiction: str
    time_zone: str
    written_on: tuple[tuple[date, str], ...] = ()
    calls_on: tuple[date, ...] = ()
    demands_sent: int = 0
    most_demands: int | None = None
    is_demand: bool = False
    unread: bool = False
    talked_on: tuple[date, ...] = ()
    country: str = ""
    threat: str = ""
    authorised: frozenset[str] = frozenset()
    house: House = STANDARD_HOUSE
    disputed_since: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`because` is a sentence with gaps for `params`; `earliest_at` when asking again makes sense."""

    ok: bool
    code: str = "permitted"
    because: str = N_("Nothing stands against it.")
    params: dict[str, Any] = field(default_factory=dict)
    earliest_at: datetime | None = None


PERMITTED = Verdict(True)


def gate(facts: GateFacts, now: datetime) -> Verdict:
    """Permit or deny one contact, with the first reason that holds."""
    for rule in RULES:
        verdict = rule(facts, now)
        if not verdict.ok:
            return verdict
    return PERMITTED


def denied(code: str, because: str, earliest_at: datetime | None = None, **params: Any) -> Verdict:
    return Verdict(False, code, because, params, earliest_at)


def about_the_case(facts: GateFacts, now: datetime) -> Verdict:
    if facts.stage != "contact":
        return denied(
            "not_in_contact",
            N_("The case is not in the contact phase (%(stage)s)."),
            stage=facts.stage,
        )
    if facts.owed <= 0 and not any(kind == "disputed" for kind, _until in facts.holds):
        return denied("nothing_owed", N_("Nothing is owed any more."))
    if facts.payment_waiting:
        return denied(
            "payment_waiting", N_("A payment that may belong to this case waits to be matched.")
        )
    if facts.disputed_since:
        return denied("disputed", N_("It asks for what the debtor has disputed since."))
    if facts.unread and facts.channel in WRITTEN:
        return denied("unread", N_("A message from the debtor waits to be read."))
    for kind, until in facts.holds:
        if until is None:
            return denied(
                HOLDS.get(kind, "on_hold"), N_("The case is on hold (%(hold)s)."), hold=kind
            )
        if until >= now.date():
            opens = datetime.combine(until + timedelta(days=1), time(), UTC)
            return denied(HOLDS.get(kind, "on_hold"), N_("The case is on hold (%(hold)s) until %(until)s."),
                          opens, hold=kind, until=until.isoformat())  # fmt: skip
    return PERMITTED


def about_the_way(facts: GateFacts, now: datetime) -> Verdict:
    if facts.opted_out:
        return denied("opted_out", N_("This contact asked not to be contacted this way."))
    if facts.bad_address:
        return denied("bad_address", N_("Messages to this address came back."))
    if not facts.reachable:
        return denied(
            "no_address",
            N_("There is no address for this way of contact (%(channel)s)."),
            channel=facts.channel,
        )
    if (
        facts.is_demand
        and facts.most_demands is not None
        and facts.demands_sent >= facts.most_demands
    ):
        return denied(
            "demand_made", N_("The formal demand has been made; a second one is not allowed.")
        )
    return PERMITTED


def about_authority(facts: GateFacts, now: datetime) -> Verdict:
    """A letter never announces what nobody has decided."""
    if facts.threat in THREATS and facts.threat not in facts.authorised:
        return denied(
            "no_authority", N_("Nobody has authorised what the letter would announce (%(threat)s)."),
            threat=facts.threat,
        )  # fmt: skip
    return PERMITTED


def about_the_house(facts: GateFacts, now: datetime) -> Verdict:
    """The agency's own rules, as edited at the desk."""
    house, today = facts.house, local_day(facts, now)
    if facts.channel in house.without.get(facts.country or facts.jurisdiction[:2], ()):
        return denied(
            "not_used_there", N_("The house does not use this way in that country (%(channel)s)."),
            channel=facts.channel,
        )  # fmt: skip
    if today in house.closed_on:
        day = today
        while day in house.closed_on:
            day += timedelta(days=1)
        return denied(
            "house_closed", N_("The house contacts nobody on this day."), morning(facts, day)
        )
    least = house.least_call if facts.channel in ("call", "visit") else house.least_letter
    if facts.channel != "email" and facts.owed < least:
        return denied(
            "too_little",
            N_("Less is owed than the house uses this way for (%(least)d)."),
            least=least,
        )
    return PERMITTED


def about_frequency(facts: GateFacts, now: datetime) -> Verdict:
    """How often: per channel and person, over all cases of the debtor."""
    today = local_day(facts, now)
    if facts.channel in ("call", "visit"):
        return about_calls(facts, today)
    # One message per debtor and day; `written_on` leaves out the paper that is about to leave.
    days = [day for day, _step in facts.written_on]
    if days.count(today) >= facts.house.written_in_day:
        opens = morning(facts, today + timedelta(days=1))
        return denied("written_today", N_("The debtor has been written to today."), opens)
    week = sorted(d for d in days if today - d < timedelta(days=7))
    if len(week) >= facts.house.written_in_week:
        return denied(
            "written_enough", N_("%(papers)d messages in seven days are enough."),
            morning(facts, week[-facts.house.written_in_week] + timedelta(days=7)), papers=len(week),
        )  # fmt: skip
    return PERMITTED


def about_calls(facts: GateFacts, today: date) -> Verdict:
    house = facts.house
    week = sorted(d for d in facts.calls_on if today - d < timedelta(days=7))
    if len(week) >= house.calls_in_week:
        opens = week[-house.calls_in_week] if house.calls_in_week else today
        return denied(
            "called_enough", N_("%(calls)d calls in seven days are enough."),
            morning(facts, opens + timedelta(days=7)), calls=len(week),
        )  # fmt: skip
    if week.count(today) >= house.calls_in_day:
        return denied(
            "called_today", N_("%(calls)d calls in a day are enough."),
            morning(facts, today + timedelta(days=1)), calls=week.count(today),
        )  # fmt: skip
    quiet = timedelta(days=house.quiet_after_talk)
    if house.quiet_after_talk and any(today - day < quiet for day in facts.talked_on):
        return denied(
            "spoken_to", N_("Somebody was spoken to there lately; it rests for %(days)d days."),
            morning(facts, max(facts.talked_on) + quiet), days=house.quiet_after_talk,
        )  # fmt: skip
    return PERMITTED


def local_day(facts: GateFacts, now: datetime) -> date:
    return day_there(facts.time_zone, now)


@lru_cache(maxsize=512)
def day_there(time_zone: str, now: datetime) -> date:
    return now.astimezone(zone(time_zone)).date()


def morning(facts: GateFacts, day: date) -> datetime:
    return datetime.combine(day, time(8), zone(facts.time_zone)).astimezone(UTC)


def about_hours(facts: GateFacts, now: datetime) -> Verdict:
    """A call disturbs, so it keeps to the law's (or the house's) hours on business days, in the debtor's
    zone; a letter and an e-mail wait until somebody opens them."""
    if facts.channel not in ("call", "visit"):
        return PERMITTED
    known = zone(facts.time_zone).key == facts.time_zone
    there = facts.country if facts.country in CODES else facts.jurisdiction
    answer = law(there).may_contact(now, zone=facts.time_zone if known else None)
    local = now.astimezone(zone(facts.time_zone))
    if answer.ok:
        return about_own_hours(facts, local)
    return denied(
        "outside_hours", N_("It is %(local)s there: %(rule)s (%(source)s)."), answer.earliest,
        local=f"{local:%H:%M}", rule=answer.because, source=answer.source,
    )  # fmt: skip


def about_own_hours(facts: GateFacts, local: datetime) -> Verdict:
    opens, closes = facts.house.calls_from, facts.house.calls_to
    early, late = opens and local.time() < opens, closes and local.time() >= closes
    if not early and not late:
        return PERMITTED
    day = local.date() + timedelta(days=1 if late else 0)
    earliest = datetime.combine(day, opens or time(8), local.tzinfo).astimezone(UTC)
    return denied(
        "outside_own_hours", N_("It is %(local)s there, outside the hours the house calls in."),
        earliest, local=f"{local:%H:%M}",
    )  # fmt: skip


RULES = (
    about_the_case, about_authority, about_the_way, about_the_house, about_frequency, about_hours,
)  # fmt: skip


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """The debtor's zone; UTC when it is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
