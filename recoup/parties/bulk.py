"""Many debtors at once: found again by number, else by name at the same place (or where neither says more
than a name), in one statement; the rest added in one. The rules are those of `find_or_add_debtor`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from recoup.eventlog.operations import Happened, record_many
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.parties.models import Contact, Debtor
from recoup.parties.operations import one_list_at_a_time
from recoup.parties.rules import language_of, time_zone_of
from recoup.tenancy.staging import stage


@dataclass(slots=True)
class DebtorSaid:
    """A debtor as a row says it, judged before: numbers normalised, no private person. `more`: (person,
    e-mail, telephone) that further rows say of the same debtor."""

    name: str
    match_name: str
    country: str
    registration_number: str = ""
    vat_number: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    email: str = ""
    phone: str = ""
    contact: str = ""
    more: list[tuple[str, str, str]] = field(default_factory=list)


COLUMNS = "place int, country text, registered text, taxed text, match_name text, name text, street text, postcode text, city text"
FIND = """
    WITH found AS (
        SELECT s.place, d.id, 1 AS by FROM said_debtor s
        JOIN parties_debtor d ON d.agency_id = %s AND d.country = s.country
            AND d.registration_number = s.registered AND d.registration_number <> ''
        UNION ALL
        SELECT s.place, d.id, 2 FROM said_debtor s
        JOIN parties_debtor d ON d.agency_id = %s AND d.country = s.country
            AND d.vat_number = s.taxed AND d.vat_number <> ''
        UNION ALL
        SELECT s.place, d.id, 3 FROM said_debtor s
        JOIN parties_debtor d ON d.agency_id = %s AND d.match_name = s.match_name AND d.country = s.country
            AND NOT ((s.registered <> '' AND d.registration_number <> '') OR (s.taxed <> '' AND d.vat_number <> ''))
            AND ((s.postcode <> '' AND lower(d.postcode) = lower(s.postcode))
                OR (s.city <> '' AND lower(d.city) = lower(s.city))
                OR (s.street <> '' AND lower(d.address ->> 0) = lower(s.street)))
        UNION ALL
        SELECT s.place, d.id, 4 FROM said_debtor s
        JOIN parties_debtor d ON d.agency_id = %s AND d.match_name = s.match_name AND d.country = s.country
            AND d.registration_number = '' AND d.vat_number = '' AND d.postcode = '' AND d.city = ''
            AND d.address = '[]' AND lower(d.name) = lower(s.name)
        WHERE s.registered = '' AND s.taxed = '' AND s.postcode = '' AND s.city = '' AND s.street = ''
    )
    SELECT DISTINCT ON (place) place, id FROM found ORDER BY place, by, id
"""


def find_debtors(*, agency: UUID, wanted: Sequence[DebtorSaid]) -> dict[int, UUID]:
    """Place in `wanted` → the debtor known already; places without one are left out. Call where the
    whole agency is visible."""
    if not wanted:
        return {}
    with transaction.atomic(), connection.cursor() as cursor:
        stage("said_debtor", COLUMNS, (
            (place, d.country, d.registration_number, d.vat_number, d.match_name, d.name, d.street, d.postcode, d.city)
            for place, d in enumerate(wanted)
        ))  # fmt: skip
        cursor.execute(FIND, [agency] * 4)
        return dict(cursor.fetchall())


@transaction.atomic
def find_or_add_debtors(
    *, agency: UUID, wanted: Sequence[DebtorSaid], by: Actor, at: datetime
) -> list[UUID]:
    """The debtor of each, found or added. One batch at a time per agency, so that two that bring the
    same company make it once; a single submission at the same moment is kept apart by the unique number."""
    one_list_at_a_time(agency)
    known = find_debtors(agency=agency, wanted=wanted)
    fresh = [place for place in range(len(wanted)) if place not in known]
    rows = {place: new_debtor(agency, wanted[place], at) for place in fresh}
    Debtor.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=2000)
    if fresh:  # a number that somebody else added since is found now
        again = find_debtors(agency=agency, wanted=[wanted[place] for place in fresh])
        known |= {fresh[place]: id for place, id in again.items() if id != rows[fresh[place]].id}
    made = [(place, row) for place, row in rows.items() if place not in known]
    contacts = [c for place, row in made for c in contacts_of(agency, row, wanted[place], at)]
    contacts += unknown_people(agency, [(id, wanted[place]) for place, id in known.items()], at)
    Contact.objects.bulk_create(contacts, batch_size=2000)
    record_many(
        agency=agency,
        events=[
            Happened("DebtorAdded", at, by, audience="internal",
                     data={"debtor": str(row.id), "name": row.name, "country": row.country})
            for _, row in made
        ],
    )  # fmt: skip
    return [known[place] if place in known else rows[place].id for place in range(len(wanted))]


def unknown_people(
    agency: UUID, said: Sequence[tuple[UUID, DebtorSaid]], at: datetime
) -> list[Contact]:
    """Whom a list names at debtors known already and nobody knew there: by e-mail, or without one by name and
    telephone. What is known stays as it is. Two queries."""
    reached = [(id, one) for id, one in said if any(e or p for _, e, p in people_of(one))]
    if not reached:
        return []
    known: dict[UUID, set[tuple[str, ...]]] = {}
    rows = Contact.objects.filter(debtor_id__in={id for id, _ in reached})
    for debtor, name, email, phone in rows.values_list("debtor_id", "name", "email", "phone"):
        known.setdefault(debtor, set()).update(marks_of(name, email, phone))
    debtors = Debtor.objects.in_bulk({id for id, _ in reached})
    fresh = []
    for id, one in reached:
        have = known.setdefault(id, set())
        have.update(marks_of("", debtors[id].email, debtors[id].phone))
        for contact in contacts_of(agency, debtors[id], one, at):
            marks = marks_of(contact.name, contact.email, contact.phone)
            if marks[0] in have:
                continue
            have.update(marks)
            fresh.append(contact)
    return fresh


def marks_of(name: str, email: str, phone: str) -> list[tuple[str, ...]]:
    """What a person is known by; the first decides."""
    digits = "".join(c for c in phone if c.isdigit())
    numbers: list[tuple[str, ...]] = [(name.casefold(), digits), ("", digits)] if digits else []
    return [(email.casefold(),), *numbers] if email else numbers


def people_of(said: DebtorSaid) -> list[tuple[str, str, str]]:
    return [(said.contact, said.email, said.phone), *said.more]


def new_debtor(agency: UUID, said: DebtorSaid, at: datetime) -> Debtor:
    return Debtor(
        id=new_id(), agency_id=agency, name=said.name, country=said.country, match_name=said.match_name,
        registration_number=said.registration_number, vat_number=said.vat_number,
        address=[said.street] if said.street else [], postcode=said.postcode, city=said.city,
        language=language_of(said.country), email=said.email, phone=said.phone,
        time_zone=time_zone_of(said.country), made_at=at,
    )  # fmt: skip


def contacts_of(agency: UUID, debtor: Debtor, said: DebtorSaid, at: datetime) -> list[Contact]:
    return [
        Contact(
            agency_id=agency, debtor=debtor, name=name, email=email, phone=phone, language=debtor.language, made_at=at
        )
        for name, email, phone in dict.fromkeys(people_of(said))
        if email or phone
    ]  # fmt: skip
