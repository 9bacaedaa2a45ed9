"""The sandbox: days pass when you say so."""

from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, Field

from recoup.journeys.sandbox import MOST_DAYS, advance
from recoup.keys.rules import Scope
from recoup.web.api import schemas
from recoup.web.api.door import rules
from recoup.web.kit.middleware import place_of

router = Router(tags=["Sandbox"])


class AdvanceAsked(schemas.Body):
    days: int = Field(1, ge=1, le=MOST_DAYS, strict=True)


class Advanced(BaseModel):
    today: str = Field(description="The sandbox's day now.")
    days: int
    accepted: int = Field(description="Cases that were accepted.")
    cases_looked_at: int
    actions: dict[str, int] = Field(description="What the day run did.")
    sent: dict[str, int] = Field(
        description="What would have left, by channel and state; nothing did."
    )


@router.post("/sandbox/advance", response=Advanced, summary="Let days pass in the sandbox")
@rules(Scope.SANDBOX, repeatable=True)
def advance_sandbox(request: HttpRequest, asked: AdvanceAsked) -> Any:
    """Runs the real day run for each day: cases are accepted, letters written, deadlines passed. Letters,
    e-mails and payment files never leave; your own webhooks are told. 403 for a real agency."""
    place = place_of(request)
    lived = advance(agency=place.agency, days=asked.days, by=place.actor, at=place.now)
    return {
        "today": lived.on.isoformat(), "days": lived.days, "accepted": lived.accepted,
        "cases_looked_at": lived.cases_looked_at, "actions": dict(lived.actions), "sent": dict(lived.sent),
    }  # fmt: skip
