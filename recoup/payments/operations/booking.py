"""Booking what was decided: splits by law, entries, Allocation rows and events, for many at once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from recoup.cases.models import Case
from recoup.eventlog.operations import Happened, record_many
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money, round_half_up
from recoup.kernel.sheets import sheet
from recoup.ledger.accounts import CaseAccount, ClientAccount, HouseAccount
from recoup.ledger.models import Book
from recoup.ledger.operations import Draft, Leg, Subject, open_books, write_entries
from recoup.payments.models import Allocation, BankLine
from recoup.payments.operations.own import settle_own
from recoup.payments.queries import facts_of
from recoup.payments.rules import PARTS, CaseFacts, Paid, Parts, Split, split
from recoup.tenancy.bulk import insert_many

Books = dict[tuple[str, UUID | None], Book]
HOUSE = Subject(Book.Kind.HOUSE, "House")


def one_at_a_time(agency: UUID) -> None:
    """Money of an agency is moved by one transaction at a time, until it ends: two at once would
    both find the same line free, or the same allocations not remitted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 23))", [f"money:{agency}"]
        )


@sheet(frozen=True, slots=True)
class Grant:
    """A change of a case's payments that was decided: an amount that comes, or a row to be undone.

    `line` pays it (none for a payment to the client and for what is given up); for an undone row
    `line` is the line that takes the money back. `corrects`: no money moves, the claim became less and
    what was paid is parted anew. `converted`: paid in another currency; `card`: the provider has the money.
    """

    case: Case
    amount: Decimal
    received_on: date
    because: dict[str, Any]
    line: BankLine | None = None
    designated: str = ""
    direct: bool = False
    waived: bool = False
    undoes: Allocation | None = None
    converted: "Converted | None" = None
    card: bool = False
    remitted: bool = False
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class Converted:
    """What was paid in another currency, and the rate with its day and source as it stands on the posting."""

    amount: Decimal
    currency: str
    said: dict[str, str]


@sheet(frozen=True, slots=True)
class Booked:
    """A grant as split by law, not written yet."""

    id: UUID
    grant: Grant
    split: Split


@dataclass(slots=True)
class Desk:
    """The facts of the cases of one run; each grant is split knowing those before it."""

    facts: dict[UUID, CaseFacts]
    done: list[Booked] = field(default_factory=list)

    def take(self, grant: Grant) -> Booked:
        """Split one grant. Raises `Refusal` when the law gives no answer; nothing is taken then."""
        facts = self.facts[grant.case.id]
        if grant.undoes is not None:
            found = split(facts, remove=grant.undoes.id)
            paid = tuple(p for p in facts.paid if p.id != grant.undoes.id)
            booked = Booked(new_id(), grant, found)
        else:
            booked = self.take_payment(grant, facts)
            found = booked.split
            own = self.paid(booked.id, grant, found.parts)
            paid = (*facts.paid, own)
        self.facts[facts.id] = replace(facts, paid=paid, booked=facts.booked + found.parts)
        self.done.append(booked)
        return booked

    def take_payment(self, grant: Grant, facts: CaseFacts) -> Booked:
        id = new_id()
        return Booked(id, grant, split(facts, add=self.paid(id, grant, Parts())))

    @staticmethod
    def paid(id: UUID, grant: Grant, parts: Parts) -> Paid:
        return Paid(id, grant.received_on, grant.amount, grant.designated, grant.waived, parts)


def desk_for(cases: Sequence[Case]) -> Desk:
    return Desk(facts_of(cases))


def write(*, agency: UUID, booked: Sequence[Booked], by: Actor, at: datetime) -> list[Allocation]:
    """Write what was split: entries, rows and events, each with one statement."""
    if not booked:
        return []
    entries = posted(agency, booked, by, at)
    rows = [row(agency, b, e, by, at) for b, e in zip(booked, entries, strict=True)]
    Allocation.objects.bulk_create(rows)
    settle_own(rows=rows, by=by, at=at)
    tell(agency, booked, by, at)
    return rows


def write_many(*, agency: UUID, booked: Sequence[Booked], by: Actor, at: datetime) -> None:
    """The same for the many of a bank file, for who needs no rows: they go in as one copy, and only those of the
    agency's own cases are made."""
    if not booked:
        return
    entries = posted(agency, booked, by, at)
    insert_many(
        "payments_allocation", ROW, (values(b, e) for b, e in zip(booked, entries, strict=True)),
        constants={"agency_id": ("uuid", agency), "at": ("timestamptz", at), "by_name": ("text", by.name)},
    )  # fmt: skip
    own = [(b, e) for b, e in zip(booked, entries, strict=True) if b.grant.case.client.own]
    settle_own(rows=[kept(row(agency, b, e, by, at)) for b, e in own], by=by, at=at)
    tell(agency, booked, by, at)


