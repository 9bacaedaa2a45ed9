"""Reads of contact worth a name: the house's rules of a day, what is authorised, what the gate said."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from recoup.contact.house import STANDARD_HOUSE, House, house_of
from recoup.contact.models import (
    Authority,
    Denial,
    HouseRules,
    LetterTemplate,
    Permit,
    PrintedLetter,
)
from recoup.contact.wording import Words, standard_words
from recoup.outbox.models import Message
from recoup.parties.models import Debtor


def house_rules(agency: UUID, on: date) -> House:
    """The rules in force on day `on`: the newest version whose day has come, or the standard."""
    row = (
        HouseRules.objects.filter(agency_id=agency, valid_from__lte=on)
        .order_by("-valid_from", "-version")
        .first()
    )
    return house_of(str(row.version), row.rules) if row else STANDARD_HOUSE


def posted(debtor: Debtor) -> tuple[str, ...]:
    """Street lines, then postcode and city where they are kept apart."""
    place = f"{debtor.postcode} {debtor.city}".strip()
    return (*debtor.address, *([place] if place and place not in debtor.address else []))


def letter_address(debtor: Debtor) -> str:
    """Name and address as a letter's recipient is kept."""
    return f"{debtor.name}, {', '.join(posted(debtor))}"[:320]


def returned_addresses(agency: UUID, debtors: Iterable[Debtor]) -> set[str]:
    """Those of the debtors' present addresses from which a letter came back; another address is another one."""
    wanted = {letter_address(debtor) for debtor in debtors}
    rows = PrintedLetter.objects.filter(agency_id=agency, state="returned", recipient__in=wanted)
    return set(rows.values_list("recipient", flat=True))


class Authorities:
    """What may be announced, by client and by case."""

    def __init__(self, rows: Iterable[tuple[UUID, UUID | None, str]]) -> None:
        self.by_client: dict[UUID, set[str]] = defaultdict(set)
        self.by_case: dict[UUID, set[str]] = defaultdict(set)
        for client, case, threat in rows:
            if case is None:
                self.by_client[client].add(threat)
            else:
                self.by_case[case].add(threat)

    def of(self, client: UUID, case: UUID) -> frozenset[str]:
        return frozenset(self.by_client.get(client, set()) | self.by_case.get(case, set()))


def authorities(agency: UUID, clients: Iterable[UUID], on: date) -> Authorities:
    """The authorities of some clients that stand on day `on`, in one query."""
    standing = Authority.objects.filter(
        Q(until__isnull=True) | Q(until__gte=on), agency_id=agency, client_id__in=set(clients),
        withdrawn_at__isnull=True,
    )  # fmt: skip
    return Authorities(standing.values_list("client_id", "case_id", "threat"))


def words_in_force(
    agency: UUID, kind: str, medium: str, language: str, country: str, on: date
) -> Words:
    """The house's words for one message on day `on`: the newest version released for that country, else the
    newest for any, else the standard."""
    found = LetterTemplate.objects.filter(
        agency_id=agency, kind=kind, medium=medium, language=language, country__in=(country, ""),
        state=LetterTemplate.State.RELEASED, valid_from__lte=on,
    ).order_by("-country", "-valid_from", "-version").first()  # fmt: skip
    return words_of(found) if found else standard_words(kind, medium, language)


class WordsBook:
    """The house's released words of day `on`, read once for many messages; answers as `words_in_force`."""

    def __init__(self, agency: UUID, on: date) -> None:
        rows = LetterTemplate.objects.filter(
            agency_id=agency, state=LetterTemplate.State.RELEASED, valid_from__lte=on
        ).order_by("valid_from", "version")
        # The newest of each comes last.
        self.newest = {(t.kind, t.medium, t.language, t.country): t for t in rows}

    def of(self, kind: str, medium: str, language: str, country: str) -> Words:
        found = self.newest.get((kind, medium, language, country)) or self.newest.get(
            (kind, medium, language, "")
        )
        return words_of(found) if found else standard_words(kind, medium, language)


def words_of(template: LetterTemplate) -> Words:
    return Words(str(template), template.texts, template.legal, template.announces)


def denials_by_reason(agency: UUID, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Denials from `since` to before `until` by reason and channel with their number, cases, and the last."""
    rows = Denial.objects.filter(agency_id=agency, at__gte=since, at__lt=until)
    grouped = rows.values("code", "channel").annotate(
        denials=Count("id"), cases=Count("case", distinct=True), last=Max("at")
    )
    return [dict(row) for row in grouped.order_by("-denials", "code", "channel")]


def permits_by_channel(agency: UUID, since: datetime, until: datetime) -> dict[str, int]:
    """Permits from `since` to before `until` by channel. A call that the dialler rings has two, one when it was
    asked for and one for its message: it counts once."""
    rows = Permit.objects.filter(agency_id=agency, at__gte=since, at__lt=until)
    rows = rows.exclude(channel="call", message_id__isnull=False)
    return dict(rows.values_list("channel").annotate(n=Count("id")).order_by("channel"))


def letters_to_print(agency: UUID) -> QuerySet[Message]:
    """Letters that left and are in no batch for the print house, the oldest first."""
    known = PrintedLetter.objects.filter(message_id=OuterRef("pk"))
    return Message.objects.filter(
        ~Exists(known), agency_id=agency, channel="letter", state=Message.State.SENT, gated=True,
        client_id__isnull=False,
    ).order_by("settled_at", "id")  # fmt: skip
