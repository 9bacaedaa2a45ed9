"""Who listens, and what they may know."""

from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections, transaction

from recoup.cases.models import Case
from recoup.tenancy.context import apply, scope
from recoup.tenancy.models import Agency, Member


@dataclass(frozen=True)
class Reader:
    """Empty strings mean: not narrowed. `audiences` as in the event log."""

    agency: str
    client: str
    case: str
    audiences: frozenset[str]

    def may_know(self, event: dict[str, str]) -> bool:
        """`Many` stands for a batch of events of the agency: it says nothing, and each page fetches its own."""
        if event.get("kind") == "Many":
            return event.get("agency") == self.agency
        return (
            event.get("agency") == self.agency
            and (not self.client or event.get("client") == self.client)
            and (not self.case or event.get("case") == self.case)
            and event.get("audience") in self.audiences
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
        if user := session.get("_auth_user_id"):
            return staff_or_client(str(user), case_number)
        case = session.get("debtor_case")
        agency = Agency.objects.order_by("id").first() if case else None
        if agency is None:
            return None
        return Reader(str(agency.id), "", str(case), frozenset({"debtor"}))


def staff_or_client(user: str, case_number: str) -> Reader | None:
    apply({"agency_id": "", "client_id": "", "case_id": "", "user_id": user})
    member = Member.objects.filter(user_id=user, active=True, user__is_active=True).first()
    if member is None:
        return None
    client = str(member.client_id or "")
    case = ""
    if case_number:
        with scope(member.agency_id, client=client or None):
            found = Case.objects.filter(number=case_number).values_list("id", flat=True).first()
        if found is None:
            return None
        case = str(found)
    audiences = frozenset({"client", "debtor"}) if client else EVERYTHING
    return Reader(str(member.agency_id), client, case, audiences)
