"""The same debtor found again though it is written differently: by number, by reach, by name and address in
Latin and Chinese letters; each candidate with its reasons. A person decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from recoup.kernel.refusal import N_
from recoup.parties.models import Contact, Debtor
from recoup.parties.rules import match_name
from recoup.screening.companies import alike as alike_names

ALIKE, PLACE = 82, 8  # from here on a name is shown; what the same place adds
MOST = 5
REASONS = {
    "number": N_("the same registration or VAT number"), "email": N_("the same e-mail address"),
    "phone": N_("the same telephone number"), "name": N_("the same name"), "name_alike": N_("a similar name"),
    "address": N_("the same address"), "place": N_("the same town"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A debtor as somebody says it."""

    name: str
    country: str
    registration_number: str = ""
    vat_number: str = ""
    postcode: str = ""
    city: str = ""
    street: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    debtor: Debtor
    score: int
    because: tuple[str, ...]


def said_by(debtor: Debtor) -> Said:
    street = str(debtor.address[0]) if debtor.address else ""
    return Said(debtor.name, debtor.country, debtor.registration_number, debtor.vat_number, debtor.postcode,
                debtor.city, street, debtor.email, debtor.phone)  # fmt: skip


def likeness(said: Said, known: Debtor) -> tuple[int, tuple[str, ...]]:
    """0 to 100 with its reasons. Pure. Two numbers that differ are two companies, whatever they are called."""
    mine, theirs = numbers(said), numbers(said_by(known))
    if mine & theirs:
        return 100, ("number",)
    if any(a and b and a[0] == b[0] for a in mine for b in theirs):
        return 0, ()
    if said.country and known.country and said.country != known.country:
        return 0, ()
    reasons, score = [], alike_names(said.name, known.name).score
    if score >= ALIKE:
        reasons.append("name" if score == 100 else "name_alike")
    other = said_by(known)
    if said.email and said.email.casefold() == other.email.casefold():
        reasons.append("email")
    if len(digits(said.phone)) >= 7 and digits(said.phone) == digits(other.phone):
        reasons.append("phone")
    if (
        said.street
        and plain(said.street) == plain(other.street)
        and plain(said.postcode) == plain(other.postcode)
    ):
        reasons.append("address")
    elif plain(said.city) and plain(said.city) == plain(other.city):
        reasons.append("place")
    strong = {"email", "phone", "address"} & set(reasons)
    if score < ALIKE and not strong:
        return 0, ()
    extra = 15 * len(strong) + (PLACE if "place" in reasons else 0)
    return min(99, (score if score >= ALIKE else 60) + extra), tuple(reasons)


def numbers(said: Said) -> set[tuple[str, str]]:
    found = {("registered", plain(said.registration_number)), ("taxed", plain(said.vat_number))}
    return {(kind, number) for kind, number in found if number}


def plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())[-9:]


def candidates(
    *, agency: UUID, said: Said, but: Sequence[UUID] = (), most: int = MOST
) -> list[Candidate]:
    """The likest debtors of an agency. Call where the whole agency is visible; a handful of statements."""
    wanted = Q(id__in=alike(said.name))
    for field in ("registration_number", "vat_number", "email"):
        if value := getattr(said, field):
            wanted |= Q(**{field: value})
    if said.postcode:
        wanted |= Q(country=said.country, postcode=said.postcode)
    if said.email:
        people = Contact.objects.filter(agency_id=agency, email__iexact=said.email)
        wanted |= Q(id__in=list(people.values_list("debtor_id", flat=True)[:50]))
    rows = Debtor.objects.filter(wanted, agency_id=agency).exclude(id__in=but)[:400]
    return ranked(said, rows, most)


def ranked(said: Said, rows: Iterable[Debtor], most: int = MOST) -> list[Candidate]:
    found = [Candidate(one, *likeness(said, one)) for one in rows]
    return sorted(
        (c for c in found if c.score), key=lambda c: (-c.score, c.debtor.name, str(c.debtor.id))
    )[:most]


def alike(name: str) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject FROM similar_debtors(%s, %s)", [match_name(name), 200])
        return [row[0] for row in cursor.fetchall()]


def reasons_of(candidate: Candidate) -> list[str]:
    return [REASONS[code] for code in candidate.because]


def filled_from(debtor: Debtor) -> dict[str, Any]:
    """A form's fields as a known debtor fills them."""
    said = said_by(debtor)
    return {
        "name": said.name, "country": said.country, "registration_number": said.registration_number,
        "vat_number": said.vat_number, "street": said.street, "postcode": said.postcode, "city": said.city,
    }  # fmt: skip
