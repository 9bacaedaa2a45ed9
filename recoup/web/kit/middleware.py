"""Who asks, in which language, and what the database may show them."""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import Error, transaction
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation

from recoup.kernel.actor import Actor, ActorKind
from recoup.tenancy.context import apply, limited_to
from recoup.tenancy.models import Agency, Member
from recoup.tenancy.roles import CLIENT_ROLES
from recoup.tenancy.rules import now_of
from recoup.web.kit.busy import RETRY_AFTER, TRIES, is_busy, may_try_again, rewind

log = logging.getLogger(__name__)
NOBODY = "00000000-0000-0000-0000-000000000000"
SAFE = ("GET", "HEAD", "OPTIONS")
VIEWING = "viewing"  # in the session: {client, until} of a client's portal looked at by the house
OWN_DOOR = "/api/v1/"  # asks for keys and opens its own transactions (web/api/door.py)
PERSONAL = (
    "/accounts/",
    "/agreements/",
    "/client/",
    "/d/",
    "/desk/",
    "/enquiry/",
    "/invitations/",
    "/mail/",
    "/register/",
    "/sign/",
    "/survey/",
    "/verify/",
)
Handler = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True)
class Place:
    """Where a request stands: the agency, and for a logged-in person their membership. `viewing`: somebody of
    the house looks at a client's portal as that client sees it, and only looks. `divisions` of the client that
    the person is limited to."""

    agency: Agency
    actor: Actor
    now: datetime
    member: Member | None = None
    client_id: UUID | None = None
    case_id: UUID | None = None
    viewing: bool = False
    divisions: tuple[UUID, ...] = ()

    @property
    def limited(self) -> bool:
        """Whether only some of the client's divisions are in view."""
        return bool(self.divisions)

    @property
    def role(self) -> str:
        return self.member.role if self.member else ""

    @property
    def staff(self) -> bool:
        return self.member is not None and self.member.role not in CLIENT_ROLES


