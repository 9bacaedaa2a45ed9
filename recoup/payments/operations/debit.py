"""Direct debits: a debtor's mandate, what is collected by it and when, the file, and what the bank says of it.

A collection's number begins with its case's number, so that the bank's line pays the case as any other that
names it, and a return undoes it as any other. Nothing is booked before the bank shows it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from recoup.cases.models import Case
from recoup.cases.operations import add_task
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.outbox.models import Message
from recoup.parties.operations import add_contact
from recoup.payments.models import (
    Allocation,
    BankLine,
    DebitMandate,
    DirectDebit,
    PayoutFile,
    TrustAccount,
)
from recoup.payments.operations.allocate import FINANCE, refuse_amount
from recoup.payments.operations.booking import Unit, one_at_a_time
from recoup.payments.operations.match import COLLECTED
from recoup.payments.queries import to_pay
from recoup.payments.transfers.order import SEPA_COUNTRIES, Account, check_account
from recoup.payments.transfers.pain001 import written_name
from recoup.payments.transfers.pain008 import is_creditor_id
from recoup.tenancy.operations import next_number

NOTICE = 14  # days before a collection on which it is announced, unless less was agreed (EPC016-06, 4.3.4)
LATEST = 60  # days ahead; what is owed by then is not known further on
# What the bank says when the mandate or the account is of no use any more (ISO external reason codes).
GONE = ("AC01", "AC04", "AC06", "AC13", "AG01", "MD01", "MD07", "SL01")


def set_creditor_id(*, account: TrustAccount, creditor_id: str, by: Actor, at: datetime) -> None:
    """The identifier under which the account's holder collects. Raises `Refusal` `creditor_id_wrong`,
    `debit_not_euro`."""
    plain = creditor_id.replace(" ", "").upper()
    if account.currency != "EUR":
        raise Refusal("debit_not_euro", N_("SEPA direct debits are in euro, not in %(found)s."), found=account.currency)  # fmt: skip
    if len(plain) < 8 or not plain.isalnum() or not plain.isascii() or not is_creditor_id(plain):
        raise Refusal("creditor_id_wrong", N_("“%(found)s” is no creditor identifier."), field="creditor_id", found=creditor_id)  # fmt: skip
    with transaction.atomic():
        TrustAccount.objects.filter(id=account.id).update(creditor_id=plain)
        record(agency=account.agency_id, kind="CreditorIdSet", by=by, at=at, audience="internal",
               account=account.name, creditor_id=plain)  # fmt: skip


def collecting_account(agency: UUID) -> TrustAccount | None:
    """The euro account that may collect; None where none has a creditor identifier."""
    rows = TrustAccount.objects.filter(agency_id=agency, currency="EUR").exclude(creditor_id="")
    return rows.order_by("id").first()


def standing_mandate(case: UUID) -> DebitMandate | None:
    rows = DebitMandate.objects.filter(case_id=case, revoked_at__isnull=True)
    return rows.select_related("account", "case__client", "case__debtor").first()


def make_mandate(
    *, case: Case, holder: str, iban: str, bic: str = "", email: str, scheme: str = "CORE", signed_on: date,
    signed_by: str, trail: dict[str, Any] | None = None, paper: str = "", notice_days: int = NOTICE, by: Actor,
    at: datetime,
) -> DebitMandate:  # fmt: skip
    """Note a debtor's mandate: signed by link (`trail`) or on paper that somebody has before them (`paper`).

    Raises `Refusal` `debit_not_euro`, `no_creditor_id`, `case_not_collected`, `mandate_stands`, `mandate_unsigned`,
    `mandate_ahead`, `account_not_sepa`, `email_missing` and as a bad account does.
    """
    plain = iban.replace(" ", "").upper()
    name = " ".join(holder.split())[:70]
    account = refuse_uncollectable(case)
    to = Account(name=name, iban=plain, bic=bic.strip().upper() or None)
    check_account(to, "debtor")
    written_name(to, 1)
    if plain[:2] not in SEPA_COUNTRIES:
        raise Refusal("account_not_sepa", N_("%(found)s is outside SEPA; it cannot be debited."), field="iban", found=plain)  # fmt: skip
    if "@" not in email:
        raise Refusal("email_missing", N_("Please give an e-mail address: each collection is announced there."), field="email")  # fmt: skip
    if len(signed_by.strip()) < 3 or not (trail or paper.strip()):
        raise Refusal("mandate_unsigned", N_("Please say who signed it, and where the signed paper is."), field="signed_by")  # fmt: skip
    if signed_on > at.date():
        raise Refusal("mandate_ahead", N_("%(found)s is still to come."), field="signed_on", found=signed_on.isoformat())  # fmt: skip
    with transaction.atomic():
        one_at_a_time(case.agency_id)
        if standing_mandate(case.id):
            raise Refusal("mandate_stands", N_("Case %(number)s has a mandate already; revoke it first."), number=case.number)  # fmt: skip
        number = next_number(agency=case.agency_id, series=f"mandate-{at.year}")
        made = DebitMandate.objects.create(
            agency_id=case.agency_id, case=case, client_id=case.client_id, reference=f"MND-{at.year}-{number:06d}",
            account=account, creditor_id=account.creditor_id, scheme=scheme, holder=name, iban=plain,
            bic=to.bic or "", email=email.strip(), notice_days=notice_days, signed_on=signed_on,
            signed_by=signed_by.strip()[:120], trail=trail or {}, paper=paper.strip()[:200], at=at, by_name=by.name,
        )  # fmt: skip
        # Where collections are announced is an address of the debtor like any other: the gate knows it.
        add_contact(
            debtor=case.debtor, name=signed_by.strip()[:120], email=email.strip(), by=by, at=at
        )
        record(
            agency=case.agency_id, kind="DebitMandateSigned", by=by, at=at, case=case.id, client=case.client_id,
            audience="debtor", number=made.reference, scheme=scheme, iban=masked(plain), signatory=made.signed_by,
        )  # fmt: skip
    return made


def refuse_uncollectable(case: Case) -> TrustAccount:
    if case.client.own:
        raise Refusal("debit_own", N_("Direct debits are for clients' claims; this one is ours."))
    if case.currency != "EUR":
        raise Refusal("debit_not_euro", N_("SEPA direct debits are in euro, not in %(found)s."), found=case.currency)  # fmt: skip
    if case.stage not in COLLECTED:
        raise Refusal(
            "case_not_collected", N_("Case %(number)s is “%(found)s”; money cannot be given to it."),
            number=case.number, found=case.stage,
        )  # fmt: skip
    account = collecting_account(case.agency_id)
    if account is None:
        raise Refusal(
            "no_creditor_id", N_("No trust account in euro has a creditor identifier yet.")
        )
    return account


def masked(iban: str) -> str:
    return f"{iban[:4]} … {iban[-4:]}"


def revoke_mandate(*, mandate: DebitMandate, because: str, by: Actor, at: datetime) -> None:
    """It is used no more; what is announced and in no approved file is not collected. Raises `Refusal`
    `reason_missing`, `mandate_revoked`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    with transaction.atomic():
        one_at_a_time(mandate.agency_id)
        standing = DebitMandate.objects.filter(id=mandate.id, revoked_at__isnull=True)
        if not standing.update(revoked_at=at, revoked_because=because.strip()[:300]):
            raise Refusal("mandate_revoked", N_("Mandate %(number)s has been revoked already."), number=mandate.reference)  # fmt: skip
        for debit in under_way(mandate.debits.all()).filter(payout__decision__isnull=True):
            end_debit(debit, DirectDebit.End.CANCELLED, N_("the mandate was revoked"), by=by, at=at)
        record(agency=mandate.agency_id, kind="DebitMandateRevoked", by=by, at=at, case=mandate.case_id,
               client=mandate.client_id, audience="debtor", number=mandate.reference, because=because.strip()[:300])  # fmt: skip


