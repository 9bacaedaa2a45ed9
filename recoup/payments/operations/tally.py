"""What became of a bank file, counted."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from recoup.kernel.money import places
from recoup.payments.models import BankFile


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file. `status`: taken, held (does not balance: nothing booked) or known (the
    same bytes were taken before). `summary` counts lines; `cases` were paid."""

    file: BankFile
    status: str
    summary: dict[str, Any]
    cases: tuple[UUID, ...] = ()


@dataclass(slots=True)
class Tally:
    """Counts of one file, as the summary shows them."""

    statements: int = 0
    entries: int = 0
    new: int = 0
    duplicates: int = 0
    not_booked: int = 0
    matched: int = 0
    part_matched: int = 0
    unmatched: int = 0
    returned: int = 0
    payouts: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def add_amount(self, currency: str, amount: Decimal) -> None:
        self.amounts[currency] = self.amounts.get(currency, Decimal(0)) + amount

    def warn(self, code: str, text: str, **params: Any) -> None:
        self.warnings.append({"code": code, "text": text, "params": params})

    def as_json(self) -> dict[str, Any]:
        counts = ("statements", "entries", "new", "duplicates", "not_booked", "matched", "part_matched",
                  "unmatched", "returned", "payouts")  # fmt: skip
        found: dict[str, Any] = {name: getattr(self, name) for name in counts}
        found["amount_matched"] = {c: f"{a:.{places(c)}f}" for c, a in sorted(self.amounts.items())}
        return found | {"warnings": self.warnings}


def plain(params: dict[str, Any]) -> dict[str, Any]:
    """JSON values of a sentence's gaps."""
    return {k: v if isinstance(v, str | int) else str(v) for k, v in params.items()}
