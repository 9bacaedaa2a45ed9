"""What is owed, in plain words, with the derivation of each figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from recoup.cases.models import Case, ClaimLine
from recoup.jurisdictions.owed import ClaimLine as Claim
from recoup.jurisdictions.owed import Owed
from recoup.kernel.money import Money
from recoup.web.kit.components import Why
from recoup.web.kit.derivations import phrase
from recoup.web.kit.formats import day_text, percent_text
from recoup.web.kit.words import word


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    amount: Money
    why: Why


def rows_of(owed: Owed) -> list[Row]:
    """Each part that is not zero; together they are the total."""
    compensation = Money(owed.compensation.open, owed.compensation.currency)
    rows = [
        Row(_("Invoices"), Money(owed.principal, owed.currency), of_invoices(owed)),
        Row(_("Interest for paying late"), Money(owed.interest, owed.currency), of_interest(owed)),
        Row(_("Fixed sum for paying late"), compensation, of_compensation(owed)),
        Row(_("Costs"), Money(owed.costs, owed.currency), of_costs(owed)),
    ]
    return [row for row in rows if row.amount]


def of_total(owed: Owed) -> Why:
    return Why(
        title=_("How we worked it out"), rows=[(row.label, row.amount) for row in rows_of(owed)],
        total=(_("To pay on %(day)s") % {"day": day_text(owed.as_of)}, Money(owed.total, owed.currency)),
        steps=list(sentences(owed)), rule=_("law of %(country)s") % {"country": owed.jurisdiction},
    )  # fmt: skip


def sentences(owed: Owed) -> Iterator[str]:
    for reason in owed.why:
        yield phrase(reason.text, reason.params)


def of_invoices(owed: Owed) -> Why:
    rows = [
        (_("%(ref)s, due on %(day)s") % {"ref": c.ref, "day": day_text(c.due)}, Money(c.principal, owed.currency))
        for c in owed.claims
    ]  # fmt: skip
    return Why(title=_("What is open on each invoice"), rows=rows,
               total=(_("Invoices"), Money(owed.principal, owed.currency)))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """An invoice as claimed, and what is open of it with its interest."""

    ref: str
    credit: bool
    due_on: date
    amount: Money
    open: Money | None
    why: Why | None


def lines_of(case: Case, owed: Owed | None) -> list[Line]:
    """Every invoice and credit note; the invoices with how what is open of them came about."""
    claims = {c.ref: c for c in owed.claims} if owed else {}
    rows = list(case.lines.order_by("due_on", "ref"))
    found = []
    for row in rows:
        amount = Money(row.amount, case.currency).rounded()
        claim = claims.get(row.ref) if row.kind == "invoice" else None
        why = of_line(owed, claim, row, rows) if owed and claim else None
        open_ = Money(claim.principal + claim.interest, case.currency).rounded() if claim else None
        found.append(Line(row.ref, row.kind == "credit_note", row.due_on, amount, open_, why))
    return found


def of_line(owed: Owed, claim: Claim, row: ClaimLine, rows: list[ClaimLine]) -> Why:
    """From the invoice's amount, over credit notes and payments, to what is open, and its interest."""
    currency = owed.currency
    credited = [(_("Credit note %(ref)s") % {"ref": c.ref}, Money(-c.amount, currency).rounded())
                for c in rows if c.credits_id == row.id]  # fmt: skip
    off = sum((c.amount for c in rows if c.credits_id == row.id), Decimal(0))
    paid = row.amount - off - claim.principal
    steps: list[tuple[str, Money]] = [
        (_("The invoice"), Money(row.amount, currency).rounded()),
        *credited,
    ]
    if paid > 0:
        steps.append((_("Paid on it"), Money(-paid, currency).rounded()))
    for s in owed.segments:
        if s.claim == claim.ref:
            told = {"days": s.days, "first": day_text(s.first), "rate": percent_text(s.rate)}
            label = _("Interest for %(days)s days from %(first)s at %(rate)s a year") % told
            steps.append((label, Money(s.interest, currency)))
    if claim.interest_accrued > claim.interest:
        steps.append(
            (_("Interest paid"), Money(claim.interest - claim.interest_accrued, currency).rounded())
        )
    sources = dict.fromkeys(s.source for s in owed.segments if s.claim == claim.ref)
    return Why(
        title=_("How %(ref)s comes to this") % {"ref": claim.ref}, rows=steps, source="; ".join(sources),
        total=(_("Open on it"), Money(claim.principal + claim.interest, currency).rounded()),
    )  # fmt: skip


def of_interest(owed: Owed) -> Why:
    rows = [
        (
            _("%(ref)s: %(days)s days from %(first)s at %(rate)s a year")
            % {"ref": s.claim, "days": s.days, "first": day_text(s.first), "rate": percent_text(s.rate)},
            Money(s.interest, owed.currency),
        )
        for s in owed.segments
    ]  # fmt: skip
    if owed.interest_paid:
        rows.append((_("Paid"), Money(-owed.interest_paid, owed.currency)))
    sources = dict.fromkeys(s.source for s in owed.segments)
    return Why(title=_("How we worked out the interest"), rows=rows, steps=list(sentences(owed)),
               total=(_("Interest"), Money(owed.interest, owed.currency)), source="; ".join(sources))  # fmt: skip


def of_compensation(owed: Owed) -> Why:
    fixed = owed.compensation
    rows = [(_("Fixed by law"), Money(fixed.amount, fixed.currency))]
    if fixed.paid:
        rows.append((_("Paid"), Money(-fixed.paid, fixed.currency)))
    return Why(title=_("A fixed sum the law sets for paying late"), rows=rows,
               total=(_("Still open"), Money(fixed.open, fixed.currency)), source=fixed.source or "")  # fmt: skip


def of_costs(owed: Owed) -> Why:
    rows = [
        (f"{word(line.kind)}, {day_text(line.on)}", Money(line.amount, owed.currency)) for line in owed.cost_lines
    ]  # fmt: skip
    sources = dict.fromkeys(line.source for line in owed.cost_lines if line.source)
    return Why(title=_("Costs of writing to you"), rows=rows, steps=list(sentences(owed)),
               total=(_("Still open"), Money(owed.costs, owed.currency)), source="; ".join(sources))  # fmt: skip
