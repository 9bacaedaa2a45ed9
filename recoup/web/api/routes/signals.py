"""Danger signals and what feeds them: levels, what somebody saw, orders and credit limits."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status
from pydantic import Field

from recoup.intake.columns.debtors import Debtor as Said
from recoup.journeys.signals import observe
from recoup.journeys.watch_items import TradeAsked, load_trades
from recoup.kernel.ids import new_id
from recoup.kernel.money import parse_amount
from recoup.kernel.refusal import Refusal
from recoup.keys.rules import Scope
from recoup.parties.models import Debtor
from recoup.parties.rules import match_name
from recoup.watch.models import Signal
from recoup.watch.queries import known_signals, level_by_debtor, most_dangerous
from recoup.watch.rules import Level, Seen, Standing, proposals, strength
from recoup.watch.states import KINDS
from recoup.web.api import schemas
from recoup.web.api.door import MB, rules
from recoup.web.api.pages import Paged, opened, sealed
from recoup.web.api.routes.cases import client_of
from recoup.web.kit.derivations import phrase
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import Place, place_of

router = Router(tags=["Danger signals"])
MOST = 200


class LevelsAsked(Paged):
    limit: int = Field(MOST, ge=1, le=MOST, description="How many at most.")


@router.get("/signals", response=schemas.Levels, summary="Of whom something warns")
@rules(Scope.CASES_READ)
def list_signals(request: HttpRequest, asked: Query[LevelsAsked]) -> Any:
    """The debtors with a danger signal that counts today, or that you watch, the most dangerous first. A client
    sees what follows from its own data, from what its people saw and from what is published."""
    place = place_of(request)
    today = place.now.date()
    after = last_of(request, asked.cursor) if asked.cursor else None
    found = most_dangerous(
        place.agency.id, place.client_id, today, after=after, most=asked.limit + 1
    )
    here, more = found[: asked.limit], len(found) > asked.limit
    ids = [id for id, _ in here]
    rows: dict[Any, list[Signal]] = {}
    for row in known_signals(ids, today, client=place.client_id).order_by("-on", "-id"):
        rows.setdefault(row.debtor_id, []).append(row)
    known, debtors = dict(level_by_debtor(rows, ids, today)), Debtor.objects.in_bulk(ids)
    return {
        "levels": [shown(debtors[id], known[id], rows.get(id, []), today) for id in ids if id in debtors],
        "next": sealed(request, f"{here[-1][1]} {here[-1][0]}") if more else None,
    }  # fmt: skip


def last_of(request: HttpRequest, cursor: str) -> tuple[Decimal, UUID]:
    """Score and debtor at the end of the page before. Raises `Refusal` `cursor_wrong`."""
    score, _, debtor = opened(request, cursor).partition(" ")
    return Decimal(score), UUID(debtor)


def shown(debtor: Debtor, level: Level, rows: list[Signal], today: date) -> dict[str, Any]:
    return {
        "debtor": debtor.id, "name": debtor.name, "country": debtor.country, "score": str(level.score), "band": level.band.value,
        "proposals": [p.measure.value for p in proposals(level, Standing(cases=0))],
        "signals": [signal_shown(row, today) for row in rows],
    }  # fmt: skip


def signal_shown(row: Signal, today: date) -> dict[str, Any]:
    seen = Seen(row.kind, row.on, row.weight, row.half_life, row.expires_on)
    return {
        "kind": row.kind, "number": KINDS[row.kind].number if row.kind in KINDS else 0, "on": row.on.isoformat(),
        "source": row.source, "text": row.note or phrase(row.because, row.params),
        "left": f"{strength(seen, today):.1f}", "expires_on": row.expires_on.isoformat(),
    }  # fmt: skip


@router.post("/signals", response={201: schemas.SignalShown}, summary="Tell what you saw")
@rules(Scope.CASES_WRITE, repeatable=True)
def observe_signal(request: HttpRequest, asked: schemas.SignalAsked) -> Any:
    """One of the eighteen danger signals, seen by a person, with its evidence. It stays between you and the
    agency; who watches the debtor is told."""
    place = place_of(request)
    debtor = get_object_or_404(Debtor, id=asked.debtor, agency=place.agency)
    made = observe(
        agency=place.agency, debtor=debtor, kind=asked.kind, on=date.fromisoformat(asked.on), note=asked.note,
        client=place.client_id, key=new_id(), by=place.actor, at=place.now,
    )  # fmt: skip
    return Status(201, signal_shown(made, place.now.date()))


@router.post("/trades", response={200: schemas.Trades}, summary="Send orders and credit limits")
@rules(Scope.CASES_WRITE, repeatable=True, most=5 * MB)
def send_trades(request: HttpRequest, asked: schemas.TradesAsked) -> Any:
    """What your debtors order and what limits you give them: a sudden outsized order, a limit newly used and
    orders growing faster than payments become danger signals. Each row for itself; what cannot be kept is named."""
    place = place_of(request)
    loaded = load_trades(
        agency=place.agency, client=client_of(place, asked.client), by=place.actor, at=place.now,
        rows=[trade(place, row) for row in asked.trades],
    )  # fmt: skip
    return Status(200, {
        "rows": loaded.rows, "new": loaded.new,
        "problems": [
            {"row": p.row, "field": p.field, "code": p.code, "detail": refusal_text(Refusal(p.code, p.text, **p.params))}
            for p in loaded.problems
        ],
    })  # fmt: skip


def trade(place: Place, row: schemas.TradeAsked) -> TradeAsked:
    who = Said(
        row.debtor, match_name(row.debtor), row.country, row.registration_number, row.vat_number, city=row.city
    )  # fmt: skip
    amount = parse_amount(row.amount, row.currency)
    return TradeAsked(who, row.kind, date.fromisoformat(row.on), amount, row.currency, row.ref)
