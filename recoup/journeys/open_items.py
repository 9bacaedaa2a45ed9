"""A client's list of open items compared with its cases: what it no longer shows as open was paid to the
client itself, or credited. Only proposed: a person confirms each."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from recoup.cases.models import Case, ClaimLine
from recoup.cases.states import Stage
from recoup.intake.tables import Cell, Row, read_table
from recoup.journeys.collect import report_direct_payment
from recoup.kernel.actor import Actor
from recoup.kernel.days import parse_day
from recoup.kernel.money import Money, parse_amount
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.payments.models import Allocation
from recoup.payments.queries import owed_many
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

COLLECTED = (Stage.ACCEPTED, Stage.CONTACT, Stage.EVALUATION, Stage.LEGAL)
HEADS = {
    "ref": ("invoice", "number", "faktura", "rechnung", "beleg", "發票", "发票", "reference", "document"),
    "open": ("open", "öppet", "kvar", "offen", "saldo", "balance", "outstanding", "未付", "餘額", "余额", "amount", "belopp", "betrag"),
    "paid_on": ("paid", "betald", "bezahlt", "date", "datum", "日期"),
}  # fmt: skip
PLAIN = re.compile(r"-?[0-9]{1,13}([.,][0-9]{1,4})?", re.ASCII)
MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the client's list: `open` None is never there; `paid_on` where the list says so."""

    row: int
    ref: str
    open: Decimal
    paid_on: date | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """`ours`: the principal open with us; `theirs`: with the client, nothing when it is not listed."""

    case: Case
    ref: str
    ours: Money
    theirs: Money
    listed: bool
    paid_on: date | None

    @property
    def amount(self) -> Money:
        return self.ours - self.theirs


@dataclass(frozen=True, slots=True)
class Compared:
    """What the list says beside our cases; `higher` are items of which more is open with the client."""

    proposed: tuple[Proposed, ...]
    agree: int
    higher: tuple[str, ...]
    unknown: int


def read_items(content: bytes, *, file: str) -> list[Item]:
    """The list's items: columns by their heads (invoice, open, paid on), else the first two.

    Raises `Refusal`: as `read_table`, `items_too_many`, `item_amount`, `item_twice`, naming the row.
    """
    rows = read_table(content, file=file).sheets[0].rows
    if len(rows) > MOST_ROWS:
        raise Refusal("items_too_many", N_("%(file)s has more than %(most)s rows."), file=file, most=MOST_ROWS)  # fmt: skip
    heads = columns(rows[0])
    body = rows[1:] if heads or not is_number(rows[0].cells[1:2]) else rows
    found: dict[str, Item] = {}
    for row in body:
        item = item_of(row, heads or {"ref": 0, "open": 1}, file)
        if item is None:
            continue
        if item.ref in found:
            raise Refusal("item_twice", N_("%(file)s, row %(row)s: invoice %(found)s stands there twice."),
                          file=file, row=row.number, found=item.ref)  # fmt: skip
        found[item.ref] = item
    return list(found.values())


def columns(row: Row) -> dict[str, int]:
    """Which column is which, by its head; empty where the first row is no head."""
    found: dict[str, int] = {}
    for place, cell in enumerate(row.cells):
        text = str(cell).strip().lower()
        for name, words in HEADS.items():
            if name not in found and any(word in text for word in words):
                found[name] = place
                break
    return found if {"ref", "open"} <= set(found) else {}


def is_number(cells: Iterable[Cell]) -> bool:
    return any(
        isinstance(c, Decimal) or (isinstance(c, str) and PLAIN.fullmatch(c.strip())) for c in cells
    )


def item_of(row: Row, heads: dict[str, int], file: str) -> Item | None:
    def cell(name: str) -> Cell:
        place = heads.get(name)
        return row.cells[place] if place is not None and place < len(row.cells) else ""

    ref, amount, day = str(cell("ref")).strip(), cell("open"), cell("paid_on")
    if not ref:
        return None
    if isinstance(amount, str) and not PLAIN.fullmatch(amount.strip() or "0"):
        raise Refusal(
            "item_amount", N_("%(file)s, row %(row)s: “%(found)s” is no amount such as 1234.56."),
            file=file, row=row.number, field="open", found=amount[:40],
        )  # fmt: skip
    value = (
        amount
        if isinstance(amount, Decimal)
        else Decimal(str(amount).strip().replace(",", ".") or "0")
    )
    on = (
        day
        if isinstance(day, date)
        else parse_day(day.strip(), field="paid_on")
        if isinstance(day, str) and day.strip()
        else None
    )
    return Item(row.number, ref, value, on)


def compare(*, client: Client, items: Iterable[Item], on: date) -> Compared:
    """Our open cases beside the client's list, as of day `on`. Invoices that were already paid here, or whose
    case's figures are not known, are left alone; nothing is written."""
    known = {item.ref: item for item in items}
    cases = {
        c.id: c
        for c in Case.objects.filter(client=client, stage__in=COLLECTED).select_related("debtor")
    }
    refused: dict[object, Refusal] = {}
    owing = owed_many(client.agency_id, list(cases), on, refused=refused)  # type: ignore[arg-type]
    lines = defaultdict(set)
    for case, ref in ClaimLine.objects.filter(case__in=list(cases), kind="invoice").values_list(
        "case_id", "ref"
    ):
        lines[case].add(ref)
    proposed, higher, agree, seen = [], [], 0, set()
    for id, answer in owing.items():
        unit = cases[id].currency
        for claim in answer.claims:
            if claim.principal <= 0 or claim.ref not in lines[id]:
                continue
            item = known.get(claim.ref)
            seen.add(claim.ref)
            theirs = Decimal(0) if item is None else max(item.open, Decimal(0))
            if theirs == claim.principal:
                agree += 1
            elif theirs > claim.principal:
                higher.append(claim.ref)
            else:
                proposed.append(Proposed(
                    cases[id], claim.ref, Money(claim.principal, unit).rounded(), Money(theirs, unit).rounded(),
                    item is not None, item.paid_on if item else None,
                ))  # fmt: skip
    return Compared(tuple(proposed), agree, tuple(higher), len(set(known) - seen))


def confirm(
    *, agency: Agency, client: Client, number: str, amount: str, on: str, by: Actor, at: datetime
) -> Allocation:
    """A person says that the debtor paid the client `amount` on day `on`: commission is due, interest stops
    that day. The same amount of the same day again is refused. Raises `Refusal` `case_unknown`,
    `paid_twice`, and as `report_direct_payment`."""
    with scope(agency.id), transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).select_related("client", "debtor", "agreement__rate_card").filter(client=client, number=number).first()  # fmt: skip
        if case is None:
            raise Refusal("case_unknown", N_("There is no case %(found)s."), found=number)
        money, day = (
            Money(parse_amount(amount, case.currency), case.currency),
            parse_day(on, field="on"),
        )
        if Allocation.objects.filter(
            case=case, direct=True, amount=money.amount, received_on=day, reverses=None, reversed_by=None
        ).exists():  # fmt: skip
            raise Refusal(
                "paid_twice", N_("%(found)s of %(day)s have been reported for case %(number)s already."),
                found=str(money), day=day.isoformat(), number=number,
            )  # fmt: skip
        return report_direct_payment(agency=agency, case=case, amount=money, on=day, by=by, at=at)
