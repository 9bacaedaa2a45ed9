"""The facts by which cases are weighed, gathered for many at once: as the house knows them, and as one
client may."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count

from recoup.agreements.models import Agreement
from recoup.agreements.rules.expectation import at
from recoup.agreements.rules.terms import Terms
from recoup.cases.models import Case, ClaimLine
from recoup.cases.states import OPEN, Stage
from recoup.legal.models import Proceeding
from recoup.legal.states import Stage as Court
from recoup.plans.models import Mandate, Plan
from recoup.plans.states import PlanState
from recoup.strategy.evaluation import ONE, Base, Evaluated, Suit, Weighing
from recoup.strategy.facts import CaseFacts, gather
from recoup.strategy.proportions import Share, wilson
from recoup.strategy.worth import weight_of
from recoup.watch.accounts import Position
from recoup.watch.queries import level_for, positions, signals_by_debtor
from recoup.watch.rules import CALM, Level

AGES = (90, 180, 365)
LEAST_ENDED = 30  # fewer ended cases of an age say too little: the rate card's expectation stands
ENDED = """
SELECT width_bucket(greatest(c.submitted_at::date - d.due_on, 0), ARRAY[91, 181, 366]),
    count(*) FILTER (WHERE e.code IN ('paid', 'paid_and_rest_waived', 'settled')), count(*)
FROM cases_closure e JOIN cases_case c ON c.id = e.case_id
    JOIN LATERAL (SELECT min(l.due_on) AS due_on FROM cases_claimline l WHERE l.case_id = c.id AND l.kind = 'invoice') d ON true
WHERE e.agency_id = %s AND e.at::date <= %s AND e.code <> 'withdrawn' GROUP BY 1"""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A case with the facts of the house and those its client may know."""

    case: Case
    house: Weighing
    client: Weighing


def weighings(agency: UUID, cases: Sequence[Case], on: date) -> list[Weighed]:
    """Facts of `cases` (loaded as for `gather`); those whose law gives no answer are left out. A constant
    number of queries."""
    known = gather(agency, cases, on)
    debtors = {c.debtor_id for c in cases}
    signals = signals_by_debtor(debtors, on)
    stands = positions(debtors, on)
    terms = terms_of({c.agreement_id for c in cases})
    ended = history(agency, on)
    more: dict[str, Any] = {
        "papers": without_document([c.id for c in cases]), "mandates": mandates({c.client_id for c in cases}),
        "broken": broken_plans([c.id for c in cases]), "others": open_by_client(agency, debtors), "suits": suits([c.id for c in cases if c.stage == Stage.LEGAL]),
    }  # fmt: skip
    found = []
    for case in cases:
        each = known[case.id]
        if each.refusal is not None or each.owed is None:
            continue
        plain = weighing(case, each, on, terms[case.agreement_id], ended, more)
        house = level_for(signals[case.debtor_id], None, on)
        theirs = level_for(signals[case.debtor_id], case.client_id, on)
        of_others = sum(n for client, n in more["others"].get(case.debtor_id, {}).items() if client != case.client_id)  # fmt: skip
        found.append(Weighed(
            case, Weighing(**plain, **warned(house), **standing(stands.get(case.debtor_id)), others=of_others),
            Weighing(**plain, **warned(theirs)),
        ))  # fmt: skip
    return found


def weighing(
    case: Case,
    each: CaseFacts,
    on: date,
    terms: Terms,
    ended: dict[int, Share],
    more: dict[str, Any],
) -> dict[str, Any]:
    """What belongs to the case itself."""
    facts, owed = each.facts, each.owed
    assert owed is not None
    age = max(0, (on - facts.first_due).days) if facts.first_due else 0
    standing = {kind for kind, until in (*facts.holds, *each.debtor_holds) if until is None or until >= on}  # fmt: skip
    mandate = more["mandates"].get(case.client_id)
    barred = owed.limitation.ends_on if owed.limitation else None
    return {
        "on": on, "owed": owed.total, "currency": case.currency, "base": base_of(case, age, terms, ended),
        "weight": weight_of(terms, case.currency) or ONE, "age_days": age, "contacts": len(facts.contacts),
        "reactions": facts.reactions, "documents": case.id not in more["papers"], "disputed": "disputed" in standing,
        "insolvent": "insolvency" in standing, "abroad": case.client.country != case.debtor.country,
        "address": bool(case.debtor.address), "barred_in": (barred - on).days if barred else None,
        "discount": mandate[0] if mandate else None, "months": mandate[1] if mandate else 0, "phase": facts.phase,
        "visited": any(a.channel == "visit" for a in each.attempts), "plan_broken": case.id in more["broken"],
        "suit": more["suits"].get(case.id, ""),
    }  # fmt: skip


