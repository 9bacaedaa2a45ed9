"""A second person's word on a payment file, the bank's answers to it, and whose account it pays."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.cases.operations import add_task
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.parties.operations import change_payout_account
from recoup.payments.bankfiles import PaymentStatus
from recoup.payments.models import (
    AccountChange,
    BankFile,
    DirectDebit,
    PayoutDecision,
    PayoutFile,
    PayoutStatus,
    PayoutTerms,
    Refund,
    Remittance,
)
from recoup.payments.operations.allocate import FINANCE
from recoup.payments.operations.booking import one_at_a_time
from recoup.payments.operations.debit import give_back, note_refused, refuse_stale
from recoup.payments.operations.refund import end_undelivered
from recoup.payments.operations.stop import refuse_beyond_limit, refuse_stopped
from recoup.payments.transfers.order import Account, check_account
from recoup.tenancy.restores import refuse_restored

REFUSED = ("RJCT", "CANC")
# The bank has taken or settled it: nothing later in a status report undoes that, only money does.
ACCEPTED = ("ACSC", "ACCC", "ACSP")


def approve_payout(*, payout: PayoutFile, sha256: str, by: Actor, at: datetime) -> PayoutDecision:
    """A second person releases the exact file whose hash was shown; only then may it leave the house.

    Two at once: the decision is unique per file. Raises `Refusal` `payout_not_written`,
    `payout_decided`, `payout_other_file` (not the file that was looked at), `payout_own` (who proposed
    it), `payout_paid`, `account_unconfirmed` (an account changed since), `payouts_stopped`, `client_insolvent`,
    `approver_without_limit`, `approver_limit`, `refund_ended_in_file`, `debit_stale`, `restored` (it may be at the
    bank already).
    """
    with transaction.atomic():
        one_at_a_time(payout.agency_id)
        refuse_restored(payout.agency_id)
        payout = undecided(payout)
        assert payout.document is not None
        if payout.document.sha256 != sha256:
            raise Refusal(
                "payout_other_file", N_("%(number)s is not the file that you looked at; look at it again."),
                number=payout.message_id,
            )  # fmt: skip
        if by.id is not None and by.id == payout.by_id:
            raise Refusal(
                "payout_own", N_("%(number)s was proposed by you; another person approves it."),
                number=payout.message_id,
            )  # fmt: skip
        if is_settled(payout, None):
            raise Refusal(
                "payout_paid", N_("The bank shows payments of %(number)s already: approved, it would pay them twice."),
                number=payout.message_id,
            )  # fmt: skip
        refuse_beyond_limit(payout, by)
        for row in payout.remittances.select_related("client"):
            refuse_unconfirmed(row.client)
            refuse_stopped(row.client)
        for ended in payout.refunds.filter(ended_at__isnull=False):
            raise Refusal(
                "refund_ended_in_file", N_("The payment that %(number)s refunds was taken back: reject the file."),
                number=ended.number,
            )  # fmt: skip
        refuse_stale(payout.debits.select_related("mandate", "case"), at.date())
        return decide(payout, True, "", by, at)


def reject_payout(*, payout: PayoutFile, because: str, by: Actor, at: datetime) -> PayoutDecision:
    """The file never leaves; its remittances can be ordered again. Raises `Refusal` `reason_missing`,
    `payout_not_written`, `payout_decided`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    with transaction.atomic():
        one_at_a_time(payout.agency_id)
        made = decide(undecided(payout), False, because.strip()[:300], by, at)
        for refund in payout.refunds.select_related("case", "entry"):
            end_undelivered(refund, Refund.End.CANCELLED, because.strip(), by=by, at=at)
        give_back(payout)
        return made


def undecided(payout: PayoutFile) -> PayoutFile:
    found = PayoutFile.objects.select_related("document").get(id=payout.id)
    if found.document is None:
        raise Refusal(
            "payout_not_written", N_("%(number)s has no file yet."), number=found.message_id
        )
    if PayoutDecision.objects.filter(payout=found).exists():
        raise Refusal(
            "payout_decided", N_("%(number)s has been decided already."), number=found.message_id
        )
    return found


def decide(
    payout: PayoutFile, approved: bool, because: str, by: Actor, at: datetime
) -> PayoutDecision:
    assert payout.document is not None
    made = PayoutDecision.objects.create(
        agency_id=payout.agency_id, payout=payout, approved=approved, sha256=payout.document.sha256,
        because=because, at=at, by_id=by.id, by_name=by.name,
    )  # fmt: skip
    record(
        agency=payout.agency_id, kind="PayoutApproved" if approved else "PayoutRejected", by=by, at=at,
        audience="internal", number=payout.message_id, sha256=made.sha256, because=because,
    )  # fmt: skip
    return made


