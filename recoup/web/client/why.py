"""What is owed, with a derivation behind each figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from recoup.jurisdictions.owed import Owed, Segment
from recoup.kernel.money import Money
from recoup.web.kit.components import Why
from recoup.web.kit.formats import day_text, percent_text


@dataclass(frozen=True, slots=True)
class OwedRow:
    """A line of what is owed; `why` opens its figure."""

    label: str
    amount: Money
    why: Why


def owed_rows(owed: Owed) -> list[OwedRow]:
    """Principal, interest, compensation and costs; the total is `total_of`."""

    def money(amount: Decimal) -> Money:
        return Money(amount, owed.currency)

    return [
        OwedRow(_("Principal"), money(owed.principal), why_principal(owed)),
        OwedRow(_("Interest"), money(owed.interest), why_interest(owed)),
        OwedRow(_("Compensation"), Money(owed.compensation.open, owed.compensation.currency), why_compensation(owed)),
        OwedRow(_("Costs"), money(owed.costs), why_costs(owed)),
    ]  # fmt: skip


def total_of(owed: Owed) -> OwedRow:
    rows = [(row.label, row.amount) for row in owed_rows(owed)]
    total = Money(owed.total, owed.currency)
    why = Why(
        title=_("How the total was worked out"), rows=rows, total=(_("Total"), total),
        steps=list(sentences(owed)), rule=_("law of %(country)s") % {"country": owed.jurisdiction},
    )  # fmt: skip
    return OwedRow(_("Owed on %(day)s") % {"day": day_text(owed.as_of)}, total, why)


def sentences(owed: Owed) -> Iterator[str]:
    for reason in owed.why:
        yield reason.sentence(_(reason.text))


def why_principal(owed: Owed) -> Why:
    rows = [(line.ref, Money(line.principal, owed.currency)) for line in owed.claims]
    return Why(title=_("What is open on each invoice"), rows=rows,
               total=(_("Principal"), Money(owed.principal, owed.currency)))  # fmt: skip


def why_interest(owed: Owed) -> Why:
    rows = [(segment_label(s), Money(s.interest, owed.currency)) for s in owed.segments]
    if owed.interest_paid:
        rows.append((_("Paid"), Money(-owed.interest_paid, owed.currency)))
    sources = list(dict.fromkeys(s.source for s in owed.segments))
    return Why(
        title=_("How the interest was worked out"), rows=rows,
        total=(_("Interest"), Money(owed.interest, owed.currency)), steps=list(sentences(owed)),
        rule=_("law of %(country)s") % {"country": owed.jurisdiction}, source="; ".join(sources),
    )  # fmt: skip


def segment_label(segment: Segment) -> str:
    return _("%(claim)s: %(first)s–%(last)s, %(days)s days at %(rate)s a year") % {
        "claim": segment.claim, "first": day_text(segment.first), "last": day_text(segment.last),
        "days": segment.days, "rate": percent_text(segment.rate),
    }  # fmt: skip


def why_compensation(owed: Owed) -> Why:
    fixed = owed.compensation
    rows = [
        (_("Fixed by law"), Money(fixed.amount, fixed.currency)),
        (_("Paid"), Money(-fixed.paid, fixed.currency)),
    ]
    return Why(title=_("Fixed compensation for late payment"), rows=rows,
               total=(_("Compensation"), Money(fixed.open, fixed.currency)), source=fixed.source or "")  # fmt: skip


def why_costs(owed: Owed) -> Why:
    rows = [
        (f"{line.kind}, {day_text(line.on)}", Money(line.amount, owed.currency))
        for line in owed.cost_lines
    ]
    sources = list(dict.fromkeys(line.source for line in owed.cost_lines if line.source))
    return Why(title=_("Costs charged to the debtor"), rows=rows,
               total=(_("Costs"), Money(owed.costs, owed.currency)), source="; ".join(sources))  # fmt: skip
