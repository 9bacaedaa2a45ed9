"""Rows of money as the templates show them. Prepared here: templates do no sums and no queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from recoup.kernel.money import Money
from recoup.kernel.refusal import N_
from recoup.payments.models import Allocation, BankFile, BankLine, LineOutcome, Suggestion
from recoup.payments.rules import PARTS
from recoup.web.kit.components import Why
from recoup.web.kit.derivations import phrase
from recoup.web.kit.words import word

OUTCOMES = {
    "payout": N_("Our payout, seen by the bank"),
    "payout_returned": N_("Our payout, sent back"),
    "returned": N_("Returned before it was anybody's"),
    "own": N_("The agency's own"),
    "refund": N_("Our refund, seen by the bank"),
    "refund_returned": N_("Our refund, sent back"),
    "refunded": N_("Sent back to the payer"),
    "invoice": N_("Paid our own invoice"),
    "exchanged": N_("Exchanged"),
    "card_payout": N_("Payout of the card provider"),
}


@dataclass(frozen=True)
class LineRow:
    """A line in the list on the left."""

    line: BankLine
    amount: Money
    left: Money
    url: str
    current: bool

    @property
    def who(self) -> str:
        return self.line.counterparty or self.line.counterparty_account or _("Unknown payer")

    @property
    def text(self) -> str:
        return self.line.reference or self.line.remittance or self.line.end_to_end_id


@dataclass(frozen=True)
class Suggested:
    """A suggestion on the right, with its reasons and what would stay unexplained."""

    suggestion: Suggestion
    amount: Money
    reasons: list[str]
    owed: Money | None
    left_after: Money
    first: bool


@dataclass(frozen=True)
class Given:
    """What part of a line was given to a case, and how it was split."""

    allocation: Allocation
    amount: Money
    why: Why
    may_undo: bool


def money(amount: Decimal, currency: str) -> Money:
    return Money(amount, currency).rounded()


def line_rows(lines: Iterable[Any], chosen: BankLine | None) -> list[LineRow]:
    return [
        LineRow(
            line, money(line.amount, line.currency), money(line.left, line.currency),
            reverse("desk:money:line", args=[line.id]), chosen is not None and line.id == chosen.id,
        )
        for line in lines
    ]  # fmt: skip


def suggested(rows: Sequence[Suggestion], owing: dict[Any, Any], left: Money) -> list[Suggested]:
    found = []
    for number, row in enumerate(rows):
        amount = money(min(row.amount, left.amount), left.currency)
        answer = owing.get(row.case_id)
        found.append(
            Suggested(
                row, amount, [phrase(r["text"], r["params"]) for r in row.because],
                money(answer.total, row.case.currency) if answer else None, left - amount, number == 0,
            )
        )  # fmt: skip
    return found


def given(rows: Iterable[Allocation]) -> list[Given]:
    return [
        Given(
            row, money(row.amount, row.currency), split_why(row),
            row.reverses_id is None and not hasattr(row, "reversed_by") and not hasattr(row, "remitted"),
        )
        for row in rows
    ]  # fmt: skip


def split_why(row: Allocation) -> Why:
    """Where the money went and by which order; the law's own sentences after it."""
    names = {
        "costs": _("Costs"), "compensation": _("Compensation"), "interest": _("Interest"),
        "principal": _("Principal"), "overpaid": _("Too much, the debtor's"),
    }  # fmt: skip
    parts = [
        (names[name], money(getattr(row, name), row.currency))
        for name in PARTS if getattr(row, name)
    ]  # fmt: skip
    order = ", ".join(word(part) for part in row.because.get("order", []))
    steps = [phrase(m["text"], m["params"]) for m in row.because.get("match", [])]
    if said := row.because.get("said"):
        steps.append(said)
    if order:
        steps.append(_("Paid in this order: %(order)s.") % {"order": order})
    if row.because.get("corrects"):
        steps.append(_("The row also corrects how earlier payments were split."))
    steps += [phrase(w["text"], w["params"]) for w in row.because.get("why", [])]
    return Why(
        title=_("How the payment was split"), rows=parts, total=(_("Amount"), money(row.amount, row.currency)),
        steps=steps, rule=_("law of %(country)s") % {"country": row.because.get("jurisdiction", "")},
    )  # fmt: skip


def outcome_rows(rows: Iterable[LineOutcome], currency: str) -> list[tuple[str, Money]]:
    return [(_(OUTCOMES[row.kind]), money(row.amount, currency)) for row in rows]


@dataclass(frozen=True)
class FileRow:
    file: BankFile
    url: str
    held: bool
    counts: dict[str, Any]
    matched: list[Money]

    @property
    def waiting(self) -> int:
        return int(self.counts.get("part_matched", 0)) + int(self.counts.get("unmatched", 0))


def file_rows(files: Iterable[BankFile]) -> list[FileRow]:
    return [file_row(file) for file in files]


def file_row(file: BankFile) -> FileRow:
    sums = file.summary.get("amount_matched", {})
    return FileRow(
        file, reverse("desk:money:file", args=[file.id]), file.status == "held", file.summary,
        [money(Decimal(a), c) for c, a in sums.items()],
    )  # fmt: skip


def warnings_of(file: BankFile) -> list[str]:
    return [phrase(w["text"], w["params"]) for w in file.summary.get("warnings", [])]
