"""Who listens, and what they may know."""

from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from recoup.cases.models import Case, DebtorLink
from recoup.tenancy.context import apply, limited_to, scope
from recoup.tenancy.models import Member
from recoup.web.kit.middleware import visited_agency


@dataclass(frozen=True)
class Reader:
    """Empty strings mean: not narrowed, as no divisions do. `audiences` as in the event log."""

    agency: str
    client: str
    case: str
    audiences: frozenset[str]
    divisions: frozenset[str] = frozenset()

    def of_mine(self, event: dict[str, Any]) -> bool:
        """Of a case in one of the divisions, or of something made within them."""
        within = event.get("within")
        return event.get("division") in self.divisions or bool(
            within and self.divisions >= set(within)
        )

    def may_know(self, event: dict[str, Any]) -> bool:
        """`Many` stands for a batch of events of the agency: it says nothing, and each page fetches its own."""
        if event.get("kind") == "Many":
            return event.get("agency") == self.agency
        return (
            event.get("agency") == self.agency
            and (not self.client or event.get("client") == self.client)
            and (not self.case or event.get("case") == self.case)
            and event.get("audience") in self.audiences
            and (not self.divisions or self.of_mine(event))
        )


EVERYTHING = frozenset({"internal", "client", "debtor"})


def reader_of(cookie: str, case_number: str) -> Reader | None:
    """The reader behind a session cookie, narrowed to a case they may see; None for nobody."""
    close_old_connections()
    try:
        morsel = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if morsel is None:
        return None
    session = SessionStore(morsel.value).load()
    with transaction.atomic():
        if user := session.get(SESSION_KEY):
            return staff_or_client(str(user), str(session.get(HASH_SESSION_KEY, "")), case_number)
        case, link = session.get("debtor_case"), session.get("debtor_link")
        return debtor_of(str(case), str(link)) if case and link else None


def debtor_of(case: str, link: str) -> Reader | None:
    """A debtor's reader as long as its link holds: a revoked one ends the stream at the next beat."""
    agency = visited_agency()
    if agency is None:
        return None
    with scope(agency.id, case=case):
        held = DebtorLink.objects.filter(
            id=link, case_id=case, revoked_at__isnull=True, expires_at__gt=timezone.now()
        )
        return Reader(str(agency.id), "", case, frozenset({"debtor"})) if held.exists() else None


def staff_or_client(user: str, mark: str, case_number: str) -> Reader | None:
    apply({"agency_id": "", "client_id": "", "case_id": "", "user_id": user})
    people = Member.objects.select_related("user")
    member = people.filter(user_id=user, active=True, user__is_active=True).first()
    # A session that has ended (password, role, round) listens no more.
    if member is None or not constant_time_compare(mark, member.user.get_session_auth_hash()):
        return None
    client = str(member.client_id or "")
    case = ""
    if case_number:
        apply({"within": limited_to(member.divisions)["within"]})
        with scope(member.agency_id, client=client or None):
            found = Case.objects.filter(number=case_number).values_list("id", flat=True).first()
        if found is None:
            return None
        case = str(found)
    audiences = frozenset({"client", "debtor"}) if client else EVERYTHING
    return Reader(
        str(member.agency_id), client, case, audiences, frozenset(map(str, member.divisions))
    )
