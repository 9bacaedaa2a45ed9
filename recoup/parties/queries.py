"""Reads of parties worth a name."""

import re
from uuid import UUID

from django.db.models import Q

from recoup.parties.models import Client, Debtor, Relation
from recoup.parties.rules import match_name
from recoup.tenancy.models import Member

MOST = 10


def clients_called(*, agency: UUID, text: str) -> list[Client]:
    """The clients that somebody means by `text`: their reference; else a number, an e-mail address of
    theirs or of one of their people; else their name."""
    said = text.strip()
    clients = Client.objects.filter(agency_id=agency)
    exact = clients.filter(Q(reference__iexact=said) | Q(id=uuid_of(said)))
    if exact:
        return list(exact)
    people = Member.objects.filter(
        agency_id=agency, client_id__isnull=False, user__email__iexact=said
    )
    by_mail = (
        clients.filter(Q(email__iexact=said) | Q(id__in=people.values("client_id")))
        if "@" in said
        else []
    )
    number, name = bare(said), match_name(said)
    return list(by_mail) or [
        one for one in clients.order_by("reference")
        if (number and number in (bare(one.registration_number), bare(one.vat_number)))
        or (name and name == match_name(one.name))
    ]  # fmt: skip


def related_to(debtor: Debtor) -> list[tuple[Debtor, str]]:
    """The debtors it belongs together with, and how."""
    rows = Relation.objects.filter(agency_id=debtor.agency_id).filter(
        Q(one=debtor) | Q(other=debtor)
    )
    found = rows.select_related("one", "other").order_by("at", "id")
    return [(row.other if row.one_id == debtor.id else row.one, row.kind) for row in found]


def known_references(agency: UUID) -> str:
    """A few of them, so that who asks for an unknown one sees what they look like."""
    rows = Client.objects.filter(agency_id=agency).order_by("reference")[: MOST + 1]
    said = [f"{one.reference} ({one.name})" for one in rows]
    return ", ".join(said[:MOST]) + (", …" if len(said) > MOST else "")


def bare(number: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", number.upper())


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