# The bank's answer ---------------------------------------------------------------------------


def note_statuses(
    *, file: BankFile, statuses: tuple[PaymentStatus, ...], by: Actor, at: datetime
) -> dict[str, int]:
    """Keep a pain.002's answers. An answer about a file that is not ours, or a refusal of what the bank
    has settled or shown as paid, changes nothing but makes a task (BK23). Inside the caller's lock."""
    messages = {s.original_message_id for s in statuses if s.original_message_id}
    payouts = {
        p.message_id: p
        for p in PayoutFile.objects.filter(agency_id=file.agency_id, message_id__in=messages)
    }
    named = {s.end_to_end_id for s in statuses if s.end_to_end_id}
    remittances = {
        r.end_to_end_id: r
        for r in Remittance.objects.filter(agency_id=file.agency_id, end_to_end_id__in=named)
    }
    refunds = {
        r.number: r
        for r in Refund.objects.filter(agency_id=file.agency_id, number__in=named).select_related(
            "case", "entry"
        )
    }
    debits = set(
        DirectDebit.objects.filter(agency_id=file.agency_id, number__in=named).values_list(
            "number", flat=True
        )
    )
    counts = {"answers": len(statuses), "unknown": 0, "refused": 0}
    for status in statuses:
        payout = payouts.get(status.original_message_id or "")
        remittance = remittances.get(status.end_to_end_id or "")
        refund = refunds.get(status.end_to_end_id or "")
        ours = remittance or refund or status.end_to_end_id in debits
        if payout is None or (status.end_to_end_id and not ours):
            counts["unknown"] += 1
            continue
        refused = note_one(file, payout, remittance, status, by, at)
        counts["refused"] += refused
        if refused and remittance is None:
            end_refused(payout, refund, status, by, at)
            note_refused(payout, status.end_to_end_id or "", status.reason or "", by=by, at=at)
    if counts["unknown"]:
        ask(
            file, "unknown", by, at,
            N_("%(name)s answers about %(unknown)d payments that are not ours: nothing was changed."),
            name=file.name, unknown=counts["unknown"],
        )  # fmt: skip
    return counts


def note_one(
    file: BankFile, payout: PayoutFile, remittance: Remittance | None, status: PaymentStatus, by: Actor,
    at: datetime,
) -> bool:  # fmt: skip
    """Whether it is a refusal that counts."""
    code = (status.status or "")[:4]
    late = code in REFUSED and is_settled(payout, remittance)
    PayoutStatus.objects.create(
        agency_id=file.agency_id, payout=payout, remittance=remittance, file=file,
        end_to_end_id=(status.end_to_end_id or "")[:35], status="LATE" if late else code,
        reason=(status.reason or "")[:35], explanation=(status.explanation or "")[:300], at=at,
    )  # fmt: skip
    number = remittance.number if remittance else payout.message_id
    if late:
        ask(
            file, f"late:{number}", by, at,
            N_("The bank refuses %(number)s (%(reason)s) after it had taken it: nothing was changed, ask the bank."),
            number=number, reason=status.reason or "–",
        )  # fmt: skip
    elif code in REFUSED:
        ask(
            file, f"refused:{number}", by, at,
            N_("The bank refuses %(number)s (%(reason)s): put it right, then pay again."),
            number=number, reason=status.reason or status.explanation or "–",
        )  # fmt: skip
    return code in REFUSED and not late


def end_refused(
    payout: PayoutFile, refund: Refund | None, status: PaymentStatus, by: Actor, at: datetime
) -> None:
    """Refunds that the bank refuses, one or the file's all, are owed to their payers again."""
    whole = [] if status.end_to_end_id else payout.refunds.select_related("case", "entry")
    for each in [refund] if refund else whole:
        end_undelivered(each, Refund.End.REFUSED, status.reason or "refused", by=by, at=at)


def ask(file: BankFile, key: str, by: Actor, at: datetime, sentence: str, **params: Any) -> None:
    add_task(
        agency=file.agency_id, key=f"payout-status:{file.id}:{key}"[:200], kind="payout_status", role=FINANCE,
        sentence=sentence, params=params, due_on=at.date(), default=N_("The money stays on its way."), by=by, at=at,
    )  # fmt: skip


def is_settled(payout: PayoutFile, remittance: Remittance | None) -> bool:
    """Whether the bank has said or shown that it was paid."""
    told = PayoutStatus.objects.filter(payout=payout, status__in=ACCEPTED)
    rows = payout.remittances.all()
    if remittance is not None:
        told, rows = told.filter(remittance=remittance), rows.filter(id=remittance.id)
    shown = rows.filter(outcomes__kind="payout").exists()
    return told.exists() or shown or payout.refunds.filter(outcomes__kind="refund").exists()


