"""Payments by card: begun once, booked on the provider's signed word only, undone by a chargeback, settled by
the provider's payout."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from recoup.cases.models import Case
from recoup.cases.operations import add_task
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.ledger.accounts import HouseAccount
from recoup.ledger.operations import Draft, Leg, open_book, post
from recoup.payments.cards.facts import Event, Session
from recoup.payments.models import (
    Allocation,
    BankLine,
    CardPayment,
    LineOutcome,
    ProviderEvent,
    Refund,
)
from recoup.payments.operations.allocate import FINANCE, book_one, refuse_amount, refuse_stage, undo
from recoup.payments.operations.booking import Grant, Unit, one_at_a_time
from recoup.payments.operations.refund import end_for_payment
from recoup.payments.queries import left_of

State = CardPayment.State
FIXED_FOR = timedelta(minutes=30)
LIVE = (State.OPEN, State.PENDING)


@transaction.atomic
def begin_card_payment(
    *, case: Case, amount: Money, provider: str, on: date, by: Actor, at: datetime
) -> CardPayment:
    """The one payment by card under way on a case: two tabs, a double click and the back button come to the
    same one (PL06). Its amount stays for 30 minutes (PL09); then, or for another amount, a new one takes its
    place, unless the money is under way already. Raises `Refusal` `payment_under_way`, `amount_not_positive`,
    `line_currency`, `case_not_collected`."""
    refuse_amount(amount, case)
    refuse_stage(case)
    Case.objects.select_for_update(of=("self",)).get(id=case.id)
    live = CardPayment.objects.filter(case=case, state__in=LIVE).first()
    if live is not None and live.state == State.PENDING:
        raise Refusal(
            "payment_under_way", N_("A payment of %(amount)s is under way; it shows here once the bank has sent it."),
            amount=str(Money(live.amount, live.currency).rounded()),
        )  # fmt: skip
    if live is not None and live.until > at and live.amount == amount.amount:
        return live
    if live is not None:
        CardPayment.objects.filter(id=live.id, state=State.OPEN).update(
            state=State.EXPIRED, changed_at=at
        )
    made = CardPayment.objects.create(
        agency_id=case.agency_id, case=case, client_id=case.client_id, provider=provider, amount=amount.amount,
        currency=case.currency, on=on, until=at + FIXED_FOR, at=at, changed_at=at,
    )  # fmt: skip
    record(agency=case.agency_id, kind="CardPaymentBegun", by=by, at=at, case=case.id, client=case.client_id,
           audience="debtor", amount=str(amount.amount), currency=case.currency)  # fmt: skip
    return made


def keep_session(*, payment: CardPayment, session: Session) -> None:
    """What the provider calls it, and its page."""
    CardPayment.objects.filter(id=payment.id, session="").update(
        session=session.reference, url=session.url
    )
    payment.refresh_from_db()


@transaction.atomic
def take_event(
    *, agency: UUID, provider: str, event: Event, by: Actor, at: datetime
) -> CardPayment | None:
    """What the provider says of a payment, once (a replay changes nothing). Late and out of order, a payment
    that was made is booked and one that was booked is not made undone but by a chargeback. None: not ours, or
    nothing new."""
    payment = payment_of(agency, provider, event)
    if payment is None:
        return None
    one_at_a_time(payment.agency_id)
    payment.refresh_from_db()
    try:
        with transaction.atomic():
            ProviderEvent.objects.create(
                agency_id=payment.agency_id, provider=provider, event=event.id[:200], kind=event.kind[:60],
                payment=payment, at=at,
            )  # fmt: skip
    except IntegrityError:
        return None
    if event.state == "paid":
        return book_paid(payment, event, by, at)
    if event.state == "charged_back":
        return charge_back(payment, event, by, at)
    if event.state in ("pending", "failed", "expired"):
        return note_state(payment, event.state, by, at)
    return None


def payment_of(agency: UUID, provider: str, event: Event) -> CardPayment | None:
    rows = CardPayment.objects.filter(agency_id=agency, provider=provider).select_related(
        "case__client", "case__debtor"
    )
    if event.session:
        return rows.filter(session=event.session).first()
    return rows.filter(charge=event.charge).exclude(charge="").first()


def note_state(payment: CardPayment, state: str, by: Actor, at: datetime) -> CardPayment | None:
    """Under way, failed or run out; never after it was paid."""
    open_ones = CardPayment.objects.filter(id=payment.id, state__in=LIVE)
    if not open_ones.update(state=state, changed_at=at):
        return None
    payment.refresh_from_db()
    tell(payment, {"pending": "CardPaymentPending"}.get(state, "CardPaymentFailed"), by, at)
    return payment


def book_paid(payment: CardPayment, event: Event, by: Actor, at: datetime) -> CardPayment | None:
    """The provider has the money: it counts on the day the amount was asked for, so that what was shown is what
    is paid. Another amount than asked for is a person's."""
    if payment.allocation_id is not None:
        return None
    asked = Money(payment.amount, payment.currency).rounded()
    if event.amount != asked:
        card_task(payment, "odd", N_("The card provider says %(found)s were paid on case %(number)s, %(amount)s had been asked for: look at once."),
                  by, at, found=str(event.amount or "–"), amount=str(asked))  # fmt: skip
        return None
    on = payment.on if at.date() - payment.on <= timedelta(days=7) else at.date()
    grant = Grant(
        payment.case, payment.amount, on, {"card": payment.session, "said": "card"}, card=True
    )
    made = book_one(grant, by=by, at=at)
    fault("card.posted")
    CardPayment.objects.filter(id=payment.id, allocation__isnull=True).update(
        allocation=made, state=State.PAID, charge=event.charge, changed_at=at
    )
    payment.refresh_from_db()
    return payment


