"""A debtor's accounts are entered, at the desk or from a file."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Debtor
from recoup.watch.accounts import AMOUNTS, Year
from recoup.watch.models import Accounts

LARGEST = Decimal(10) ** 15


@transaction.atomic
def enter_accounts(*, debtor: Debtor, year: Year, source: str, by: Actor, at: datetime) -> Accounts:
    """Keep the accounts of a year; the same figures again make no second row, others a new one that counts.

    Raises `Refusal` `source_missing`, `day_ahead`, `accounts_empty`, `accounts_odd` (naming the field).
    """
    if not source.strip():
        raise Refusal("source_missing", N_("Say where the figures come from."), field="source")
    if year.year_end > at.date():
        raise Refusal("day_ahead", N_("%(found)s is still to come."), field="year_end", found=year.year_end.isoformat())  # fmt: skip
    figures = {name: getattr(year, name) for name in AMOUNTS} | {"employees": year.employees}
    if all(value is None for value in figures.values()):
        raise Refusal("accounts_empty", N_("Give at least one figure."), field="turnover")
    refuse_odd(figures)
    newest = (
        Accounts.objects.filter(debtor=debtor, year_end=year.year_end).order_by("-at", "-id").first()
    )  # fmt: skip
    if newest is not None and all(getattr(newest, n) == v for n, v in figures.items()):
        return newest
    made = Accounts.objects.create(
        agency_id=debtor.agency_id, debtor=debtor, year_end=year.year_end, currency=year.currency,
        source=source.strip()[:200], known_on=at.date(), at=at, by_name=by.name, **figures,
    )  # fmt: skip
    record(agency=debtor.agency_id, kind="AccountsEntered", by=by, at=at, audience="internal",
           debtor=debtor.name, year_end=year.year_end.isoformat(), source=source.strip()[:200])  # fmt: skip
    return made


def refuse_odd(figures: dict[str, Decimal | int | None]) -> None:
    for name, value in figures.items():
        if value is None:
            continue
        if abs(Decimal(value)) >= LARGEST or (value < 0 and name not in ("equity", "profit")):
            raise Refusal("accounts_odd", N_("%(found)s cannot be right here."), field=name, found=str(value))  # fmt: skip
    assets, current = figures["assets"], figures["current_assets"]
    if assets is not None and current is not None and Decimal(current) > Decimal(assets):
        raise Refusal("accounts_odd", N_("Current assets of %(found)s are more than all assets."), field="current_assets", found=str(current))  # fmt: skip
