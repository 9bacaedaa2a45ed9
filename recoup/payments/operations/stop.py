"""Who is not paid, and who may not release so much: payouts to a client stopped for a reason, limits of approvers."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum

from recoup.cases.models import Hold
from recoup.cases.states import HoldKind
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.payments.models import ApproverLimit, PayoutFile, PayoutStop
from recoup.tenancy.models import Member


def stop_payouts(*, client: Client, because: str, by: Actor, at: datetime) -> PayoutStop:
    """Nothing is paid to the client until somebody lets it be paid again: a dispute about its money, its
    insolvency, a suspicion. Raises `Refusal` `reason_missing`, `payouts_stopped_already`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    try:
        with transaction.atomic():
            made = PayoutStop.objects.create(
                agency_id=client.agency_id, client=client, because=because.strip()[:300], at=at, by_id=by.id,
                by_name=by.name,
            )  # fmt: skip
            record(agency=client.agency_id, kind="PayoutsStopped", by=by, at=at, client=client.id,
                   audience="internal", because=made.because)  # fmt: skip
    except IntegrityError:
        raise Refusal("payouts_stopped_already", N_("Payouts to %(client)s are stopped already."), client=client.name) from None  # fmt: skip
    return made


def resume_payouts(*, stop: PayoutStop, because: str, by: Actor, at: datetime) -> None:
    """Another person lets the client be paid again. Raises `Refusal` `reason_missing`, `stop_own`,
    `payouts_resumed_already`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    if by.id is not None and by.id == stop.by_id:
        raise Refusal("stop_own", N_("You stopped it yourself; another person lets it go on."))
    standing = PayoutStop.objects.filter(id=stop.id, ended_at__isnull=True)
    with transaction.atomic():
        if not standing.update(ended_at=at, ended_by_name=by.name, ended_because=because.strip()[:300]):  # fmt: skip
            raise Refusal("payouts_resumed_already", N_("It is paid again already."))
        record(agency=stop.agency_id, kind="PayoutsResumed", by=by, at=at, client=stop.client_id,
               audience="internal", because=because.strip()[:300])  # fmt: skip


def stopped(clients: Iterable[Client]) -> dict[UUID, Refusal]:
    """Why each of these clients is not paid: stopped by a person, or known as an insolvent debtor by its number.
    Two queries."""
    by_id = {client.id: client for client in clients}
    found: dict[UUID, Refusal] = {}
    for stop in PayoutStop.objects.filter(client_id__in=by_id, ended_at__isnull=True):
        found[stop.client_id] = Refusal(
            "payouts_stopped", N_("Payouts to %(client)s are stopped: %(reason)s"),
            client=by_id[stop.client_id].name, reason=stop.because,
        )  # fmt: skip
    insolvent = set(
        Hold.objects.filter(
            kind=HoldKind.INSOLVENCY, lifted_at__isnull=True, agency_id__in={c.agency_id for c in by_id.values()},
            case__debtor__registration_number__in={c.registration_number for c in by_id.values()} - {""},
        ).values_list("case__debtor__country", "case__debtor__registration_number")
    )  # fmt: skip
    for client in by_id.values():
        if (client.country, client.registration_number) in insolvent and client.id not in found:
            found[client.id] = Refusal(
                "client_insolvent", N_("%(client)s is known here as an insolvent debtor: ask its administrator to whom to pay."),
                client=client.name,
            )  # fmt: skip
    return found


def refuse_stopped(client: Client) -> None:
    """Raises `Refusal` `payouts_stopped`, `client_insolvent`."""
    if refusal := stopped([client]).get(client.id):
        raise refusal


# How much somebody may release -----------------------------------------------------------------------


def set_limit(*, member: Member, currency: str, most: Decimal, by: Actor, at: datetime) -> ApproverLimit:  # fmt: skip
    """The largest payment file in a currency that a person may release. Raises `Refusal` `limit_own` (nobody raises
    the own), `limit_wrong`."""
    if by.id is not None and by.id == member.user_id:
        raise Refusal("limit_own", N_("Another person sets your limit."), field="member")
    if not Decimal(0) <= most < Decimal(10) ** 13:
        raise Refusal("limit_wrong", N_("“%(found)s” is no such limit."), field="most", found=str(most))  # fmt: skip
    with transaction.atomic():
        made, _ = ApproverLimit.objects.update_or_create(
            agency_id=member.agency_id, member=member, currency=currency, defaults={"most": most}
        )
        record(agency=member.agency_id, kind="ApproverLimitSet", by=by, at=at, audience="internal",
               name=str(member.user), currency=currency, most=str(most))  # fmt: skip
    return made


def refuse_beyond_limit(payout: PayoutFile, by: Actor) -> None:
    """Once a house has set limits, whoever has none releases nothing. Raises `Refusal` `approver_without_limit`,
    `approver_limit`."""
    limits = {
        (row.member.user_id, row.currency): row.most
        for row in ApproverLimit.objects.filter(agency_id=payout.agency_id).select_related("member")
    }
    if not limits or by.id is None:
        return
    for currency, amount in sums_of(payout).items():
        most = limits.get((by.id, currency))
        shown = str(Money(amount, currency).rounded())
        if most is None:
            raise Refusal(
                "approver_without_limit", N_("You have no limit for payments in %(currency)s: an administrator sets one."),
                currency=currency,
            )  # fmt: skip
        if amount > most:
            raise Refusal(
                "approver_limit", N_("%(number)s pays %(amount)s; you may release up to %(most)s."),
                number=payout.message_id, amount=shown, most=str(Money(most, currency).rounded()),
            )  # fmt: skip


def sums_of(payout: PayoutFile) -> dict[str, Decimal]:
    """What leaves the trust account with the file, by currency."""
    found: dict[str, Decimal] = {}
    remitted = payout.remittances.values_list("currency").annotate(sum=Sum("net"))
    refunded = payout.refunds.values_list("currency").annotate(sum=Sum("amount"))
    for currency, amount in (*remitted, *refunded):
        found[currency] = found.get(currency, Decimal(0)) + amount
    return found
