"""What it would cost: the same card and the same reading as on the public page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Query, Router, Status

from recoup.agreements.operations import answer, day_at, give_quote, take_quote
from recoup.agreements.rules.asked import Asked, read_amount, read_country, read_due
from recoup.agreements.rules.sentences import Sentence
from recoup.keys.rules import Scope
from recoup.parties.models import Client
from recoup.web.api import schemas
from recoup.web.api.door import rules
from recoup.web.kit.formats import country_text, local_value
from recoup.web.kit.middleware import Place, place_of

router = Router(tags=["Quotes"])
TRUTH: dict[Any, bool | None] = {"true": True, "false": False, True: True, False: False, None: None}


@router.get("/quote", response=schemas.Quote, summary="Ask for a price")
@rules()
def ask_price(request: HttpRequest, asked: Query[schemas.QuoteQuery]) -> Any:
    """The price of collecting one claim by today's rate card, what the debtor will be charged by law and
    what may come back. No key needed; nothing is kept."""
    place = place_of(request)
    today = day_at(place.agency, place.now)
    given = answer(agency=place.agency, asked=read(asked, place), on=today)[1]
    return shown(given) | {"number": None, "link": None}


@router.post("/quotes", response={201: schemas.Quote}, summary="Have a price given")
@rules(Scope.CASES_WRITE, repeatable=True)
def have_price(request: HttpRequest, asked: schemas.QuoteAsked) -> Any:
    """A quote with a number, a link and a validity; name the number when you submit the case."""
    place = place_of(request)
    quote = give_quote(agency=place.agency, asked=read(asked, place), by=place.actor, at=place.now)
    if place.client_id is not None:
        client = Client.objects.get(id=place.client_id)
        take_quote(quote=quote, client=client, by=place.actor, at=place.now)
    link = f"{settings.ORIGIN}{reverse('public:quote', args=[quote.token])}"
    return Status(201, shown(quote.answer) | {"number": quote.number, "link": link})


def read(asked: schemas.QuoteAsked, place: Place) -> Asked:
    return Asked(
        creditor=read_country(asked.creditor, "creditor"), debtor=read_country(asked.debtor, "debtor"),
        amount=read_amount(asked.amount, asked.currency),
        due=read_due(asked.due, day_at(place.agency, place.now)),
        documents=TRUTH[asked.documents], disputed=TRUTH[asked.disputed],
    )  # fmt: skip


def shown(given: dict[str, Any]) -> dict[str, Any]:
    charged = dict(given["charged_to_debtor"])
    charged["why"] = said(charged["why"])
    if charged.get("because"):
        charged["because"] = said([charged["because"]])[0]
    return given | {
        "vat_rate": given["vat"]["rate"], "charged_to_debtor": charged,
        "documents": said(given["documents"]), "next_steps": said(given["next_steps"]),
        "why": said(given["why"]),
    }  # fmt: skip


def said(kept: list[dict[str, Any]]) -> list[str]:
    """Kept sentences in the reader's language."""
    from django.utils.translation import gettext

    found = [Sentence.from_json(one) for one in kept]
    return [gettext(one.text) % gaps(one.params) for one in found]


def gaps(params: dict[str, Any]) -> dict[str, Any]:
    return {k: country_text(v) if k == "country" else local_value(v) for k, v in params.items()}
