"""A client tells of its trade with a debtor: orders, and the credit limit it gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client, Debtor
from recoup.watch.models import Trade

LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class NewTrade:
    """An order of a day, or the limit from a day on. `key`: the client's own number of it; said twice it is
    kept once."""

    debtor: Debtor
    kind: str
    on: date
    amount: Decimal
    currency: str
    key: str


def check_trade(one: NewTrade, today: date) -> None:
    """Raises `Refusal` `trade_unknown`, `amount_not_positive`, `day_ahead`."""
    if one.kind not in Trade.Kind.values:
        raise Refusal("trade_unknown", N_("“%(found)s” is neither an order nor a limit."), field="kind", found=one.kind)  # fmt: skip
    if not 0 < one.amount < LARGEST:
        raise Refusal("amount_not_positive", N_("%(found)s is no amount of an order or a limit."), field="amount", found=str(one.amount))  # fmt: skip
    if one.on > today:
        raise Refusal("day_ahead", N_("%(found)s is still to come."), field="on", found=one.on.isoformat())  # fmt: skip


@transaction.atomic
def keep_trades(*, client: Client, trades: Sequence[NewTrade], by: Actor, at: datetime) -> int:
    """Keep what is new of it; returns how many. Raises as `check_trade`."""
    for one in trades:
        check_trade(one, at.date())
    keys = [(one.debtor.id, one.kind, one.key[:80]) for one in trades]
    known = set(
        Trade.objects.filter(client=client, debtor_id__in={debtor for debtor, _, _ in keys}, key__in={key for _, _, key in keys})
        .values_list("debtor_id", "kind", "key")
    )  # fmt: skip
    fresh = {key: one for key, one in zip(keys, trades, strict=True) if key not in known}
    Trade.objects.bulk_create(
        [
            Trade(
                agency_id=client.agency_id, client=client, debtor=one.debtor, kind=one.kind, on=one.on, amount=one.amount,
                currency=one.currency, key=key, at=at,
            )
            for (_debtor, _kind, key), one in fresh.items()
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    if fresh:
        record(
            agency=client.agency_id, kind="TradesTaken", by=by, at=at, client=client.id, rows=len(trades), new=len(fresh)
        )  # fmt: skip
    return len(fresh)
