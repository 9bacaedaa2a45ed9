"""The books as sheets: trial balance, client ledgers, journal, cash book, the three-way reconciliation.

A sheet is the same on the page, as XLSX and on paper. Asked as known at an instant, it reproduces what
the books said then, whatever was booked since.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Q, QuerySet, Sum

from recoup.kernel.money import Money
from recoup.kernel.refusal import N_
from recoup.ledger.accounts import TRUST_LIABILITIES, ClientAccount, HouseAccount
from recoup.ledger.models import Posting
from recoup.payments.models import BankLine, Statement, TrustAccount

MOST_ON_PAGE = 500
Cell = str | date | Money | None


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both counted, as known at `known_at` (None: now)."""

    first: date
    last: date
    known_at: datetime | None = None


@dataclass(slots=True)
class Sheet:
    """`head` are marked words; a row has a cell for each. `foot` is a last row of sums."""

    name: str
    title: str
    head: tuple[str, ...]
    rows: list[list[Cell]] = field(default_factory=list)
    foot: list[list[Cell]] = field(default_factory=list)
    words: frozenset[int] = (
        frozenset()
    )  # columns whose texts are accounts or books, to be translated


def postings(agency: UUID, period: Period) -> QuerySet[Posting]:
    rows = Posting.objects.filter(agency_id=agency, value_on__lte=period.last)
    return rows if period.known_at is None else rows.filter(booked_at__lte=period.known_at)


def money(amount: Decimal | None, currency: str) -> Money:
    return Money(amount or Decimal(0), currency).rounded()


def side(amount: Money, sign: int) -> Money | None:
    """The amount in the debit (1) or credit (-1) column, None in the other."""
    return Money(amount.amount * sign, amount.currency) if amount.amount * sign > 0 else None


def trial_sheet(agency: UUID, period: Period) -> Sheet:
    """Every account's balance at the end of the period; debits equal credits in each currency."""
    sheet = Sheet(
        "trial-balance", N_("Trial balance"), (N_("Book"), N_("Account"), N_("Debit"), N_("Credit")),
        words=frozenset((0, 1)),
    )  # fmt: skip
    grouped = postings(agency, period).values("book__kind", "account", "currency")
    sums: dict[str, list[Money]] = {}
    rows = grouped.annotate(total=Sum("amount")).exclude(total=0)
    for row in rows.order_by("currency", "book__kind", "account"):
        amount = money(row["total"], row["currency"])
        debit, credit = side(amount, 1), side(amount, -1)
        sheet.rows.append([row["book__kind"], row["account"], debit, credit])
        both = sums.setdefault(row["currency"], [Money.zero(row["currency"])] * 2)
        both[:] = [both[0] + (debit or both[0] - both[0]), both[1] + (credit or both[1] - both[1])]
    sheet.foot = [["", currency, *both] for currency, both in sums.items()]
    return sheet


def client_sheet(agency: UUID, period: Period) -> Sheet:
    """Each client's trust money: brought forward, in, out, carried forward, and what it owes us."""
    sheet = Sheet(
        "client-ledger", N_("Client ledger"),
        (N_("Client"), N_("Brought forward"), N_("Received"), N_("Paid out"), N_("Carried forward"),
         N_("Owes us")),
    )  # fmt: skip
    found: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    rows = postings(agency, period).filter(book__kind="client")
    grouped = rows.values_list("book__name", "currency", "account", "value_on").annotate(
        debit=Sum("amount", filter=Q(amount__gt=0)), credit=Sum("amount", filter=Q(amount__lt=0))
    )
    for name, currency, account, on, debit, credit in grouped:
        sums, out, into = found[name, currency], debit or Decimal(0), -(credit or Decimal(0))
        if account == ClientAccount.RECEIVABLE:
            sums["owes"] += out - into
        elif on < period.first:
            sums["before"] += into - out
        else:
            sums["in"] += into
            sums["out"] += out
    for (name, currency), sums in sorted(found.items()):
        after = sums["before"] + sums["in"] - sums["out"]
        figures = (sums["before"], sums["in"], sums["out"], after, sums["owes"])
        sheet.rows.append([name, *(money(figure, currency) for figure in figures)])
    return sheet


