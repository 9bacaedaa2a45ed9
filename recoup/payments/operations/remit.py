"""Paying clients: what was collected less commission and tax, one transfer for each client and currency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.cases.operations import add_task
from recoup.eventlog.operations import Happened, record_many
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.ledger.accounts import ClientAccount, HouseAccount
from recoup.ledger.models import Book
from recoup.ledger.operations import Draft, Leg, Subject, open_books, post_many
from recoup.ledger.queries import balances
from recoup.parties.models import Client
from recoup.payments.models import (
    Invoice,
    PayoutFile,
    PayoutTerms,
    Remittance,
    RemittedAllocation,
    TrustAccount,
)
from recoup.payments.operations.allocate import FINANCE
from recoup.payments.operations.bill import PAY_WITHIN
from recoup.payments.operations.booking import HOUSE, one_at_a_time
from recoup.payments.operations.papers import complete_papers, payee
from recoup.payments.operations.reckon import Reckoned, Reckoning, reckonings
from recoup.payments.operations.release import account_unconfirmed, unconfirmed
from recoup.payments.operations.stop import stopped
from recoup.payments.rules import is_payday
from recoup.payments.transfers.order import Transfer, check_account, check_amount
from recoup.payments.transfers.pain001 import written_name
from recoup.tenancy.models import Agency
from recoup.tenancy.operations import next_number, next_numbers

Shares = dict[tuple[UUID, str], Decimal]


@dataclass(frozen=True, slots=True)
class Held:
    """A client that cannot be paid now, with the refusal that says why."""

    client: Client
    currency: str
    because: Refusal


@dataclass(frozen=True, slots=True)
class RemitResult:
    """What a run made; empty when there was nothing new. `payouts` in the order of currencies."""

    on: date
    remittances: tuple[Remittance, ...]
    payouts: tuple[PayoutFile, ...]
    held: tuple[Held, ...]

    def totals(self) -> dict[str, dict[str, Money]]:
        """gross, commission, vat and net by currency."""
        found: dict[str, dict[str, Money]] = {}
        for row in self.remittances:
            sums = found.setdefault(row.currency, dict.fromkeys(SUMS, Money.zero(row.currency)))
            for name in SUMS:
                sums[name] += Money(getattr(row, name), row.currency).rounded()
        return found


SUMS = ("gross", "commission", "vat", "net")


def preview(*, agency: UUID, on: date) -> tuple[list[Reckoning], list[Held]]:
    """What `remit` would pay and what it would hold; writes nothing."""
    found = reckonings(Agency.objects.get(id=agency), on)
    return sort_out(found, accounts_of(agency), shares_of(agency, found), barred(found, on))


def remit(*, agency: UUID, on: date, by: Actor, at: datetime) -> RemitResult:
    """Pay every client what was received up to day `on` and not remitted yet, and write the papers.

    The identifiers of the payment file are committed before the file exists, so a run that died
    writes the same file when it is run again. The same day twice makes nothing new. A client that
    cannot be paid (account, tax rate, not enough trust money) is held with a task; others go on.
    """
    result = order(agency=agency, on=on, by=by, at=at)
    complete_papers(agency=agency, by=by, at=at)
    for row in (*result.remittances, *result.payouts):
        row.refresh_from_db()
    return result


def order(*, agency: UUID, on: date, by: Actor, at: datetime) -> RemitResult:
    """The first half of `remit`: remittances, ledger, numbers and names; no paper yet."""
    with transaction.atomic():
        one_at_a_time(agency)
        found = reckonings(Agency.objects.get(id=agency), on)
        accounts = accounts_of(agency)
        shares = shares_of(agency, found)
        payable, held = sort_out(found, accounts, shares, barred(found, on))
        payable = [r for r in payable if not remitted_today(r, on)]
        payouts = make_payouts(agency, payable, accounts, on, by, at)
        made = write(agency, payable, payouts, on, by=by, at=at)
        hold_tasks(agency, held, on, by=by, at=at)
        fault("payout.ordered_uncommitted")
    return RemitResult(on, tuple(made), tuple(payouts.values()), tuple(held))


def accounts_of(agency: UUID) -> dict[str, TrustAccount]:
    """The trust account that pays each currency: the first of it."""
    rows = TrustAccount.objects.filter(agency_id=agency).order_by("-id")
    return {row.currency: row for row in rows}


def shares_of(agency: UUID, found: Sequence[Reckoning]) -> Shares:
    """The trust money each client has in the ledger, in one query."""
    books = Book.objects.filter(
        agency_id=agency, kind=Book.Kind.CLIENT, subject_id__in={r.client.id for r in found}
    )
    owners = {book.id: book.subject_id for book in books}
    rows = balances(agency=agency, books=owners)
    return {
        (owner, currency): -money.amount
        for (book, account, currency), money in rows.items()
        if account == ClientAccount.TRUST and (owner := owners[book]) is not None
    }


def remitted_today(reckoning: Reckoning, on: date) -> bool:
    """One remittance a day for a client and currency; what came later waits for the next day."""
    return Remittance.objects.filter(
        client=reckoning.client, currency=reckoning.currency, on=on
    ).exists()


def barred(found: Sequence[Reckoning], on: date) -> dict[tuple[UUID, str], Refusal]:
    """Who is not paid today although the money is there: stopped or insolvent, an account changed and not
    confirmed, another day or a larger sum agreed. Four queries."""
    clients = {r.client.id for r in found}
    changed = unconfirmed(list(clients))
    terms = {t.client_id: t for t in PayoutTerms.objects.filter(client_id__in=clients)}
    bars: dict[tuple[UUID, str], Refusal] = {}
    stops = stopped({r.client.id: r.client for r in found}.values())
    for r in found:
        if r.client.id in stops:
            bars[r.client.id, r.currency] = stops[r.client.id]
        elif r.client.id in changed:
            bars[r.client.id, r.currency] = account_unconfirmed(r.client)
        elif (agreed := terms.get(r.client.id)) and (refusal := not_yet(r, agreed, on)):
            bars[r.client.id, r.currency] = refusal
    return bars


def not_yet(r: Reckoning, agreed: PayoutTerms, on: date) -> Refusal | None:
    """What the client's terms of payment say against paying it on this day."""
    if r.refusal is not None:
        return None
    if not is_payday(agreed.schedule, agreed.day, on):
        return Refusal(
            "not_payday", N_("%(client)s is paid on another day (%(schedule)s); the money waits."),
            client=r.client.name, schedule=agreed.schedule,
        )  # fmt: skip
    if r.net.amount < agreed.least:
        return Refusal(
            "below_least", N_("%(client)s is paid from %(least)s on; %(net)s wait."),
            client=r.client.name, least=str(Money(agreed.least, r.currency).rounded()), net=str(r.net),
        )  # fmt: skip
    return None


