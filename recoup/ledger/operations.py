"""The only writers of the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money, round_half_up
from recoup.kernel.refusal import N_, Refusal
from recoup.ledger.models import Book, Entry, Posting


@dataclass(frozen=True, slots=True)
class Leg:
    """One posting to be: debit positive, credit negative; zero legs are left out."""

    book: Book
    account: str
    money: Money


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry to be, with its legs. `source` names the cause and is taken once per agency."""

    kind: str
    source: str
    value_on: date
    memo: str
    legs: tuple[Leg, ...]
    client: UUID | None = None
    because: dict[str, Any] = field(default_factory=dict)
    reverses: UUID | None = None


def open_book(
    *, agency: UUID, kind: str, name: str, subject: UUID | None = None, client: UUID | None = None
) -> Book:
    """The subject's book, opened at first use."""
    book, _ = Book.objects.get_or_create(
        agency_id=agency, kind=kind, subject_id=subject, defaults={"name": name, "client_id": client}
    )
    return book


def post(*, agency: UUID, draft: Draft, by: Actor, at: datetime) -> Entry:
    """Post one balanced entry. Raises `Refusal` `entry_off` (also guarded by the database) and
    `IntegrityError` when the source has been posted before."""
    return post_many(agency=agency, drafts=[draft], by=by, at=at)[0]


def post_many(*, agency: UUID, drafts: Iterable[Draft], by: Actor, at: datetime) -> list[Entry]:
    """Post many entries with two statements. A leg carries its book's client, so that row security
    holds for postings as for books."""
    entries, postings = [], []
    for draft in drafts:
        refuse_unbalanced(draft)
        entry = Entry(
            id=new_id(), agency_id=agency, kind=draft.kind, source=draft.source, client_id=draft.client,
            value_on=draft.value_on, booked_at=at, by_kind=by.kind, by_id=by.id, by_name=by.name,
            memo=draft.memo[:300], because=draft.because, reverses_id=draft.reverses,
        )  # fmt: skip
        entries.append(entry)
        postings += [
            Posting(
                agency_id=agency, entry=entry, book=leg.book, client_id=leg.book.client_id,
                account=leg.account, currency=leg.money.currency, amount=leg.money.amount,
                value_on=draft.value_on, booked_at=at,
            )
            for leg in draft.legs if leg.money
        ]  # fmt: skip
    Entry.objects.bulk_create(entries, batch_size=2000)
    Posting.objects.bulk_create(postings, batch_size=5000)
    return entries


def refuse_unbalanced(draft: Draft) -> None:
    sums: dict[str, Decimal] = {}
    for leg in draft.legs:
        if leg.money.amount != round_half_up(leg.money.amount, leg.money.currency):
            raise Refusal("leg_not_rounded", N_("%(found)s is finer than its currency."), found=str(leg.money.amount))
        sums[leg.money.currency] = sums.get(leg.money.currency, Decimal(0)) + leg.money.amount
    off = {c: s for c, s in sums.items() if s}
    if off or not any(leg.money for leg in draft.legs):
        raise Refusal("entry_off", N_("The entry “%(memo)s” does not balance: %(off)s."), memo=draft.memo, off=off)


def reverse(
    *, agency: UUID, entry: Entry, source: str, value_on: date, memo: str, by: Actor, at: datetime
) -> Entry:
    """Undo an entry by its mirror image, linked to it; each entry is reversed at most once."""
    legs = tuple(
        Leg(p.book, p.account, Money(-p.amount, p.currency))
        for p in entry.postings.select_related("book").order_by("id")
    )
    draft = Draft("reversal", source, value_on, memo, legs, entry.client_id, reverses=entry.id)
    return post(agency=agency, draft=draft, by=by, at=at)
