"""Every row's verdict against what is known: which debtor, placed before or not, one case or several.

The whole list is judged with a handful of statements, however long it is.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from recoup.agreements.rules import Terms as CardTerms
from recoup.cases.queries import Asked, AskedDebtor, placed_already, refs_placed
from recoup.intake.columns import Debt, Problem, Read, Terms, read_rows
from recoup.intake.models import Placement
from recoup.intake.operations import limit_of
from recoup.intake.states import RowState
from recoup.journeys.place.read import Looked
from recoup.journeys.submit_invoice import agreement_of, law_of
from recoup.jurisdictions.formulas.limitation import Ends, ends_on
from recoup.jurisdictions.rules import CODES, rules
from recoup.kernel.bulk import undisturbed
from recoup.kernel.refusal import N_
from recoup.parties.bulk import find_debtors
from recoup.parties.divisions import by_text, open_divisions
from recoup.parties.models import Client
from recoup.parties.rules import match_name


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one case to be: one debtor, one currency, one division."""

    debtor: int
    currency: str
    debts: tuple[Debt, ...]
    division: UUID | None = None

    @property
    def first(self) -> int:
        return min(debt.row for debt in self.debts)


@dataclass(slots=True)
class Checked:
    """`groups` will be cases; `problems` (of `Problem`) say why rows are not, or warn. `new_debtors`
    counts those not known yet."""

    read: Read
    groups: list[Group] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    duplicates: dict[int, str] = field(default_factory=dict)
    known: dict[int, UUID] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        return sum(len(group.debts) for group in self.groups)

    @property
    def rejected(self) -> set[int]:
        return {p.row for p in self.problems if p.error} - set(self.duplicates)

    @property
    def new_debtors(self) -> int:
        return len({g.debtor for g in self.groups} - set(self.known))

    def verdict(self, row: int) -> str:
        if row in self.duplicates:
            return RowState.DUPLICATE
        return RowState.REJECTED if row in self.rejected else RowState.ACCEPTED


def terms_of(client: Client, today: date, limit: Collection[UUID] = ()) -> Terms:
    """`limit`: the divisions that whoever hands over is limited to; with one only, it need not be named."""
    card = CardTerms.read(agreement_of(client).rate_card.terms)
    offered = [row for row in open_divisions(client) if not limit or row.id in limit]
    also = {
        match_name(client.name),
        client.registration_number.casefold(),
        client.vat_number.casefold(),
    }
    return Terms(
        tuple(sorted(card.currencies)), client.reference, today, frozenset(also - {""}), client.country,
        divisions={text: row.id for text, row in by_text(offered).items()},
        division=offered[0].id if limit and len(offered) == 1 else None, named=bool(limit) and len(offered) != 1,
    )  # fmt: skip


def check(*, placement: Placement, found: Looked, today: date) -> Checked:
    """Judge all rows; nothing is written. Call where the whole agency is visible."""
    client = placement.client
    with undisturbed():
        read = read_rows(found.layout, found.profile, terms_of(client, today, limit_of(placement)))
        return judged(client, read, found, today)


def judged(client: Client, read: Read, found: Looked, today: date) -> Checked:
    checked = Checked(read, problems=list(read.problems))
    checked.known = find_debtors(agency=client.agency_id, wanted=read.debtors)
    mark_placed(checked, client, read.debts)
    free = [debt for debt in read.debts if debt.row not in checked.duplicates]
    checked.groups = grouped(checked, free, found.layout.mapping.grouping)
    warn_of_limitation(checked, client, free, today)
    return checked


