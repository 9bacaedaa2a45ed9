"""Reads of cases worth a name."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case as Either
from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum, When

from recoup.cases.models import (
    Absence,
    Case,
    ClaimLine,
    CollectorProfile,
    Hold,
    ReviewRules,
    Task,
)
from recoup.cases.rules import CaseFacts as AssignmentFacts
from recoup.cases.rules import LineFacts, Profile, ReviewFacts, ReviewTerms, Sanctions
from recoup.cases.states import OPEN, CloseCode, Stage
from recoup.jurisdictions.rules import CODES, rules
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.parties import numbers
from recoup.parties.models import Client, Debtor
from recoup.parties.queries import related_to
from recoup.parties.rules import is_consumer, match_name
from recoup.screening.queries import current_list, standing_of
from recoup.tenancy.roles import Role
from recoup.tenancy.staging import stage


def placed_elsewhere(client: UUID, debtor: UUID, refs: Iterable[str]) -> list[tuple[str, str]]:
    """(invoice number, case number) of claim lines with one of `refs` in this client's cases against
    this debtor that were neither declined nor withdrawn."""
    found = (
        ClaimLine.objects.filter(case__client_id=client, case__debtor_id=debtor, ref__in=list(refs))
        .exclude(case__stage=Stage.DECLINED)
        .exclude(case__stage=Stage.CLOSED, case__closures__code=CloseCode.WITHDRAWN)
        .order_by("case__number")
    )
    return list(found.values_list("ref", "case__number"))


# The same invoice number against the same debtor is certain, also where the debtor is written without
# number or place this time and so is another row of `parties`: same name and country, no number that
# contradicts, and the same amount or a place missing on one side.
PLACED = """
    SELECT s.row, c.number, c.debtor_id = s.debtor OR (
        o.match_name = s.match_name AND o.country = s.country
        AND NOT (s.registered <> '' AND o.registration_number <> '' AND s.registered <> o.registration_number)
        AND NOT (s.taxed <> '' AND o.vat_number <> '' AND s.taxed <> o.vat_number)
        AND ((l.amount = s.amount AND c.currency = s.currency)
            OR NOT s.located OR (o.postcode = '' AND o.city = ''))
    ) AS certain
    FROM (SELECT i.row, i.ref, i.amount, i.currency, b.* FROM asked_invoice i JOIN asked_debtor b USING (place)) s
    JOIN cases_claimline l ON l.agency_id = %s AND l.client_id = %s AND l.ref = s.ref
    JOIN cases_case c ON c.id = l.case_id AND c.stage <> 'declined'
    JOIN parties_debtor o ON o.id = c.debtor_id
    WHERE (c.debtor_id = s.debtor OR o.match_name = s.match_name OR (l.amount = s.amount AND c.currency = s.currency))
        AND NOT EXISTS (SELECT 1 FROM cases_closure e WHERE e.case_id = c.id AND e.code = 'withdrawn' AND c.stage = 'closed')
    ORDER BY s.row, certain DESC NULLS LAST, c.number
"""
ASKED_INVOICE = "row int, place int, ref text, amount numeric, currency text"
ASKED_DEBTOR = "place int, debtor uuid, match_name text, country text, registered text, taxed text, located boolean"


class Asked(NamedTuple):
    """An invoice of a batch, against the debtor at `place` of the batch's debtors."""

    row: int
    place: int
    ref: str
    amount: Decimal
    currency: str


class AskedDebtor(NamedTuple):
    """A debtor of a batch: `known` is None for a new one, `located` says that it has a place."""

    place: int
    known: UUID | None
    match_name: str
    country: str
    registration_number: str
    vat_number: str
    located: bool


def placed_already(
    *, agency: UUID, client: UUID, asked: Iterable[Asked], debtors: Iterable[AskedDebtor]
) -> dict[int, tuple[str, bool]]:
    """Row → (case number, certain) of invoices that this client has placed before: certain with the same
    number against the same debtor; likely with the same number, amount and currency against another.
    A statement or two for all."""
    found: dict[int, tuple[str, bool]] = {}
    asked = list(asked)
    if not asked:
        return found
    places = {a.place for a in asked}
    with transaction.atomic(), connection.cursor() as cursor:
        stage("asked_invoice", ASKED_INVOICE, asked)
        stage("asked_debtor", ASKED_DEBTOR, (d for d in debtors if d.place in places))
        cursor.execute(PLACED, [agency, client])
        for row, number, certain in cursor.fetchall():
            found.setdefault(row, (number, bool(certain)))
    return found


