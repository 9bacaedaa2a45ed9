"""Money back to who paid it: proposed, held where the account is not the debtor's, paid by a file that a
second person approves."""

import re
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet, Sum

from recoup.cases.models import Case, Task
from recoup.cases.operations import add_task, finish_task
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_, Refusal
from recoup.ledger.accounts import HouseAccount
from recoup.ledger.operations import Draft, Leg, open_book, post, reverse
from recoup.payments.models import Allocation, BankLine, LineOutcome, PayoutFile, Refund
from recoup.payments.names import is_alike
from recoup.payments.operations.booking import Unit, one_at_a_time
from recoup.payments.queries import corrected, left_of, overpaid_now
from recoup.payments.transfers.order import Account, Transfer, check_account, check_amount
from recoup.payments.transfers.pain001 import written_name
from recoup.tenancy.operations import next_number

FINANCE = "finance_officer"
MASKED = re.compile(r"[*•·#?]|[xX]{3,}")
NOTHING = Decimal(0)


def propose_refund(
    *, line: BankLine, allocation: Allocation | None = None, holder: str = "", iban: str = "", bic: str = "",
    because: str, by: Actor, at: datetime,
) -> Refund:  # fmt: skip
    """Send back what an allocation of `line` was too much, or what is left of the line; to the account it
    came from unless another is given.

    An account that is not the debtor's own is held, with a task, until another person clears it (BK26).
    Raises `Refusal` `reason_missing`, `nothing_to_refund`, `account_missing`, `iban_masked`,
    `iban_invalid`, `name_not_writable` (BK25).
    """
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    with transaction.atomic():
        one_at_a_time(line.agency_id)
        amount = may_go_back(line, allocation)
        case = allocation.case if allocation else None
        to = payee_of(line, holder, iban, bic)
        check_payee(to, amount, line.currency)
        made = Refund(
            agency_id=line.agency_id, number=numbered(line, at), line=line, allocation=allocation, case=case,
            amount=amount, currency=line.currency, holder=to.name[:200], iban=to.plain_iban, bic=to.bic or "",
            because=because.strip()[:300], held_for=held_for(line, case, to), at=at, by_id=by.id, by_name=by.name,
        )  # fmt: skip
        made.entry = post(agency=line.agency_id, draft=draft(made), by=by, at=at)
        fault("refund.posted")
        made.save(force_insert=True)
        if allocation is None:
            outcome(made, amount, by, at)
        tell(made, "RefundProposed", by, at)
        if made.held_for:
            hold_task(made, by=by, at=at)
        else:
            order(made, by=by, at=at)
        finish_overpaid_task(made, by=by, at=at)
    return made


def may_go_back(line: BankLine, allocation: Allocation | None) -> Decimal:
    """Raises `Refusal` `nothing_to_refund`."""
    left = left_of([line])[line.id] if allocation is None else too_much(allocation)
    if line.amount <= 0 or left <= 0:
        raise Refusal("nothing_to_refund", N_("Nothing of this payment is to go back."))
    return left


def too_much(allocation: Allocation) -> Decimal:
    """What of it is not needed and not on its way back; of a credited claim as the law parts its payments now."""
    if Allocation.objects.filter(reverses=allocation).exists():
        return NOTHING
    if corrected(allocation.agency_id).filter(id=allocation.case_id).exists():
        found = overpaid_now([allocation.case]).get(allocation.case_id, {})
        return found.get(allocation.id, NOTHING)
    return allocation.overpaid - refunded(allocation)


def refunded(allocation: Allocation) -> Decimal:
    """What of it is on its way back, or has arrived."""
    live = Refund.objects.filter(allocation=allocation, ended_at__isnull=True)
    return live.aggregate(total=Sum("amount"))["total"] or NOTHING


def payee_of(line: BankLine, holder: str, iban: str, bic: str) -> Account:
    account = (iban or line.counterparty_account).replace(" ", "").upper()
    return Account(name=holder.strip() or line.counterparty, iban=account, bic=bic or None)


def check_payee(to: Account, amount: Decimal, currency: str) -> None:
    """Raises `Refusal` where no bank would take it."""
    if not to.iban:
        raise Refusal(
            "account_missing", N_("The bank does not say which account the money came from: give the account to pay to."),
            field="iban",
        )  # fmt: skip
    if MASKED.search(to.iban):
        raise Refusal(
            "iban_masked", N_("The bank has masked the account (“%(found)s”): ask the payer for it."),
            field="iban", found=to.iban,
        )  # fmt: skip
    check_account(to, "creditor")
    check_amount(Transfer("trial", amount, currency, to), 1)
    written_name(to, 0)


def held_for(line: BankLine, case: Case | None, to: Account) -> str:
    """Why another person must look first; "" where the debtor paid and is paid on the same account."""
    if to.plain_iban != line.counterparty_account.replace(" ", "").upper():
        return "other_account"
    if case is not None and not is_alike(to.name, case.debtor.name):
        return "third_party"
    return ""


