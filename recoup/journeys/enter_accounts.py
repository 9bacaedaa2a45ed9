"""Accounts of many debtors from a file: each row for itself, what is wrong is named by row and field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from recoup.intake.tables import Cell, read_table
from recoup.kernel.actor import Actor
from recoup.kernel.days import parse_day
from recoup.kernel.money import parse_amount
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Debtor
from recoup.tenancy.models import Agency
from recoup.watch.accounts import AMOUNTS, Year
from recoup.watch.operations import enter_accounts

HEADS = ("registration_number", "country", "year_end", "currency", *AMOUNTS, "employees", "source")
NEEDED = HEADS[:4]
MOST_ROWS = 20_000


@dataclass
class Entered:
    """`errors` as (row, sentence to be filled)."""

    rows: int = 0
    taken: int = 0
    errors: list[tuple[int, Refusal]] = field(default_factory=list)


def enter_many(*, agency: Agency, content: bytes, file: str, by: Actor, at: datetime) -> Entered:
    """Take a CSV or XLSX with the heads of `HEADS`. Raises `Refusal` `heads_missing`, `rows_too_many`, and
    as `read_table`."""
    rows = read_table(content, file=file).sheets[0].rows
    if len(rows) > MOST_ROWS:
        raise Refusal("rows_too_many", N_("%(file)s has more than %(most)s rows."), file=file, most=MOST_ROWS)  # fmt: skip
    heads = {text(cell).lower().replace(" ", "_"): place for place, cell in enumerate(rows[0].cells)}  # fmt: skip
    missing = [name for name in NEEDED if name not in heads]
    if missing:
        raise Refusal("heads_missing", N_("%(file)s has no column %(found)s; it needs %(needed)s."),
                      file=file, found=missing[0], needed=", ".join(NEEDED))  # fmt: skip
    known = debtors_by_number(agency)
    answer = Entered()
    for row in rows[1:]:
        answer.rows += 1
        cells = {name: row.cells[p] if p < len(row.cells) else "" for name, p in heads.items()}
        try:
            with transaction.atomic():
                take(cells, known, file, by, at)
            answer.taken += 1
        except Refusal as refusal:
            answer.errors.append((row.number, refusal))
    return answer


def debtors_by_number(agency: Agency) -> dict[tuple[str, str], Debtor]:
    found = Debtor.objects.filter(agency_id=agency.id).exclude(registration_number="")
    return {(d.country, plain(d.registration_number)): d for d in found}


def take(cells: Mapping[str, Cell], known: dict[tuple[str, str], Debtor], file: str, by: Actor, at: datetime) -> None:  # fmt: skip
    number, country = text(cells["registration_number"]), text(cells["country"]).upper()
    debtor = known.get((country, plain(number)))
    if debtor is None:
        raise Refusal("debtor_unknown", N_("No debtor in %(country)s has the number %(found)s."),
                      field="registration_number", found=number, country=country)  # fmt: skip
    end = cells["year_end"]
    currency = text(cells["currency"]).upper()
    if len(currency) != 3 or not currency.isalpha():
        raise Refusal("currency_unknown", N_("“%(found)s” is no currency."), field="currency", found=currency)  # fmt: skip
    year = Year(
        end if isinstance(end, date) else parse_day(text(end), field="year_end"), currency,
        **{name: amount(cells.get(name, ""), currency, name) for name in AMOUNTS},  # type: ignore[arg-type]
        employees=heads_of(cells.get("employees", "")),
    )  # fmt: skip
    enter_accounts(debtor=debtor, year=year, source=text(cells.get("source", "")) or file, by=by, at=at)  # fmt: skip


def amount(cell: Cell, currency: str, name: str) -> Decimal | None:
    if isinstance(cell, Decimal):
        return cell
    given = text(cell)
    if not given:
        return None
    found = parse_amount(given.removeprefix("-"), currency, field=name)
    return -found if given.startswith("-") else found


def heads_of(cell: Cell) -> int | None:
    given = text(cell)
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 7:
        raise Refusal("employees_odd", N_("“%(found)s” is no number of employees."), field="employees", found=given)  # fmt: skip
    return int(given)


def text(cell: Cell) -> str:
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell).strip()


def plain(number: str) -> str:
    return "".join(c for c in number.upper() if c.isalnum())
