"""What a debtor tells us besides disputing and promising: paid already, not us, insolvent, call me, our data.
Each is in force at once and goes to a person with a day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case, Hold, Task
from recoup.cases.operations import add_task, lift_hold, plan_next_look, put_on_hold
from recoup.cases.operations.tasks import finish_all
from recoup.cases.states import HoldKind, Stage
from recoup.contact.rules import zone
from recoup.eventlog.models import Event
from recoup.eventlog.operations import record
from recoup.journeys.agreed_calls import said_there
from recoup.journeys.call import LONGEST_PROMISE
from recoup.journeys.dispute import business_day, locked_case
from recoup.journeys.evidence import Paper, keep_paper, refuse_too_many
from recoup.journeys.insolvency.take import take_word
from recoup.journeys.promise_to_pay import refuse_closed
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.rules import CODES
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.operations import correct_debtor
from recoup.tenancy.context import scope

SEARCH_DAYS = 7  # business days to look for a payment
READ_DAYS = 2
TO_US, TO_CREDITOR = "us", "creditor"


def say_paid(
    *, case: Case, amount: Decimal, paid_on: date, to: str, text: str = "", papers: Sequence[Paper] = (), key: UUID,
    by: Actor, at: datetime,
) -> date:  # fmt: skip
    """The debtor says that it has paid, to us or to the creditor, perhaps with proof. Contact rests while we
    look, once: said again for a payment that was not found, it goes to a person without a new rest. Books
    nothing. Returns the day until which we look.

    Raises `Refusal`: `case_not_open`, `paid_day`, `paid_amount`, and those of `keep_paper`.
    """
    refuse_too_many(len(papers))
    with scope(case.agency_id), transaction.atomic():
        locked = locked_case(case)
        refuse_closed(locked)
        if paid_on > at.date():
            raise Refusal(
                "paid_day", N_("%(found)s is still to come."), field="paid_on", found=paid_on
            )
        if amount <= 0:
            raise Refusal("paid_amount", N_("Please give the amount that was paid."), field="amount", found=str(amount))  # fmt: skip
        until = business_day(locked, at.date(), SEARCH_DAYS)
        if said_before(locked, f"paid_said:{key}"):
            return until
        kept = [keep_paper(case=locked, paper=p, audience="debtor", by=by, at=at) for p in papers]
        rest(locked, until, by, at)
        money = Money(amount, locked.currency).rounded()
        record(
            agency=case.agency_id, kind="PaymentClaimed", by=by, at=at, case=case.id, client=case.client_id,
            audience="debtor", amount=str(money.amount), currency=locked.currency, on=paid_on.isoformat(), to=to,
            text=text.strip()[:1000], documents=[str(d.id) for d in kept],
        )  # fmt: skip
        params = {"debtor": locked.debtor.name, "case": locked.number, "amount": str(money), "on": paid_on.isoformat()}  # fmt: skip
        add_task(
            agency=case.agency_id, key=f"paid_said:{key}", kind="payment", case=locked, params=params,
            sentence=N_("%(debtor)s says it paid %(amount)s for %(case)s on %(on)s: look for the payment."),
            role="finance_officer", due_on=business_day(locked, at.date(), READ_DAYS),
            default=N_("Contact goes on when the time to look is over."), by=by, at=at,
        )  # fmt: skip
        if to == TO_CREDITOR:
            add_task(
                agency=case.agency_id, key=f"paid_you:{key}", kind="payment", case=locked, params=params,
                sentence=N_("%(debtor)s says it paid you %(amount)s on %(on)s (%(case)s): report the payment, or tell us that it did not come."),
                role="client_finance", client=case.client_id, due_on=until,
                default=N_("We take it that nothing came, and go on."), by=by, at=at,
            )  # fmt: skip
        return until


def rest(case: Case, until: date, by: Actor, at: datetime) -> None:
    """Contact rests through `until`, the first time."""
    known = Hold.objects.filter(
        case=case, kind=HoldKind.PAID_SAID, since__gte=at - timedelta(days=60)
    )
    if known.exists():
        return
    for old in Hold.objects.filter(case=case, kind=HoldKind.PAID_SAID, lifted_at__isnull=True):
        lift_hold(hold=old, because=N_("its time was over"), by=by, at=at)
    put_on_hold(case=case, kind=HoldKind.PAID_SAID, because=N_("the debtor says it has paid"), until=until, by=by, at=at)  # fmt: skip
    if case.stage == Stage.CONTACT:
        plan_next_look(case=case, on=until + timedelta(days=1))


def say_not_us(*, case: Case, text: str, key: UUID, by: Actor, at: datetime) -> None:
    """Whoever reads this says that the letter reached the wrong company or person. Nothing more is sent until
    somebody has looked. Raises `Refusal` `case_not_open`."""
    with scope(case.agency_id), transaction.atomic():
        locked = locked_case(case)
        refuse_closed(locked)
        if said_before(locked, f"reply:{case.id}:{key}"):
            return
        said = text.strip()[:2000]
        record(
            agency=case.agency_id, kind="WrongPersonSaid", by=by, at=at, case=case.id, client=case.client_id,
            audience="debtor", text=said,
        )  # fmt: skip
        # A reply that waits to be read stops what is written (contact.rules).
        add_task(
            agency=case.agency_id, key=f"reply:{case.id}:{key}", kind="reply", case=locked,
            sentence=N_("Somebody says that %(case)s reached the wrong one, not %(debtor)s: “%(text)s” Find out who answers for it."),
            params={"case": locked.number, "debtor": locked.debtor.name, "text": said[:500]}, role="collector",
            owner=locked.collector, due_on=business_day(locked, at.date(), READ_DAYS),
            default=N_("Nothing more is sent to the debtor until somebody has read it."), by=by, at=at,
        )  # fmt: skip


def say_insolvent(
    *, case: Case, court: str, number: str, administrator: str, papers: Sequence[Paper] = (), by: Actor, at: datetime,
) -> None:  # fmt: skip
    """The debtor gives notice of insolvency proceedings: contact rests at once in all its cases, as with a
    register's notice that resembles it, until the legal officer has decided. The same again adds what is new.
    Raises `Refusal` `case_not_open`, and those of `keep_paper`."""
    refuse_too_many(len(papers))
    with scope(case.agency_id), transaction.atomic():
        locked = locked_case(case)
        refuse_closed(locked)
        for paper in papers:
            keep_paper(case=locked, paper=paper, audience="debtor", by=by, at=at)
        told = {"court": court.strip()[:200], "number": number.strip()[:80], "administrator": administrator.strip()[:200]}  # fmt: skip
        fresh = take_word(
            agency=locked.agency, debtor=locked.debtor, court=told["court"], reference=told["number"],
            practitioner=told["administrator"], by=by, at=at,
        )  # fmt: skip
        if fresh:
            record(
                agency=case.agency_id, kind="InsolvencyNotified", by=by, at=at, case=case.id, client=case.client_id,
                audience="debtor", **{name: said for name, said in told.items() if said},
            )  # fmt: skip


def ask_call(
    *, case: Case, phone: str, name: str, call_at: datetime, key: UUID, by: Actor, at: datetime
) -> None:
    """The debtor asks to be called at an instant; its day and hour are those of its own zone. Raises
    `Refusal`: `case_not_open`, `phone_missing`, `call_past`, `call_far`, `back_outside_hours`."""
    number = phone.strip()[:40]
    if sum(c.isdigit() for c in number) < 5:
        raise Refusal(
            "phone_missing", N_("Please give the telephone number to call."), field="phone"
        )
    with scope(case.agency_id), transaction.atomic():
        locked = locked_case(case)
        refuse_closed(locked)
        refuse_hour(locked, call_at, at)
        if said_before(locked, f"call_back:{case.id}:{key}"):
            return
        there = call_at.astimezone(zone(locked.debtor.time_zone))
        add_task(
            agency=case.agency_id, key=f"call_back:{case.id}:{key}", kind="call", case=locked,
            sentence=N_("%(debtor)s asks to be called about %(case)s on %(phone)s (%(name)s)"),
            params={"debtor": locked.debtor.name, "case": locked.number, "phone": number, "name": name.strip()[:120], **said_there(call_at, locked.debtor.time_zone)},
            role="collector", owner=locked.collector, due_on=there.date(), due_at=call_at,
            default=N_("The call stays on the list and is shown to the supervisor."), by=by, at=at,
        )  # fmt: skip
        record(
            agency=case.agency_id, kind="CallBackAgreed", by=by, at=at, case=case.id, client=case.client_id,
            audience="debtor", when=call_at.isoformat(), there=f"{there:%H:%M}", on=there.date().isoformat(),
        )  # fmt: skip


def refuse_hour(case: Case, call_at: datetime, at: datetime) -> None:
    if call_at <= at:
        raise Refusal("call_past", N_("Please choose a time to come."), field="time")
    if call_at > at + LONGEST_PROMISE:
        raise Refusal("call_far", N_("Please choose a day within %(days)d days."), field="day", days=LONGEST_PROMISE.days)  # fmt: skip
    if case.jurisdiction not in CODES:
        return
    clock = case.debtor.time_zone
    known = zone(clock).key == clock
    answer = law(case.jurisdiction).may_contact(call_at, zone=clock if known else None)
    if not answer.ok:
        raise Refusal(
            "back_outside_hours", N_("Nobody may be called then: %(rule)s (%(source)s)"), field="time",
            rule=answer.because, source=answer.source,
        )  # fmt: skip


def correct_data(*, case: Case, changes: dict[str, object], by: Actor, at: datetime) -> list[str]:
    """The debtor corrects its own address, e-mail, telephone, contact person, language: in force at once, and
    looked at by a person. Returns what has changed. Raises `Refusal` as `parties.correct_debtor`."""
    with scope(case.agency_id), transaction.atomic():
        locked = locked_case(case)
        changed = correct_debtor(debtor=locked.debtor, changes=changes, case=case.id, client=case.client_id, by=by, at=at)  # fmt: skip
        if changed:
            add_task(
                agency=case.agency_id, key=f"data:{case.id}:{at.isoformat()}"[:120], kind="ask", case=locked,
                sentence=N_("%(debtor)s has corrected its own data (%(fields)s): look whether they fit."),
                params={"debtor": locked.debtor.name, "fields": ", ".join(changed)}, role="collector",
                owner=locked.collector, due_on=business_day(locked, at.date(), 5),
                default=N_("The new data stand."), by=by, at=at,
            )  # fmt: skip
        return changed


def answer_debtor(*, case: Case, text: str, key: UUID, by: Actor, at: datetime) -> None:
    """The house answers on the debtor's page, and what waited to be read is read. The same `key` again is the
    same answer. Raises `Refusal` `message_empty`."""
    said = text.strip()[:4000]
    if not said:
        raise Refusal("message_empty", N_("Please write something."), field="text")
    with scope(case.agency_id), transaction.atomic():
        locked = locked_case(case)
        if Event.objects.filter(
            case_id=case.id, kind="DebtorAnswered", data__key=str(key)
        ).exists():
            return
        record(
            agency=case.agency_id, kind="DebtorAnswered", by=by, at=at, case=case.id, client=case.client_id,
            audience="debtor", text=said, key=str(key),
        )  # fmt: skip
        finish_all(case=locked, kind="reply", outcome="answered", by=by, at=at)


def said_before(case: Case, key: str) -> bool:
    return Task.objects.filter(agency_id=case.agency_id, key=key).exists()