def numbered(line: BankLine, at: datetime) -> str:
    number = next_number(agency=line.agency_id, series=f"refund-{at.year}")
    return f"RFD-{at.year}-{number:06d}"


def draft(refund: Refund) -> Draft:
    house = open_book(agency=refund.agency_id, kind="house", name="House")
    money = Unit(refund.currency)(refund.amount)
    whose = HouseAccount.OVERPAID if refund.allocation_id else HouseAccount.UNALLOCATED
    legs = (Leg(house, whose, money), Leg(house, HouseAccount.IN_TRANSIT, -money))
    because = {"line": str(refund.line_id), "case": str(refund.case_id or "")}
    memo = f"Refund {refund.number} to {refund.holder}"
    return Draft("refund", f"refund:{refund.number}", refund.at.date(), memo, legs, None, because)


def outcome(refund: Refund, amount: Decimal, by: Actor, at: datetime) -> None:
    """Without a case, the refund is what explains its line (turned, once it has come to nothing)."""
    LineOutcome.objects.create(
        agency_id=refund.agency_id, line_id=refund.line_id, kind=LineOutcome.Kind.REFUNDED, amount=amount,
        refund=refund, at=at, by_name=by.name, because={"number": refund.number},
    )  # fmt: skip


def order(refund: Refund, *, by: Actor, at: datetime) -> None:
    """Its payment file to be: the identifier is committed before the file exists. Who proposed the refund
    has proposed the file, whoever released it meanwhile."""
    number = next_number(agency=refund.agency_id, series=f"payout-{at.year}")
    refund.payout = PayoutFile.objects.create(
        agency_id=refund.agency_id, message_id=f"PAY-{at.year}-{number:06d}", account_id=refund.line.account_id,
        on=at.date(), made_at=at, by_id=refund.by_id, by_name=refund.by_name,
    )  # fmt: skip
    refund.save(update_fields=["payout"])


def release_refund(*, refund: Refund, how: str, by: Actor, at: datetime) -> Refund:
    """Another person has cleared who is paid, and says how. Raises `Refusal` `reason_missing`,
    `refund_own` (who proposed it), `refund_not_held`."""
    if len(how.strip()) < 5:
        raise Refusal("reason_missing", N_("Please say how you cleared it."), field="how")
    if by.id is not None and by.id == refund.by_id:
        raise Refusal("refund_own", N_("You proposed it yourself; another person clears it."))
    with transaction.atomic():
        one_at_a_time(refund.agency_id)
        waiting = Refund.objects.filter(
            id=refund.id, released_at__isnull=True, ended_at__isnull=True
        )
        said = {"released_at": at, "released_by_name": by.name, "how": how.strip()[:300]}
        if not waiting.exclude(held_for="").update(**said):
            raise Refusal("refund_not_held", N_("This refund does not wait for anybody."))
        refund.refresh_from_db()
        order(refund, by=by, at=at)
        tell(refund, "RefundReleased", by, at)
        done_task(refund, f"refund-held:{refund.id}", "cleared", by, at)
    return refund


def cancel_refund(*, refund: Refund, because: str, by: Actor, at: datetime) -> None:
    """A refund that is in no file, or whose file was not approved, is taken back: the money is kept apart
    again. Raises `Refusal` `reason_missing`, `refund_left`, `refund_ended`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    with transaction.atomic():
        one_at_a_time(refund.agency_id)
        refund.refresh_from_db()
        if refund.payout_id is not None:
            raise Refusal("refund_left", N_("Refund %(number)s is in a payment file: reject the file."), number=refund.number)  # fmt: skip
        end_refund(refund, Refund.End.CANCELLED, because.strip(), by=by, at=at)


def end_refund(refund: Refund, end: str, because: str, *, by: Actor, at: datetime) -> None:
    """It did not arrive: owed to the payer again; or (borne) the payment is gone too. Inside the caller's lock.
    Raises `Refusal` `refund_ended`."""
    said = {"ended_at": at, "end": end, "ended_because": because[:300]}
    if not Refund.objects.filter(id=refund.id, ended_at__isnull=True).update(**said):
        raise Refusal(
            "refund_ended", N_("Refund %(number)s has ended already."), number=refund.number
        )
    refund.refresh_from_db()
    source = f"refund-{end}:{refund.number}"
    if end == Refund.End.BORNE:
        bear(refund, source, by=by, at=at)
    else:
        memo = f"Refund {refund.number} {end}"
        reverse(agency=refund.agency_id, entry=refund.entry, source=source, value_on=at.date(), memo=memo, by=by, at=at)  # fmt: skip
        if refund.allocation_id is None:
            outcome(refund, -refund.amount, by, at)
    tell(refund, "RefundEnded", by, at)
    done_task(refund, f"refund-held:{refund.id}", end, by, at)


def bear(refund: Refund, source: str, *, by: Actor, at: datetime) -> None:
    """The payment was taken back after what was too much had gone back: never the other debtors' money."""
    house = open_book(agency=refund.agency_id, kind="house", name="House")
    money = Unit(refund.currency)(refund.amount)
    whose = HouseAccount.OVERPAID if refund.allocation_id else HouseAccount.UNALLOCATED
    legs = (Leg(house, HouseAccount.AGENCY_SHARE, money), Leg(house, whose, -money))
    memo = f"Refund {refund.number}: the payment was taken back"
    post(
        agency=refund.agency_id,
        draft=Draft("refund_borne", source, at.date(), memo, legs),
        by=by,
        at=at,
    )
    if refund.allocation_id is None:
        outcome(refund, -refund.amount, by, at)
    add_task(
        agency=refund.agency_id, key=f"refund-borne:{refund.id}", kind="refund_borne", role=FINANCE,
        sentence=N_("The bank took back a payment of which %(amount)s %(currency)s had been refunded (%(number)s): ask %(holder)s for them."),
        params={"amount": str(money.amount), "currency": refund.currency, "number": refund.number, "holder": refund.holder},
        due_on=at.date() + timedelta(days=1), default=N_("The agency's share bears it."), case=refund.case, by=by, at=at,
    )  # fmt: skip