def refs_placed(*, agency: UUID, client: UUID, most: int) -> frozenset[str] | None:
    """The invoice numbers that this client has placed before, None where they are more than `most`: then the
    join of `placed_already` finds those of a list from the smaller side."""
    lines = ClaimLine.objects.filter(agency_id=agency, client_id=client)
    refs = list(lines.order_by().values_list("ref", flat=True)[: most + 1])
    return frozenset(refs) if len(refs) <= most else None


def collector_profiles(agency: UUID, on: date | None = None) -> list[Profile]:
    """Every active collector with their load, in two queries; who is absent on `on` is marked so."""
    away = absent_on(agency, on) if on else {}
    rows = (
        CollectorProfile.objects.filter(
            agency_id=agency, member__active=True, member__role=Role.COLLECTOR
        )
        .select_related("member__user")
        .annotate(taken=Count("member__cases", filter=Q(member__cases__stage__in=OPEN)))
        .order_by("member_id")
    )
    return [
        Profile(
            row.member_id, str(row.member.user), tuple(row.countries), tuple(row.languages),
            row.taken, row.capacity, later(row.absent_until, away.get(row.member_id)),
            laws=tuple(row.laws), experience_years=row.experience_years,
            permissions=tuple(row.permissions),
        )
        for row in rows
    ]  # fmt: skip


def later(one: date | None, other: date | None) -> date | None:
    return max(filter(None, (one, other)), default=None)


def absent_on(agency: UUID, on: date) -> dict[UUID, date]:
    """Who is away on a day, and until when."""
    rows = Absence.objects.filter(
        agency_id=agency, first_on__lte=on, last_on__gte=on, cancelled_at=None
    )
    return dict(rows.order_by("last_on").values_list("member_id", "last_on"))


def assignment_facts(case: Case) -> AssignmentFacts:
    """What the score asks of a case; see docs/algorithms/assignment.md."""
    needs = tuple(
        name for name, needed in (
            ("disputes", case.known_dispute), ("legal", case.stage == Stage.LEGAL),
        ) if needed
    )  # fmt: skip
    return AssignmentFacts(case.debtor.country, case.debtor.language, case.jurisdiction, needs)


def principal_of(cases: Iterable[UUID]) -> dict[UUID, Money]:
    """The claimed principal of each case (credit notes taken off), in one query."""
    signed = Either(
        When(kind=ClaimLine.Kind.INVOICE, then=F("amount")), default=-F("amount"),
        output_field=DecimalField(max_digits=19, decimal_places=4),
    )  # fmt: skip
    rows = (
        ClaimLine.objects.filter(case_id__in=list(cases))
        .values("case_id", "case__currency")
        .annotate(total=Sum(signed))
        .order_by()
    )
    return {row["case_id"]: Money(row["total"], row["case__currency"]).rounded() for row in rows}


def standing_holds(case: UUID, on: date) -> QuerySet[Hold]:
    """The holds that stand on day `on`."""
    return Hold.objects.filter(case_id=case, lifted_at__isnull=True).filter(
        Q(until__isnull=True) | Q(until__gte=on)
    )


def open_tasks(
    *, agency: UUID, roles: Sequence[str] = (), client: UUID | None = None
) -> QuerySet[Task]:
    """Open tasks of some roles (all when none is named), the most urgent first."""
    found = Task.objects.filter(agency_id=agency, done_at__isnull=True)
    if client is not None:
        found = found.filter(client_id=client)
    if roles:
        found = found.filter(role__in=roles)
    return found.select_related("case", "owner__user").order_by("due_on", "id")


def review_terms(agency: UUID) -> ReviewTerms:
    """The agency's rules for the review; without any, a person decides everything."""
    rules = ReviewRules.objects.filter(agency_id=agency).order_by("-version").first()
    if rules is None:
        return ReviewTerms()
    said = rules.terms
    return ReviewTerms(
        said["automatic"], {c: Decimal(a) for c, a in said["least"].items()},
        {c: Decimal(a) for c, a in said["most"].items()}, tuple(said["passes"]), said["answer_days"],
        said["unanswered"], rules.version,
    )  # fmt: skip