def propose_debit(
    *,
    mandate: DebitMandate,
    amount: Money,
    collect_on: date,
    key: str = "",
    by: Actor,
    at: datetime,
) -> DirectDebit:
    """A collection to be announced and then collected; the same `key` twice is once.

    Raises `Refusal` `mandate_revoked`, `case_not_collected`, `debit_too_soon`, `debit_too_far`, `debit_more_than_owed`
    (with all that is under way) and as a bad amount does.
    """
    case = mandate.case
    with transaction.atomic():
        one_at_a_time(mandate.agency_id)
        mandate.refresh_from_db()
        if mandate.revoked_at:
            raise Refusal("mandate_revoked", N_("Mandate %(number)s has been revoked already."), number=mandate.reference)  # fmt: skip
        same = DirectDebit.objects.filter(agency_id=case.agency_id, key=key).select_related(
            "message"
        )
        if key and (known := same.first()):
            return known
        refuse_amount(amount, case)
        refuse_uncollectable(case)
        first = at.date() + timedelta(days=mandate.notice_days)
        if collect_on < first:
            raise Refusal("debit_too_soon", N_("It is announced %(days)d days before: %(first)s at the earliest."), field="collect_on",
                          days=mandate.notice_days, first=first)  # fmt: skip
        if collect_on > at.date() + timedelta(days=LATEST):
            raise Refusal("debit_too_far", N_("%(found)s is too far ahead; at most %(days)d days."), field="collect_on",
                          found=collect_on, days=LATEST)  # fmt: skip
        refuse_beyond_owed(case, amount.amount, collect_on)
        count = DirectDebit.objects.filter(case=case).count() + 1
        number = f"{case.number}-D{count}"
        made = DirectDebit.objects.create(
            agency_id=case.agency_id, mandate=mandate, case=case, client_id=case.client_id, number=number,
            key=(key or number)[:80], amount=amount.amount, collect_on=collect_on, at=at, by_name=by.name,
        )  # fmt: skip
        tell(made, "DirectDebitProposed", by, at)
    return made


