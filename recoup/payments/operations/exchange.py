"""Payments in another currency: counted at a stated rate, exchanged at the bank's, the difference booked."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction

from recoup.cases.models import Case
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.ledger.accounts import HouseAccount
from recoup.ledger.operations import Draft, Leg, open_book, post
from recoup.payments.models import BankLine, Exchange, LineOutcome
from recoup.payments.operations.allocate import (
    book_one,
    decide_suggestions,
    finish_file_task,
    refuse_designation,
    refuse_stage,
)
from recoup.payments.operations.booking import Converted, Grant, Unit, one_at_a_time
from recoup.payments.queries import left_of


@transaction.atomic
def allocate_exchanged(
    *, line: BankLine, case: Case, amount: Money, rate: Decimal, rate_on: date, source: str, because: dict[str, Any],
    designated: str = "", by: Actor, at: datetime,
) -> Exchange:  # fmt: skip
    """Give `amount` of a line in another currency to a case, at `rate` of the case's currency for one of the
    line's. Rate, its day and its source stand on the posting; nothing is ever exchanged silently (MO10).

    Raises `Refusal` `currency_same`, `rate_wrong`, `rate_source_missing`, `day_ahead`, `line_money_out`,
    `line_spent`, `case_not_collected`.
    """
    one_at_a_time(line.agency_id)
    refuse_designation(designated)
    refuse_rate(line, case, rate, rate_on, source, at)
    left = left_of([line])[line.id]
    if line.amount <= 0:
        raise Refusal(
            "line_money_out", N_("The line is no incoming payment."), found=str(line.amount)
        )
    if amount.currency != line.currency or not 0 < amount.amount <= left:
        raise Refusal(
            "line_spent", N_("Only %(left)s %(currency)s of this line are left, not %(found)s."), field="amount",
            left=str(Unit(line.currency)(left).amount), currency=line.currency, found=str(amount.amount),
        )  # fmt: skip
    refuse_stage(case)
    counted = Unit(case.currency)(amount.amount * rate)
    if counted.amount <= 0:
        raise Refusal("rate_wrong", N_("“%(found)s” is no rate that this amount can be counted at."), field="rate", found=str(rate))  # fmt: skip
    said = {
        "rate": str(rate),
        "on": rate_on.isoformat(),
        "source": source.strip(),
        "from": str(amount),
        "to": str(counted),
    }
    converted = Converted(amount.amount, line.currency, said)
    grant = Grant(
        case,
        counted.amount,
        line.value_on,
        because | {"fx": said},
        designated=designated,
        converted=converted,
    )
    made = book_one(grant, by=by, at=at)
    fault("exchange.posted")
    exchange = Exchange.objects.create(
        agency_id=line.agency_id, line=line, allocation=made, from_amount=amount.amount, from_currency=line.currency,
        to_amount=counted.amount, to_currency=case.currency, rate=rate, rate_on=rate_on, source=source.strip()[:200],
        at=at, by_name=by.name,
    )  # fmt: skip
    note_exchanged(exchange, line, amount.amount, by, at)
    decide_suggestions(line, case, by=by, at=at)
    finish_file_task(line, by=by, at=at)
    return exchange


def refuse_rate(
    line: BankLine, case: Case, rate: Decimal, rate_on: date, source: str, at: datetime
) -> None:
    if line.currency == case.currency:
        raise Refusal("currency_same", N_("The line and case %(number)s are both in %(found)s."),
                      number=case.number, found=line.currency)  # fmt: skip
    tidy = rate.is_finite() and rate == rate.quantize(Decimal("1E-10"), ROUND_HALF_UP)
    if not tidy or not Decimal("1E-8") <= rate <= Decimal(10) ** 8:
        raise Refusal("rate_wrong", N_("“%(found)s” is no rate that this amount can be counted at."), field="rate", found=str(rate))  # fmt: skip
    if not source.strip():
        raise Refusal(
            "rate_source_missing", N_("Please say where the rate is from."), field="source"
        )
    if rate_on > at.date():
        raise Refusal(
            "day_ahead",
            N_("%(found)s is still to come."),
            field="rate_on",
            found=rate_on.isoformat(),
        )


def note_exchanged(
    exchange: Exchange, line: BankLine, amount: Decimal, by: Actor, at: datetime, entry: Any = None
) -> None:
    LineOutcome.objects.create(
        agency_id=line.agency_id, line=line, kind=LineOutcome.Kind.EXCHANGED, amount=amount, at=at, by_name=by.name,
        entry=entry, because={"case": str(exchange.allocation.case_id), "rate": str(exchange.rate)},
    )  # fmt: skip


@transaction.atomic
def settle_exchange(
    *, exchanges: Sequence[Exchange], sold: BankLine, bought: BankLine, by: Actor, at: datetime
) -> Decimal:
    """The bank has exchanged it: `sold` went out in the one currency, `bought` came in in the other. What the
    bank's rate made more or less is the agency's, in an account of its own; returned. The clients' money may
    be paid on from now on. Raises `Refusal` `exchange_differs`, `exchange_settled`."""
    one_at_a_time(sold.agency_id)
    exchanges = list(Exchange.objects.filter(id__in=[e.id for e in exchanges], settled_at__isnull=True).select_related("allocation"))  # fmt: skip
    if not exchanges:
        raise Refusal("exchange_settled", N_("It has been exchanged already."))
    refuse_differing(exchanges, sold, bought)
    unit = Unit(bought.currency)
    counted = unit(sum((e.to_amount for e in exchanges), Decimal(0)))
    got = unit(bought.amount)
    gain = got - counted
    entry = post_exchange(sold, bought, counted, gain, by, at)
    note_exchanged(exchanges[0], sold, sold.amount, by, at, entry)
    note_exchanged(exchanges[0], bought, bought.amount, by, at)
    done = Exchange.objects.filter(id__in=[e.id for e in exchanges], settled_at__isnull=True)
    done.update(sold=sold, bought=bought, settled_at=at)
    record(
        agency=sold.agency_id, kind="MoneyExchanged", by=by, at=at, audience="internal", sold=str(Unit(sold.currency)(-sold.amount)),
        bought=str(got), difference=str(gain),
    )  # fmt: skip
    return gain.amount


def refuse_differing(exchanges: Sequence[Exchange], sold: BankLine, bought: BankLine) -> None:
    left = left_of([sold, bought])
    whole = sum((e.from_amount for e in exchanges), Decimal(0))
    currencies = {(e.from_currency, e.to_currency) for e in exchanges}
    fits = currencies == {(sold.currency, bought.currency)} and sold.amount < 0 < bought.amount
    if (
        not fits
        or -sold.amount != whole
        or left[sold.id] != sold.amount
        or left[bought.id] != bought.amount
    ):
        raise Refusal(
            "exchange_differs", N_("The bank sold %(sold)s %(currency)s; the payments to be exchanged add up to %(found)s."),
            sold=str(Unit(sold.currency)(-sold.amount).amount), currency=sold.currency,
            found=str(Unit(sold.currency)(whole).amount),
        )  # fmt: skip


def post_exchange(
    sold: BankLine, bought: BankLine, counted: Money, gain: Money, by: Actor, at: datetime
) -> Any:
    house = open_book(agency=sold.agency_id, kind="house", name="House")
    out, into = Unit(sold.currency)(-sold.amount), Unit(bought.currency)(bought.amount)
    legs = (
        Leg(house, HouseAccount.FX_POSITION, out), Leg(house, HouseAccount.UNALLOCATED, -out),
        Leg(house, HouseAccount.UNALLOCATED, into), Leg(house, HouseAccount.FX_POSITION, -counted),
        Leg(house, HouseAccount.AGENCY_SHARE, -gain),
        Leg(house, HouseAccount.FX_DIFFERENCE, -gain), Leg(house, HouseAccount.SETTLED_FEES, gain),
    )  # fmt: skip
    memo = f"Exchanged {out} for {into}, counted at {counted}"
    draft = Draft("exchange", f"exchange:{sold.key}", bought.value_on, memo, legs)
    return post(agency=sold.agency_id, draft=draft, by=by, at=at)
