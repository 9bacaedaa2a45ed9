"""The door of the API: who asks, how often, how much; one transaction in the key's tenant context;
answers to repeated requests; entity tags. The routes behind it read like the views of the pages."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import Error, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_, Refusal
from recoup.keys.models import Answer, ApiKey
from recoup.keys.operations import (
    actor_of,
    count_use,
    find_key,
    keep_answer,
    mark_leaked,
    reserve_answer,
)
from recoup.keys.rules import FORM, PER_MINUTE, Scope
from recoup.tenancy.context import apply, limited_to
from recoup.tenancy.rules import now_of
from recoup.web.api.problems import BROKE, MEDIA_TYPE, problem
from recoup.web.kit.address import address_of, neighbourhood
from recoup.web.kit.busy import RETRY_AFTER, TRIES, is_busy, may_try_again, rewind
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.limits import Limit, too_often
from recoup.web.kit.middleware import NOBODY, Place, visited_agency

log = logging.getLogger(__name__)
MB = 1024 * 1024
WITHOUT_KEY = Limit("api-without-key", 60, timedelta(minutes=1))
WAIT_FOR_TWIN = "3s"  # of two requests with one Idempotency-Key, how long the second waits
KEPT_HEADERS = ("Location", "ETag")
View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the door asks before a route: the key's scope (None: no key needed), whether the request must
    be safe to repeat, how large it may be."""

    scope: Scope | None = None
    repeatable: bool = False
    most: int = MB
    multipart: bool = False


def rules(
    scope: Scope | None = None, *, repeatable: bool = False, most: int = MB, multipart: bool = False
) -> Callable[[View], View]:
    """Hang the door's rules on a route's function."""

    def hung(view: View) -> View:
        view.rules = Rules(scope, repeatable, most, multipart)  # type: ignore[attr-defined]
        return view

    return hung


@dataclass(frozen=True, slots=True)
class Known:
    """One method of a route: its rules, its query parameters, whether it has a body."""

    rules: Rules
    query: frozenset[str]
    body: bool


def door(view: View, known: Mapping[str, Known]) -> View:
    """`view` behind the door; `known` by method."""

    @csrf_exempt
    def entered(request: HttpRequest, **named: Any) -> HttpResponse:
        now = timezone.now()
        try:
            response = tried(request, view, known, named, now)
        except Refusal as refusal:
            response = problem(refusal)
            if "seconds" in refusal.params:
                response.headers["Retry-After"] = str(refusal.params["seconds"])
            if response.status_code == 405:
                response.headers["Allow"] = ", ".join(sorted(known))
        response.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ("Authorization", "Accept-Language"))
        for name, value in getattr(request, "limit_headers", {}).items():
            response.headers[name] = value
        return response

    return entered


def tried(
    request: HttpRequest,
    view: View,
    known: Mapping[str, Known],
    named: dict[str, Any],
    now: datetime,
) -> HttpResponse:
    """The answer; asked for again where the database undid it for its own reasons (web/kit/busy.py)."""
    for number in range(1, TRIES + 1):
        try:
            return admitted(request, view, known, named, now)
        except UnreadablePostError:
            raise Refusal("request_cut", N_("The request was cut off or came too slowly; nothing has been changed.")) from None  # fmt: skip
        except (Error, OSError) as error:
            if not is_busy(error):
                raise
            if not may_try_again(error, number):
                log.warning(
                    "%s %s: the database could not: %s", request.method, request.path, error
                )
                break
            rewind(request)
    raise Refusal("too_busy", N_("Too much at once. Please try again in %(seconds)d s; nothing is done twice."), seconds=RETRY_AFTER)  # fmt: skip


def admitted(
    request: HttpRequest,
    view: View,
    known: Mapping[str, Known],
    named: dict[str, Any],
    now: datetime,
) -> HttpResponse:
    way = known.get(request.method or "")
    if way is None:
        raise Refusal("method_not_allowed", N_("This address knows no %(found)s."), found=str(request.method)[:20])  # fmt: skip
    refuse_large(request, way.rules)
    refuse_leaked(request, now)
    key = key_of(request, way.rules, now)
    refuse_unfit(request, way)
    with transaction.atomic():
        request.place = place_of_key(request, key, now)  # type: ignore[attr-defined]
        request.api_key = key  # type: ignore[attr-defined]
        response = once(request, way.rules, lambda: view(request, **named))
        if response.status_code >= 500:
            transaction.set_rollback(True)
    fault("api.committed")
    return tagged(request, response)


