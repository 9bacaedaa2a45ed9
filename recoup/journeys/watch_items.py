"""A client's receivables before they are placed: taken from its list, kept well, placed in one click."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from recoup.agreements.rules.expectation import at as on_curve
from recoup.agreements.rules.terms import Terms
from recoup.cases.models import Case
from recoup.cases.operations import add_note
from recoup.contact.house import WRITTEN
from recoup.contact.operations import ByHand, carry_contacts
from recoup.contact.outcomes import BY_CLIENT
from recoup.intake.columns import FIELDS, Layout, Problem, lay_out, profile, read_rows
from recoup.intake.columns import Terms as Reading
from recoup.intake.columns.debtors import Debtor as Said
from recoup.intake.columns.fields import heading
from recoup.intake.columns.header import SEARCHED, refuse_missing
from recoup.intake.tables import Cell, Row, read_table
from recoup.journeys.place.read import Looked, refuse_unclear, table_of_rows
from recoup.journeys.submit_invoice import (
    DebtorAsked,
    LineAsked,
    Submission,
    Submitted,
    agreement_of,
    submit_from_reading,
)
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client, Debtor
from recoup.parties.operations import find_or_add_debtor, hold_debtor, one_list_at_a_time
from recoup.parties.rules import match_name
from recoup.strategy.own import reminders_of, step_said
from recoup.strategy.weighing import AGES, LEAST_ENDED, history
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency
from recoup.watch.hygiene import Kept
from recoup.watch.models import Item, Touch
from recoup.watch.operations.items import NewItem, items_became, take_items
from recoup.watch.operations.trades import NewTrade, check_trade, keep_trades

MOST_ROWS = 20_000


@dataclass
class Loaded:
    """What became of a list; `problems` name the row and the field."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    problems: list[Problem] = field(default_factory=list)


def load_file(
    *, agency: Agency, client: Client, content: bytes, file: str, whole: bool, by: Actor, at: datetime
) -> Loaded:  # fmt: skip
    """Take a CSV or XLSX of open items, headed as such lists are. Raises `Refusal` as `read_table`,
    `lay_out`, `format_unclear`, `rows_too_many`."""
    return load(agency, client, lay_out(read_table(content, file=file), None, file=file), file, whole, by, at)  # fmt: skip


def load_rows(
    *, agency: Agency, client: Client, rows: Sequence[Mapping[str, str]], whole: bool, by: Actor, at: datetime
) -> Loaded:  # fmt: skip
    """Take rows of a request, each a mapping of field codes to text. Raises as `load_file`, `field_unknown`."""
    for number, row in enumerate(rows, 1):
        if unknown := set(row) - set(FIELDS):
            raise Refusal("field_unknown", N_("Row %(row)d: there is no field “%(found)s”."), row=number, found=sorted(unknown)[0])  # fmt: skip
    return load(agency, client, lay_out(table_of_rows(rows), None, file="items"), "items", whole, by, at)  # fmt: skip


def load(
    agency: Agency, client: Client, layout: Layout, file: str, whole: bool, by: Actor, at: datetime
) -> Loaded:
    refuse_missing(layout, file)
    if len(layout.rows) > MOST_ROWS:
        raise Refusal("rows_too_many", N_("%(file)s has more than %(most)s rows."), file=file, most=MOST_ROWS)  # fmt: skip
    found = profile(layout)
    refuse_unclear(Looked(layout, found), file)
    with scope(agency.id), transaction.atomic():
        one_list_at_a_time(agency.id)
        terms = Terms.read(agreement_of(client).rate_card.terms)
        read = read_rows(layout, found, Reading(tuple(sorted(terms.currencies)), client.reference, at.date(), country=client.country))  # fmt: skip
        known: dict[int, Debtor] = {}
        items, problems = [], [p for p in read.problems if p.error]
        for debt in read.debts:
            if debt.kind != "invoice":
                continue
            try:
                debtor = known.get(debt.debtor) or debtor_of(
                    agency, client, read.debtors[debt.debtor], by, at
                )
            except Refusal as refusal:
                problems.append(
                    Problem(debt.row, "debtor", refusal.code, refusal.text, refusal.params)
                )
                continue
            known[debt.debtor] = debtor
            items.append(NewItem(debtor, debt.ref, debt.issued_on, debt.due_on, debt.amount, debt.currency))  # fmt: skip
        # A row that could not be read must not count as an invoice that was paid.
        taken = take_items(client=client, items=items, whole=whole and not problems, on=at.date(), by=by, at=at)  # fmt: skip
    return Loaded(read.rows, taken.new, taken.changed, taken.gone, problems)


