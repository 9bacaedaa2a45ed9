"""The debtor's pages: how one gets in, and who does not."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from recoup.cases.models import DebtorLink, Task
from recoup.cases.operations import revoke_debtor_link
from recoup.eventlog.models import Event
from recoup.kernel.actor import SYSTEM
from recoup.web.debtor.tests.cast import link, text_of


def test_a_link_opens_the_case_and_leaves_the_address_bar(world):
    client = Client()
    response = client.get(f"/d/{world.token}/")
    assert (response.status_code, response["Location"]) == (302, "/d/")
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "no-referrer"
    page = client.get("/d/")
    assert page.status_code == 200
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]
    assert world.token not in page.content.decode()


def test_the_page_speaks_the_letters_language_until_another_is_chosen(world):
    response = Client().get(f"/d/{world.token}/")
    assert response.cookies["django_language"].value == "de"
    client = Client()
    client.cookies["django_language"] = "sv"
    assert "django_language" not in client.get(f"/d/{world.token}/").cookies


def mangled(token):
    flipped = chr(ord(token[0]) ^ 1)
    return {
        "a bit changed": flipped + token[1:], "cut": token[:-1], "longer": token + "A",
        "other case": token.swapcase(), "double encoded": "%2525" + token, "made up": "A" * 43,
        "words": "letters", "quotes": "'--", "null": "a%00b",
    }  # fmt: skip


def test_every_wrong_link_gets_the_same_neutral_page(world):
    with world.inside():
        expired = link(world.case, timedelta(seconds=-1))
        revoked = link(world.case)
        row = DebtorLink.objects.latest("made_at")
        revoke_debtor_link(link=row, by=SYSTEM, at=timezone.now())
    bodies = set()
    for token in [*mangled(world.token).values(), expired, revoked]:
        response = Client().get(f"/d/{token}/")
        assert response.status_code == 404, token
        bodies.add(
            re.sub(
                r'csrf\S+ value="[^"]+"|X-CSRFToken[^}]+|/d/[^"]*"', "", response.content.decode()
            )
        )
    assert len(bodies) == 1
    assert world.case.number not in bodies.pop()


def test_guessing_links_is_limited_per_address(world):
    client = Client()
    answers = [client.get(f"/d/{'A' * 42}{n % 10}/").status_code for n in range(21)]
    assert answers == [404] * 20 + [429]
    assert client.get(f"/d/{world.token}/").status_code == 429, (
        "also for the right one, for this address"
    )
    assert Client(REMOTE_ADDR="192.0.2.7").get(f"/d/{world.token}/").status_code == 302
    forged = client.get(f"/d/{world.token}/", HTTP_X_FORWARDED_FOR="192.0.2.9")
    assert forged.status_code == 429


def test_an_open_link_may_be_used_as_often_as_wanted(world):
    client = Client()
    assert {client.get(f"/d/{world.token}/").status_code for _ in range(25)} == {302}


def enter(client, number, postcode, **more):
    return client.post("/d/enter/", {"number": number, "postcode": postcode}, **more)


@pytest.mark.parametrize(
    "spelling", [str, str.lower, lambda n: n.replace("-", " "), lambda n: f" {n} "]
)
def test_case_number_and_postcode_are_the_second_way(world, spelling):
    client = Client()
    response = enter(client, spelling(world.case.number), " 20457 ")
    assert (response.status_code, response["Location"]) == (302, "/d/")
    assert world.case.number in text_of(client.get("/d/"))


def test_guessing_postcodes_is_limited_per_case_and_says_the_same_for_no_case(world):
    for number in (world.case.number, "R-2026-999999"):
        answers = [enter(Client(REMOTE_ADDR=f"192.0.2.{n}"), number, f"1000{n}") for n in range(6)]
        assert [a.status_code for a in answers] == [422] * 5 + [429]
    right = enter(Client(REMOTE_ADDR="192.0.2.99"), world.case.number, "20457")
    assert right.status_code == 429, "a limited case is limited for all"
    assert Client().get(f"/d/{world.token}/").status_code == 302, "the link still opens"


def test_pl10_guessing_is_told_to_the_house_once_a_day(world):
    for number in (world.case.number, "R-2026-999999"):
        for n in range(8):
            enter(Client(REMOTE_ADDR=f"192.0.2.{n}"), number, f"1000{n}")
    client = Client(REMOTE_ADDR="198.51.100.5")
    for n in range(25):
        enter(client, f"R-2026-{n:06d}", "1")
    with world.inside():
        tasks = list(Task.objects.filter(kind="guessing").order_by("key"))
    assert [(t.case_id, t.role) for t in tasks] == [
        (world.case.id, "supervisor"),
        (None, "supervisor"),
    ]


def test_guessing_postcodes_is_limited_per_address(world):
    client = Client()
    answers = [enter(client, f"R-2026-{n:06d}", "1").status_code for n in range(21)]
    assert answers == [422] * 20 + [429]


def test_a_debtor_without_a_postcode_cannot_be_entered_by_an_empty_one(world):
    with world.inside():
        type(world.case.debtor).objects.filter(id=world.case.debtor_id).update(postcode="")
    for postcode in ("-", "  . ", "20457"):
        assert enter(Client(), world.case.number, postcode).status_code == 422


def test_without_a_link_every_page_leads_to_the_way_in(world):
    for page in ("", "pay/", "promise/", "wrong/", "talk/", f"letters/{uuid4()}/"):
        response = Client().get(f"/d/{page}")
        assert (response.status_code, response["Location"]) == (302, "/d/enter/")


def test_the_session_ends_when_the_link_is_revoked_or_runs_out(world):
    for end in ("revoked_at", "expires_at"):
        with world.inside():
            token = link(world.case)
        client = world.enter(token)
        assert client.get("/d/").status_code == 200
        with world.inside():
            DebtorLink.objects.filter(id=client.session["debtor_link"]).update(
                **{end: timezone.now()}
            )
        for page in ("", "pay/", "talk/"):
            assert client.get(f"/d/{page}").status_code in (302, 404)
        assert "debtor_case" not in client.session
        assert client.post("/d/talk/", {"text": "x", "key": uuid4()}).status_code == 302
    assert not Event.objects.filter(kind="DebtorWrote").exists()


def test_entering_gives_the_session_a_new_id(world):
    client = Client()
    session = client.session
    session["x"] = 1
    session.save()
    before = client.session.session_key
    client.cookies["session"] = before
    client.get(f"/d/{world.token}/")
    assert client.session.session_key != before


def test_a_debtors_link_opens_no_other_door(world):
    """PL03: what is good for the debtor's pages is good for nothing else."""
    client = world.enter()
    for path in (
        "/client/",
        "/desk/",
        f"/agreements/{world.token}/",
        f"/quote/{world.token}/",
        f"/desk/cases/{world.case.number}/",
    ):
        assert client.get(path).status_code in (302, 404)
        assert world.case.number not in client.get(path).content.decode()


def test_leaving_forgets_the_case(world):
    client = world.enter()
    assert client.post("/d/leave/").status_code == 302
    assert client.get("/d/")["Location"] == "/d/enter/"
