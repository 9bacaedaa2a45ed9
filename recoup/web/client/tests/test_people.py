"""A client manages its own people: invited by a link that works once, given roles, let out at once."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from recoup.agreements.standard_card import publish_standard_card
from recoup.agreements.tests.cast import client_of
from recoup.eventlog.models import Event
from recoup.outbox.models import Message
from recoup.tenancy.context import scope
from recoup.tenancy.models import Invitation, Member, User
from recoup.tenancy.operations import add_member
from recoup.tenancy.roles import Role
from tests.cast import NOW, House

PASSWORD = "fyra ord räcker bra"
pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(house: House) -> Browser:
    publish_standard_card(agency=house.id, by=house.actor("administrator"), at=NOW)
    with scope(house.id):
        client = client_of(house)
        return signed_in(house, client, "client_administrator", "Åsa")


def signed_in(house: House, client, role: str, name: str) -> Browser:
    user = User.objects.create_user(f"{name.lower()}@norrland.example", PASSWORD, name=name)
    add_member(agency=house.agency, user=user, role=Role(role), client_id=client.id)
    browser = Browser()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def invite(browser: Browser, **other: str):
    data = {"name": "Bo Ek", "email": "bo@norrland.example", "role": "client_submitter"} | other
    return browser.post(reverse("client:invite"), data, follow=True)


def link_of(house: House, email: str = "bo@norrland.example") -> str:
    with scope(house.id):
        mail = Message.objects.filter(recipient=email).order_by("-id").first()
        return re.search(r"http://localhost:\d+(/invitations/\S+)", mail.payload["text"])[1]


def accept(link: str, browser: Browser | None = None, **other: str):
    return (browser or Browser()).post(link, {"name": "Bo Ek", "password": PASSWORD} | other)


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def inside(browser: Browser) -> bool:
    return browser.get("/client/").status_code == 200


def test_invited_joined_promoted_and_let_out(house, boss):
    assert "is on its way" in text(invite(boss))
    link, bo = link_of(house), Browser()
    assert "invites you to work for Norrland Timber AB" in text(bo.get(link))
    weak = accept(link, bo, password="short")
    assert weak.status_code == 422 and "at least 15" in text(weak)
    assert accept(link, bo)["Location"] == "/home/" and inside(bo)
    assert accept(link).status_code == 404, "the link works once"
    with scope(house.id):
        member = Member.objects.select_related("user").get(user__email="bo@norrland.example")
        assert member.role == "client_submitter"
    boss.post(reverse("client:person_role", args=[member.id]), {"role": "client_approver"})
    assert not inside(bo), "another role: signed out, rights anew (LG05)"
    bo.force_login(
        User.objects.get(id=member.user_id),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    assert inside(bo)
    assert "signed out everywhere" in text(
        boss.post(reverse("client:person_out", args=[member.id]), follow=True)
    )
    assert not inside(bo)
    boss.post(reverse("client:person_in", args=[member.id]))
    assert not inside(bo), "an old session does not come back to life"
    with scope(house.id):
        kinds = list(
            Event.objects.filter(kind__startswith="Person")
            .order_by("id")
            .values_list("kind", flat=True)
        )
    assert kinds == ["PersonInvited", "PersonJoined", "PersonDeactivated", "PersonReactivated"]


def test_the_last_administrator_stays(house, boss):
    with scope(house.id):
        me = Member.objects.get(role="client_administrator")
    for name, data in (("person_out", {}), ("person_role", {"role": "client_finance"})):
        page = boss.post(reverse(f"client:{name}", args=[me.id]), data, follow=True)
        assert "last administrator" in text(page)
    assert inside(boss)


def test_an_invitation_is_for_whoever_it_was_sent_to(house, boss):
    """LG10: opened by somebody signed in elsewhere, used again, withdrawn, too old, cut, guessed."""
    invite(boss)
    link = link_of(house)
    other = Browser()
    other.force_login(house.members["collector"].user)
    assert other.get(link).status_code == 409 and "You are signed in as" in text(other.get(link))
    assert accept(link, other).status_code == 409
    for wrong in (
        f"{link[:-2]}/",
        f"{link[:-1]}x/",
        "/invitations/%2e%2e/",
        "/invitations/' OR 1=1/",
    ):
        assert Browser().get(wrong).status_code == 404
    with scope(house.id):
        row = Invitation.objects.get()
    boss.post(reverse("client:invitation_withdraw", args=[row.id]))
    assert accept(link).status_code == 404
    invite(boss)
    link = link_of(house)
    with scope(house.id):
        Invitation.objects.filter(withdrawn_at=None).update(
            expires_at=timezone.now() - timedelta(seconds=1)
        )
    page = accept(link)
    assert page.status_code == 404 and "used, withdrawn or too old" in text(page)


def test_inviting_again_makes_the_first_link_useless(house, boss):
    invite(boss)
    first = link_of(house)
    invite(boss, role="client_finance")
    assert accept(first).status_code == 404
    assert accept(link_of(house)).status_code == 302


def test_whether_an_address_is_known_elsewhere_is_not_said(house, boss):
    """LG02: the inviter sees the same; only the holder of the mailbox is told."""
    known, unknown = "collector@nordic.example", "nobody@nowhere.example"
    answers = [text(invite(boss, email=email)).replace(email, "…") for email in (known, unknown)]
    assert (
        answers[0].count("…") >= 2
        and answers[0].split("Invite somebody")[0].count("on its way") == 1
    )
    with scope(house.id):
        assert Message.objects.filter(recipient__in=(known, unknown)).count() == 2
    told = accept(link_of(house, known))
    assert told.status_code == 422 and "an account with this address already" in text(told)


@pytest.mark.parametrize(
    "wrong", [{"role": "administrator"}, {"role": "client_owner"}, {"email": "no"}, {"name": ""}, {"name": "\u200b"},
              {"email": "åsa@norrland.example"}]
)  # fmt: skip
def test_a_wrong_invitation_is_not_made(house, boss, wrong):
    assert invite(boss, **wrong).status_code == 422
    with scope(house.id):
        assert not Invitation.objects.exists()


def test_only_the_administrator_changes_and_only_its_own_people(house, boss, stranger):
    with scope(house.id):
        other = client_of(house, name="Annan AB", registration_number="556036-0793", vat_number="")
        elsewhere = signed_in(house, other, "client_submitter", "Eva")
        theirs, staff = Member.objects.get(client_id=other.id), house.members["collector"]
    assert "Only an administrator of your company" in text(elsewhere.get("/client/people/"))
    assert invite(elsewhere).status_code == 404
    for member in (theirs, staff):
        for name in ("person_out", "person_in", "person_role"):
            assert boss.post(reverse(f"client:{name}", args=[member.id])).status_code == 404
    assert "Eva" not in text(boss.get("/client/people/"))


def test_the_page_asks_the_same_number_of_queries_for_many(
    house, boss, django_assert_max_num_queries
):
    with scope(house.id):
        client = Member.objects.get(role="client_administrator").client_id
        for n in range(8):
            user = User.objects.create_user(f"p{n}@norrland.example", PASSWORD, name=f"P{n}")
            add_member(agency=house.agency, user=user, role=Role.CLIENT_FINANCE, client_id=client)
    with django_assert_max_num_queries(12):
        assert "P7" in text(boss.get("/client/people/"))
