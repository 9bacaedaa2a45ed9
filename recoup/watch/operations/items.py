"""A client's open items as its newest list says, and what it did about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client, Debtor
from recoup.watch.models import Item, Ladder, Touch

CHANNELS = ("email", "letter", "call", "visit")


@dataclass(frozen=True, slots=True)
class NewItem:
    debtor: Debtor
    ref: str
    issued_on: date | None
    due_on: date
    open: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Taken:
    """How many items are new, changed, and gone from the list (so paid, as the client's books see it)."""

    new: int
    changed: int
    gone: int


@transaction.atomic
def take_items(
    *, client: Client, items: Sequence[NewItem], whole: bool, on: date, by: Actor, at: datetime
) -> Taken:
    """The newest list. `whole`: it has every open item, so that what it lacks was paid; without it nothing
    is taken as paid. The same list again changes nothing. Call where the whole agency is visible."""
    # Locked in the order in which the reminders lock theirs.
    locked = Item.objects.select_for_update().filter(client=client).order_by("due_on", "id")
    known = {(i.debtor_id, i.ref): i for i in locked}
    new, changed, seen = [], 0, set()
    for one in items:
        key = (one.debtor.id, one.ref)
        seen.add(key)
        row = known.get(key)
        if row is None:
            new.append(Item(
                agency_id=client.agency_id, client=client, debtor=one.debtor, ref=one.ref, issued_on=one.issued_on,
                due_on=one.due_on, amount=one.open, open=one.open, currency=one.currency, seen_on=on, at=at,
            ))  # fmt: skip
        elif row.case_id is None:
            changed += (row.open, row.due_on, row.paid_on) != (one.open, one.due_on, None)
            row.open, row.amount = one.open, max(row.amount, one.open)
            row.due_on, row.issued_on, row.seen_on, row.paid_on = one.due_on, one.issued_on or row.issued_on, on, None  # fmt: skip
    Item.objects.bulk_create(new, batch_size=1000)
    kept = [row for key, row in known.items() if key in seen and row.case_id is None]
    Item.objects.bulk_update(kept, ["open", "amount", "due_on", "issued_on", "seen_on", "paid_on"], batch_size=1000)  # fmt: skip
    gone = (
        [r for k, r in known.items() if k not in seen and r.case_id is None and r.open > 0]
        if whole
        else []
    )
    for row in gone:
        row.open, row.paid_on = Decimal(0), on
    Item.objects.bulk_update(gone, ["open", "paid_on"], batch_size=1000)
    record(
        agency=client.agency_id, kind="OpenItemsTaken", by=by, at=at, client=client.id, rows=len(items), new=len(new),
        changed=changed, gone=len(gone),
    )  # fmt: skip
    return Taken(len(new), changed, len(gone))


@transaction.atomic
def touch_item(
    *, item: Item, on: date, channel: str, reached: bool, note: str = "", key: str, by: Actor, at: datetime
) -> Touch:  # fmt: skip
    """The client contacted its debtor about the item; the same `key` again makes no second one. Raises
    `Refusal` `channel_unknown`, `day_ahead`, `item_placed`."""
    if channel not in CHANNELS:
        raise Refusal("channel_unknown", N_("“%(found)s” is no way of contact."), field="channel", found=channel)  # fmt: skip
    if on > at.date():
        raise Refusal("day_ahead", N_("%(found)s is still to come."), field="on", found=on.isoformat())  # fmt: skip
    refuse_placed(item)
    made, _fresh = Touch.objects.get_or_create(
        item=item, key=key,
        defaults={"agency_id": item.agency_id, "client_id": item.client_id, "on": on, "channel": channel,
                  "reached": reached, "note": note.strip()[:300], "at": at, "by_name": by.name},
    )  # fmt: skip
    return made


def refuse_placed(item: Item) -> None:
    if item.case_id is not None:
        raise Refusal("item_placed", N_("Invoice %(found)s was placed; it is a case of ours now."), found=item.ref)  # fmt: skip


@transaction.atomic
def confirm_item(*, item: Item, sent_on: date | None, confirmed_on: date | None, by: Actor, at: datetime) -> None:  # fmt: skip
    """When the invoice was sent, when its receipt was confirmed. Raises `Refusal` `day_ahead`, `item_placed`."""
    refuse_placed(item)
    for day in (sent_on, confirmed_on):
        if day is not None and day > at.date():
            raise Refusal("day_ahead", N_("%(found)s is still to come."), field="confirmed_on", found=day.isoformat())  # fmt: skip
    Item.objects.filter(id=item.id).update(
        sent_on=sent_on or item.sent_on, confirmed_on=confirmed_on or item.confirmed_on
    )


def items_became(*, items: Sequence[UUID], case: Case) -> int:
    """The items are a case now; those that are one already stay so."""
    return Item.objects.filter(id__in=list(items), case__isnull=True).update(case=case)


# The client's own ladder, sent for it ---------------------------------------------------------------


def standing_ladder(client: UUID) -> Ladder | None:
    return Ladder.objects.filter(client_id=client, ended_at__isnull=True).first()


@transaction.atomic
def begin_ladder(*, client: Client, by: Actor, at: datetime) -> Ladder:
    """From now on we send its reminders; again returns the one that stands. Raises `Refusal`
    `client_email_missing`: an answer to them must reach the client itself."""
    if not client.email:
        raise Refusal("client_email_missing", N_("Answers to your reminders go to your own e-mail address; please enter one first."), field="email")  # fmt: skip
    made, fresh = Ladder.objects.get_or_create(
        agency_id=client.agency_id, client=client, ended_at__isnull=True, defaults={"since": at, "by_name": by.name}
    )  # fmt: skip
    if fresh:
        record(agency=client.agency_id, kind="OwnRemindersBegun", by=by, at=at, client=client.id)
    return made


@transaction.atomic
def end_ladder(*, client: Client, by: Actor, at: datetime) -> bool:
    """Nothing more is sent in its name, nor what is queued already: the gate asks for it. False when none stood."""
    ended = Ladder.objects.filter(client=client, ended_at__isnull=True).update(ended_at=at, ended_by=by.name)  # fmt: skip
    if ended:
        record(agency=client.agency_id, kind="OwnRemindersEnded", by=by, at=at, client=client.id)
    return bool(ended)


@transaction.atomic
def rest_item(*, item: Item, until: date | None, by: Actor, at: datetime) -> None:
    """The client wants the item left alone through a day (None: no longer). Raises `Refusal` `day_past`,
    `item_placed`."""
    refuse_placed(item)
    if until is not None and until < at.date():
        raise Refusal("day_past", N_("%(found)s has passed."), field="on", found=until.isoformat())
    Item.objects.filter(id=item.id, case__isnull=True).update(rests_until=until)
    record(agency=item.agency_id, kind="ItemRests", by=by, at=at, client=item.client_id, invoice=item.ref,
           until=until.isoformat() if until else "")  # fmt: skip