def charge_back(payment: CardPayment, event: Event, by: Actor, at: datetime) -> CardPayment | None:
    """The debtor's bank took it back (PL12): the allocation is undone, the newest state first; what was paid on
    becomes that client's debt."""
    if payment.allocation_id is None or payment.state == State.CHARGED_BACK:
        return None
    allocation = Allocation.objects.select_related("case__client", "case__debtor", "remitted", "card_payment").get(id=payment.allocation_id)  # fmt: skip
    end_for_payment(Refund.objects.filter(allocation=allocation), by=by, at=at)
    undo(allocation, line=None, said="charged back", by=by, at=at)
    CardPayment.objects.filter(id=payment.id).update(state=State.CHARGED_BACK, changed_at=at)
    payment.refresh_from_db()
    card_task(payment, "back", N_("A card payment of %(amount)s on case %(number)s was charged back: answer the provider, or collect it again."),
              by, at, amount=str(Money(payment.amount, payment.currency).rounded()))  # fmt: skip
    return payment


def card_task(
    payment: CardPayment, key: str, sentence: str, by: Actor, at: datetime, **params: str
) -> None:
    add_task(
        agency=payment.agency_id, key=f"card-{key}:{payment.id}", kind=f"card_{key}", role=FINANCE, sentence=sentence,
        params={"number": payment.case.number} | params, due_on=at.date() + timedelta(days=1),
        default=N_("The provider decides without us."), case=payment.case, by=by, at=at,
    )  # fmt: skip


def tell(payment: CardPayment, kind: str, by: Actor, at: datetime) -> None:
    record(agency=payment.agency_id, kind=kind, by=by, at=at, case=payment.case_id, client=payment.client_id,
           audience="debtor", amount=str(Unit(payment.currency)(payment.amount).amount), currency=payment.currency)  # fmt: skip


@transaction.atomic
def settle_card_payout(
    *, line: BankLine, payments: Sequence[CardPayment], by: Actor, at: datetime
) -> Decimal:
    """The provider's payout is on the statement: what it was for is here now and may be paid on; what the
    provider kept is the agency's cost, returned. A payment charged back meanwhile counts as nothing where it
    was never settled, and as taken away where it was. Raises `Refusal` `payout_differs`, `line_spent`."""
    one_at_a_time(line.agency_id)
    left = left_of([line])[line.id]
    if line.amount <= 0 or left <= 0:
        raise Refusal("line_spent", N_("This line is already explained."))
    chosen = CardPayment.objects.filter(id__in=[p.id for p in payments], currency=line.currency)
    rows = list(chosen.filter(settled_at__isnull=True))
    taken = list(
        chosen.filter(settled_at__isnull=False, state=State.CHARGED_BACK, recouped_at__isnull=True)
    )
    whole = sum((p.amount for p in rows if p.state == State.PAID), Decimal(0))
    whole -= sum((p.amount for p in taken), Decimal(0))
    fee = whole - left
    if not rows or fee < 0 or fee > whole / 5:
        raise Refusal(
            "payout_differs", N_("The payments add up to %(found)s, the payout to %(left)s: choose those it is for."),
            found=str(Unit(line.currency)(whole)), left=str(Unit(line.currency)(left)),
        )  # fmt: skip
    house = open_book(agency=line.agency_id, kind="house", name="House")
    unit = Unit(line.currency)
    legs = (
        Leg(house, HouseAccount.UNALLOCATED, unit(left)), Leg(house, HouseAccount.CARD_CLEARING, unit(-whole)),
        Leg(house, HouseAccount.AGENCY_SHARE, unit(fee)),
        Leg(house, HouseAccount.PROVIDER_FEES, unit(fee)), Leg(house, HouseAccount.SETTLED_FEES, unit(-fee)),
    )  # fmt: skip
    draft = Draft(
        "card_payout",
        f"cardpayout:{line.key}",
        line.value_on,
        f"Card payout, {len(rows)} payments",
        legs,
    )
    entry = post(agency=line.agency_id, draft=draft, by=by, at=at)
    LineOutcome.objects.create(
        agency_id=line.agency_id, line=line, kind=LineOutcome.Kind.CARD_PAYOUT, amount=left, entry=entry, at=at,
        by_name=by.name, because={"fee": str(fee), "payments": [p.session for p in rows]},
    )  # fmt: skip
    CardPayment.objects.filter(id__in=[p.id for p in rows], settled_at__isnull=True).update(
        settled_at=at, payout=line
    )
    CardPayment.objects.filter(id__in=[p.id for p in taken]).update(recouped_at=at)
    record(agency=line.agency_id, kind="CardPayoutSettled", by=by, at=at, audience="internal",
           amount=str(unit(left).amount), currency=line.currency, fee=str(unit(fee)))  # fmt: skip
    return fee