def journal_sheet(agency: UUID, period: Period, most: int | None = None) -> Sheet:
    """Every posting of the period in the order it was booked."""
    sheet = Sheet(
        "journal", N_("Journal"),
        (N_("Day"), N_("What"), N_("Book"), N_("Account"), N_("Debit"), N_("Credit")),
        words=frozenset((3,)),
    )  # fmt: skip
    rows = postings(agency, period).filter(value_on__gte=period.first)
    rows = rows.order_by("booked_at", "entry_id", "id")
    fields = ("value_on", "entry__memo", "book__name", "account", "amount", "currency")
    chosen = rows.values_list(*fields)
    for on, memo, book, account, amount, currency in (
        chosen[:most] if most else chosen.iterator(5000)
    ):
        each = money(amount, currency)
        sheet.rows.append([on, memo, book, account, side(each, 1), side(each, -1)])
    return sheet


def cash_sheet(agency: UUID, period: Period, most: int | None = None) -> Sheet:
    """The trust bank accounts by currency: brought forward, each line, the balance after it."""
    sheet = Sheet(
        "cash-book",
        N_("Cash book"),
        (N_("Day"), N_("From or to"), N_("In"), N_("Out"), N_("Balance")),
    )
    rows = postings(agency, period).filter(account=HouseAccount.TRUST_BANK)
    before = rows.filter(value_on__lt=period.first).values("currency").annotate(t=Sum("amount"))
    balances = {r["currency"]: money(r["t"], r["currency"]) for r in before.order_by("currency")}
    for balance in balances.values():
        sheet.rows.append([period.first, N_("Brought forward"), None, None, balance])
    inside = rows.filter(value_on__gte=period.first).order_by("currency", "value_on", "id")
    fields = ("value_on", "entry__memo", "amount", "currency")
    for on, memo, amount, currency in inside.values_list(*fields)[:most]:
        each = money(amount, currency)
        balances[currency] = balances.get(currency, Money.zero(currency)) + each
        sheet.rows.append([on, memo, side(each, 1), side(each, -1), balances[currency]])
    return sheet