@dataclass(frozen=True, slots=True)
class TradeAsked:
    """An order or a limit as a program tells it; `debtor` as in a list of open items."""

    debtor: Said
    kind: str
    on: date
    amount: Decimal
    currency: str
    ref: str
    row: int = 0


def load_trades(
    *, agency: Agency, client: Client, rows: Sequence[TradeAsked], by: Actor, at: datetime
) -> Loaded:
    """Orders and credit limits; each row for itself: what cannot be kept is named, from 1."""
    found = Loaded(len(rows))
    with scope(agency.id), transaction.atomic():
        one_list_at_a_time(agency.id)
        known: dict[tuple[str, ...], Debtor] = {}
        trades = []
        for number, row in enumerate(rows, 1):
            try:
                who = known[row.debtor.key] = known.get(row.debtor.key) or debtor_of(agency, client, row.debtor, by, at)  # fmt: skip
                one = NewTrade(who, row.kind, row.on, row.amount, row.currency, row.ref or f"{row.on}:{row.amount}")  # fmt: skip
                check_trade(one, at.date())
            except Refusal as refusal:
                field_ = str(refusal.params.get("field", "debtor"))
                found.problems.append(
                    Problem(
                        row.row or number,
                        field_,
                        refusal.code,
                        refusal.text,
                        refusal.params | {"row": row.row or number},
                    )
                )
            else:
                trades.append(one)
        found.new = keep_trades(client=client, trades=trades, by=by, at=at)
    return found


ORDER_HEADS = {
    "Invoice number": ("order number", "order no", "order", "order id", "order reference", "auftragsnummer", "auftrag", "auftragsnr", "bestellnummer", "bestellung", "bestellnr", "ordernummer", "ordernr", "order nr", "numero de commande", "commande", "訂單編號", "订单编号", "訂單號碼", "订单号"),
    "Due date": ("order date", "ordered on", "order day", "date of order", "auftragsdatum", "bestelldatum", "bestellt am", "orderdatum", "orderdag", "date de commande", "訂單日期", "订单日期", "下單日期", "下单日期"),
}  # fmt: skip
AS_INVOICES = {heading(word): plain for plain, words in ORDER_HEADS.items() for word in words}


def load_orders(
    *, agency: Agency, client: Client, content: bytes, file: str, by: Actor, at: datetime
) -> Loaded:
    """Take a CSV or XLSX of orders, read by the reader of open items: an order's number and day stand where an
    invoice's number and due day would. Known ones change nothing. Raises `Refusal` as `load_file`, `orders_missing`."""
    table = read_table(content, file=file)
    sheets = tuple(
        replace(sheet, rows=[order_row(row) for row in sheet.rows]) for sheet in table.sheets
    )
    if not any(
        is_order_head(c)
        for sheet in table.sheets
        for row in sheet.rows[:SEARCHED]
        for c in row.cells
    ):
        raise Refusal("orders_missing", N_("%(file)s has no column for the order's number or day (“Order number”, “Order date”)."), file=file)  # fmt: skip
    layout = lay_out(replace(table, sheets=sheets), None, file=file)
    refuse_missing(layout, file)
    if len(layout.rows) > MOST_ROWS:
        raise Refusal("rows_too_many", N_("%(file)s has more than %(most)s rows."), file=file, most=MOST_ROWS)  # fmt: skip
    found = profile(layout)
    refuse_unclear(Looked(layout, found), file)
    with scope(agency.id):
        terms = Terms.read(agreement_of(client).rate_card.terms)
    read = read_rows(layout, found, Reading(tuple(sorted(terms.currencies)), client.reference, at.date(), country=client.country))  # fmt: skip
    loaded = load_trades(
        agency=agency, client=client, by=by, at=at,
        rows=[TradeAsked(read.debtors[d.debtor], "order", d.due_on, d.amount, d.currency, d.ref, d.row) for d in read.debts if d.kind == "invoice"],
    )  # fmt: skip
    loaded.rows = read.rows
    loaded.problems = [*(p for p in read.problems if p.error), *loaded.problems]
    return loaded


