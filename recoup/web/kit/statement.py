"""The statement of what is owed, prepared for the three front doors that show it. No queries."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from recoup.journeys.statement import Statement, sources
from recoup.jurisdictions.owed import Owed, question
from recoup.kernel.money import Money
from recoup.paper.parts import Paper
from recoup.web.kit.derivations import owed_figures, per_day, phrase, total_figure
from recoup.web.kit.words import word


@dataclass(frozen=True, slots=True)
class Line:
    on: date
    what: str
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Step:
    """One segment of interest with its rate, in percent a year, and the parts of it."""

    claim: str
    first: date
    last: date
    days: int
    principal: Money
    rate: Decimal
    base: Decimal | None
    margin: Decimal | None
    interest: Money
    source: str
    provisional: bool


def statement_context(found: Statement, language: str) -> dict[str, Any]:
    """What kit/parts/statement.html shows; `language` is the reader's."""
    owed = found.owed
    theirs = found.case.debtor.language
    return {
        "total": total_figure(owed), "figures": owed_figures(owed), "per_day": per_day(owed),
        "lines": lines_of(found), "steps": steps_of(owed), "payments": payments_of(owed),
        "later": [(one.as_of, Money(one.total, one.currency)) for one in found.later],
        "unknown": found.unknown, "sources": sources(owed), "provisional": owed.provisional,
        "notes": list(dict.fromkeys(phrase(reason.text, reason.params) for reason in owed.why)),
        "not_answered": [question(one, _) for one in owed.not_answered], "papers": papers(language, theirs),
    }  # fmt: skip


def papers(reader: str, debtor: str) -> list[tuple[str, str]]:
    """(code, name) of the reader's language and, where it is another, the debtor's."""
    names = dict(settings.LANGUAGES)
    codes = dict.fromkeys(code for code in (reader.lower(), debtor.lower()) if code in names)
    return [(code, str(names[code])) for code in codes]


def lines_of(found: Statement) -> list[Line]:
    names = {
        "invoice": _("Invoice %(ref)s"), "credit_note": _("Credit note %(ref)s"),
        "interest": _("Interest to this day"), "compensation": _("Fixed compensation"),
        "costs": _("Costs"), "payment": _("Payment"), "waived": _("Given up by the creditor"),
    }  # fmt: skip
    currency = found.owed.currency
    return [
        Line(one.on, names[one.kind] % {"ref": one.ref}, Money(one.amount, currency),
             Money(one.balance, currency))
        for one in found.entries
    ]  # fmt: skip


def steps_of(owed: Owed) -> list[Step]:
    return [
        Step(s.claim, s.first, s.last, s.days, Money(s.principal, owed.currency), s.rate, s.base,
             s.margin, Money(s.interest, owed.currency), s.source, s.provisional)
        for s in owed.segments
    ]  # fmt: skip


PARTS = ("costs", "compensation", "interest", "principal")


def payments_of(owed: Owed) -> list[dict[str, Any]]:
    return [
        {
            "on": one.on, "amount": Money(one.amount, owed.currency),
            "parts": [
                (word(part), Money(getattr(one, part), owed.currency))
                for part in PARTS if getattr(one, part)
            ],
            "left": Money(one.unallocated, owed.currency) if one.unallocated else None,
        }
        for one in owed.allocations
    ]  # fmt: skip


def pdf_response(paper: Paper) -> HttpResponse:
    """Downloaded under its own name, kept in no cache."""
    response = HttpResponse(paper.content, content_type="application/pdf")
    response.headers["Content-Disposition"] = (
        content_disposition_header(True, paper.filename) or "attachment"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