def warned(level: Level) -> dict[str, Any]:
    return {"band": level.band, "score": level.score} if level != CALM else {}


def standing(found: Position | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {
        "solidity": found.solidity, "liquidity": found.liquidity, "growth": found.growth,
        "negative_equity": found.negative_equity,
    }  # fmt: skip


def base_of(case: Case, age: int, terms: Terms, ended: dict[int, Share]) -> Base:
    """Recovery at this age: from the agency's own ended cases where there are enough, else as the rate card
    declares it."""
    told = terms.expectation
    days = int(at(told.days, age)) + (told.cross_border_days if case.client.country != case.debtor.country else 0)  # fmt: skip
    own = ended.get(sum(age > limit for limit in AGES))
    if own and own.cases >= LEAST_ENDED:
        likely, low, high = (
            Decimal(str(round(100 * v, 1))) for v in (own.share, own.low, own.high)
        )
        return Base(likely, low, high, own.cases, days)
    likely = at(told.recovery, age) * told.countries.get(case.debtor.country, told.elsewhere)
    if case.client.country != case.debtor.country:
        likely *= told.cross_border
    likely = min(likely, told.most)
    return Base(likely, likely * told.low, min(likely * told.high, told.most), 0, days)


def history(agency: UUID, on: date) -> dict[int, Share]:
    """Of the cases of each age that have ended by the day, how many ended paid or settled."""
    with connection.cursor() as cursor:
        cursor.execute(ENDED, [agency, on])
        return {int(band): wilson(paid, all_) for band, paid, all_ in cursor.fetchall()}


def terms_of(agreements: Iterable[UUID]) -> dict[UUID, Terms]:
    rows = Agreement.objects.filter(id__in=list(agreements)).select_related("rate_card")
    cards = {row.rate_card_id: Terms.read(row.rate_card.terms) for row in rows}
    return {row.id: cards[row.rate_card_id] for row in rows}


def without_document(cases: list[UUID]) -> set[UUID]:
    found = ClaimLine.objects.filter(case_id__in=cases, kind=ClaimLine.Kind.INVOICE, document=None)
    return set(found.values_list("case_id", flat=True))


def mandates(clients: set[UUID]) -> dict[UUID, tuple[Decimal, int]]:
    rows = Mandate.objects.filter(client_id__in=clients).order_by("at", "id")
    return {client: (discount, months) for client, discount, months in rows.values_list("client_id", "discount", "months")}  # fmt: skip


def broken_plans(cases: list[UUID]) -> set[UUID]:
    return set(Plan.objects.filter(case_id__in=cases, state=PlanState.BROKEN).values_list("case_id", flat=True))  # fmt: skip


def suits(cases: list[UUID]) -> dict[UUID, str]:
    """How far each case at law has come, by the furthest of its open proceedings."""
    found: dict[UUID, str] = {}
    if not cases:
        return found
    rows = Proceeding.objects.filter(case_id__in=cases).exclude(stage=Court.OVER)
    for case, stage in rows.values_list("case_id", "stage"):
        how = (
            Suit.WATCHED
            if stage == Court.WATCHED
            else Suit.TITLE
            if stage in IN_HAND
            else Suit.PENDING
        )
        best = found.get(case, "")
        found[case] = how if FURTHEST.index(how) > FURTHEST.index(best) else best
    return found


FURTHEST = ("", Suit.PENDING, Suit.WATCHED, Suit.TITLE)
IN_HAND = (Court.TITLE, Court.ATTACHED, Court.VALUED, Court.AUCTIONED)


def open_by_client(agency: UUID, debtors: set[UUID]) -> dict[UUID, dict[UUID, int]]:
    """Open cases by debtor and client."""
    found: dict[UUID, dict[UUID, int]] = {}
    rows = Case.objects.filter(agency_id=agency, debtor_id__in=debtors, stage__in=list(OPEN))
    for debtor, client, n in rows.values("debtor_id", "client_id").annotate(n=Count("id")).values_list("debtor_id", "client_id", "n"):  # fmt: skip
        found.setdefault(debtor, {})[client] = n
    return found


# Frozen ------------------------------------------------------------------------------------------------


def frozen(value: Any) -> Any:
    """Facts and answers as JSON: amounts as text, days as ISO."""
    if isinstance(value, dict):
        return {name: frozen(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [frozen(each) for each in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def facts_json(facts: Weighing) -> dict[str, Any]:
    kept: dict[str, Any] = frozen(asdict(facts))
    return kept


def answer_json(found: Evaluated) -> dict[str, Any]:
    kept: dict[str, Any] = frozen(asdict(found))
    return kept
