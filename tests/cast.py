"""The cast: one agency with its people, a creditor, a debtor, and a stranger who must never see them.

Fixtures are made through the product's own operations as far as these exist.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from recoup.kernel.actor import Actor

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass
class House:
    """An agency and its staff; `by` is the administrator as an actor."""

    agency: object
    members: dict[str, object]

    @property
    def id(self) -> object:
        return self.agency.id  # type: ignore[attr-defined]

    def actor(self, role: str) -> Actor:
        return self.members[role].user.actor()  # type: ignore[attr-defined]


def make_house(slug: str) -> House:
    from recoup.tenancy.context import scope
    from recoup.tenancy.models import User
    from recoup.tenancy.operations import add_agency, add_member
    from recoup.tenancy.roles import STAFF_ROLES

    agency = add_agency(
        slug=slug, name=f"{slug.title()} Inkasso AB", country="SE", language="en", currency="EUR",
        time_zone="Europe/Stockholm", registration_number="5560360793", vat_number="SE556036079301",
        address=["Storgatan 1", "111 23 Stockholm"], email=f"post@{slug}.example", phone="+46 8 123 45 67",
    )  # fmt: skip
    members = {}
    with scope(agency.id):
        for role in STAFF_ROLES:
            user = User.objects.create_user(
                f"{role}@{slug}.example",
                "correct horse battery staple",
                name=role.replace("_", " ").title(),
            )
            members[role.value] = add_member(agency=agency, user=user, role=role)
    return House(agency, members)


@pytest.fixture
def house(db: None) -> Iterator[House]:
    """The agency of the test, already in scope (rolled back at the end)."""
    from recoup.tenancy.context import scope

    made = make_house("nordic")
    with scope(made.id):
        yield made


@pytest.fixture
def stranger(db: None) -> House:
    """Another agency with its own people; nothing of the first may be visible to them."""
    return make_house("stranger")


@pytest.fixture
def committed_house(committed: None) -> House:
    """The agency for tests with real commits; enter `scope(house.id)` yourself."""
    return make_house("nordic")


def cleared(client: object, by: Actor, at: datetime = NOW) -> object:
    """A client that an officer has cleared: it may be countersigned. Returns the client."""
    from recoup.screening.operations import decide_client
    from recoup.screening.rules import CHECKS

    decide_client(
        client=client, cleared=True, ticked=CHECKS, because="Everything was seen.", by=by, at=at
    )  # type: ignore[arg-type]
    return client


def just_signed_in(browser: object) -> object:
    """The test browser's session as after a password given this moment: what asks for a fresh factor lets
    it through."""
    session = browser.session  # type: ignore[attr-defined]
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return browser