def warn_of_limitation(
    checked: Checked, client: Client, debts: Sequence[Debt], today: date
) -> None:
    """A claim that the debtor's law seems to bar is taken, said so, and stopped by the review."""
    ends: dict[tuple[str, date], Ends | None] = {}
    laws = {d.country: law_of(d.country, client.country) for d in checked.read.debtors}
    for debt in debts:
        if debt.kind != "invoice":
            continue
        key = (laws[checked.read.debtors[debt.debtor].country], debt.due_on)
        if key not in ends:
            rule = rules(key[0]).limitation if key[0] in CODES else None
            ends[key] = ends_on(rule, due=debt.due_on) if rule and not rule.get("not_answered") else None  # fmt: skip
        end = ends[key]
        if end is not None and end.on < today:
            text = N_("Invoice %(found)s seems to be time-barred since %(on)s by the law of %(country)s; the review will look at it.")  # fmt: skip
            params = {"field": "due_on", "found": debt.ref, "on": end.on.isoformat(), "country": key[0], "row": debt.row}  # fmt: skip
            checked.problems.append(Problem(debt.row, "due_on", "time_barred", text, params, False))


def mark_placed(checked: Checked, client: Client, debts: Sequence[Debt]) -> None:
    if not debts:
        return
    known = refs_placed(agency=client.agency_id, client=client.id, most=len(debts))
    asked = debts if known is None else [d for d in debts if d.ref in known]
    refs = {d.row: d.ref for d in asked}
    found = placed_already(
        agency=client.agency_id, client=client.id,
        asked=(Asked(d.row, d.debtor, d.ref, d.amount, d.currency) for d in asked),
        debtors=asked_debtors(checked, {d.debtor for d in asked}),
    )  # fmt: skip
    for row, (number, certain) in found.items():
        params = {"field": "invoice", "found": refs[row], "number": number, "row": row}
        if certain:
            checked.duplicates[row] = number
            text = N_("Invoice %(found)s against this debtor is already in case %(number)s.")
            checked.problems.append(Problem(row, "invoice", "invoice_already_placed", text, params))
        else:
            text = N_(
                "Invoice %(found)s with the same amount is already in case %(number)s, against a debtor written differently; see that it is not the same."
            )
            checked.problems.append(Problem(row, "invoice", "maybe_placed", text, params, False))


def asked_debtors(checked: Checked, places: set[int]) -> Iterator[AskedDebtor]:
    for place in places:
        one = checked.read.debtors[place]
        yield AskedDebtor(
            place, checked.known.get(place), one.match_name, one.country, one.registration_number,
            one.vat_number, bool(one.postcode or one.city),
        )  # fmt: skip


def grouped(checked: Checked, debts: Sequence[Debt], grouping: str) -> list[Group]:
    """Cases by debtor, currency and division, or by invoice with the debtor's credit notes on its largest one. A
    group whose credit notes take it all is no claim: its rows are rejected."""
    parts: dict[tuple[int, str, UUID | None], list[Debt]] = {}
    for debt in debts:
        parts.setdefault((debt.debtor, debt.currency, debt.division), []).append(debt)
    groups = []
    for (debtor, currency, division), part in parts.items():
        cases = by_invoice(part) if grouping == "invoice" else [part]
        for case in cases:
            if nothing_left(case):
                checked.problems += [left_nothing(debt) for debt in case]
            else:
                groups.append(Group(debtor, currency, tuple(case), division))
    return groups


def by_invoice(debts: list[Debt]) -> list[list[Debt]]:
    invoices = [[d] for d in debts if d.kind == "invoice"]
    credits = [d for d in debts if d.kind != "invoice"]
    if not invoices:
        return [credits]
    max(invoices, key=lambda case: case[0].amount).extend(credits)
    return invoices


def nothing_left(debts: Sequence[Debt]) -> bool:
    total = sum((d.amount if d.kind == "invoice" else -d.amount for d in debts), Decimal(0))
    return total <= 0


def left_nothing(debt: Debt) -> Problem:
    text = N_(
        "The credit notes against this debtor take the whole claim; nothing is left to collect."
    )
    return Problem(debt.row, "amount", "claim_nothing_left", text,
                   {"field": "amount", "found": str(debt.amount), "row": debt.row})  # fmt: skip
