"""Recoverable costs charged to the debtor."""

from datetime import date, datetime

from django.db import transaction

from recoup.cases.models import Case, Charge
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.ledger.accounts import CaseAccount
from recoup.ledger.models import Book
from recoup.ledger.operations import Draft, Leg, open_book, post


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