def other_places(case: Case) -> tuple[tuple[str, str], ...]:
    """(invoice, case) where an invoice of this case stands in another one: the same client's, or any
    client's against this debtor with the same amount."""
    invoices = {
        (line.ref, line.amount) for line in case.lines.all() if line.kind == ClaimLine.Kind.INVOICE
    }
    found = (
        ClaimLine.objects.filter(agency_id=case.agency_id, ref__in=[ref for ref, _ in invoices])
        .filter(Q(client_id=case.client_id) | Q(case__debtor_id=case.debtor_id))
        .exclude(case_id=case.id).exclude(case__stage=Stage.DECLINED)
        .exclude(case__stage=Stage.CLOSED, case__closures__code=CloseCode.WITHDRAWN).order_by("case__number")
    )  # fmt: skip
    rows = found.values_list("ref", "amount", "case__number")
    return tuple((ref, number) for ref, amount, number in rows if (ref, amount) in invoices)[:10]


def client_that_is(debtor: Debtor) -> str:
    """The client of ours that the debtor is, or that one of its related companies is."""
    known = (client_under(one) for one in (debtor, *(other for other, _kind in related_to(debtor))))
    return next(filter(None, known), "")


def client_under(debtor: Debtor) -> str:
    names = Q(country=debtor.country, registration_number=debtor.registration_number or None)
    names |= Q(country=debtor.country, vat_number=debtor.vat_number or None)
    same = Client.objects.filter(agency_id=debtor.agency_id).exclude(stage=Client.Stage.CLOSED)
    known = same.filter(names).first() or next(
        (c for c in same.filter(country=debtor.country) if match_name(c.name) == debtor.match_name),
        None,
    )
    return f"{known.name} ({known.reference})" if known else ""


def sanctions_of(debtor: Debtor) -> Sanctions:
    stand = standing_of(debtor.agency_id, debtor.id)
    version = current_list(debtor.agency_id)
    current = version is not None and stand.list_number == version.number
    return Sanctions(version is not None, current, stand.open_hits, stand.matches)


def unanswered(jurisdiction: str) -> tuple[str, ...]:
    """What the pack of a jurisdiction leaves to a person."""
    if jurisdiction not in CODES:
        return (N_("everything"),)
    law = rules(jurisdiction)
    parts = {
        N_("interest"): law.interest,
        N_("compensation"): law.compensation,
        N_("limitation"): law.limitation,
    }
    return tuple(
        name
        for name, part in parts.items()
        if not part or part.get("kind") == "not_answered" or part.get("not_answered")
    )


def review_facts(case: Case) -> ReviewFacts:
    """What the feasibility review asks, gathered in a handful of queries beside the case's own rows. Call
    where the whole agency is visible."""
    debtor = case.debtor
    claim = principal_of([case.id]).get(case.id)
    checked, why = number_check(debtor)
    lines = tuple(
        LineFacts(
            row.ref, row.due_on, row.issued_on, row.document_id is not None,
            row.kind == ClaimLine.Kind.CREDIT_NOTE,
        )
        for row in case.lines.order_by("due_on", "id")
    )  # fmt: skip
    return ReviewFacts(
        lines=lines, debtor=debtor.name, number_checked=checked, number_why=why,
        consumer=is_consumer(
            debtor.name, registration_number=debtor.registration_number, vat_number=debtor.vat_number
        ), known_dispute=case.known_dispute,
        jurisdiction=case.jurisdiction,
        limitation=rules(case.jurisdiction).limitation if case.jurisdiction in CODES else None,
        power_signed=case.agreement.signed_at is not None, duplicates=other_places(case),
        conflict=client_that_is(debtor), sanctions=sanctions_of(debtor), claim=claim,
        least=review_terms(case.agency_id).least.get(case.currency), law_missing=unanswered(case.jurisdiction),
    )  # fmt: skip


def number_check(debtor: Debtor) -> tuple[bool | None, str]:
    """Whether the register's number, else the VAT number, can exist; None without either, or with
    the reason where such numbers cannot be checked."""
    try:
        if debtor.registration_number:
            found = numbers.check_number(f"company:{debtor.country}", debtor.registration_number)
        elif debtor.vat_number:
            found = numbers.check_number("vat", debtor.vat_number)
        else:
            return None, ""
    except Refusal as refusal:
        return None, refusal.sentence()
    return found.valid, found.why
