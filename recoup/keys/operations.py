"""Writers of keys: made and shown once, found by what is presented, counted, revoked."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor, ActorKind
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import N_, Refusal
from recoup.keys.models import Answer, ApiKey, Use
from recoup.keys.rules import (
    FORM,
    HOUSE_ONLY,
    KEPT_DAYS,
    MOST_KEYS,
    WHOLE,
    Scope,
    hash_of,
    new_token,
)
from recoup.tenancy.models import Agency

USED_EVERY = timedelta(minutes=1)  # how exact "last used" is


@transaction.atomic
def make_key(
    *, agency: Agency, client: UUID | None, name: str, scopes: Iterable[str], expires_on: date | None,
    id: UUID | None = None, divisions: Collection[UUID] = (), by: Actor, at: datetime,
) -> tuple[ApiKey, str]:  # fmt: skip
    """A new key and its token, which is told this once. Of a client, limited to `divisions` of it if any, or
    of the agency without one; the same `id` again makes no second one.

    Raises `Refusal` `key_made_already`, `key_name_missing`, `scope_missing`, `scope_unknown`, `scope_house_only`, `scope_whole`,
    `key_expired_already`, `keys_too_many` (one at a time per owner, by an advisory lock).
    """
    wanted = sorted(set(scopes))
    refuse_unfit(name, wanted, expires_on, at)
    refuse_house_only(client, wanted)
    if divisions and (whole := [s for s in wanted if s in WHOLE]):
        raise Refusal("scope_whole", N_("“%(found)s” concerns all of your company; a key of some divisions cannot do it."), field="scopes", found=whole[0])  # fmt: skip
    owner = client or agency.id
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 31))", [str(owner)])
    if ApiKey.objects.filter(live(at), agency=agency, client_id=client).count() >= MOST_KEYS:
        raise Refusal("keys_too_many", N_("There are %(most)d keys already; revoke one that is not used."),
                      most=MOST_KEYS)  # fmt: skip
    if id is not None and ApiKey.objects.filter(id=id).exists():
        raise Refusal(
            "key_made_already",
            N_("This key has been made already, and is not shown again; if you have not kept it, revoke it and make another."),
        )  # fmt: skip
    token, shown = new_token(sandbox=agency.sandbox)
    key = ApiKey.objects.create(
        id=id or new_id(), agency=agency, client_id=client, name=name.strip(), shown=shown, secret_hash=hash_of(token),
        scopes=wanted, made_at=at, made_by=by.name, expires_on=expires_on, divisions=sorted(set(divisions)),
    )  # fmt: skip
    told(key, "ApiKeyMade", by, at)
    return key, token


def refuse_unfit(name: str, scopes: list[str], expires_on: date | None, at: datetime) -> None:
    if not name.strip() or len(name.strip()) > 80:
        raise Refusal("key_name_missing", N_("Give the key a name of up to 80 characters, such as the program that uses it."), field="name")  # fmt: skip
    if not scopes:
        raise Refusal("scope_missing", N_("Choose at least one thing that the key may do."), field="scopes")  # fmt: skip
    if unknown := [s for s in scopes if s not in set(Scope)]:
        raise Refusal("scope_unknown", N_("“%(found)s” is nothing that a key may do."), field="scopes", found=unknown[0][:40])  # fmt: skip
    if expires_on is not None and expires_on <= at.date():
        raise Refusal("key_expired_already", N_("The key would have expired already; choose a later day."), field="expires_on")  # fmt: skip


def refuse_house_only(client: UUID | None, scopes: list[str]) -> None:
    beyond = sorted(HOUSE_ONLY & set(scopes))
    if client is not None and beyond:
        raise Refusal("scope_house_only", N_("“%(found)s” is for the agency's own keys."), field="scopes", found=beyond[0])  # fmt: skip


def live(at: datetime) -> Q:
    return Q(revoked_at__isnull=True) & (Q(expires_on__isnull=True) | Q(expires_on__gt=at.date()))


@transaction.atomic
def revoke_key(*, key: ApiKey, by: Actor, at: datetime) -> None:
    """From now on nobody gets in with it. Raises `Refusal` `key_revoked_already`."""
    standing = ApiKey.objects.filter(id=key.id, revoked_at__isnull=True)
    if not standing.update(revoked_at=at, revoked_by=by.name):
        raise Refusal("key_revoked_already", N_("This key has already been revoked."))
    told(key, "ApiKeyRevoked", by, at)


def told(key: ApiKey, kind: str, by: Actor, at: datetime) -> None:
    record(
        agency=key.agency_id, kind=kind, by=by, at=at, client=key.client_id,
        audience="client" if key.client_id else "internal", name=key.name, shown=key.shown,
        scopes=key.scopes,
    )  # fmt: skip


def find_key(*, token: str) -> ApiKey | None:
    """The key of a token, revoked and expired ones too. Row security shows exactly the row whose hash
    is presented; to be called in a transaction of its own."""
    if not FORM.fullmatch(token):
        return None
    digest = hash_of(token)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.api_key', %s, true)", [digest])
    return ApiKey.objects.select_related("agency").filter(secret_hash=digest).first()


def actor_of(key: ApiKey) -> Actor:
    """Who acts with a key, as events and pages name it."""
    return Actor(ActorKind.API, key.name, key.id)


def count_use(*, key: ApiKey, at: datetime) -> int:
    """Count a request; returns how many there have been in this minute. One row per key and minute,
    locked only for the length of the caller's (short) transaction."""
    minute = at.replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO keys_use (id, agency_id, key_id, client_id, minute, requests)
               VALUES (%s, %s, %s, %s, %s, 1)
               ON CONFLICT (key_id, minute) DO UPDATE SET requests = keys_use.requests + 1
               RETURNING requests""",
            [new_id(), key.agency_id, key.id, key.client_id, minute],
        )
        count: int = cursor.fetchone()[0]
    if key.last_used_at is None or at - key.last_used_at >= USED_EVERY:
        ApiKey.objects.filter(id=key.id).update(last_used_at=at)
    return count


@transaction.atomic
def mark_leaked(*, key: ApiKey, at: datetime) -> None:
    """The token stood in an address, where logs and proxies keep it: its owner should make another."""
    if ApiKey.objects.filter(id=key.id, leaked_at__isnull=True).update(leaked_at=at):
        told(key, "ApiKeyLeaked", actor_of(key), at)


def reserve_answer(
    *, agency: UUID, client: UUID | None, name: str, route: str, body_hash: str, at: datetime
) -> tuple[Answer, bool]:
    """The answer of this name, and whether it is ours to give. Waits for another request of the same
    name that is still at work, at most as long as the transaction's `lock_timeout` allows."""
    owner, id = client or agency, new_id()
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO keys_answer (id, agency_id, owner, client_id, name, route, body_hash, made_at,
                                        status, media_type, headers, body)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 0, '', '{}', '')
               ON CONFLICT (agency_id, owner, name) DO NOTHING""",
            [id, agency, owner, client, name, route, body_hash, at],
        )
    found = Answer.objects.get(agency_id=agency, owner=owner, name=name)
    return found, found.id == id


def keep_answer(
    *, answer: Answer, status: int, media_type: str, headers: dict[str, str], body: str
) -> None:
    """Keep what was answered, in the transaction of its effects."""
    Answer.objects.filter(id=answer.id).update(
        status=status, media_type=media_type, headers=headers, body=body
    )


def forget_old(*, agency: UUID, at: datetime) -> int:
    """Answers older than thirty days, and the counts of use older than that; returns how many answers."""
    before = at - timedelta(days=KEPT_DAYS)
    Use.objects.filter(agency_id=agency, minute__lt=before).delete()
    return Answer.objects.filter(agency_id=agency, made_at__lt=before).delete()[0]