def sort_out(
    found: Iterable[Reckoning],
    accounts: dict[str, TrustAccount],
    shares: Shares,
    bars: dict[tuple[UUID, str], Refusal],
) -> tuple[list[Reckoning], list[Held]]:
    payable: list[Reckoning] = []
    held: list[Held] = []
    for reckoning in found:
        try:
            refuse_unpayable(reckoning, accounts, shares)
            if (bar := bars.get((reckoning.client.id, reckoning.currency))) is not None:
                raise bar
            payable.append(reckoning)
        except Refusal as refusal:
            held.append(Held(reckoning.client, reckoning.currency, refusal))
    return payable, held


def refuse_unpayable(
    reckoning: Reckoning, accounts: dict[str, TrustAccount], shares: Shares
) -> None:
    """Raises `Refusal`: what reckoning ran into (tax, card), `no_trust_account`,
    `nothing_to_pay`, `trust_short`, or the account's own refusal."""
    client, currency = reckoning.client, reckoning.currency
    if reckoning.refusal is not None:
        raise reckoning.refusal
    if currency not in accounts:
        raise Refusal(
            "no_trust_account", N_("There is no trust account in %(found)s."), found=currency
        )
    if reckoning.commission.amount < 0 or reckoning.net.amount <= 0:
        raise Refusal(
            "nothing_to_pay", N_("%(client)s: %(gross)s received less %(fees)s leaves nothing to pay; it waits."),
            client=client.name, gross=str(reckoning.gross), fees=str(reckoning.commission + reckoning.vat),
        )  # fmt: skip
    share = shares.get((client.id, currency), Decimal(0))
    if reckoning.trust.amount > share:
        raise Refusal(
            "trust_short", N_("%(client)s: %(found)s is more than the %(share)s held in trust for it."),
            client=client.name, found=str(reckoning.trust), share=str(Money(share, currency)),
        )  # fmt: skip
    if not client.payout_iban:
        raise Refusal(
            "iban_missing", N_("%(client)s has no account to be paid to."), client=client.name
        )
    transfer = Transfer("trial", reckoning.net.amount, currency, payee(client))
    check_amount(transfer, 1)
    check_account(transfer.to, "creditor")
    written_name(transfer.to, 0)


