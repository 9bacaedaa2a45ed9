"""The only writers of the ledger."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.base import ModelState

from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id, new_id_text
from recoup.kernel.money import Money, round_half_up
from recoup.kernel.refusal import N_, Refusal
from recoup.kernel.sheets import sheet
from recoup.ledger.models import Book, Entry, PeriodClose
from recoup.tenancy.bulk import among, as_array, doubled, read_many


@sheet(frozen=True, slots=True)
class Leg:
    """One posting to be: debit positive, credit negative; zero legs are left out."""

    book: Book
    account: str
    money: Money


@sheet(frozen=True, slots=True)
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
    return open_books(agency=agency, wanted=[Subject(kind, name, subject, client)])[kind, subject]


@sheet(frozen=True, slots=True)
class Subject:
    """Whose book is wanted: `id` of the client or case, None for the house."""

    kind: str
    name: str
    id: UUID | None = None
    client: UUID | None = None


def open_books(*, agency: UUID, wanted: Iterable[Subject]) -> dict[tuple[str, UUID | None], Book]:
    """The books of many subjects by (kind, subject), opened at first use; two queries, or three."""
    subjects = {(s.kind, s.id): s for s in wanted}
    books = find_books(agency, subjects)
    missing = [s for key, s in subjects.items() if key not in books]
    if missing:
        Book.objects.bulk_create(
            [
                Book(agency_id=agency, kind=s.kind, subject_id=s.id, name=s.name[:200], client_id=s.client)
                for s in missing
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        books = find_books(agency, subjects)
    return books


def find_books(
    agency: UUID, subjects: Iterable[tuple[str, UUID | None]]
) -> dict[tuple[str, UUID | None], Book]:
    kinds = {kind for kind, _ in subjects}
    ids = [subject for _, subject in subjects if subject is not None]
    known = Book.objects.filter(agency_id=agency, kind__in=kinds)
    whose = Q(subject_id__isnull=True) if None in {s for _, s in subjects} else Q()
    if ids:
        whose |= Q(subject_id__among=among(ids))
    known = known.filter(whose)
    return {(book.kind, book.subject_id): book for book in read_many(known)}


def post(*, agency: UUID, draft: Draft, by: Actor, at: datetime) -> Entry:
    """Post one balanced entry. Raises `Refusal` `entry_off` (also guarded by the database) and
    `IntegrityError` when the source has been posted before."""
    return post_many(agency=agency, drafts=[draft], by=by, at=at)[0]


def post_many(*, agency: UUID, drafts: Iterable[Draft], by: Actor, at: datetime) -> list[Entry]:
    """Post many entries with one statement for each thousand; entries and their postings come together, as
    the balance trigger demands. While the database writes one batch the next is made ready.

    What is for value in a closed period is posted on the first open day; `because` keeps the day it
    was for. A leg carries its book's client, so that row security holds for postings as for books. (COPY
    cannot write to tables with row security; arrays come close to it.)
    """
    drafts = list(drafts)
    ids = write_entries(agency=agency, drafts=drafts, by=by, at=at)
    return [entry_of(agency, d, i, by, at) for d, i in zip(drafts, ids, strict=True)]


def write_entries(
    *, agency: UUID, drafts: Sequence[Draft], by: Actor, at: datetime
) -> list[UUID]:  # fmt: skip
    """As `post_many`, for who needs no more than the entries' ids."""
    for draft in drafts:
        refuse_unbalanced(draft)
    ids = [new_id() for _ in drafts]
    several = len(drafts) > BATCH
    with whole(several), connection.wrap_database_errors:
        raw = plain_connection()
        with raw.pipeline() if several else nullcontext(), psycopg.Cursor(raw) as cursor:
            for number, part in enumerate(parts_of(len(drafts)) if several else [slice(None)]):
                if several and doubled(number):
                    cursor.execute(FRESH, prepare=True)
                values = parameters(agency, drafts[part], ids[part], by, at)
                cursor.execute(INSERT, values, prepare=True)
    return ids


def whole(several: bool) -> AbstractContextManager[Any]:
    """One statement is whole by itself; a caller that goes on after its failure has a savepoint of its own."""
    if connection.in_atomic_block and not several:
        connection.validate_no_broken_transaction()
        return nullcontext()
    return transaction.atomic()


def plain_connection() -> "psycopg.Connection[Any]":
    """The driver's own connection in Django's transaction: it keeps the statement prepared, so that the server
    does not parse and plan it anew for each entry."""
    connection.ensure_connection()
    found: psycopg.Connection[Any] = connection.connection
    return found


def parts_of(drafts: int) -> Iterator[slice]:
    """A small part first: after it the statistics of a young ledger are fresh."""
    yield slice(0, FIRST)
    for start in range(FIRST, drafts, BATCH):
        yield slice(start, start + BATCH)