def is_order_head(cell: Cell) -> bool:
    return isinstance(cell, str) and len(cell) < 40 and heading(cell) in AS_INVOICES


def order_row(row: Row) -> Row:
    """A row whose headings of orders are those of invoices; any other row stays as it is."""
    known = [AS_INVOICES[heading(str(c))] if is_order_head(c) else None for c in row.cells]
    if not any(known):
        return row
    return row._replace(cells=[k or c for k, c in zip(known, row.cells, strict=True)])


def debtor_of(agency: Agency, client: Client, said: Said, by: Actor, at: datetime) -> Debtor:
    """Who is meant. A bare name, as orders often come, is the one company of that name among the client's own:
    else its order would stand at a stranger of the same name, where no signal sees it."""
    if not (
        said.registration_number or said.vat_number or said.postcode or said.city or said.street
    ):
        key = match_name(said.name)
        own = Q(id__in=Item.objects.filter(client=client).values("debtor")) | Q(id__in=Case.objects.filter(client=client).values("debtor"))  # fmt: skip
        mine = Debtor.objects.filter(own, agency=agency, country=said.country, match_name=key)[:2]
        if key and len(mine) == 1:
            return mine[0]
    with transaction.atomic():
        return find_or_add_debtor(
            agency=agency.id, name=said.name, country=said.country, registration_number=said.registration_number,
            vat_number=said.vat_number, address=[said.street] if said.street else [], postcode=said.postcode,
            city=said.city, email=said.email, phone=said.phone, by=by, at=at,
        )  # fmt: skip


def kept_of(client: Client, items: Sequence[Item]) -> dict[UUID, Kept]:
    """Items (with debtors and touches loaded) as the rules of hygiene want them; a reminder that left is a contact."""
    sent = reminders_of(client, {i.debtor_id: i.debtor for i in items})
    return {
        i.id: Kept(
            i.due_on, i.open, i.document_id is not None, i.sent_on is not None, i.confirmed_on is not None, i.paid_on,
            (*((t.on, t.reached) for t in i.touches.all()),
             *((s.on, False) for s in sent.get(i.debtor_id, ()) if s.left and step_said(s.row, i))),
        )
        for i in items
    }  # fmt: skip


# Placed ------------------------------------------------------------------------------------------------


def place_debtor(
    *, agency: Agency, client: Client, debtor: Debtor, currency: str, by: Actor, at: datetime
) -> Submitted:
    """Every overdue item of a debtor becomes one case, with its documents, and what the client did about
    them as a note. Pressed twice it is one case. Raises `Refusal` `nothing_overdue`, and as
    `submit_from_reading`."""
    with scope(agency.id), transaction.atomic():
        hold_debtor(debtor)
        found = (
            Item.objects.select_for_update(of=("self",))
            .filter(client=client, debtor=debtor, currency=currency, case=None, open__gt=0, due_on__lt=at.date())
            .order_by("due_on", "id")
        )  # fmt: skip
        items = sorted(
            found, key=lambda i: (i.due_on, i.ref)
        )  # locked as the reminders lock them, placed as read
        if not items:
            raise Refusal("nothing_overdue", N_("Nothing of %(debtor)s is overdue and not placed yet."), debtor=debtor.name)  # fmt: skip
        made = submit_from_reading(
            agency=agency, client=client, by=by, at=at,
            asked=Submission(
                key=f"items:{items[0].id}", debtor=asked_of(debtor), currency=currency,
                lines=tuple(LineAsked("invoice", i.ref, i.issued_on, i.due_on, i.open, i.document_id) for i in items),
            ),
        )  # fmt: skip
        items_became(items=[i.id for i in items], case=made.case)
        carry_over(made.case, items, by, at)
        return made