def refuse_large(request: HttpRequest, wanted: Rules) -> None:
    """By what is declared; no more than that is read."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if not declared.isdecimal() or int(declared) > wanted.most:
        raise Refusal(
            "too_large", N_("The request is larger than %(most)d kB."), most=wanted.most // 1024
        )


def refuse_unfit(request: HttpRequest, way: Known) -> None:
    """Parameters that do not exist or stand there twice, a body of another kind."""
    for name in request.GET:
        values = request.GET.getlist(name)
        if name not in way.query:
            raise Refusal(
                "parameter_unknown",
                N_("There is no parameter “%(found)s” here."),
                found=name[:60].replace("\x00", ""),
            )
        if len(values) > 1 or "\x00" in values[0]:
            raise Refusal(
                "parameter_wrong",
                N_("The parameter “%(found)s” stands there twice or cannot be read."),
                found=name[:60],
            )
    wanted = "multipart/form-data" if way.rules.multipart else "application/json"
    if way.body and request.content_type != wanted:
        raise Refusal(
            "media_type_wrong",
            N_("The body must be %(wanted)s, not “%(found)s”."),
            wanted=wanted,
            found=str(request.content_type)[:60],
        )


def refuse_leaked(request: HttpRequest, now: datetime) -> None:
    """A key in an address stands in logs and histories: it is refused there, and its owner is told."""
    tokens = [v for name in request.GET for v in request.GET.getlist(name) if FORM.fullmatch(v)]
    for token in tokens[:1]:
        with transaction.atomic():
            key = find_key(token=token)
            if key is not None:
                enter(key)
                mark_leaked(key=key, at=now)
        raise Refusal(
            "parameter_wrong",
            N_(
                "A key does not belong into an address; send it in the header Authorization and make a new one."
            ),
        )


def key_of(request: HttpRequest, wanted: Rules, now: datetime) -> ApiKey | None:
    """The key that asks, counted, in a short transaction of its own: no request waits for another's
    counting longer than that."""
    given = request.headers.get("Authorization", "")
    scheme, _, token = given.partition(" ")
    if not given and wanted.scope is None:
        with transaction.atomic():
            apply({"agency_id": "", "client_id": NOBODY, "case_id": "", "user_id": ""})
            who = neighbourhood(address_of(request))
            if not WITHOUT_KEY.take(who, now):
                raise too_often(WITHOUT_KEY.wait(who, now))
        return None
    if scheme.lower() != "bearer" or not token:
        raise Refusal("key_missing", N_("Send a key in the header Authorization: Bearer rk_…"))
    with transaction.atomic():
        key = find_key(token=token.strip())
        refuse_dead(key, now)
        assert key is not None
        enter(key)
        used = count_use(key=key, at=now)
    left = 60 - now.second
    request.limit_headers = {  # type: ignore[attr-defined]
        "RateLimit-Limit": str(PER_MINUTE), "RateLimit-Remaining": str(max(0, PER_MINUTE - used)),
        "RateLimit-Reset": str(left),
    }  # fmt: skip
    if used > PER_MINUTE:
        raise Refusal("too_many_requests", N_("This key has made %(most)d requests in this minute; the next one begins in %(seconds)d s."), most=PER_MINUTE, seconds=left)  # fmt: skip
    if wanted.scope is not None and wanted.scope not in key.scopes:
        raise Refusal("scope_not_given", N_("This key may not do that: it lacks “%(found)s”."), found=str(wanted.scope))  # fmt: skip
    return key


def refuse_dead(key: ApiKey | None, now: datetime) -> None:
    if key is None:
        raise Refusal("key_unknown", N_("This key is not known."))
    if key.revoked_at is not None:
        raise Refusal("key_revoked", N_("This key has been revoked."))
    if key.expires_on is not None and key.expires_on <= now.date():
        raise Refusal("key_expired", N_("This key has expired."))


def enter(key: ApiKey) -> None:
    """The tenant context of a key: exactly a person's of the same client, or of the agency's staff."""
    apply({"agency_id": str(key.agency_id), "client_id": str(key.client_id or ""), "case_id": "",
           "user_id": "", "api_key": "", **limited_to(key.divisions)})  # fmt: skip


def place_of_key(request: HttpRequest, key: ApiKey | None, now: datetime) -> Place:
    if key is not None:
        enter(key)
        return Place(key.agency, actor_of(key), now_of(key.agency, now), client_id=key.client_id, divisions=tuple(key.divisions))  # fmt: skip
    from recoup.kernel.actor import Actor, ActorKind

    agency = visited_agency()
    if agency is None:
        raise Refusal("not_found", N_("There is no agency here yet."))
    apply({"agency_id": str(agency.id), "client_id": NOBODY, "case_id": "", "user_id": ""})
    return Place(agency, Actor(ActorKind.VISITOR, "visitor"), now_of(agency, now))


# Once ------------------------------------------------------------------------------------------------


def once(request: HttpRequest, wanted: Rules, run: Callable[[], HttpResponse]) -> HttpResponse:
    """Run, or repeat the answer given before under the same Idempotency-Key. The answer is kept in the
    transaction of its effects: after a crash either both are there or neither."""
    name = request.headers.get("Idempotency-Key")
    if request.method == "GET" or not (wanted.repeatable or (name is not None and request.method != "POST")):  # fmt: skip
        return attempted(request, run)
    if name is None:
        raise Refusal("idempotency_key_missing", N_("Send an Idempotency-Key, a new one for each thing you want done: then a repeated request does it once."))  # fmt: skip
    if not 1 <= len(name) <= 255 or not name.isascii() or not name.isprintable():
        raise Refusal(
            "idempotency_key_wrong", N_("An Idempotency-Key has 1 to 255 plain characters.")
        )
    place: Place = request.place  # type: ignore[attr-defined]
    route, digest = f"{request.method} {request.path}"[:300], hash_of_body(request)
    answer, ours = reserved(place, name, route, digest)
    if not ours:
        return repeated(answer, route, digest)
    response = attempted(request, run)
    if response.status_code < 500:
        keep_answer(
            answer=answer, status=response.status_code, media_type=response.headers["Content-Type"],
            headers={k: response.headers[k] for k in KEPT_HEADERS if k in response.headers},
            body=response.content.decode(),
        )  # fmt: skip
    fault("api.answered_uncommitted")
    return response


def reserved(place: Place, name: str, route: str, digest: str) -> tuple[Answer, bool]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_FOR_TWIN}'")
            found = reserve_answer(
                agency=place.agency.id, client=place.client_id, name=name_of(place, name), route=route,
                body_hash=digest, at=timezone.now(),
            )  # fmt: skip
            cursor.execute("SET LOCAL lock_timeout = 0")
            return found
    except OperationalError:
        raise Refusal("request_running", N_("A request with this Idempotency-Key is still at work; ask again in a second."), seconds=1) from None  # fmt: skip


def name_of(place: Place, name: str) -> str:
    """Keys of different divisions do not meet: what one was answered the other is not."""
    if not place.limited:
        return name
    limit = ",".join(sorted(map(str, place.divisions)))
    return sha256(f"{limit}:{name}".encode()).hexdigest()


def hash_of_body(request: HttpRequest) -> str:
    """What was sent; of a form its fields and files, since the boundaries between them differ each time."""
    if request.content_type != "multipart/form-data":
        return sha256(request.body).hexdigest()
    digest = sha256(repr(sorted(request.POST.lists())).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(repr((name, file.name, file.size)).encode())
            for part in file.chunks():
                digest.update(part)
            file.seek(0)
    return digest.hexdigest()


def repeated(answer: Answer, route: str, digest: str) -> HttpResponse:
    if (answer.route, answer.body_hash) != (route, digest):
        raise Refusal("idempotency_key_reused", N_("This Idempotency-Key was sent before with another request."))  # fmt: skip
    response = HttpResponse(answer.body, status=answer.status, content_type=answer.media_type)
    for name, value in answer.headers.items():
        response.headers[name] = value
    response.headers["Idempotent-Replayed"] = "true"
    return response


def attempted(request: HttpRequest, run: Callable[[], HttpResponse]) -> HttpResponse:
    """Run; whatever is answered with an error leaves no trace."""
    try:
        with transaction.atomic():
            response = run()
            if response.status_code >= 400:
                transaction.set_rollback(True)
            elif known := getattr(request, "entity_tag", None):
                response.headers["ETag"] = known
            return response
    except Refusal as refusal:
        return problem(refusal)
    except Exception as error:
        if is_busy(error) or isinstance(error, UnreadablePostError):
            raise
        log.exception("the API broke")
        return problem(BROKE, status=500)


# Tags ------------------------------------------------------------------------------------------------


def tag_of(content: bytes) -> str:
    return f'"{sha256(content).hexdigest()[:32]}"'


def tagged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """An entity tag on what was read; 304 where the reader has it already (RFC 9110 13.1.2)."""
    if request.method != "GET" or response.status_code != 200:
        return response
    response.headers.setdefault("ETag", tag_of(response.content))
    tag = response.headers["ETag"]
    asked = [
        one.strip().removeprefix("W/")
        for one in request.headers.get("If-None-Match", "").split(",")
    ]
    if tag in asked or asked == ["*"]:
        same = HttpResponse(status=304, headers={"ETag": tag})
        with suppress(KeyError):
            del same.headers["Content-Type"]
        return same
    return response


def refuse_changed(request: HttpRequest, tag: str) -> None:
    """Raises `Refusal` `match_failed` where If-Match names another state than the present one; call with
    the row locked."""
    asked = request.headers.get("If-Match")
    if asked is None or asked.strip() == "*":
        return
    if tag not in [one.strip() for one in asked.split(",")]:
        raise Refusal("match_failed", N_("This has changed since you read it; read it again."))


def detail(refusal: Refusal) -> str:
    return refusal_text(refusal)


__all__ = ["MEDIA_TYPE", "door", "refuse_changed", "rules", "tag_of"]
