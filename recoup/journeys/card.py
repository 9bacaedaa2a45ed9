"""A debtor pays by card: the page of the provider is opened once, and what the provider says is followed."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case, Hold
from recoup.cases.operations import lift_hold, put_on_hold
from recoup.cases.states import HoldKind
from recoup.journeys.collect import close_what_is_paid
from recoup.journeys.reopen import reopen_bounced
from recoup.kernel.actor import Actor, ActorKind
from recoup.kernel.faults import fault
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.payments import operations as payments
from recoup.payments.cards import Event, Order, Provider
from recoup.payments.models import Allocation, CardPayment
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

SAYS = "Card provider"


def order_of(
    payment: CardPayment, case: Case, *, language: str, done_url: str, back_url: str
) -> Order:
    """What the provider is asked; the same payment is the same order, so that it opens one page."""
    return Order(
        key=f"recoup-{payment.id}", agency=str(payment.agency_id), payment=str(payment.id),
        amount=Money(payment.amount, payment.currency).rounded(), what=case.number, language=language,
        until=payment.until + timedelta(minutes=1), done_url=done_url, back_url=back_url,
    )  # fmt: skip


def take_event(*, provider: Provider, event: Event, at: datetime) -> CardPayment | None:
    """An event of the provider, its signature checked: booked, undone or noted, and what follows; once."""
    if not event.state:
        return None
    by = Actor(ActorKind.SYSTEM, SAYS)
    agency = agency_of(event, provider)
    if agency is None:
        return None
    with scope(agency.id), transaction.atomic():
        payment = payments.take_event(
            agency=agency.id, provider=provider.name, event=event, by=by, at=at
        )
        if payment is None:
            return None
        fault("card.event_noted")
        rest(payment, by, at)
        if payment.state == CardPayment.State.PAID:
            close_what_is_paid(agency=agency, cases=[payment.case_id], by=by, at=at)
        elif payment.state == CardPayment.State.CHARGED_BACK:
            undone = Allocation.objects.filter(reverses=payment.allocation_id)
            reopen_bounced(agency=agency, allocations=undone, by=by, at=at)
        fault("card.event_uncommitted")
        return payment


def agency_of(event: Event, provider: Provider) -> Agency | None:
    """Whose payment it is: as the event says, else who has a charge of this name (a chargeback names no more)."""
    rows = Agency.objects.all()
    if event.agency:
        try:
            return rows.filter(id=UUID(event.agency)).first()
        except ValueError:
            return None
    for agency in rows:
        with scope(agency.id):
            if (
                CardPayment.objects.filter(provider=provider.name, charge=event.charge)
                .exclude(charge="")
                .exists()
            ):
                return agency
    return None


def rest(payment: CardPayment, by: Actor, at: datetime) -> None:
    """While the money is under way nobody is reminded of it; afterwards the case goes on."""
    standing = Hold.objects.filter(case=payment.case, kind=HoldKind.PAYMENT, lifted_at__isnull=True)
    if payment.state == CardPayment.State.PENDING:
        if not standing.exists():
            put_on_hold(case=payment.case, kind=HoldKind.PAYMENT, because=N_("a card payment is under way"),
                        until=None, by=by, at=at)  # fmt: skip
        return
    for hold in standing:
        lift_hold(hold=hold, because=N_("the card payment is decided"), by=by, at=at)


def ask_provider(
    *, agency: Agency, provider: Provider, payment: CardPayment, at: datetime
) -> CardPayment | None:
    """Ask what has become of a payment; outside any transaction. None when there is nothing new, or no answer."""
    if not payment.session:
        return None
    try:
        event = provider.ask(payment.session)
    except Refusal:
        return None
    return take_event(provider=provider, event=event, at=at)


def look_after(*, agency: Agency, provider: Provider, at: datetime) -> dict[str, int]:
    """Payments whose page has closed, or that are under way, and of which nothing was heard: ask. So a webhook
    that was lost loses no money."""
    with scope(agency.id):
        late = CardPayment.objects.filter(
            agency_id=agency.id, provider=provider.name, state__in=["open", "pending"]
        )
        wanted: list[Any] = list(late.filter(until__lt=at).exclude(session="")[:200])
    heard = [ask_provider(agency=agency, provider=provider, payment=each, at=at) for each in wanted]
    return {"asked": len(wanted), "heard": sum(each is not None for each in heard)}
