"""What a debtor's accounts say: ratios and the change against the year before. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

TENTH, HUNDRED = Decimal("0.1"), Decimal(100)
AMOUNTS = ("turnover", "profit", "assets", "current_assets", "equity", "current_liabilities")


@dataclass(frozen=True, slots=True)
class Year:
    """The accounts of one year; None is "not given"."""

    year_end: date
    currency: str
    turnover: Decimal | None = None
    profit: Decimal | None = None
    assets: Decimal | None = None
    current_assets: Decimal | None = None
    equity: Decimal | None = None
    current_liabilities: Decimal | None = None
    employees: int | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Ratios in percent, one place; None where a figure is missing or the divisor is nought.

    `solidity` equity to assets, `liquidity` current assets to current liabilities, `margin` profit to
    turnover; `growth` of turnover and `staff` against the year before (same currency only).
    """

    year_end: date
    solidity: Decimal | None
    liquidity: Decimal | None
    margin: Decimal | None
    growth: Decimal | None
    staff: Decimal | None
    negative_equity: bool


def position(years: Sequence[Year]) -> Position | None:
    """Of the newest year; None without accounts."""
    if not years:
        return None
    newest, *older = sorted(years, key=lambda y: y.year_end, reverse=True)
    before = next((y for y in older if y.currency == newest.currency and y.year_end < newest.year_end), None)  # fmt: skip
    return Position(
        newest.year_end, share(newest.equity, newest.assets),
        share(newest.current_assets, newest.current_liabilities), share(newest.profit, newest.turnover),
        change(newest.turnover, before.turnover if before else None),
        change(whole(newest.employees), whole(before.employees if before else None)),
        newest.equity is not None and newest.equity < 0,
    )  # fmt: skip


def share(part: Decimal | None, of: Decimal | None) -> Decimal | None:
    if part is None or not of:
        return None
    return (part / of * HUNDRED).quantize(TENTH, ROUND_HALF_UP)


def change(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    if now is None or not before:
        return None
    return ((now - before) / abs(before) * HUNDRED).quantize(TENTH, ROUND_HALF_UP)


def whole(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)
