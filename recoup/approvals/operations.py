"""The only writers of approvals and authorities."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from recoup.approvals.models import Approval, Authority
from recoup.approvals.queries import authority_of, spent_under
from recoup.approvals.rules import Bounds, Verdict, covers
from recoup.approvals.states import Answer, ApprovalKind, ApprovalState, BudgetPer
from recoup.cases.models import Case
from recoup.eventlog.operations import record
from recoup.jurisdictions.laws import law
from recoup.kernel.actor import SYSTEM, Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.tenancy.models import Agency

MOST_DAYS = 60
MOST_AT_ONCE = 500
NOBODY = N_("Nobody answered by %(until)s.")


@transaction.atomic
def ask_approval(
    *, case: Case, kind: str, key: str, sentence: str, params: dict[str, Any], cost: Money,
    odds_percent: int | None, duration_days: int | None, answer_days: int, default: str, by: Actor, at: datetime,
) -> Approval:  # fmt: skip
    """Ask the client, or have it decided at once by its authority where one covers it; the same `key`
    again returns the first.

    Of two at once on one budget the second waits for the first (the client's row is locked) and finds
    what it has spent. Raises `Refusal` `approval_wrong`.
    """
    refuse_odd(kind, default, odds_percent, answer_days, cost)
    client = Client.objects.select_for_update(no_key=True, of=("self",)).get(id=case.client_id)
    known = Approval.objects.filter(agency_id=case.agency_id, key=key).first()
    if known is not None:
        return known
    on = day_of(client.agency_id, at)
    authority = authority_of(client.id, kind)
    verdict = covers(
        authority.bounds if authority else None, cost=cost, odds=odds_percent,
        spent=spent_under(authority, on) if authority else Money.zero(cost.currency).amount, on=on,
    )  # fmt: skip
    made = Approval.objects.create(
        agency_id=case.agency_id, case=case, client_id=client.id, kind=kind, key=key, sentence=sentence,
        params=params, cost=cost.amount, currency=cost.currency, odds_percent=odds_percent,
        duration_days=duration_days, deadline=answer_by(client, on, answer_days), default=default,
        asked_at=at, asked_by=by.name, **outcome(verdict, authority, at, on),
    )  # fmt: skip
    decided = {"because": verdict.because, "because_params": verdict.params}
    tell("ApprovalGiven" if verdict.ok else "ApprovalAsked", made, by=by, at=at,
         until=made.deadline.isoformat(), mandate=str(authority.id) if authority and verdict.ok else None, **decided)  # fmt: skip
    return made


def refuse_odd(kind: str, default: str, odds: int | None, days: int, cost: Money) -> None:
    for field, found, ok in (
        ("kind", kind, kind in set(ApprovalKind)), ("default", default, default in set(Answer)),
        ("odds_percent", odds, odds is None or 0 <= odds <= 100),
        ("answer_days", days, 1 <= days <= MOST_DAYS), ("cost", cost.amount, cost.amount >= 0),
    ):  # fmt: skip
        if not ok:
            raise Refusal(
                "approval_wrong", N_("“%(found)s” cannot be asked of a client (%(field)s)."),
                field=field, found=str(found),
            )  # fmt: skip


def outcome(
    verdict: Verdict, authority: Authority | None, at: datetime, on: date
) -> dict[str, Any]:
    if not verdict.ok or authority is None:
        return {
            "outside": {"code": verdict.code, "text": verdict.because, "params": verdict.params}
        }
    return {
        "state": ApprovalState.APPROVED, "decided_by": authority.by_name, "decided_at": at, "decided_on": on,
        "decided_because": verdict.because, "decided_params": verdict.params, "decided_by_mandate": authority,
    }  # fmt: skip


def answer_by(client: Client, today: date, days: int) -> date:
    """Business days of the client's own country; where its calendar is not known, two days more."""
    try:
        return law(client.country).add_business_days(today, days)
    except Refusal:
        return today + timedelta(days=days + 2)


@transaction.atomic
def decide_approval(
    *, approval: Approval, yes: bool, because: str = "", by: Actor, at: datetime
) -> Approval:
    """A person of the client answers. Raises `Refusal` `approval_decided` when somebody, or the
    deadline, was first."""
    now = ApprovalState.APPROVED if yes else ApprovalState.DECLINED
    decided = Approval.objects.filter(id=approval.id, state=ApprovalState.ASKED).update(
        state=now, decided_by=by.name, decided_at=at, decided_on=day_of(approval.agency_id, at),
        decided_because=because.strip()[:300],
    )  # fmt: skip
    row = Approval.objects.select_related("case").get(id=approval.id)
    if not decided:
        raise Refusal(
            "approval_decided", N_("This was already decided: %(state)s, by %(who)s."),
            state=row.state, who=row.decided_by or by.name,
        )  # fmt: skip
    tell("ApprovalGiven" if yes else "ApprovalDeclined", row, by=by, at=at, because=because.strip()[:300])  # fmt: skip
    return row


@transaction.atomic
def apply_defaults(*, agency: Agency, now: datetime, on: date | None = None) -> list[Approval]:
    """What nobody has answered by its deadline goes as the question said; returns these. `on` is the
    agency's day (of `now`, where not given). Run again, or by two at once: each is decided once."""
    today = on or day_of(agency.id, now)
    late = Approval.objects.filter(
        agency_id=agency.id, state=ApprovalState.ASKED, deadline__lt=today
    )
    rows = list(
        late.select_for_update(skip_locked=True, of=("self",)).select_related("case")
        .order_by("deadline", "id")[:MOST_AT_ONCE]
    )  # fmt: skip
    for row in rows:
        params = {"until": row.deadline.isoformat()}
        changed = {
            "state": ApprovalState.DEFAULTED, "decided_by": SYSTEM.name, "decided_at": now, "decided_on": today,
            "decided_because": NOBODY, "decided_params": params,
        }  # fmt: skip
        Approval.objects.filter(id=row.id, state=ApprovalState.ASKED).update(**changed)
        for name, value in changed.items():
            setattr(row, name, value)
        tell("ApprovalDefaulted", row, by=SYSTEM, at=now, answer=row.default, until=row.deadline.isoformat())  # fmt: skip
    return rows


@transaction.atomic
def drop_approvals(*, case: Case, because: str, key: str = "", by: Actor, at: datetime) -> int:
    """Open questions of a case (only that of `key`, where given) fall away; returns how many."""
    asked = Approval.objects.filter(case=case, state=ApprovalState.ASKED)
    rows = list((asked.filter(key=key) if key else asked).select_for_update(of=("self",)))
    Approval.objects.filter(id__in=[row.id for row in rows], state=ApprovalState.ASKED).update(
        state=ApprovalState.DROPPED, decided_by=by.name, decided_at=at,
        decided_on=day_of(case.agency_id, at), decided_because=because[:300],
    )  # fmt: skip
    for row in rows:
        tell("ApprovalDropped", row, by=by, at=at, because=because[:300])
    return len(rows)


@transaction.atomic
def set_authority(
    *, client: Client, kind: str, bounds: Bounds, by: Actor, at: datetime
) -> Authority:
    """The client's authority for one kind from now on; the same again writes nothing. Of two at once
    both stand in the history and the later counts. Raises `Refusal` `authority_wrong`."""
    on = day_of(client.agency_id, at)
    for field, found, ok in (
        ("kind", kind, kind in set(ApprovalKind)), ("limit", bounds.limit.amount, 0 <= bounds.limit.amount < 10**13),
        ("budget", bounds.budget, bounds.budget is None or 0 <= bounds.budget < 10**13),
        ("per", bounds.per, bounds.per in set(BudgetPer)),
        ("least_odds", bounds.least_odds, bounds.least_odds is None or 0 <= bounds.least_odds <= 100),
        ("until", bounds.until, bounds.withdrawn or bounds.until is None or bounds.until >= on),
    ):  # fmt: skip
        if not ok:
            raise Refusal(
                "authority_wrong", N_("“%(found)s” is not possible here."), field=field, found=str(found)
            )  # fmt: skip
    known = authority_of(client.id, kind)
    if known is not None and known.bounds == bounds:
        return known
    made = Authority.objects.create(
        agency_id=client.agency_id, client=client, kind=kind, currency=bounds.limit.currency,
        limit=bounds.limit.amount, budget=bounds.budget, per=bounds.per, least_odds=bounds.least_odds,
        until=bounds.until, withdrawn=bounds.withdrawn, at=at, on=on, by_name=by.name, by_id=by.id,
    )  # fmt: skip
    record(
        agency=client.agency_id, kind="MandateWithdrawn" if bounds.withdrawn else "MandateGiven", by=by, at=at,
        client=client.id, approval_kind=kind, amount=f"{bounds.limit.rounded().amount:f}",
        currency=bounds.limit.currency, until=bounds.until.isoformat() if bounds.until else None,
    )  # fmt: skip
    return made


def withdraw_authority(*, client: Client, kind: str, by: Actor, at: datetime) -> Authority | None:
    """From now on everything of this kind is asked again; None where nothing stood."""
    standing = authority_of(client.id, kind)
    if standing is None or standing.withdrawn:
        return None
    was = standing.bounds
    ended = Bounds(was.limit, was.budget, was.per, was.least_odds, was.until, withdrawn=True)
    return set_authority(client=client, kind=kind, bounds=ended, by=by, at=at)


def day_of(agency: UUID, at: datetime) -> date:
    zone = Agency.objects.values_list("time_zone", flat=True).get(id=agency)
    return at.astimezone(ZoneInfo(zone)).date()


def tell(kind: str, row: Approval, *, by: Actor, at: datetime, **more: Any) -> None:
    record(agency=row.agency_id, kind=kind, by=by, at=at, case=row.case_id, client=row.client_id,
           **row.facts() | more)  # fmt: skip
