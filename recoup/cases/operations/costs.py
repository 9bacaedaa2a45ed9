"""Recoverable costs charged to the debtor."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case, Charge, ChargeReversal
from recoup.eventlog.operations import Happened, record, record_many
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id_text
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.kernel.sheets import sheet
from recoup.ledger.accounts import CaseAccount
from recoup.ledger.models import Book, Entry
from recoup.ledger.operations import (
    Draft,
    Leg,
    Subject,
    open_book,
    open_books,
    post,
    reverse,
    write_entries,
)
from recoup.tenancy.bulk import among, insert_many


@transaction.atomic
def charge_cost(
    *,
    case: Case,
    kind: str,
    on: date,
    amount: Money,
    key: str,
    because: str,
    by: Actor,
    at: datetime,
) -> Charge:
    """Charge a cost as of day `on` and post it (costs against claimed); the same `key` again returns
    the first charge. Raises `Refusal` `charge_kind_unknown`, `charge_amount`."""
    if kind not in Charge.Kind.values:
        raise Refusal("charge_kind_unknown", N_("“%(found)s” is no kind of cost."), found=kind)
    if amount.amount <= 0 or amount.currency != case.currency:
        raise Refusal("charge_amount", N_("%(found)s cannot be charged in a case in %(currency)s."),
                      found=str(amount), currency=case.currency)  # fmt: skip
    charge, fresh = Charge.objects.get_or_create(
        case=case, key=key,
        defaults={"agency_id": case.agency_id, "client_id": case.client_id, "kind": kind, "on": on,
                  "amount": amount.rounded().amount, "because": because[:300]},
    )  # fmt: skip
    if not fresh:
        return charge
    book = open_book(agency=case.agency_id, kind=Book.Kind.CASE, name=case.number, subject=case.id,
                     client=case.client_id)  # fmt: skip
    money = amount.rounded()
    legs = (Leg(book, CaseAccount.COSTS, money), Leg(book, CaseAccount.CLAIMED, -money))
    draft = Draft(
        "cost", f"charge:{case.id}:{key}", on, because or kind, legs, case.client_id, {"kind": kind}
    )
    post(agency=case.agency_id, draft=draft, by=by, at=at)
    record(agency=case.agency_id, kind="CostCharged", by=by, at=at, case=case.id, client=case.client_id,
           cost=kind, amount=str(money.amount), currency=money.currency, on=on.isoformat(),
           because=because)  # fmt: skip
    return charge


@sheet(frozen=True, slots=True)
class NewCharge:
    """A charge to be, as `charge_cost` takes it."""

    case: Case
    kind: str
    amount: Money
    key: str
    because: str


CHARGE = {
    "id": "uuid", "case_id": "uuid", "client_id": "uuid", "kind": "text", "amount": "numeric", "key": "text",
    "because": "text",
}  # fmt: skip


@transaction.atomic
def charge_many(
    *, agency: UUID, charges: Iterable[NewCharge], on: date, by: Actor, at: datetime
) -> list[NewCharge]:
    """Charge many cases as of day `on`, as `charge_cost` does one; those charged for the same cause before
    are left out. The caller holds the cases' rows. Returns what was charged."""
    fresh = not_charged(list(charges))
    if not fresh:
        return []
    insert_many(
        "cases_charge", CHARGE,
        (
            (new_id_text(), c.case.id, c.case.client_id, c.kind, c.amount.amount, c.key, c.because[:300])
            for c in fresh
        ),
        constants={"agency_id": ("uuid", agency), "on": ("date", on)},
    )  # fmt: skip
    wanted = [Subject(Book.Kind.CASE, c.case.number, c.case.id, c.case.client_id) for c in fresh]
    books = open_books(agency=agency, wanted=wanted)
    write_entries(
        agency=agency, drafts=[drafted(c, books[Book.Kind.CASE, c.case.id], on) for c in fresh], by=by, at=at
    )  # fmt: skip
    record_many(
        agency=agency,
        events=[
            Happened("CostCharged", at, by, c.case.id, c.case.client_id, "client", {
                "cost": c.kind, "amount": str(c.amount.amount), "currency": c.amount.currency,
                "on": on.isoformat(), "because": c.because,
            })
            for c in fresh
        ],
    )  # fmt: skip
    return fresh


def not_charged(charges: list[NewCharge]) -> list[NewCharge]:
    """Those whose cause stands on no charge of their case. A cause whose charge was taken back may be
    charged again, under a key of its own (`demand#1`)."""
    rows = Charge.objects.filter(case_id__among=among(c.case.id for c in charges))
    standing: set[tuple[UUID, str]] = set()
    before: Counter[tuple[UUID, str]] = Counter()
    for case, key, taken_back in rows.values_list("case_id", "key", "reversal__id"):
        cause = (case, key.partition("#")[0])
        before[cause] += 1
        if taken_back is None:
            standing.add(cause)
    fresh = [c for c in charges if (c.case.id, c.key) not in standing]
    return [replace(c, key=f"{c.key}#{n}") if (n := before[c.case.id, c.key]) else c for c in fresh]


@transaction.atomic
def take_back_charge(*, charge: Charge, because: str, by: Actor, at: datetime) -> bool:
    """What was charged for did not happen: the entry is reversed, and the charge counts no more. Taken back
    already: False, and nothing changes."""
    made = ChargeReversal(
        agency_id=charge.agency_id, charge=charge, case_id=charge.case_id, client_id=charge.client_id,
        because=because[:300], at=at, by_name=by.name,
    )  # fmt: skip
    # Two at once: the second waits for the case's row, and then finds the first.
    Case.objects.select_for_update(of=("self",)).get(id=charge.case_id)
    if ChargeReversal.objects.filter(charge=charge).exists():
        return False
    made.save(force_insert=True)
    entry = Entry.objects.get(
        agency_id=charge.agency_id, source=f"charge:{charge.case_id}:{charge.key}"
    )
    reverse(
        agency=charge.agency_id, entry=entry, source=f"charge_back:{charge.id}", value_on=at.date(),
        memo=because, by=by, at=at,
    )  # fmt: skip
    record(agency=charge.agency_id, kind="CostTakenBack", by=by, at=at, case=charge.case_id, client=charge.client_id,
           audience="client", cost=charge.kind, amount=str(charge.amount), currency=charge.case.currency,
           because=because)  # fmt: skip
    return True


def drafted(charge: NewCharge, book: Book, on: date) -> Draft:
    case, money = charge.case, charge.amount
    legs = (Leg(book, CaseAccount.COSTS, money), Leg(book, CaseAccount.CLAIMED, -money))
    return Draft(
        "cost", f"charge:{case.id}:{charge.key}", on, charge.because or charge.kind, legs, case.client_id,
        {"kind": charge.kind},
    )  # fmt: skip
