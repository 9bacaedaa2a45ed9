"""Open items that are not placed: the list of a client's books, as it stands and as it is taken anew."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from recoup.journeys.watch_items import load_rows
from recoup.kernel.refusal import Refusal
from recoup.keys.rules import Scope
from recoup.web.api import schemas
from recoup.web.api.door import MB, rules
from recoup.web.api.routes.cases import client_of
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import place_of

router = Router(tags=["Open items"])


def said(row: schemas.OpenItemAsked) -> dict[str, str]:
    return {name: value for name, value in row.model_dump().items() if value}


@router.post("/open-items", response={200: schemas.OpenItems}, summary="Send your open items")
@rules(Scope.CASES_WRITE, repeatable=True, most=5 * MB)
def send_open_items(request: HttpRequest, asked: schemas.OpenItemsAsked) -> Any:
    """The invoices still open in your books that you have not placed. With `whole` the list has all of them, and
    what it lacks counts as paid; a row that cannot be read is named, and then nothing counts as paid."""
    place = place_of(request)
    loaded = load_rows(
        agency=place.agency, client=client_of(place, asked.client), rows=[said(row) for row in asked.items], whole=asked.whole,
        by=place.actor, at=place.now,
    )  # fmt: skip
    return Status(200, {
        "rows": loaded.rows, "new": loaded.new, "changed": loaded.changed, "gone": loaded.gone,
        "problems": [
            {"row": p.row, "field": p.field, "code": p.code, "detail": refusal_text(Refusal(p.code, p.text, **p.params))}
            for p in loaded.problems
        ],
    })  # fmt: skip
