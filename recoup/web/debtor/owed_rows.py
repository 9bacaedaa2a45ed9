"""What is owed, in plain words, with the derivation of each figure."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from recoup.jurisdictions.owed import Owed
from recoup.kernel.money import Money
from recoup.web.kit.components import Why
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
        yield reason.sentence(_(reason.text))


def of_invoices(owed: Owed) -> Why:
    rows = [
        (_("%(ref)s, due on %(day)s") % {"ref": c.ref, "day": day_text(c.due)}, Money(c.principal, owed.currency))
        for c in owed.claims
    ]  # fmt: skip
    return Why(title=_("What is open on each invoice"), rows=rows,
               total=(_("Invoices"), Money(owed.principal, owed.currency)))  # fmt: skip


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