def end_for_payment(refunds: QuerySet[Refund], *, by: Actor, at: datetime) -> None:
    """The bank takes back the payment that they refund: what is in a payment file is the agency's to bear, what
    still waits for a person is not sent."""
    for refund in refunds.filter(ended_at__isnull=True):
        end = Refund.End.BORNE if refund.payout_id else Refund.End.CANCELLED
        end_refund(refund, end, N_("the payment was taken back"), by=by, at=at)


def make_good(refund: Refund, because: str, *, by: Actor, at: datetime) -> None:
    """A refund that the agency's share had borne did not arrive after all: the share has the money again.
    Raises `Refusal` `refund_ended` unless it is borne."""
    borne = Refund.objects.filter(id=refund.id, end=Refund.End.BORNE)
    if not borne.update(end=Refund.End.MADE_GOOD, ended_at=at, ended_because=because[:300]):
        raise Refusal(
            "refund_ended", N_("Refund %(number)s has ended already."), number=refund.number
        )
    refund.refresh_from_db()
    house = open_book(agency=refund.agency_id, kind="house", name="House")
    money = Unit(refund.currency)(refund.amount)
    legs = (
        Leg(house, HouseAccount.IN_TRANSIT, money),
        Leg(house, HouseAccount.AGENCY_SHARE, -money),
    )
    memo = f"Refund {refund.number}, borne by us, did not arrive"
    source = f"refund-{refund.end}:{refund.number}"
    draft = Draft("refund_made_good", source, at.date(), memo, legs)
    post(agency=refund.agency_id, draft=draft, by=by, at=at)
    tell(refund, "RefundEnded", by, at)
    done_task(refund, f"refund-borne:{refund.id}", refund.end, by, at)


def end_undelivered(refund: Refund, end: str, because: str, *, by: Actor, at: datetime) -> None:
    """It did not arrive: rejected, refused or come back. Owed to the payer again, or, where the payment is gone
    too, the agency's own again."""
    if refund.end == Refund.End.BORNE:
        make_good(refund, because, by=by, at=at)
    elif refund.ended_at is None:
        end_refund(refund, end, because, by=by, at=at)


def hold_task(refund: Refund, *, by: Actor, at: datetime) -> None:
    add_task(
        agency=refund.agency_id, key=f"refund-held:{refund.id}", kind="refund_held", role=FINANCE,
        sentence=N_("Refund %(number)s of %(amount)s %(currency)s to %(holder)s, %(iban)s, is held: it is not the debtor's own account."),
        params={"number": refund.number, "amount": str(Unit(refund.currency)(refund.amount).amount),
                "currency": refund.currency, "holder": refund.holder, "iban": refund.iban},
        due_on=at.date() + timedelta(days=2), default=N_("Nothing is paid to it."), case=refund.case, by=by, at=at,
    )  # fmt: skip


def finish_overpaid_task(refund: Refund, *, by: Actor, at: datetime) -> None:
    if not refund.allocation_id or refund.case is None:
        return
    done_task(refund, f"overpaid:{refund.allocation_id}", "refund proposed", by, at)
    if not overpaid_now([refund.case]).get(refund.case.id):
        waiting = Task.objects.filter(case=refund.case, kind="overpaid", done_at__isnull=True)
        for task in waiting:
            finish_task(task=task, outcome="refund proposed", by=by, at=at)


def done_task(refund: Refund, key: str, outcome: str, by: Actor, at: datetime) -> None:
    task = Task.objects.filter(agency_id=refund.agency_id, key=key, done_at__isnull=True).first()
    if task is not None:
        finish_task(task=task, outcome=outcome, by=by, at=at)


def tell(refund: Refund, kind: str, by: Actor, at: datetime) -> None:
    record(
        agency=refund.agency_id, kind=kind, by=by, at=at, case=refund.case_id, audience="internal",
        client=refund.case.client_id if refund.case else None, number=refund.number,
        amount=str(Unit(refund.currency)(refund.amount).amount), currency=refund.currency, holder=refund.holder,
        end=refund.end, because=refund.ended_because or refund.because,
    )  # fmt: skip
