"""Search over cases, debtors, clients, people, invoices and amounts, in any script.

What is typed is folded as names are kept (`parties.rules.match_name`) and handed to `find_subjects`, the
one function that may use the trigram indexes in spite of row security; the keys it returns are read
back through row security. Everything typed is literal: no sign has a meaning.
"""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from recoup.cases.models import Case, ClaimLine
from recoup.parties.models import Contact
from recoup.parties.rules import match_name, words

LONGEST = 100
MOST = 500  # of each kind
AMOUNT = re.compile(r"([0-9]{1,3}(?:[ .,'’][0-9]{3})+|[0-9]{1,13})(?:[.,]([0-9]{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Hits:
    """Keys by kind; `full` where a kind has more than were fetched."""

    cases: list[UUID] = field(default_factory=list)
    debtors: list[UUID] = field(default_factory=list)
    clients: list[UUID] = field(default_factory=list)
    contacts: list[UUID] = field(default_factory=list)
    lines: list[UUID] = field(default_factory=list)
    amounts: list[UUID] = field(default_factory=list)
    full: bool = False

    def __bool__(self) -> bool:
        return any(
            (self.cases, self.debtors, self.clients, self.contacts, self.lines, self.amounts)
        )


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, as each kind of subject is looked up."""

    folded: str
    plain: str
    tight: str
    number: str
    amount: Decimal | None


def typed(text: str) -> Typed:
    """Pure: `Müller`, `Mueller`, `MULLER`, `Mu ller` fold alike; control signs and NUL are dropped."""
    text = unicodedata.normalize("NFKC", text[:LONGEST])
    text = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).strip()
    tight = re.sub(r"\s", "", text).upper()
    digits = re.sub(r"[^0-9]", "", text)
    phone = digits if re.fullmatch(r"[+0-9()/ .-]+", text) else ""
    return Typed(
        folded=match_name(text) if words(text) else "", plain=" ".join(text.lower().split()),
        tight=tight, number=phone.removeprefix("00"), amount=amount(text),
    )  # fmt: skip


def amount(text: str) -> Decimal | None:
    """An amount as people write one (`8400`, `8.400,00`, `8,400.00`); None for anything else. Three digits
    after a single sign are thousands."""
    found = AMOUNT.fullmatch(text.strip())
    if found is None:
        return None
    whole, cents = re.sub(r"[^0-9]", "", found[1]), found[2] or "0"
    return Decimal(f"{whole}.{cents}") if len(whole) <= 13 else None


def look_up(text: str, *, most: int = MOST) -> Hits:
    """The keys of what fits, at most `most` of each kind; nothing for a client or a debtor."""
    asked = typed(text)
    if not (asked.folded or asked.tight):
        return Hits()
    found: dict[str, dict[UUID, None]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, subject FROM find_subjects(%s, %s, %s, %s, %s, %s)",
            [asked.folded, asked.plain, asked.tight, asked.number, asked.amount, most + 1],
        )
        for kind, subject in cursor.fetchall():
            found[kind][subject] = None
    keys = {kind: list(ids) for kind, ids in found.items()}
    return Hits(
        cases=keys.get("case", [])[:most], debtors=keys.get("debtor", [])[:most],
        clients=keys.get("client", [])[:most], contacts=keys.get("contact", [])[:most],
        lines=keys.get("line", [])[:most], amounts=keys.get("amount", [])[:most],
        full=any(len(ids) > most for ids in keys.values()),
    )  # fmt: skip


def cases_with(hits: Hits) -> QuerySet[Case]:
    """The cases that any of the hits belongs to, through row security."""
    by_line = ClaimLine.objects.filter(id__in=[*hits.lines, *hits.amounts]).values("case_id")
    where = Q(id__in=hits.cases)
    if hits.lines or hits.amounts:
        where |= Q(id__in=list(by_line.values_list("case_id", flat=True)))
    debtors = list(hits.debtors)
    if hits.contacts:
        people = Contact.objects.filter(id__in=hits.contacts)
        debtors += people.values_list("debtor_id", flat=True)
    if debtors:
        where |= Q(debtor_id__in=debtors)
    if hits.clients:
        where |= Q(client_id__in=hits.clients)
    return Case.objects.filter(where)