class LanguageMiddleware:
    """The reader's choice (cookie), else the browser's, among the product's languages."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen not in dict(settings.LANGUAGES):
            chosen = translation.get_language_from_request(request)
        with translation.override(chosen):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        return response


class TenantMiddleware:
    """One transaction per request, in the tenant context of whoever asks.

    A visitor sees only what the agency shows to all; a debtor with a link sees their case; a
    client's people their client; staff their agency. A 5xx rolls everything back. Instants are shown
    in the agency's time.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith((settings.STATIC_URL, OWN_DOOR)) or request.path == "/healthz":
            return self.get_response(request)
        response = self.tried(request)
        connect = f"http://{request.get_host().split(':')[0]}:{settings.EVENTS_PORT}"
        if settings.EVENTS_PORT:
            response._csp_update = {"connect-src": connect}  # type: ignore[attr-defined]
        if is_personal(request):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def tried(self, request: HttpRequest) -> HttpResponse:
        """The answer; asked for again where the database undid it for its own reasons (web/kit/busy.py)."""
        for tried in range(1, TRIES + 1):
            request.busy = None  # type: ignore[attr-defined]
            try:
                with transaction.atomic():
                    response = self.answered(request)
                    if response.status_code >= 500:
                        transaction.set_rollback(True)
            except Error as error:
                if not is_busy(error):
                    raise
                request.busy = error  # type: ignore[attr-defined]
            if request.busy is None:  # type: ignore[attr-defined]
                return response
            if not may_try_again(request.busy, tried):  # type: ignore[attr-defined]
                break
            rewind(request)
        log.warning("%s %s: the database could not: %s", request.method, request.path, request.busy)  # type: ignore[attr-defined]
        response = HttpResponse(render_to_string("kit/busy.html", {}), status=503)
        response.headers["Retry-After"] = str(RETRY_AFTER)
        return response

    def answered(self, request: HttpRequest) -> HttpResponse:
        request.place = find_place(request)  # type: ignore[attr-defined]
        if request.place is None:  # type: ignore[attr-defined]
            return render(request, "kit/first_morning.html", status=503)
        if request.place.viewing and request.method not in SAFE:  # type: ignore[attr-defined]
            return render(request, "kit/only_looking.html", status=403)
        with timezone.override(ZoneInfo(request.place.agency.time_zone)):  # type: ignore[attr-defined]
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What a view could not do because the database could not is remembered for `tried`."""
        if isinstance(error, UnreadablePostError):  # cut off, or too slow (config/patience.py)
            return HttpResponse(status=408)
        if not is_busy(error):
            return None
        request.busy = error  # type: ignore[attr-defined]
        return HttpResponse(status=503)


def is_personal(request: HttpRequest) -> bool:
    """Whether a page says something about a person or a case, or asks for it: kept in no cache, so that
    nobody finds it with the back button after the reader has gone."""
    place: Place | None = getattr(request, "place", None)
    known = place is not None and (place.member is not None or place.case_id is not None)
    return known or request.path.startswith(PERSONAL)


def find_place(request: HttpRequest) -> Place | None:
    """Choose the context and apply it. None before the first agency exists."""
    now = timezone.now()
    user = request.user
    if user.is_authenticated:
        apply({"agency_id": "", "client_id": "", "case_id": "", "user_id": str(user.id)})
        member = (
            Member.objects.select_related("agency", "user")
            .filter(user=user, active=True, user__is_active=True)
            .first()
        )
        if member is not None:
            seen = viewed_client(request, member, now)
            if seen is not None:
                apply({"agency_id": str(member.agency_id), "client_id": str(seen), "case_id": ""})
                at = now_of(member.agency, now)
                return Place(member.agency, user.actor(), at, member, seen, viewing=True)
            apply({"agency_id": str(member.agency_id), "client_id": str(member.client_id or ""),
                   "case_id": "", **limited_to(member.divisions)})  # fmt: skip
            at = now_of(member.agency, now)
            return Place(
                member.agency, user.actor(), at, member, member.client_id,
                divisions=tuple(member.divisions),
            )  # fmt: skip
    agency = visited_agency()
    if agency is None:
        return None
    case = request.session.get("debtor_case") if request.path.startswith("/d/") else None
    apply({"agency_id": str(agency.id), "client_id": "" if case else NOBODY, "case_id": case or "",
           "user_id": ""})  # fmt: skip
    kind, name = (ActorKind.DEBTOR, "debtor") if case else (ActorKind.VISITOR, "visitor")
    return Place(
        agency, Actor(kind, name), now_of(agency, now), case_id=UUID(case) if case else None
    )


def viewed_client(request: HttpRequest, member: Member, now: datetime) -> UUID | None:
    """The client whose portal this member of the house is looking at, on the portal's pages, for a while."""
    kept = request.session.get(VIEWING)
    if not kept or member.client_id is not None or not request.path.startswith("/client/"):
        return None
    if kept["member"] != str(member.id) or datetime.fromisoformat(kept["until"]) <= now:
        return None
    return UUID(kept["client"])


def visited_agency() -> Agency | None:
    """Whose public pages these are: `RECOUP_AGENCY` by slug, else the first agency that is no sandbox."""
    slug = os.environ.get("RECOUP_AGENCY")
    known = Agency.objects.order_by("sandbox", "id")
    return known.filter(slug=slug).first() if slug else known.first()


def place_of(request: HttpRequest) -> Place:
    """The request's place; 404 while no agency exists."""
    place: Place | None = getattr(request, "place", None)
    if place is None:
        raise Http404
    return place


def staff_place(request: HttpRequest, *roles: str) -> Place:
    """The place of a staff member in one of `roles` (any staff when none is named); else 404."""
    place = place_of(request)
    if not place.staff or (roles and place.role not in (*roles, "administrator", "supervisor")):
        raise Http404
    return place


def client_place(request: HttpRequest, *roles: str) -> Place:
    """The place of a client's person in one of `roles`; else 404: what you may not see does not exist."""
    place = place_of(request)
    if place.client_id is None or (roles and place.role not in (*roles, "client_administrator")):
        raise Http404
    return place
