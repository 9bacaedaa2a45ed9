"""How often somebody may try to get in."""

from datetime import timedelta

from django.http import HttpRequest

from recoup.cases.models import Case
from recoup.cases.operations import add_task
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import N_
from recoup.tenancy.context import scope
from recoup.tenancy.roles import Role
from recoup.web.kit import address
from recoup.web.kit.limits import Limit
from recoup.web.kit.middleware import Place

PER_CASE = Limit("debtor-entry-per-case", 5, timedelta(minutes=15))
PER_ADDRESS = Limit("debtor-entry-per-address", 20, timedelta(hours=1))


def address_of(request: HttpRequest) -> str:
    """Whom the limit counts together."""
    return address.neighbourhood(address.address_of(request))


ON_CASE = N_("Somebody guesses the postcode of case %(number)s on the debtor's way in.")
ON_MANY = N_("From one place the postcodes of many cases are guessed on the debtor's way in.")
STAYS = N_("The way in stays closed for a while by itself; links in our letters go on working.")


def alert(place: Place, number: str) -> None:
    """The house gets one task a day for a case that is guessed at, and one for guessing at many (number
    ""); for a number that is no case of ours there is nothing to guard."""
    with scope(place.agency.id):
        case = Case.objects.filter(agency=place.agency, number=number).first() if number else None
        if number and case is None:
            return
        add_task(
            agency=place.agency.id, key=f"guessed:{number or 'many'}:{place.now.date()}", kind="guessing",
            role=Role.SUPERVISOR, sentence=ON_CASE if case else ON_MANY, params={"number": number}, due_on=place.now.date(),
            default=STAYS, case=case, by=SYSTEM, at=place.now,
        )  # fmt: skip
