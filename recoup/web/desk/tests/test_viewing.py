"""The house looks at a client's portal (LG11), and shows again who it is before money moves (LG14)."""

import time
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from recoup.cases.tests.cast import at_work, sign_up
from recoup.eventlog.models import Event
from recoup.payments.models import AccountChange, PayoutDecision
from recoup.tenancy.context import scope
from recoup.tenancy.operations import change_role, set_active
from recoup.web.events.readers import reader_of
from tests.cast import just_signed_in


@pytest.fixture
def standing(house):
    found = sign_up(house)
    found.case = at_work(found)
    return found


def staff(house, role):
    browser = Browser(HTTP_ACCEPT_LANGUAGE="en")
    browser.force_login(house.members[role].user)
    return browser


def look(browser, client, because="The client asks what it sees."):
    return browser.post(f"/desk/clients/{client.id}/view/", {"because": because})


def test_looking_needs_a_reason_is_marked_and_told_to_the_client(house, standing):
    browser = staff(house, "account_manager")
    assert browser.get("/client/").status_code == 404
    look(browser, standing.client, " ")
    assert browser.get("/client/").status_code == 404, "without a reason nobody looks"
    assert look(browser, standing.client)["Location"] == "/client/"
    page = browser.get(f"/client/cases/{standing.case.number}/")
    assert page.status_code == 200
    assert "as the client sees it" in page.content.decode()
    event = Event.objects.get(kind="PortalViewed")
    assert (event.audience, event.client_id) == ("client", standing.client.id)
    assert event.data == {"because": "The client asks what it sees."}


def test_who_looks_changes_nothing_and_sees_no_secrets(house, standing):
    browser = staff(house, "supervisor")
    look(browser, standing.client)
    number = standing.case.number
    for path in (
        "mandate/",
        f"cases/{number}/plan/",
        f"cases/{number}/report/",
        "submit/",
        "people/invite/",
    ):
        assert browser.post(f"/client/{path}", {"answer": "yes"}).status_code == 403, path
    assert browser.get("/client/api/").status_code == 404, "keys are the client's own"
    assert browser.post("/desk/clients/view/end/").status_code == 302
    assert browser.get("/client/").status_code == 404


def test_looking_ends_by_itself_and_is_for_some_and_for_own_clients_only(house, standing, stranger):
    browser = staff(house, "administrator")
    look(browser, standing.client)
    session = browser.session
    session["viewing"] |= {"until": (timezone.now() - timedelta(seconds=1)).isoformat()}
    session.save()
    assert browser.get("/client/").status_code == 404
    for role in ("collector", "finance_officer", "field_agent", "legal_officer"):
        assert look(staff(house, role), standing.client).status_code == 404
    other = Browser()
    with scope(stranger.id):
        other.force_login(stranger.members["administrator"].user)
    assert look(other, standing.client).status_code == 404


GUARDED = {
    "desk:money:approve": ("00000000-0000-0000-0000-000000000007",),
    "desk:money:confirm": ("00000000-0000-0000-0000-000000000007",),
    "desk:money:accounts": (),
}


@pytest.mark.parametrize("name", GUARDED)
def test_money_asks_an_old_session_again_who_is_there(house, standing, name):
    browser = staff(house, "finance_officer")
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 301}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    sent = {"account-client": str(standing.client.id), "account-iban": "NL91ABNA0417164300"}
    response = browser.post(reverse(name, args=GUARDED[name]), sent)
    assert response["Location"].startswith("/accounts/reauthenticate/?next=")
    assert not AccountChange.objects.exists() and not PayoutDecision.objects.exists()
    just_signed_in(browser)
    response = browser.post(reverse(name, args=GUARDED[name]), sent)
    assert "reauthenticate" not in response.get("Location", "")


def test_the_whole_sheet_asks_too_and_the_password_opens_it(house):
    browser = staff(house, "finance_officer")
    sheet = reverse("desk:money:sheet_xlsx", args=["journal"])
    where = browser.get(sheet)["Location"]
    assert browser.post(where, {"password": "wrong horse"}).status_code == 200
    assert browser.post(where, {"password": "correct horse battery staple"}).status_code == 302
    assert "reauthenticate" not in browser.get(sheet).get("Location", "")


@pytest.mark.parametrize("end", ["role", "out", "password", "logout"])
def test_an_ended_session_hears_no_more_events(house, standing, end, monkeypatch):
    """LG05, on the second process too."""
    monkeypatch.setattr("recoup.web.events.readers.close_old_connections", lambda: None)
    member = house.members["collector"]
    browser = staff(house, "collector")
    cookie = f"session={browser.cookies['session'].value}"
    assert reader_of(cookie, "") is not None
    if end == "role":
        with scope(house.id):
            change_role(member=member, role="finance_officer")
    elif end == "out":
        with scope(house.id):
            set_active(member=member, active=False)
    elif end == "password":
        member.user.set_password("a quite new horse battery")
        member.user.save()
    else:
        browser.post("/accounts/logout/")
    assert reader_of(cookie, "") is None