def is_refused(remittance: Remittance) -> bool:
    """Whether the bank has refused the present order, all of it or this payment."""
    told = PayoutStatus.objects.filter(payout_id=remittance.payout_id, status__in=REFUSED)
    whole = told.filter(remittance__isnull=True)
    return whole.exists() or told.filter(end_to_end_id=remittance.end_to_end_id).exists()


# Whose account -------------------------------------------------------------------------------


def change_account(
    *, client: Client, iban: str, bic: str = "", by: Actor, at: datetime
) -> AccountChange:
    """Note a client's new account for payouts. Nothing is paid to it until another person has confirmed
    it through a second channel. Raises `Refusal` `iban_invalid`, `bic_invalid`, `account_same`."""
    plain = iban.replace(" ", "").upper()
    check_account(Account(name=client.name, iban=plain, bic=bic or None), "creditor")
    with transaction.atomic():
        one_at_a_time(client.agency_id)
        was = Client.objects.values_list("payout_iban", flat=True).get(id=client.id)
        if was == plain:
            raise Refusal("account_same", N_("That is the account already."), field="iban")
        change_payout_account(client=client, iban=plain, bic=bic, by=by, at=at)
        made = AccountChange.objects.create(
            agency_id=client.agency_id, client=client, was=was, iban=plain, bic=bic, at=at, by_id=by.id,
            by_name=by.name,
        )  # fmt: skip
        add_task(
            agency=client.agency_id, key=f"account:{made.id}", kind="account_changed", role=FINANCE,
            sentence=N_("%(client)s wants to be paid to %(iban)s: call them on a number you knew before, then confirm it."),
            params={"client": client.name, "iban": plain}, due_on=at.date() + timedelta(days=1),
            default=N_("Nothing is paid to it."), by=by, at=at,
        )  # fmt: skip
    return made


def confirm_account(*, change: AccountChange, how: str, by: Actor, at: datetime) -> None:
    """Another person has asked the client through a second channel, and says how. Raises `Refusal`
    `reason_missing`, `account_own` (who changed it), `account_confirmed`."""
    if len(how.strip()) < 5:
        raise Refusal("reason_missing", N_("Please say how you asked the client."), field="how")
    if by.id is not None and by.id == change.by_id:
        raise Refusal("account_own", N_("You changed it yourself; another person confirms it."))
    waiting = AccountChange.objects.filter(id=change.id, confirmed_at__isnull=True)
    with transaction.atomic():
        if not waiting.update(confirmed_at=at, confirmed_by_name=by.name, how=how.strip()[:300]):
            raise Refusal("account_confirmed", N_("It has been confirmed already."))
        record(agency=change.agency_id, kind="PayoutAccountConfirmed", by=by, at=at, audience="internal",
               client=change.client_id, how=how.strip()[:300])  # fmt: skip


def unconfirmed(clients: list[UUID]) -> set[UUID]:
    """Clients whose present account was changed and not confirmed, in one query."""
    rows = AccountChange.objects.filter(client_id__in=clients, confirmed_at__isnull=True)
    return {
        c
        for c, iban, now in rows.values_list("client_id", "iban", "client__payout_iban")
        if iban == now
    }


def refuse_unconfirmed(client: Client) -> None:
    """Raises `Refusal` `account_unconfirmed`."""
    if unconfirmed([client.id]):
        raise account_unconfirmed(client)


def account_unconfirmed(client: Client) -> Refusal:
    return Refusal(
        "account_unconfirmed", N_("The account of %(client)s was changed and nobody has confirmed it yet."),
        client=client.name,
    )  # fmt: skip


def set_payout_terms(
    *, client: Client, schedule: str, day: int, least: Decimal, by: Actor, at: datetime
) -> PayoutTerms:
    """When a client is paid and from which amount on. Raises `Refusal` `payday_unknown`, `least_wrong`."""
    if schedule not in PayoutTerms.Schedule.values or not 1 <= day <= (
        7 if schedule == "weekly" else 28
    ):
        raise Refusal(
            "payday_unknown", N_("“%(found)s” is no such day."), field="day", found=str(day)
        )
    if not Decimal(0) <= least < Decimal(10) ** 13:
        raise Refusal(
            "least_wrong",
            N_("“%(found)s” is no amount to pay from."),
            field="least",
            found=str(least),
        )
    given = {"schedule": schedule, "day": day, "least": least}
    made, _ = PayoutTerms.objects.update_or_create(
        agency_id=client.agency_id, client=client, defaults=given
    )
    record(agency=client.agency_id, kind="PayoutTermsSet", by=by, at=at, client=client.id, schedule=schedule,
           day=day, least=str(least))  # fmt: skip
    return made
