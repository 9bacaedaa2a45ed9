"""Narrowing a page of the portal to one division: what an address asks for, what is offered."""

from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from recoup.parties.divisions import MOST, divisions_of
from recoup.parties.models import Client

NO_DIVISION = "none"  # cases of the company as a whole


def division_text(text: str) -> str:
    """The id of a division as an address has it, or NO_DIVISION; blank for anything else. Whose it is, row
    security says."""
    if text == NO_DIVISION:
        return text
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def divisions_shown(client: Client, chosen: str) -> list[tuple[str, str, bool]]:
    """(code, name, whether chosen) of those in view; none where the client has none. One query."""
    rows = list(divisions_of(client)[:MOST])
    if not rows:
        return []
    found = [(str(row.id), row.name) for row in rows] + [(NO_DIVISION, _("the whole company"))]
    return [(code, name, code == chosen) for code, name in found]


def asked_division(get: QueryDict) -> str:
    return division_text(get.get("division", ""))


def of_division(division: str, prefix: str = "") -> dict[str, Any]:
    """The condition on cases; none without a division."""
    if not division:
        return {}
    if division == NO_DIVISION:
        return {f"{prefix}division_id__isnull": True}
    return {f"{prefix}division_id": division}
