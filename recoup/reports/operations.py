"""Reports by e-mail: subscribed to, and taken from the list once when their day has come."""

from datetime import date, datetime, timedelta

from django.db import transaction

from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.days import add_months
from recoup.kernel.refusal import N_, Refusal
from recoup.reports.models import Subscription
from recoup.reports.states import Every
from recoup.tenancy.models import Member


def following(every: str, on: date) -> date:
    """The first Monday, or the first day of a month, after `on`."""
    if every == Every.WEEK:
        return on + timedelta(days=8 - on.isoweekday())
    return add_months(on.replace(day=1), 1)


@transaction.atomic
def subscribe(*, member: Member, every: str, on: date, by: Actor, at: datetime) -> Subscription:
    """From the next Monday or first of a month on; "" stops it. Raises `Refusal` `report_rhythm`."""
    if every and every not in set(Every):
        raise Refusal("report_rhythm", N_("“%(found)s” is no rhythm of reports."), found=every, field="every")  # fmt: skip
    kept, _ = Subscription.objects.update_or_create(
        member=member,
        defaults={"agency_id": member.agency_id, "client_id": member.client_id, "every": every or Every.MONTH,
                  "next_on": following(every, on) if every else None},
        create_defaults={"agency_id": member.agency_id, "client_id": member.client_id, "every": every or Every.MONTH,
                         "next_on": following(every, on) if every else None, "made_at": at},
    )  # fmt: skip
    record(
        agency=member.agency_id, kind="ReportsSubscribed" if every else "ReportsStopped", by=by, at=at,
        client=member.client_id, audience="internal", every=every,
    )  # fmt: skip
    return kept


def claim_due(*, subscription: Subscription, on: date) -> bool:
    """Take one that is due, once. The next is the first after today: what an outage missed comes as one
    report, never as many."""
    return bool(
        Subscription.objects.filter(id=subscription.id, next_on=subscription.next_on).update(
            next_on=following(subscription.every, on), last_on=on
        )
    )