def refuse_beyond_owed(
    case: Case, amount: Decimal, on: date, *, without: DirectDebit | None = None
) -> None:
    """Raises `Refusal` `debit_more_than_owed`."""
    others = under_way(DirectDebit.objects.filter(case=case))
    if without is not None:
        others = others.exclude(id=without.id)
    left = to_pay(case=case, on=on).total - sum((d.amount for d in others), Decimal(0))
    if amount > left:
        raise Refusal(
            "debit_more_than_owed", N_("On %(on)s %(left)s are owed that no other collection is for, not %(found)s."),
            field="amount", on=on, left=str(Unit("EUR")(max(left, Decimal(0)))), found=str(Unit("EUR")(amount)),
        )  # fmt: skip


def under_way(rows: QuerySet[DirectDebit]) -> QuerySet[DirectDebit]:
    """Neither ended nor shown by the bank yet."""
    return rows.filter(~Exists(seen()), ended_at__isnull=True)


def seen() -> QuerySet[BankLine]:
    return BankLine.objects.filter(
        agency_id=OuterRef("agency_id"), end_to_end_id=OuterRef("number"), amount__gt=0
    )


def announced(*, debit: DirectDebit, message: Message) -> None:
    """Keep which message announces it: the first, or the next where the gate kept that in."""
    DirectDebit.objects.filter(id=debit.id, payout__isnull=True).update(message=message)
    debit.refresh_from_db()