BATCH, FIRST = 1000, 100
# In a young database, else nothing: see `tenancy.bulk.fresh_statistics`.
FRESH = "SELECT fresh_statistics('ledger_book', 'ledger_entry', 'ledger_posting')"
NO_WORDS = '"{}"'
INSERT = """
    WITH open AS (
        SELECT max(up_to) + 1 AS first FROM ledger_periodclose WHERE agency_id = %(agency)s
    ), entries AS (
        INSERT INTO ledger_entry (id, agency_id, kind, source, client_id, value_on, booked_at,
            by_kind, by_id, by_name, memo, because, reverses_id)
        SELECT e.id, %(agency)s, e.kind, e.source, e.client, greatest(e.value_on, open.first), %(at)s,
            %(by_kind)s, %(by_id)s, %(by_name)s, e.memo,
            CASE WHEN e.value_on < open.first THEN e.because || jsonb_build_object('for_value_on', e.value_on)
                 ELSE e.because END, e.reverses
        FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(sources)s::text[], %(clients)s::uuid[],
            %(value_ons)s::date[], %(memos)s::text[], %(becauses)s::jsonb[], %(reverses)s::uuid[])
            AS e (id, kind, source, client, value_on, memo, because, reverses), open
    )
    INSERT INTO ledger_posting (id, agency_id, entry_id, book_id, client_id, account, currency,
        amount, value_on, booked_at)
    SELECT p.id, %(agency)s, p.entry, p.book, p.client, p.account, p.currency, p.amount,
        greatest(p.value_on, open.first), %(at)s
    FROM unnest(%(leg_ids)s::uuid[], %(leg_entries)s::uuid[], %(leg_books)s::uuid[],
        %(leg_clients)s::uuid[], %(leg_accounts)s::text[], %(leg_currencies)s::text[],
        %(leg_amounts)s::numeric[], %(leg_value_ons)s::date[])
        AS p (id, entry, book, client, account, currency, amount, value_on), open
"""


def parameters(
    agency: UUID, drafts: Sequence[Draft], ids: list[UUID], by: Actor, at: datetime
) -> dict[str, Any]:
    legs = [
        (entry, leg, draft)
        for draft, entry in zip(drafts, ids, strict=True)
        for leg in draft.legs
        if leg.money
    ]
    return {
        "agency": agency, "at": at, "by_kind": str(by.kind), "by_id": by.id, "by_name": by.name,
        "ids": as_array(i.hex for i in ids),
        "kinds": as_array(quoted(d.kind) for d in drafts), "sources": as_array(quoted(d.source) for d in drafts),
        "clients": as_array(hexed(d.client) for d in drafts),
        "value_ons": as_array(d.value_on.isoformat() for d in drafts),
        "memos": as_array(quoted(d.memo[:300]) for d in drafts),
        "becauses": as_array(quoted(json.dumps(d.because, ensure_ascii=False)) if d.because else NO_WORDS for d in drafts),
        "reverses": as_array(hexed(d.reverses) for d in drafts),
        "leg_ids": as_array(new_id_text() for _ in legs), "leg_entries": as_array(entry.hex for entry, _, _ in legs),
        "leg_books": as_array(leg.book.id.hex for _, leg, _ in legs),
        "leg_clients": as_array(hexed(leg.book.client_id) for _, leg, _ in legs),
        "leg_accounts": as_array(quoted(leg.account) for _, leg, _ in legs),
        "leg_currencies": as_array(leg.money.currency for _, leg, _ in legs),
        "leg_amounts": as_array(f"{leg.money.amount:f}" for _, leg, _ in legs),
        "leg_value_ons": as_array(draft.value_on.isoformat() for _, _, draft in legs),
    }  # fmt: skip


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def hexed(id: UUID | None) -> str:
    return "NULL" if id is None else id.hex


def entry_of(agency: UUID, draft: Draft, id: UUID, by: Actor, at: datetime) -> Entry:
    """The row just written, without reading it back; made as a row that was read, not through the model's
    constructor, which would cost more than the row's share of its statement."""
    state = ModelState()
    state.adding, state.db = False, connection.alias
    entry = Entry.__new__(Entry)
    entry.__dict__ = {
        "_state": state, "id": id, "agency_id": agency, "kind": draft.kind, "source": draft.source,
        "client_id": draft.client, "value_on": draft.value_on, "booked_at": at, "by_kind": by.kind, "by_id": by.id,
        "by_name": by.name, "memo": draft.memo[:300], "because": draft.because, "reverses_id": draft.reverses,
    }  # fmt: skip
    return entry


def refuse_unbalanced(draft: Draft) -> None:
    sums: dict[str, Decimal] = {}
    for leg in draft.legs:
        if leg.money.amount != round_half_up(leg.money.amount, leg.money.currency):
            raise Refusal(
                "leg_not_rounded",
                N_("%(found)s is finer than its currency."),
                found=str(leg.money.amount),
            )
        sums[leg.money.currency] = sums.get(leg.money.currency, Decimal(0)) + leg.money.amount
    off = {c: s for c, s in sums.items() if s}
    if off or not any(leg.money for leg in draft.legs):
        raise Refusal(
            "entry_off",
            N_("The entry “%(memo)s” does not balance: %(off)s."),
            memo=draft.memo,
            off=off,
        )


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


def close_period(
    *, agency: UUID, up_to: date, figures: dict[str, Any], by: Actor, at: datetime
) -> PeriodClose:
    """Close the books up to a day: from now on the database takes no entry for value in it.

    Postings share a lock that this takes alone, so that none is under way. Raises `Refusal`
    `period_not_over`, `period_closed`.
    """
    if up_to >= at.date():
        raise Refusal(
            "period_not_over",
            N_("%(found)s is not over yet."),
            field="up_to",
            found=up_to.isoformat(),
        )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 29))", [f"close:{agency}"]
        )
        last = PeriodClose.objects.filter(agency_id=agency).order_by("-up_to").first()
        if last is not None and last.up_to >= up_to:
            raise Refusal(
                "period_closed", N_("The books are closed up to %(found)s already."),
                field="up_to", found=last.up_to.isoformat(),
            )  # fmt: skip
        return PeriodClose.objects.create(
            agency_id=agency, up_to=up_to, at=at, by_name=by.name, figures=figures
        )
