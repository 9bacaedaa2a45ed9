"""What a client authorises in advance."""

from datetime import datetime

from django.db import transaction

from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.plans.models import Mandate
from recoup.plans.rules import Limits

BOUNDS = {
    "months": (0, 60), "first_percent": (0, 100), "discount": (0, 99), "first_days": (0, 180),
    "answer_days": (1, 30),
}  # fmt: skip


@transaction.atomic
def set_mandate(*, client: Client, limits: Limits, by: Actor, at: datetime) -> Mandate:
    """The client's mandate from now on; offers made before stand as they were. The same again writes
    nothing. Of two at once both stand in the history and the later counts. Raises `Refusal` `mandate_bounds`."""
    for name, (least, most) in BOUNDS.items():
        found = getattr(limits, name)
        if not least <= found <= most:
            raise Refusal(
                "mandate_bounds", N_("“%(found)s” must be between %(least)s and %(most)s."),
                field=name, found=found, least=least, most=most,
            )  # fmt: skip
    known = Mandate.objects.filter(client=client).order_by("-at", "-id").first()
    if known is not None and known.limits == limits:
        return known
    made = Mandate.objects.create(
        agency_id=client.agency_id, client=client, months=limits.months,
        first_percent=limits.first_percent, discount=limits.discount,
        may_waive_interest=limits.may_waive_interest, accelerates=limits.accelerates,
        first_days=limits.first_days, answer_days=limits.answer_days, at=at, by_name=by.name, by_id=by.id,
    )  # fmt: skip
    record(
        agency=client.agency_id, kind="MandateSet", by=by, at=at, client=client.id, months=limits.months,
        first_percent=str(limits.first_percent), discount=str(limits.discount),
    )  # fmt: skip
    return made