def ready_to_collect(agency: UUID, on: date) -> QuerySet[DirectDebit]:
    """Announced in time by a message that left, in no file, to be collected by day `on`."""
    rows = under_way(DirectDebit.objects.filter(agency_id=agency, payout__isnull=True))
    rows = rows.filter(collect_on__lte=on, message__state="sent", mandate__revoked_at__isnull=True)
    related = ("mandate__account", "case__client", "case__debtor", "message")
    return rows.select_related(*related).order_by("mandate__account", "mandate__scheme", "collect_on", "number")  # fmt: skip


def collect(*, agency: UUID, up_to: date, by: Actor, at: datetime) -> list[PayoutFile]:
    """Put what is to be collected up to a day into files, one for each account, scheme and day; each waits for
    a second person. What is owed no more, or rests, is not collected: it ends, with a task."""
    files = []
    with transaction.atomic():
        one_at_a_time(agency)
        good = [d for d in ready_to_collect(agency, up_to) if fit(d, by=by, at=at)]
        for (account, _, day), rows in groupby(
            good, lambda d: (d.mandate.account_id, d.mandate.scheme, d.collect_on)
        ):
            number = next_number(agency=agency, series=f"collection-{at.year}")
            made = PayoutFile.objects.create(
                agency_id=agency, message_id=f"COL-{at.year}-{number:06d}", account_id=account,
                on=max(day, at.date() + timedelta(days=1)), made_at=at, by_id=by.id, by_name=by.name, collects=True,
            )  # fmt: skip
            for debit in rows:
                debit.payout, debit.sequence = made, sequence_of(debit)
                debit.save(update_fields=["payout", "sequence"])
                tell(debit, "DirectDebitOrdered", by, at)
            files.append(made)
    return files


def fit(debit: DirectDebit, *, by: Actor, at: datetime) -> bool:
    refusal = why_not(debit, at.date())
    if refusal is not None:
        end_debit(debit, DirectDebit.End.CANCELLED, refusal.sentence(), by=by, at=at)
        ask(debit, "dropped", N_("Direct debit %(number)s is not collected: %(reason)s"), refusal.sentence(), by=by, at=at)  # fmt: skip
    return refusal is None


def why_not(debit: DirectDebit, on: date) -> Refusal | None:
    """What has come in between since it was announced."""
    case = debit.case
    if debit.mandate.revoked_at:
        return Refusal("mandate_revoked", N_("Mandate %(number)s has been revoked already."), number=debit.mandate.reference)  # fmt: skip
    held = case.holds.filter(lifted_at__isnull=True).exclude(kind__in=("plan", "promise")).first()
    if held is not None:
        return Refusal("case_rests", N_("Case %(number)s rests."), number=case.number)
    try:
        refuse_uncollectable(case)
        refuse_beyond_owed(case, debit.amount, on, without=debit)
    except Refusal as refusal:
        return refusal
    return None


def refuse_stale(debits: Iterable[DirectDebit], on: date) -> None:
    """Before a file is approved: each debit in it must still be right. Raises `Refusal` `debit_stale`."""
    for debit in debits:
        refusal = why_not(debit, on)
        if debit.ended_at or refusal is not None:
            raise Refusal(
                "debit_stale", N_("%(number)s must not be collected any more: reject the file."), number=debit.number
            )  # fmt: skip


def sequence_of(debit: DirectDebit) -> str:
    """The first collection by a mandate, and those after it; a refused one was none."""
    before = DirectDebit.objects.filter(mandate=debit.mandate, payout__isnull=False)
    return "RCUR" if before.exclude(end=DirectDebit.End.REFUSED).exists() else "FRST"


