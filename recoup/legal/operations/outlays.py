"""Court costs and securities: advanced by the agency or the client, posted, within what was approved."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from recoup.cases.operations import charge_cost
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.ledger.accounts import ClientAccount, HouseAccount
from recoup.ledger.models import Book
from recoup.ledger.operations import Draft, Leg, Subject, open_books, post
from recoup.legal.models import Outlay, Proceeding
from recoup.legal.operations.proceedings import told
from recoup.legal.rules import may_spend
from recoup.legal.states import AdvancedBy, OutlayKind

CHARGES = {
    OutlayKind.COURT_FEE: "court_fee", OutlayKind.LAWYER: "lawyer", OutlayKind.ENFORCEMENT: "other",
    OutlayKind.OTHER: "other",
}  # fmt: skip


def spent_on(proceeding: Proceeding) -> Decimal:
    """What has been paid and not come back."""
    rows = Outlay.objects.filter(proceeding=proceeding)
    out = rows.filter(gives_back=None).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    back = rows.exclude(gives_back=None).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return Decimal(out - back)


@transaction.atomic
def pay_outlay(
    *, proceeding: Proceeding, kind: str, amount: Money, on: date, advanced_by: str, recoverable: bool,
    because: str, key: str, by: Actor, at: datetime,
) -> Outlay:  # fmt: skip
    """Advance a cost: the agency's is owed by the client, the client's own is noted in its book; where it
    is recoverable the debtor is charged. The same `key` again returns the first.

    Raises `Refusal` `not_approved`, `beyond_budget`, `outlay_amount`, `security_not_recoverable`.
    """
    locked = (
        Proceeding.objects.select_for_update(of=("self",))
        .select_related("case__client")
        .get(id=proceeding.id)
    )
    if (known := Outlay.objects.filter(proceeding=locked, key=key).first()) is not None:
        return known
    if amount.amount <= 0 or amount.currency != locked.currency:
        raise Refusal("outlay_amount", N_("%(found)s is no cost of a proceeding in %(currency)s."),
                      found=str(amount), currency=locked.currency)  # fmt: skip
    if kind == OutlayKind.SECURITY and recoverable:
        raise Refusal(
            "security_not_recoverable",
            N_("A security comes back; it is not charged to the debtor."),
        )
    if (
        refusal := may_spend(locked.budget, spent_on(locked), amount.amount, amount.currency)
    ) is not None:
        raise refusal
    money = amount.rounded()
    entry = post(
        agency=locked.agency_id, draft=drafted(locked, kind, money, on, advanced_by, f"outlay:{locked.id}:{key}"), by=by, at=at
    )  # fmt: skip
    made = Outlay.objects.create(
        agency_id=locked.agency_id, proceeding=locked, client_id=locked.client_id, kind=kind, amount=money.amount,
        currency=money.currency, on=on, advanced_by=advanced_by, recoverable=recoverable, because=because[:300],
        key=key, entry=entry, at=at, by_name=by.name,
    )  # fmt: skip
    if recoverable:
        charge_cost(case=locked.case, kind=CHARGES[OutlayKind(kind)], on=on, amount=money, key=f"outlay:{made.id}",
                    because=because or kind, by=by, at=at)  # fmt: skip
    told(locked, "LegalCostAdvanced", by, at, cost=kind, amount=str(money.amount), currency=money.currency,
         advanced_by=advanced_by, recoverable=recoverable)  # fmt: skip
    return made


def drafted(
    one: Proceeding, kind: str, money: Money, on: date, advanced_by: str, source: str, sign: int = 1
) -> Draft:
    client = one.case.client
    wanted = [
        Subject(Book.Kind.HOUSE, "House"),
        Subject(Book.Kind.CLIENT, client.name, client.id, client.id),
    ]
    books = open_books(agency=one.agency_id, wanted=wanted)
    own = books[Book.Kind.CLIENT, client.id]
    amount = money if sign > 0 else -money
    legs = (
        (Leg(own, ClientAccount.RECEIVABLE, amount), Leg(books[Book.Kind.HOUSE, None], HouseAccount.LAW_COSTS, -amount))
        if advanced_by == AdvancedBy.AGENCY
        else (Leg(own, ClientAccount.OUTLAYS, amount), Leg(own, ClientAccount.OUTLAYS_PAID, -amount))
    )  # fmt: skip
    memo = f"{one.number} {kind}" + (" returned" if sign < 0 else "")
    owner = one.client_id if advanced_by == AdvancedBy.CLIENT else None
    return Draft(
        "outlay", source, on, memo, legs, owner, {"kind": kind, "advanced_by": advanced_by}
    )


@transaction.atomic
def give_back(*, outlay: Outlay, on: date, by: Actor, at: datetime) -> Outlay:
    """A security has come back to who gave it; once. Raises `Refusal` `not_a_security`."""
    if outlay.kind != OutlayKind.SECURITY or outlay.gives_back_id:
        raise Refusal("not_a_security", N_("Only a security comes back."))
    if (known := Outlay.objects.filter(gives_back=outlay).first()) is not None:
        return known
    one = Proceeding.objects.select_related("case__client").get(id=outlay.proceeding_id)
    money = Money(outlay.amount, outlay.currency).rounded()
    draft = drafted(one, outlay.kind, money, on, outlay.advanced_by, f"outlay-back:{outlay.id}", -1)
    entry = post(agency=one.agency_id, draft=draft, by=by, at=at)
    made = Outlay.objects.create(
        agency_id=one.agency_id, proceeding=one, client_id=one.client_id, kind=outlay.kind, amount=money.amount,
        currency=money.currency, on=on, advanced_by=outlay.advanced_by, key=f"back:{outlay.id}", entry=entry,
        gives_back=outlay, at=at, by_name=by.name,
    )  # fmt: skip
    told(one, "SecurityReturned", by, at, amount=str(money.amount), currency=money.currency)
    return made