# Reconciliation ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """One currency at the end of a day: what the bank's statements say, what the cash book says, whose it
    is. `timing`: lines the bank has booked by the day for value after it (less those the other way).
    `stated`: None while no statement up to the day has a balance."""

    currency: str
    on: date
    stated: Money | None
    stated_on: date | None
    timing: Money
    cash: Money
    owed: dict[str, Money]

    @property
    def bank_difference(self) -> Money | None:
        """What the bank says and the cash book, after timing, does not explain."""
        return None if self.stated is None else self.stated - self.timing - self.cash

    @property
    def owed_difference(self) -> Money:
        return self.cash - sum(self.owed.values(), Money.zero(self.currency))

    @property
    def holds(self) -> bool:
        return not self.owed_difference and not self.bank_difference

    def as_json(self) -> dict[str, Any]:
        return {
            "currency": self.currency, "on": self.on.isoformat(), "stated": str(self.stated.amount) if self.stated else None,
            "timing": str(self.timing.amount), "cash": str(self.cash.amount),
            "owed": {name: str(amount.amount) for name, amount in self.owed.items()},
        }  # fmt: skip


def three_way(agency: UUID, on: date, known_at: datetime | None = None) -> list[ThreeWay]:
    """The reconciliation of each currency with trust money at the end of day `on`; five queries."""
    rows = postings(agency, Period(on, on, known_at))
    wanted = [HouseAccount.TRUST_BANK, *TRUST_LIABILITIES]
    sums: dict[str, dict[str, Decimal]] = defaultdict(dict)
    grouped = rows.filter(account__in=wanted).exclude(book__kind="case")
    for currency, account, total in grouped.values_list("currency", "account").annotate(
        t=Sum("amount")
    ):
        sums[currency][account] = total
    stated, days = stated_balances(agency, on, known_at)
    timing = timing_of(agency, on, days)
    found = []
    for currency in sorted({*sums, *stated}):
        mine = sums[currency]
        found.append(
            ThreeWay(
                currency, on, money(stated[currency], currency) if currency in stated else None,
                min((d for c, d in days.values() if c == currency), default=None),
                money(timing[currency], currency), money(mine.get(HouseAccount.TRUST_BANK), currency),
                {str(a): money(-mine.get(a, Decimal(0)), currency) for a in TRUST_LIABILITIES},
            )
        )  # fmt: skip
    return found


def stated_balances(
    agency: UUID, on: date, known_at: datetime | None
) -> tuple[dict[str, Decimal], dict[UUID, tuple[str, date]]]:
    """The last closing balance of each account up to a day, summed by currency; and its day."""
    rows = Statement.objects.filter(
        agency_id=agency, closing__isnull=False, to_on__lte=on, file__status="taken"
    )
    if known_at is not None:
        rows = rows.filter(file__taken_at__lte=known_at)
    latest: dict[UUID, tuple[str, date, Decimal]] = {}
    chosen = rows.order_by("account_id", "-to_on", "-id").distinct("account_id")
    for account, currency, to_on, closing in chosen.values_list(
        "account_id", "account__currency", "to_on", "closing"
    ):
        assert to_on is not None
        assert closing is not None
        latest[account] = (currency, to_on, closing)
    total: dict[str, Decimal] = defaultdict(Decimal)
    for currency, _, closing in latest.values():
        total[currency] += closing
    return dict(total), {a: (c, d) for a, (c, d, _) in latest.items()}


def timing_of(agency: UUID, on: date, days: dict[UUID, tuple[str, date]]) -> dict[str, Decimal]:
    """What is in the bank's balance and not in the cash book's of the day, or the other way: lines for
    value later than they were booked, and lines for value by the day that a later statement brought."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for account, (currency, stated_on) in days.items():
        lines = BankLine.objects.filter(agency_id=agency, account_id=account)
        early = lines.filter(booked_on__lte=stated_on, entry__value_on__gt=on)
        late = lines.filter(booked_on__gt=stated_on, entry__value_on__lte=on)
        found[currency] += early.aggregate(t=Sum("amount"))["t"] or Decimal(0)
        found[currency] -= late.aggregate(t=Sum("amount"))["t"] or Decimal(0)
    return found


def reconciliation_sheet(agency: UUID, period: Period) -> Sheet:
    """The three-way reconciliation at the end of the period."""
    sheet = Sheet(
        "reconciliation", N_("Three-way reconciliation"), (N_("Currency"), N_("What"), N_("Amount")),
        words=frozenset((1,)),
    )  # fmt: skip
    for each in three_way(agency, period.last, period.known_at):
        lines: list[tuple[str, Money | None]] = [
            (N_("The bank's last statement"), each.stated), (N_("Booked for another day"), -each.timing),
            (N_("Cash book"), each.cash), *each.owed.items(),
            (N_("Difference, bank and cash book"), each.bank_difference),
            (N_("Difference, cash book and whose it is"), each.owed_difference),
        ]  # fmt: skip
        sheet.rows += [[each.currency, what, amount] for what, amount in lines]
    return sheet


SHEETS = {
    "trial-balance": trial_sheet, "client-ledger": client_sheet, "journal": journal_sheet,
    "cash-book": cash_sheet, "reconciliation": reconciliation_sheet,
}  # fmt: skip


def statements_due(agency: UUID, before: date) -> list[tuple[TrustAccount, date | None]]:
    """Accounts whose last statement ends before a day (None: there was none): one is missing."""
    rows = TrustAccount.objects.filter(agency_id=agency).annotate(last=Max("statements__to_on"))
    late = rows.filter(Q(last__lt=before) | Q(last__isnull=True)).order_by(
        F("last").asc(nulls_first=True), "id"
    )
    return [(row, row.last) for row in late]