def cancel_debit(*, debit: DirectDebit, because: str, by: Actor, at: datetime) -> None:
    """It is not collected. Raises `Refusal` `reason_missing`, `debit_left`, `debit_ended`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    with transaction.atomic():
        one_at_a_time(debit.agency_id)
        debit.refresh_from_db()
        if debit.payout_id is not None:
            raise Refusal("debit_left", N_("%(number)s is in a collection file: reject the file."), number=debit.number)  # fmt: skip
        end_debit(debit, DirectDebit.End.CANCELLED, because.strip(), by=by, at=at)


def end_debit(debit: DirectDebit, end: str, because: str, *, by: Actor, at: datetime) -> None:
    """Inside the caller's lock. Raises `Refusal` `debit_ended`."""
    said = {"ended_at": at, "end": end, "ended_because": because[:300]}
    if not DirectDebit.objects.filter(id=debit.id, ended_at__isnull=True).update(**said):
        raise Refusal("debit_ended", N_("%(number)s has ended already."), number=debit.number)
    debit.refresh_from_db()
    tell(debit, "DirectDebitEnded", by, at)


def give_back(payout: PayoutFile) -> None:
    """A collection file was rejected by the second person: its debits may go into another one."""
    payout.debits.filter(ended_at__isnull=True).update(payout=None, sequence="")


# What the bank says ----------------------------------------------------------------------------------


def note_refused(payout: PayoutFile, number: str, reason: str, *, by: Actor, at: datetime) -> None:
    """pain.002 refuses one collection, or all of the file."""
    rows = payout.debits.filter(ended_at__isnull=True).select_related("mandate", "case")
    for debit in rows.filter(number=number) if number else rows:
        end_debit(debit, DirectDebit.End.REFUSED, reason or "refused", by=by, at=at)
        failed(debit, reason, by=by, at=at)


def note_returned(line: BankLine, *, by: Actor, at: datetime) -> None:
    """The bank took a collection back: its allocations are undone already; who asks the debtor now."""
    rows = DirectDebit.objects.filter(agency_id=line.agency_id, number=line.end_to_end_id)
    for debit in rows.select_related("mandate", "case"):
        failed(debit, line.return_reason, by=by, at=at)


def failed(debit: DirectDebit, reason: str, *, by: Actor, at: datetime) -> None:
    mandate = debit.mandate
    if reason[:4] in GONE and mandate.revoked_at is None:
        revoke_mandate(mandate=mandate, because=f"the bank says {reason}", by=by, at=at)
        ask(debit, "failed", N_("Direct debit %(number)s did not go through (%(reason)s) and its mandate is of no use any more: ask the debtor."), reason, by=by, at=at)  # fmt: skip
        return
    ask(debit, "failed", N_("Direct debit %(number)s did not go through (%(reason)s): ask the debtor, then collect again or not."), reason, by=by, at=at)  # fmt: skip


def ask(
    debit: DirectDebit, what: str, sentence: str, reason: str, *, by: Actor, at: datetime
) -> None:
    add_task(
        agency=debit.agency_id, key=f"debit-{what}:{debit.id}", kind="direct_debit", role=FINANCE, sentence=sentence,
        params={"number": debit.number, "reason": reason or "–"}, due_on=at.date() + timedelta(days=1),
        default=N_("The case goes on as if nothing had been collected."), case=debit.case, by=by, at=at,
    )  # fmt: skip


def paid_by(debits: Iterable[DirectDebit]) -> dict[str, str]:
    """What the case's payments say of each number: `collected` or `returned`; one query."""
    numbers = [d.number for d in debits]
    rows = Allocation.objects.filter(
        line__end_to_end_id__in=numbers, reverses__isnull=True
    ).values_list("line__end_to_end_id", "reversed_by__id")
    return {number: "returned" if undone else "collected" for number, undone in rows}


def tell(debit: DirectDebit, kind: str, by: Actor, at: datetime) -> None:
    record(
        agency=debit.agency_id, kind=kind, by=by, at=at, case=debit.case_id, client=debit.client_id,
        audience="client" if kind != "DirectDebitProposed" else "debtor", number=debit.number,
        amount=str(Unit(debit.currency)(debit.amount).amount), currency=debit.currency,
        on=debit.collect_on.isoformat(), because=debit.ended_because,
    )  # fmt: skip
