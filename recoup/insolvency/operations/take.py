"""Notices come in: each file once, each notice once, each likeness once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction

from recoup.eventlog.operations import Happened, record, record_many
from recoup.files.operations import keep
from recoup.insolvency.models import Match, NoticeFile, PublishedNotice
from recoup.insolvency.notices import Notice, Reading, read
from recoup.insolvency.rules import Resemblance, worth_a_look
from recoup.insolvency.states import MatchState, NoticeKind
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Debtor

MEDIA = {"<": "application/xml", "{": "application/json", "[": "application/json"}
OWN_WORD = N_("Somebody with the link of the debtor's letter has said so; no register has yet.")
Resembling = Callable[[Notice], list[Resemblance]]


@dataclass(frozen=True, slots=True)
class Kept:
    """`fresh`: notices that are new; `matches`: new likenesses; `again`: the file was taken before."""

    file: NoticeFile
    fresh: tuple[PublishedNotice, ...] = ()
    matches: tuple[Match, ...] = ()
    again: bool = False


@transaction.atomic
def keep_notices(
    *, agency: UUID, content: bytes, name: str, resembling: Resembling, by: Actor, at: datetime
) -> Kept:
    """Take a file of notices: the bytes, each notice, and whom it resembles (asked of `resembling`).

    The same bytes again return the first taking; a notice that another file had is not kept twice.
    Raises `Refusal` as `notices.read`; nothing is kept then.
    """
    digest = sha256(content).hexdigest()
    if known := NoticeFile.objects.filter(agency_id=agency, sha256=digest).first():
        return Kept(known, again=True)
    reading = read(content, name)
    try:
        with transaction.atomic():
            file = kept_file(agency, content, name, digest, reading, by, at)
    except IntegrityError:  # somebody was first
        return Kept(NoticeFile.objects.get(agency_id=agency, sha256=digest), again=True)
    rows = [row_of(agency, file, one, at) for one in reading.notices]
    PublishedNotice.objects.bulk_create(rows, ignore_conflicts=True)
    new = set(PublishedNotice.objects.filter(file=file).values_list("id", flat=True))
    pairs = [(row, one) for row, one in zip(rows, reading.notices, strict=True) if row.id in new]
    matches = keep_matches(agency, pairs, resembling, at)
    NoticeFile.objects.filter(id=file.id).update(fresh=len(pairs))
    file.fresh = len(pairs)
    record(agency=agency, kind="NoticesTaken", by=by, at=at, audience="internal", file=name, source=reading.source,
           notices=len(rows), fresh=len(pairs), matches=len(matches))  # fmt: skip
    record_many(agency=agency, events=[found(m, by, at) for m in matches])
    return Kept(file, tuple(row for row, _ in pairs), tuple(matches))


@transaction.atomic
def keep_word(
    *,
    debtor: Debtor,
    court: str,
    reference: str,
    practitioner: str,
    said: str,
    by: Actor,
    at: datetime,
) -> Match | None:
    """A debtor gives notice of its own insolvency: kept as said, a likeness that a person decides on. The
    same words again are the same notice (None)."""
    words = (str(debtor.id), court, reference, practitioner)
    content = "\n".join((said, *words)).encode()
    digest = sha256(content).hexdigest()
    if NoticeFile.objects.filter(agency_id=debtor.agency_id, sha256=digest).exists():
        return None
    file = kept_file(
        debtor.agency_id, content, f"{said}.txt", digest, Reading("debtor", ()), by, at
    )
    row = PublishedNotice.objects.create(
        agency_id=debtor.agency_id, file=file, source="debtor", key=digest, kind=NoticeKind.UNCLEAR, said=said[:300],
        company=debtor.name[:300], number=debtor.registration_number[:40], country=debtor.country,
        published_on=at.date(), court=court[:200], reference=reference[:100], at=at,
        practitioners=[{"name": practitioner[:200], "role": "", "address": ""}] if practitioner else [],
    )  # fmt: skip
    NoticeFile.objects.filter(id=file.id).update(notices=1, fresh=1)
    because = {"rule": "own-word-1", "by": "word", "reasons": [{"text": OWN_WORD, "params": {}}]}
    match = Match.objects.create(
        agency_id=debtor.agency_id, notice=row, debtor=debtor, score=100, because=because, found_at=at,
        state=MatchState.TO_CONFIRM,
    )  # fmt: skip
    record_many(agency=debtor.agency_id, events=[found(match, by, at)])
    return match


def kept_file(
    agency: UUID, content: bytes, name: str, digest: str, reading: Reading, by: Actor, at: datetime
) -> NoticeFile:
    media = MEDIA.get(content.lstrip()[:1].decode("ascii", "replace"), "text/csv")
    document = keep(
        agency=agency, content=content, name=name, media_type=media, kind="notices", by=by, at=at,
        audience="internal",
    )  # fmt: skip
    return NoticeFile.objects.create(
        agency_id=agency, document=document, sha256=digest, name=document.name, source=reading.source,
        notices=len(reading.notices), warnings=list(reading.warnings), at=at, by_name=by.name,
    )  # fmt: skip


def row_of(agency: UUID, file: NoticeFile, one: Notice, at: datetime) -> PublishedNotice:
    return PublishedNotice(
        agency_id=agency, file=file, source=one.source, key=one.key[:120], kind=one.kind, said=one.said[:300],
        company=one.company[:300], number=one.number[:40], country=one.country, published_on=one.published_on,
        event_on=one.event_on, court=one.court[:200], reference=one.reference[:100], url=one.url[:500],
        place=f"{one.postcode} {one.city}".strip()[:200], at=at,
        practitioners=[
            {"name": p.name, "role": p.role, "address": p.address} for p in one.practitioners if p.ceased_on is None
        ],
    )  # fmt: skip


def keep_matches(
    agency: UUID,
    pairs: Iterable[tuple[PublishedNotice, Notice]],
    resembling: Resembling,
    at: datetime,
) -> list[Match]:
    made = [
        Match(
            agency_id=agency, notice=row, debtor_id=how.debtor, score=how.score, because=how.because, found_at=at,
            state=MatchState.CERTAIN if how.by == "number" else MatchState.TO_CONFIRM,
        )
        for row, one in pairs if worth_a_look(one.kind) for how in resembling(one)
    ]  # fmt: skip
    return Match.objects.bulk_create(made)


def found(match: Match, by: Actor, at: datetime) -> Happened:
    return Happened(
        "InsolvencyNoticeFound", at, by, audience="internal",
        data={"company": match.notice.company, "number": match.notice.number, "source": match.notice.source,
              "kind": match.notice.kind, "debtor": str(match.debtor_id), "score": match.score,
              "certain": match.state == MatchState.CERTAIN},
    )  # fmt: skip


@transaction.atomic
def decide_match(*, match: Match, is_it: bool, because: str, by: Actor, at: datetime) -> Match:
    """A person says whether the notice concerns the debtor. Raises `Refusal` `reason_missing`,
    `match_decided`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    state = MatchState.CONFIRMED if is_it else MatchState.REJECTED
    waiting = Match.objects.filter(id=match.id, state=MatchState.TO_CONFIRM)
    if not waiting.update(
        state=state, decided_at=at, decided_by=by.name, decided_because=because[:300]
    ):
        raise Refusal("match_decided", N_("Somebody has decided this already."))
    match.refresh_from_db()
    record(agency=match.agency_id, kind="InsolvencyMatchDecided", by=by, at=at, audience="internal",
           company=match.notice.company, debtor=str(match.debtor_id), is_it=is_it, because=because)  # fmt: skip
    return match