def make_payouts(
    agency: UUID, payable: Sequence[Reckoning], accounts: dict[str, TrustAccount], on: date, by: Actor,
    at: datetime,
) -> dict[str, PayoutFile]:  # fmt: skip
    """A payment file to be for each currency; its message id is stored here, before it exists."""
    made = {}
    for currency in sorted({r.currency for r in payable}):
        number = next_number(agency=agency, series=f"payout-{on.year}")
        made[currency] = PayoutFile(
            agency_id=agency, message_id=f"PAY-{on.year}-{number:06d}", account=accounts[currency], on=on,
            made_at=at, by_id=by.id, by_name=by.name,
        )  # fmt: skip
    PayoutFile.objects.bulk_create(made.values())
    fault("payout.named")
    return made


def write(
    agency: UUID, payable: Sequence[Reckoning], payouts: dict[str, PayoutFile], on: date, *, by: Actor,
    at: datetime,
) -> list[Remittance]:  # fmt: skip
    """Remittances, invoices, ledger and events of a run, each with one statement."""
    if not payable:
        return []
    numbers = next_numbers(agency=agency, series=f"remittance-{on.year}", count=len(payable))
    named = [(r, f"REM-{on.year}-{n:06d}") for r, n in zip(payable, numbers, strict=True)]
    clients = [Subject(Book.Kind.CLIENT, r.client.name, r.client.id, r.client.id) for r in payable]
    books = open_books(agency=agency, wanted=[HOUSE, *clients])
    house = books[Book.Kind.HOUSE, None]
    drafts = [draft(r, n, house, books[Book.Kind.CLIENT, r.client.id], on) for r, n in named]
    entries = post_many(agency=agency, drafts=drafts, by=by, at=at)
    fault("payout.posted")
    invoices = make_invoices(agency, payable, on)
    fault("payout.invoiced")
    made = [
        Remittance(
            agency_id=agency, client=r.client, number=number, on=on, currency=r.currency,
            gross=r.gross.amount, commission=r.commission.amount, vat=r.vat.amount, net=r.net.amount,
            method=r.method, lines=[line.as_json() for line in r.lines], payout=payouts[r.currency], end_to_end_id=number,
            invoice=invoices.get((r.client.id, r.currency)), entry=entry, at=at,
        )
        for (r, number), entry in zip(named, entries, strict=True)
    ]  # fmt: skip
    Remittance.objects.bulk_create(made)
    RemittedAllocation.objects.bulk_create(
        [remitted(row, line) for r, row in zip(payable, made, strict=True) for line in r.lines],
        batch_size=2000,
    )
    pairs = zip(made, payable, strict=True)
    record_many(agency=agency, events=[e for row, r in pairs for e in happened(row, r, by, at)])
    return made


def remitted(row: Remittance, line: Reckoned) -> RemittedAllocation:
    return RemittedAllocation(
        id=new_id(), agency_id=row.agency_id, remittance=row, allocation=line.allocation,
        client_id=row.client_id, commission=line.commission.amount, clause=line.clause[:60],
    )  # fmt: skip