def posted(agency: UUID, booked: Sequence[Booked], by: Actor, at: datetime) -> list[UUID]:
    books = open_books(agency=agency, wanted=[HOUSE, *subjects(b.grant.case for b in booked)])
    drafts = [draft(b, books) for b in booked]
    entries = write_entries(agency=agency, drafts=drafts, by=by, at=at)
    fault("bank.allocation_posted")
    return entries


def tell(agency: UUID, booked: Sequence[Booked], by: Actor, at: datetime) -> None:
    record_many(agency=agency, events=[happened(b, by, at) for b in booked])
    fault("bank.allocated")


ROW = {
    "id": "uuid", "line_id": "uuid", "case_id": "uuid", "client_id": "uuid", "received_on": "date", "amount": "numeric",
    "currency": "text", **dict.fromkeys(PARTS, "numeric"), "direct": "boolean", "waived": "boolean", "designated": "text",
    "entry_id": "uuid", "reverses_id": "uuid", "because": "jsonb",
}  # fmt: skip


def values(booked: Booked, entry: UUID) -> tuple[Any, ...]:
    """A row in the order of `ROW`."""
    grant, parts = booked.grant, booked.split.parts
    case, line, undone = grant.case, grant.line, grant.undoes
    return (
        booked.id, line and line.id, case.id, case.client_id, grant.received_on, grant.amount, case.currency,
        parts.costs, parts.compensation, parts.interest, parts.principal, parts.overpaid,
        grant.direct, grant.waived, grant.designated, entry, undone and undone.id, json.dumps(because(booked)),
    )  # fmt: skip


def kept(row: Allocation) -> Allocation:
    """As one that was read: it has been written otherwise."""
    row._state.adding, row._state.db = False, "default"
    return row


def subjects(cases: Any) -> list[Subject]:
    found: dict[tuple[str, UUID], Subject] = {}
    for case in cases:
        found["client", case.client_id] = Subject(
            Book.Kind.CLIENT, case.client.name, case.client_id, case.client_id
        )
        found["case", case.id] = Subject(Book.Kind.CASE, case.number, case.id, case.client_id)
    return list(found.values())


def row(agency: UUID, booked: Booked, entry: UUID, by: Actor, at: datetime) -> Allocation:
    grant, parts = booked.grant, booked.split.parts
    undone = grant.undoes
    return Allocation(
        id=booked.id, agency_id=agency, line=grant.line, case=grant.case, client_id=grant.case.client_id,
        received_on=grant.received_on, amount=grant.amount, currency=grant.case.currency,
        direct=grant.direct, waived=grant.waived, designated=grant.designated, entry_id=entry,
        reverses=undone, at=at, by_name=by.name, because=because(booked),
        **{name: getattr(parts, name) for name in PARTS},
    )  # fmt: skip


def because(booked: Booked) -> dict[str, Any]:
    """Why this split: the reasons given, the law's order and sentences, the phase of the case."""
    found = booked.split
    document: dict[str, Any] = {
        **booked.grant.because, "phase": booked.grant.case.stage,
        "order": found.owed.conventions["allocation"], "jurisdiction": found.owed.jurisdiction,
        "own": found.own.as_texts(),
        "why": [
            {"code": reason.code, "text": reason.text, "params": texts(reason.params)}
            for reason in found.owed.why
        ],
        "owed_after": str(found.owed.total),
    }  # fmt: skip
    if found.corrects:
        document["corrects"] = (found.parts - found.own).as_texts()
    return document