def asked_of(debtor: Debtor) -> DebtorAsked:
    return DebtorAsked(
        name=debtor.name, country=debtor.country, vat_number=debtor.vat_number,
        registration_number=debtor.registration_number, address=tuple(debtor.address), postcode=debtor.postcode,
        city=debtor.city,
    )  # fmt: skip


def carry_over(case: Case, items: Sequence[Item], by: Actor, at: datetime) -> None:
    """What the client did before: for whoever works the case one line for each contact and confirmation, and
    each contact as such, so that delays and frequency count from it."""
    lines, by_hand = [], []
    for item in Item.objects.filter(id__in=[i.id for i in items]).prefetch_related("touches"):
        if item.sent_on:
            lines.append((item.sent_on, f"{item.ref}: invoice sent"))
        if item.confirmed_on:
            lines.append((item.confirmed_on, f"{item.ref}: receipt confirmed"))
        lines += [
            (t.on, f"{item.ref}: {t.channel}, {'reached' if t.reached else 'not reached'}" + (f": {t.note}" if t.note else ""))
            for t in item.touches.all()
        ]  # fmt: skip
        by_hand += [by_hand_of(t) for t in item.touches.all()]
    carry_contacts(case=case, items=[i.id for i in items], by_hand=once(by_hand))
    if lines:
        told = "\n".join(f"{day.isoformat()} {text}" for day, text in sorted(lines))[:3900]
        add_note(
            case=case, text=f"The client before it placed:\n{told}", key=new_id(), by=by, at=at
        )


def by_hand_of(touch: Touch) -> ByHand:
    code = (
        "client_reached"
        if touch.reached
        else "client_wrote"
        if touch.channel in WRITTEN
        else "client_tried"
    )
    # A day is all that was told; noon is within it nearly everywhere.
    noon = datetime.combine(touch.on, time(12), UTC)
    return ByHand(touch.channel, code, BY_CLIENT[code].right_party, noon, touch.by_name, touch.note)


def once(told: Sequence[ByHand]) -> list[ByHand]:
    """One contact about several invoices is one contact: the same day and channel counts once, at its best."""
    best: dict[tuple[datetime, str], ByHand] = {}
    for one in told:
        known = best.get((one.at, one.channel))
        if known is None or (one.right_party and not known.right_party):
            best[one.at, one.channel] = one
    return list(best.values())


# What waiting costs ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """Recovery in percent if it is placed in `days` days; `low` and `high` its interval; `count` the ended
    cases it rests on, 0 for the rate card's declared expectation."""

    days: int
    recovery: Decimal
    low: Decimal
    high: Decimal
    count: int


def waiting_costs(*, agency: Agency, client: Client, age_days: int, on: date) -> list[Waiting]:
    """From the agency's own ended cases of each age where there are enough, else as declared."""
    with scope(agency.id):
        ended = history(agency.id, on)
        told = Terms.read(agreement_of(client).rate_card.terms).expectation
    found = []
    for days in (0, 30, 60, 90, 180):
        age = age_days + days
        own = ended.get(sum(age > limit for limit in AGES))
        if own and own.cases >= LEAST_ENDED:
            likely, low, high = (
                Decimal(str(round(100 * v, 1))) for v in (own.share, own.low, own.high)
            )
            found.append(Waiting(days, likely, low, high, own.cases))
            continue
        likely = min(on_curve(told.recovery, age), told.most)
        tenth = Decimal("0.1")
        found.append(Waiting(days, likely.quantize(tenth), (likely * told.low).quantize(tenth), min(likely * told.high, told.most).quantize(tenth), 0))  # fmt: skip
    return found
