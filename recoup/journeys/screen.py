"""Compare with the sanctions list: clients at registration, debtors at submission, everybody when a new
version is loaded. What resembles an entry becomes a task; what an officer decides finishes it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from recoup.agreements.operations import day_at
from recoup.cases.models import Task
from recoup.cases.operations import add_task, finish_task
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_
from recoup.parties.models import Client, Debtor
from recoup.screening.models import ClientDecision, Hit, HitReview, SanctionsList
from recoup.screening.operations import decide_client, load_list, review_hit, screen
from recoup.screening.queries import client_parties, current_list, debtor_party, not_screened
from recoup.screening.rules import Party
from recoup.tenancy.models import Agency
from recoup.tenancy.roles import Role

IS_IT = N_(
    "Decide whether %(party)s is %(listed)s on the sanctions list (likeness %(score)s of 100)"
)
NOT_SERVED = N_("Until then the client is not activated and the case is not accepted.")
KNOW = N_("Know your client: decide whether %(client)s may be served")
NOT_ACTIVE = N_("Until then the agreement is not countersigned.")
PORTION = 500


@transaction.atomic
def screen_parties(
    *, agency: Agency, parties: Sequence[Party], by: Actor, at: datetime
) -> list[Hit]:
    """Compare parties with the list in use and give each new hit to the legal officer as a task."""
    fresh = screen(agency=agency.id, parties=parties, by=by, at=at)
    for hit in fresh:
        add_task(
            agency=agency.id, key=task_key(hit), kind="sanctions_hit", sentence=IS_IT,
            params={"party": hit.party_name, "listed": hit.listed.name[:200], "score": hit.score},
            role=Role.LEGAL_OFFICER, due_on=day_at(agency, at) + timedelta(days=1), default=NOT_SERVED,
            by=by, at=at,
        )  # fmt: skip
    return fresh


def screen_client(*, agency: Agency, client: Client, by: Actor, at: datetime) -> list[Hit]:
    """A client as a company and its signatory as a person."""
    return screen_parties(agency=agency, parties=client_parties(client), by=by, at=at)


def screen_debtors(
    *, agency: Agency, debtors: Iterable[Debtor], by: Actor, at: datetime
) -> list[Hit]:
    """Debtors, as many as a placement has; call where the whole agency is visible."""
    return screen_parties(agency=agency, parties=[debtor_party(d) for d in debtors], by=by, at=at)


def screen_anew(*, agency: Agency, debtors: Sequence[UUID], by: Actor, at: datetime) -> list[Hit]:
    """Those of a batch that were not compared with the version in use as they are now."""
    version = current_list(agency.id)
    if version is None or not debtors:
        return []
    parties = [debtor_party(d) for d in Debtor.objects.filter(id__in=debtors).order_by("id")]
    return screen_parties(
        agency=agency, parties=not_screened(version=version, parties=parties), by=by, at=at
    )


def screen_everybody(*, agency: Agency, by: Actor, at: datetime) -> dict[str, int]:
    """All clients and debtors against the version in use, in portions; how many and how many new hits."""
    looked = found = 0
    for portion in portions(everybody(agency.id), PORTION):
        found += len(screen_parties(agency=agency, parties=portion, by=by, at=at))
        looked += len(portion)
    return {"looked_at": looked, "new_hits": found}


def everybody(agency: UUID) -> Iterator[Party]:
    open_ones = Client.objects.filter(agency_id=agency).exclude(stage=Client.Stage.CLOSED)
    for client in open_ones.order_by("id").iterator(chunk_size=PORTION):
        yield from client_parties(client)
    for debtor in (
        Debtor.objects.filter(agency_id=agency).order_by("id").iterator(chunk_size=PORTION)
    ):
        yield debtor_party(debtor)


def portions(parties: Iterable[Party], size: int) -> Iterator[list[Party]]:
    portion: list[Party] = []
    for party in parties:
        portion.append(party)
        if len(portion) == size:
            yield portion
            portion = []
    if portion:
        yield portion


@transaction.atomic
def take_list(
    *, agency: Agency, file: BinaryIO, name: str, may_shrink: bool = False, by: Actor, at: datetime
) -> tuple[SanctionsList, dict[str, int]]:
    """Load a list file as the next version and compare everybody with it, all or nothing. The file is
    read twice from its beginning (hash, then entries), never whole into memory.

    Raises `Refusal` as `load_list`.
    """
    digest = sha256()
    while piece := file.read(1 << 20):
        digest.update(piece)
    file.seek(0)
    version = load_list(
        agency=agency.id, lines=text_lines(file), file=Path(name).name, sha256=digest.hexdigest(),
        may_shrink=may_shrink, by=by, at=at,
    )  # fmt: skip
    return version, screen_everybody(agency=agency, by=by, at=at)


def text_lines(file: BinaryIO) -> Iterator[str]:
    """UTF-8, with or without a mark at the start."""
    for n, line in enumerate(file):
        yield line.decode("utf-8-sig" if n == 0 else "utf-8")


@transaction.atomic
def decide_hit(
    *, agency: Agency, hit: Hit, is_match: bool, because: str, by: Actor, at: datetime
) -> HitReview:
    """An officer decides; the task is done. Raises `Refusal` as `review_hit`."""
    made = review_hit(hit=hit, is_match=is_match, because=because, by=by, at=at)
    done(agency, task_key(hit), "match" if is_match else "no match", by, at)
    return made


@transaction.atomic
def decide_on_client(
    *, agency: Agency, client: Client, cleared: bool, ticked: Iterable[str], because: str, by: Actor,
    at: datetime,
) -> ClientDecision:  # fmt: skip
    """An officer clears or refuses a client; the task is done. Raises `Refusal` as `decide_client`."""
    made = decide_client(
        client=client, cleared=cleared, ticked=ticked, because=because, by=by, at=at
    )
    done(agency, know_key(client), made.verdict, by, at)
    return made


def ask_to_know(*, agency: Agency, client: Client, by: Actor, at: datetime) -> None:
    """A new client: compared with the list, and a task for the account manager to know it."""
    screen_client(agency=agency, client=client, by=by, at=at)
    add_task(
        agency=agency.id, key=know_key(client), kind="know_client", sentence=KNOW,
        params={"client": client.name}, role=Role.ACCOUNT_MANAGER,
        due_on=day_at(agency, at) + timedelta(days=1), default=NOT_ACTIVE, by=by, at=at,
    )  # fmt: skip


def done(agency: Agency, key: str, outcome: str, by: Actor, at: datetime) -> None:
    task = Task.objects.filter(agency_id=agency.id, key=key, done_at__isnull=True).first()
    if task is not None:
        finish_task(task=task, outcome=outcome, by=by, at=at)


def task_key(hit: Hit) -> str:
    return f"sanctions:{hit.id}"


def know_key(client: Client) -> str:
    return f"know-client:{client.id}"
