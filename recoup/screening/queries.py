"""Where a party stands against the list; whether a client is cleared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client, Debtor
from recoup.parties.numbers import check_number
from recoup.screening.models import ClientDecision, Hit, SanctionsList, Screening
from recoup.screening.rules import Check, KnownFacts, Party, checklist

NOT_CLEARED = N_("The know-your-client check of %(client)s is not decided yet: an officer clears the client first.")  # fmt: skip
REFUSED = N_("An officer has decided that %(client)s is not to be served: %(because)s")


@dataclass(frozen=True, slots=True)
class Standing:
    """`list_number` and `at` of the newest comparison (None: never compared); `open_hits` wait for a
    decision, `matches` were found to be the listed party."""

    list_number: int | None = None
    at: datetime | None = None
    open_hits: int = 0
    matches: int = 0


def current_list(agency: UUID) -> SanctionsList | None:
    return SanctionsList.objects.filter(agency_id=agency).order_by("-number").first()


def client_parties(client: Client) -> list[Party]:
    """A client is compared as a company, its signatory as a person."""
    numbers = tuple(n for n in (client.registration_number, client.vat_number) if n)
    found = [Party("client", client.id, client.name, client.country, numbers)]
    if client.signatory:
        found.append(Party("signatory", client.id, client.signatory, client.country))
    return found


def debtor_party(debtor: Debtor) -> Party:
    numbers = tuple(n for n in (debtor.registration_number, debtor.vat_number) if n)
    return Party("debtor", debtor.id, debtor.name, debtor.country, numbers)


def not_screened(*, version: SanctionsList, parties: Sequence[Party]) -> list[Party]:
    """Those that were not compared with this version under the name and numbers they have now."""
    done = set(
        Screening.objects.filter(
            agency_id=version.agency_id, list=version, party_id__in=[p.id for p in parties]
        ).values_list("party_id", "mark")
    )
    return [p for p in parties if (p.id, p.mark) not in done]


def standings(agency: UUID, ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """Where each client (with its signatory) or debtor stands, in two queries. Hits of entries that have
    left the list, or of what the party was called before, count no more unless found to be a match."""
    seen: dict[UUID, Screening] = {}
    marks: dict[UUID, set[str]] = {}
    rows = Screening.objects.filter(agency_id=agency, party_id__in=ids).select_related("list")
    for row in rows.order_by("party_id", "party_kind", "-list__number", "-at", "-id").distinct("party_id", "party_kind"):  # fmt: skip
        seen[row.party_id] = min(seen.get(row.party_id, row), row, key=lambda r: r.list.number)
        marks.setdefault(row.party_id, set()).add(row.mark)
    opened: dict[UUID, int] = {}
    matched: dict[UUID, int] = {}
    hits = Hit.objects.filter(agency_id=agency, party_id__in=ids).select_related("review", "listed")
    for hit in hits:
        review = getattr(hit, "review", None)
        if review is not None:
            counts = matched if review.is_match else {}
        else:
            stale = hit.listed.until is not None or hit.mark not in marks.get(hit.party_id, set())
            counts = {} if stale else opened
        counts[hit.party_id] = counts.get(hit.party_id, 0) + 1
    return {
        id: Standing(
            seen[id].list.number if id in seen else None, seen[id].at if id in seen else None,
            opened.get(id, 0), matched.get(id, 0),
        )
        for id in ids
    }  # fmt: skip


def standing_of(agency: UUID, id: UUID) -> Standing:
    return standings(agency, [id])[id]


def hits_of(agency: UUID) -> QuerySet[Hit]:
    """All hits, the undecided first, the likest first."""
    rows = Hit.objects.filter(agency_id=agency).select_related("review", "listed")
    return rows.order_by(F("review__at").desc(nulls_first=True), "-score", "-found_at", "id")


def checks_of(client: Client, ticked: Iterable[str] = ()) -> tuple[Check, ...]:
    """A client's check-list now, with what an officer confirms."""
    stand = standing_of(client.agency_id, client.id)
    return checklist(KnownFacts(
        number_sound(client), client.signatory, client.authority, stand.list_number, stand.open_hits,
        stand.matches, frozenset(ticked),
    ))  # fmt: skip


def number_sound(client: Client) -> bool | None:
    kind, value = (f"company:{client.country}", client.registration_number) if client.registration_number else ("vat", client.vat_number)  # fmt: skip
    try:
        return bool(value) and check_number(kind, value).valid
    except Refusal:
        return None


def decision_of(client: Client) -> ClientDecision | None:
    """The decision that counts: the newest."""
    return ClientDecision.objects.filter(agency_id=client.agency_id, client=client).order_by("-at", "-id").first()  # fmt: skip


def why_not_served(client: Client) -> Refusal | None:
    """Why a client may not be activated; None once an officer has cleared it. Codes `client_not_cleared`,
    `client_refused`."""
    decision = decision_of(client)
    if decision is None:
        return Refusal("client_not_cleared", NOT_CLEARED, client=client.name)
    if decision.verdict == ClientDecision.Verdict.REFUSED:
        return Refusal("client_refused", REFUSED, client=client.name, because=decision.because)
    return None
