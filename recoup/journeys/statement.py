"""A statement of what is owed: the same figures for the page and for the paper."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from recoup.cases.models import Case, ClaimLine
from recoup.contact.queries import posted
from recoup.contact.statement import invoice_rows
from recoup.journeys.letter import sender_of
from recoup.jurisdictions.owed import Owed, question, told
from recoup.kernel.money import Money
from recoup.kernel.refusal import NotKnown
from recoup.paper.documents.statement_of_owed import (
    AccountRow,
    PaymentRow,
    StatementOfOwed,
    statement_of_owed,
)
from recoup.paper.parts import Address, Paper, Person
from recoup.parties.models import Company
from recoup.payments.account import Entry, account
from recoup.payments.queries import facts_of
from recoup.payments.rules import owed_of

AHEAD = (1, 7, 14, 30)


@dataclass(frozen=True, slots=True)
class Statement:
    """`owed` on a day, the account that leads to it, and what later days come to as far as the rates
    are known; `unknown` says from which day on they are not."""

    case: Case
    owed: Owed
    entries: tuple[Entry, ...]
    later: tuple[Owed, ...]
    unknown: NotKnown | None


def statement(*, case: Case, on: date) -> Statement:
    """The figures, with three queries. Raises `NotKnown`, `NotAnswered` as `payments.queries.owed`."""
    facts = facts_of([case])[case.id]
    now = owed_of(facts, on)
    later, unknown = [], None
    for days in AHEAD if now.total else ():
        try:
            later.append(owed_of(facts, on + timedelta(days=days)))
        except NotKnown as refusal:
            unknown = refusal
            break
    return Statement(case, now, tuple(account(facts, on)), tuple(later), unknown)


def statement_paper(
    *, case: Case, on: date, to: Company | None = None, language: str, at: datetime
) -> Paper:
    """The statement as PDF in `language` (BCP 47), addressed to `to` (the debtor unless said otherwise).

    Raises as `statement` does, and as `statement_of_owed` for what is missing.
    """
    found = statement(case=case, on=on)
    owed, agency = found.owed, case.agency
    reader = to or case.debtor
    collector = str(case.collector.user) if case.collector else agency.name
    total = Money(owed.total, case.currency).rounded()
    data = StatementOfOwed(
        paper_id=f"{case.number}-{on:%y%m%d}-owed", case_number=case.number, written_on=on,
        as_of=owed.as_of, sender=sender_of(agency),
        recipient=Address(name=reader.name, lines=posted(reader), country=reader.country),  # type: ignore[arg-type]
        contact=Person(name=collector, phone=agency.phone, email=agency.email),
        creditor=case.client.name, debtor=case.debtor.name,
        invoices=invoice_rows(owed, list(ClaimLine.objects.filter(case=case))), total=total,
        per_day=Money(owed.per_diem, case.currency).rounded() if owed.per_diem else None,
        payments=payment_rows(owed), sources=sources(owed), account=account_rows(found),
        notes=notes(owed, language),
    )  # fmt: skip
    return statement_of_owed(data, language=language, at=at)


def payment_rows(owed: Owed) -> tuple[PaymentRow, ...]:
    return tuple(
        PaymentRow(
            on=one.on, amount=money(one.amount, owed), to_costs=money(one.costs, owed),
            to_compensation=money(one.compensation, owed), to_interest=money(one.interest, owed),
            to_principal=money(one.principal, owed), left=money(one.unallocated, owed),
        )
        for one in owed.allocations
    )  # fmt: skip


def account_rows(found: Statement) -> tuple[AccountRow, ...]:
    return tuple(
        AccountRow(
            on=one.on, kind=one.kind, ref=one.ref or None, amount=money(one.amount, found.owed),
            balance=money(one.balance, found.owed),
        )
        for one in found.entries
    )  # fmt: skip


def money(amount: object, owed: Owed) -> Money:
    return Money(amount, owed.currency).rounded()  # type: ignore[arg-type]


def sources(owed: Owed) -> tuple[str, ...]:
    """Each statute and notice relied on, once."""
    found = [segment.source for segment in owed.segments]
    found += [owed.compensation.source or ""] if owed.compensation.amount else []
    found += [line.source or "" for line in owed.cost_lines]
    found += [owed.limitation.source] if owed.limitation else []
    return tuple(dict.fromkeys(one for one in found if one))


def notes(owed: Owed, language: str) -> tuple[str, ...]:
    """How it was counted, and what nobody has answered, in `language`."""
    with translation.override(language.lower()):
        said = [told(reason, gettext) for reason in owed.why]
        open_ = [question(one, gettext) for one in owed.not_answered]
        said += [gettext("Not answered: %(question)s") % {"question": one} for one in open_]
    return tuple(dict.fromkeys(said))


def spoken(asked: str | None, otherwise: str) -> str:
    """A language documents can be written in: the one asked for, or the other, or English."""
    known = dict(settings.LANGUAGES)
    return next((one for one in (asked, otherwise) if one and one.lower() in known), "en")
