"""How often somebody may try to get in."""

from datetime import timedelta

from django.http import HttpRequest

from recoup.web.kit import address
from recoup.web.kit.limits import Limit

PER_CASE = Limit("debtor-entry-per-case", 5, timedelta(minutes=15))
PER_ADDRESS = Limit("debtor-entry-per-address", 20, timedelta(hours=1))


def address_of(request: HttpRequest) -> str:
    """Whom the limit counts together."""
    return address.neighbourhood(address.address_of(request))