def make_invoices(
    agency: UUID, payable: Sequence[Reckoning], on: date
) -> dict[tuple[UUID, str], Invoice]:
    """The commission invoices, numbered without gaps; none where there is no commission."""
    charged = [r for r in payable if r.commission]
    if not charged:
        return {}
    numbers = next_numbers(agency=agency, series=f"invoice-{on.year}", count=len(charged))
    made = {
        (r.client.id, r.currency): Invoice(
            agency_id=agency, client=r.client, number=f"INV-{on.year}-{n:06d}", on=on, currency=r.currency,
            net=r.commission.amount, vat=r.vat.amount, total=(r.commission + r.vat).amount,
            due_on=on + PAY_WITHIN if r.method == "gross" else None,
            lines=[{"tax": r.tax_as_json()}, *(line.as_json() for line in r.lines if line.commission)],
        )
        for r, n in zip(charged, numbers, strict=True)
    }  # fmt: skip
    Invoice.objects.bulk_create(made.values())
    return made


def draft(r: Reckoning, number: str, house: Book, client: Book, on: date) -> Draft:
    """Out of the client's trust money: the payout in transit, and the agency's share.

    What the client owed for returned payments is set off: the share gets back what it bore. The
    agency's own books take revenue and tax against what was settled; paid gross, the client owes them.
    """
    fees = r.commission + r.vat
    against = (
        Leg(client, ClientAccount.RECEIVABLE, fees)
        if r.method == "gross"
        else Leg(house, HouseAccount.SETTLED_FEES, fees)
    )
    legs = (
        Leg(client, ClientAccount.TRUST, r.trust),
        Leg(house, HouseAccount.IN_TRANSIT, -r.net),
        Leg(house, HouseAccount.AGENCY_SHARE, -(r.trust - r.net)),
        Leg(client, ClientAccount.RECEIVABLE, -r.returned),
        Leg(house, HouseAccount.ADVANCED, r.returned),
        against,
        Leg(house, HouseAccount.REVENUE, -r.commission),
        Leg(house, HouseAccount.VAT_OUT, -r.vat),
    )
    because: dict[str, Any] = {"client": str(r.client.id), "tax": r.tax_as_json()}
    memo = f"Remittance {number} {r.client.name}"
    return Draft("remittance", f"remittance:{number}", on, memo, legs, None, because)


def happened(row: Remittance, r: Reckoning, by: Actor, at: datetime) -> Iterable[Happened]:
    """One event for each case, with what the client gets of it, and one for the invoice."""
    by_case: dict[UUID, Money] = {}
    for line in r.lines:
        rest = line.share - line.commission - line.vat
        case = line.allocation.case_id
        by_case[case] = by_case.get(case, Money.zero(r.currency)) + rest
    shared = {"number": row.number, "currency": row.currency, "on": row.on.isoformat()}
    for case, amount in by_case.items():
        yield Happened(
            "Remitted",
            at,
            by,
            case,
            row.client_id,
            "client",
            shared | {"amount": str(amount.amount)},
        )
    if row.invoice:
        total = str(Money(row.invoice.total, row.currency).rounded().amount)
        yield Happened(
            "InvoiceIssued", at, by, None, row.client_id, "client",
            {"number": row.invoice.number, "currency": row.currency, "amount": total},
        )  # fmt: skip


def hold_tasks(agency: UUID, held: Sequence[Held], on: date, *, by: Actor, at: datetime) -> None:
    """One task a month for each client and cause."""
    for each in held:
        add_task(
            agency=agency, key=f"remit-held:{each.client.id}:{each.currency}:{each.because.code}:{on:%Y-%m}",
            kind="remit_held", role=FINANCE,
            sentence=N_("%(client)s was not paid in %(currency)s: %(reason)s"),
            params={"client": each.client.name, "currency": each.currency, "reason": each.because.sentence()},
            due_on=on + timedelta(days=1), default=N_("The money stays in trust."), by=by, at=at,
        )  # fmt: skip