def texts(params: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values: amounts and days as text."""
    return {
        k: v if isinstance(v, str | int | bool) or v is None else v.isoformat() if isinstance(v, date) else str(v)
        for k, v in params.items()
    }  # fmt: skip


def draft(booked: Booked, books: Books) -> Draft:
    grant, case = booked.grant, booked.grant.case
    kind = (
        "correction" if grant.corrects else "reversal" if grant.undoes
        else "waiver" if grant.waived else "allocation"
    )  # fmt: skip
    legs = case_legs(booked, books["case", case.id])
    elsewhere = grant.converted is not None or grant.card
    if grant.line is not None or elsewhere or (grant.corrects and not grant.direct):
        legs += trust_legs(booked, books[Book.Kind.HOUSE, None], books["client", case.client_id])
    elif grant.undoes is not None and grant.direct is False and grant.waived is False:
        raise AssertionError("money taken back goes to a line")
    memo = f"{grant.amount} {case.currency} {kind} {case.number}"
    return Draft(
        kind, f"allocation:{booked.id}", grant.received_on, memo, tuple(legs), None,
        {"case": str(case.id)} | ({"fx": grant.converted.said} if grant.converted else {}),
    )  # fmt: skip


def trust_legs(booked: Booked, house: Book, client: Book) -> list[Leg]:
    """From what nobody's money was yet to the client's and, for too much, the debtor's."""
    parts, grant = booked.split.parts, booked.grant
    unit = Unit(grant.case.currency)
    legs = [
        *where_from(grant, house, unit(grant.amount)),
        Leg(house, HouseAccount.OVERPAID, unit(-parts.overpaid)),
    ]
    if not grant.remitted:
        if grant.case.client.own:  # the agency's own money, though it came to the trust account
            return [*legs, Leg(house, HouseAccount.AGENCY_SHARE, unit(-parts.settled))]
        return [*legs, Leg(client, ClientAccount.TRUST, unit(-parts.settled))]
    # Paid out already: the agency's share bears it, and the client owes it.
    return [
        *legs,
        Leg(house, HouseAccount.AGENCY_SHARE, unit(-parts.settled)),
        Leg(client, ClientAccount.RECEIVABLE, unit(-parts.settled)),
        Leg(house, HouseAccount.ADVANCED, unit(parts.settled)),
    ]


def where_from(grant: Grant, house: Book, money: Money) -> list[Leg]:
    """Where a case's money is taken from: a bank line, money in another currency, or the card provider."""
    if grant.card:
        return [Leg(house, HouseAccount.CARD_CLEARING, money)]
    if grant.converted is None:
        return [Leg(house, HouseAccount.UNALLOCATED, money)]
    came = Unit(grant.converted.currency)(grant.converted.amount)
    return [
        Leg(house, HouseAccount.UNALLOCATED, came), Leg(house, HouseAccount.FX_POSITION, -came),
        Leg(house, HouseAccount.FX_POSITION, money),
    ]  # fmt: skip


def case_legs(booked: Booked, book: Book) -> list[Leg]:
    """The memorandum: interest and compensation are charged when they are paid; then all is paid off."""
    parts, unit = booked.split.parts, Unit(booked.grant.case.currency)
    against = CaseAccount.WAIVED if booked.grant.waived else CaseAccount.PAID
    legs = (
        (CaseAccount.INTEREST, parts.interest),
        (CaseAccount.COMPENSATION, parts.compensation),
        (CaseAccount.CLAIMED, -parts.interest - parts.compensation),
        (CaseAccount.COSTS, -parts.costs),
        (CaseAccount.COMPENSATION, -parts.compensation),
        (CaseAccount.INTEREST, -parts.interest),
        (CaseAccount.PRINCIPAL, -parts.principal),
        (against, parts.settled),
    )
    return [Leg(book, account, unit(amount)) for account, amount in legs if amount]


class Unit:
    """Amounts of one currency as Money."""

    def __init__(self, currency: str) -> None:
        self.currency = currency

    def __call__(self, amount: Decimal) -> Money:
        return Money(round_half_up(amount, self.currency), self.currency)


def rounded(amount: Decimal, currency: str) -> str:
    return str(round_half_up(amount, currency))


def happened(booked: Booked, by: Actor, at: datetime) -> Happened:
    """The event for client and debtor."""
    grant, found = booked.grant, booked.split
    kind = (
        "PaymentsPartedAnew" if grant.corrects
        else ("PaymentReturned" if grant.line and grant.line.amount < 0 else "PaymentReversed") if grant.undoes
        else "AmountWaived" if grant.waived
        else "DirectPaymentReported" if grant.direct
        else "PaymentReceived"
    )  # fmt: skip
    currency, own = grant.case.currency, found.own
    data = {
        "amount": rounded(abs(grant.amount), currency), "currency": currency,
        "on": grant.received_on.isoformat(), "number": grant.case.number,
        "owed": rounded(found.owed.total, currency),
        "costs": rounded(own.costs, currency), "compensation": rounded(own.compensation, currency),
        "interest": rounded(own.interest, currency), "principal": rounded(own.principal, currency),
        "overpaid": rounded(own.overpaid, currency),
    }  # fmt: skip
    if said := grant.because.get("said"):
        data["because"] = said
    return Happened(kind, at, by, grant.case.id, grant.case.client_id, "debtor", data)
