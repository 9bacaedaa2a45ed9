"""The contact gate: may this debtor be contacted, this way, now? Pure; the one door out.

Asked when the day run decides, and again in the transaction that claims a message for sending, so
that a payment or a dispute that came in between wins. First reason found is the answer.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from recoup.jurisdictions.laws import law
from recoup.kernel.refusal import N_

CALLS_IN_A_WEEK = (
    7  # the strictest published preset (US Regulation F, 12 CFR 1006.14), used for all
)


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What the gate knows of a case, a debtor and one way of reaching it, at one instant."""

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
    for rule in (about_the_case, about_the_way, about_frequency, about_hours):
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
    if facts.owed <= 0:
        return denied("nothing_owed", N_("Nothing is owed any more."))
    if facts.payment_waiting:
        return denied(
            "payment_waiting", N_("A payment that may belong to this case waits to be matched.")
        )
    if facts.unread and facts.channel in ("email", "letter"):
        return denied("unread", N_("A message from the debtor waits to be read."))
    for kind, until in facts.holds:
        if until is None:
            return denied("on_hold", N_("The case is on hold (%(hold)s)."), hold=kind)
        if until >= now.date():
            opens = datetime.combine(until + timedelta(days=1), time(), UTC)
            return denied("on_hold_until", N_("The case is on hold (%(hold)s) until %(until)s."),
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


def about_frequency(facts: GateFacts, now: datetime) -> Verdict:
    today = now.astimezone(zone(facts.time_zone)).date()
    if facts.channel == "call":
        week = [d for d in facts.calls_on if today - d < timedelta(days=7)]
        if len(week) >= CALLS_IN_A_WEEK:
            opens = datetime.combine(min(week) + timedelta(days=7), time(8), zone(facts.time_zone))
            return denied(
                "called_enough",
                N_("%(calls)d calls in seven days are enough."),
                opens.astimezone(UTC),
                calls=len(week),
            )
        return PERMITTED
    # One message per claim and day; `written_on` leaves out the paper that is about to leave.
    if any(day == today for day, _step in facts.written_on):
        opens = datetime.combine(today + timedelta(days=1), time(8), zone(facts.time_zone))
        return denied(
            "written_today", N_("The debtor has been written to today."), opens.astimezone(UTC)
        )
    return PERMITTED


def about_hours(facts: GateFacts, now: datetime) -> Verdict:
    """A call disturbs, so it keeps to the law's (or the house's) hours on business days, in the debtor's
    zone; a letter and an e-mail wait until somebody opens them."""
    if facts.channel not in ("call", "visit"):
        return PERMITTED
    known = zone(facts.time_zone).key == facts.time_zone
    answer = law(facts.jurisdiction).may_contact(now, zone=facts.time_zone if known else None)
    if answer.ok:
        return PERMITTED
    local = now.astimezone(zone(facts.time_zone))
    return denied(
        "outside_hours", N_("It is %(local)s there: %(rule)s (%(source)s)."), answer.earliest,
        local=f"{local:%H:%M}", rule=answer.because, source=answer.source,
    )  # fmt: skip


def zone(name: str) -> ZoneInfo:
    """The debtor's zone; UTC when it is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
