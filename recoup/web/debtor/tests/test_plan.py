"""A debtor pays in parts: proposes, reads, signs; without a script, and seeing nobody else's."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recoup.cases.models import Hold
from recoup.cases.tests.cast import add_debtor, at_work, sign_up
from recoup.kernel.actor import SYSTEM
from recoup.payments.tests.cast import trust_account
from recoup.plans.models import Plan
from recoup.plans.operations import set_mandate
from recoup.plans.rules import Limits
from recoup.tenancy.context import scope
from recoup.web.debtor.tests.cast import LINES, World, link, text_of


@pytest.fixture
def world(db):
    from tests.cast import make_house

    house = make_house("nordic")
    with scope(house.id):
        trust_account(house.agency)
        standing = sign_up(house)
        set_mandate(
            client=standing.client, limits=Limits(months=6, first_percent=Decimal(10)), by=SYSTEM, at=timezone.now()
        )  # fmt: skip
        case = at_work(standing, lines=LINES)
        other = at_work(
            standing, key="other", debtor=add_debtor(house, "Andere GmbH", vat="DE129274202")
        )
        token = link(case)
    cache.clear()
    return World(house, standing, case, other, token)


def asked(count=3, **more):
    day = (timezone.now().date() + timedelta(days=7)).isoformat()
    return {"first_on": day, "count": count, "every": "week", "first": ""} | more


def sign(client, plan, **more):
    return client.post(
        "/d/plan/sign/",
        {"plan": plan.id, "signatory": "Max Müller", "title": "CFO", "owes": "on", "authority": "on"} | more,
    )  # fmt: skip


def the_plan(world):
    with world.inside():
        return Plan.objects.latest("id")


def test_what_it_comes_to_is_shown_before_anything_is_proposed(world):
    client = world.enter()
    page = client.get("/d/plan/", asked(), HTTP_ACCEPT_LANGUAGE="en")
    assert page.status_code == 200
    assert (
        "Take this plan" in text_of(page)
        or "right away" in text_of(page)
        or page.context["at_once"]
    )
    assert len(page.context["draft"].rows) == 3
    with world.inside():
        assert not Plan.objects.exists()


def test_inside_the_mandate_it_is_proposed_signed_and_in_force(world):
    client = world.enter()
    assert client.post("/d/plan/", asked())["Location"] == "/d/plan/"
    page = client.get("/d/plan/")
    assert 'name="signatory"' in page.content.decode()
    plan = the_plan(world)
    assert client.get(f"/d/letters/{plan.document_id}/").content.startswith(b"%PDF")
    assert sign(client, plan).status_code == 302
    with world.inside():
        plan = Plan.objects.get()
        assert (plan.state, plan.signed_by, plan.trail["title"]) == ("agreed", "Max Müller", "CFO")
        assert Hold.objects.get(case=world.case, lifted_at=None).kind == "plan"
    assert client.get(f"/d/letters/{plan.sealed_id}/").status_code == 200
    assert "Max Müller" in text_of(client.get("/d/plan/"))
    assert len(client.get("/d/plan/").content) < 100_000


def test_what_was_typed_is_there_again_after_the_one_thing_more_is_asked(world):
    """Nothing is signed by it: the debtor reads again and presses again."""
    client = world.enter(sure=False)
    client.post("/d/plan/", asked())
    plan = the_plan(world)
    asks = sign(client, plan, title="Head of finance")
    assert asks["Location"].startswith("/d/sure/?next=")
    back = client.post("/d/sure/", {"said": "20457", "next": "/d/plan/"})
    page = client.get(back["Location"]).content.decode()
    assert 'value="Max Müller"' in page and 'value="Head of finance"' in page
    assert f'value="{plan.id}"' in page and page.count(" checked") == 2
    assert the_plan(world).state == "offered", "asking signs nothing"
    again = client.get("/d/plan/").content.decode()
    assert "Max Müller" not in again, "once"


@pytest.mark.parametrize(("language", "stop"), [("zh-hans", "。"), ("zh-hant", "。"), ("en", ".")])
def test_a_sentence_ends_as_its_language_writes_it(world, language, stop):
    client = world.enter()
    client.cookies["django_language"] = language
    client.post("/d/plan/", asked())
    for page in ("/d/", "/d/plan/"):
        read = " ".join(re.sub(r"<[^>]+>", "", client.get(page).content.decode()).split())
        ends = re.findall(r"(?:EUR|日|20\d\d)\s?([.。])(?=\s|$)", read)
        assert ends and set(ends) == {stop}, read


def test_what_was_typed_goes_with_the_visit(world):
    client = world.enter(sure=False)
    client.post("/d/plan/", asked())
    sign(client, the_plan(world))
    client.post("/d/leave/")
    client.get(f"/d/{world.token}/")
    client.post("/d/sure/", {"said": "20457"})
    page = client.get("/d/plan/").content.decode()
    assert 'name="signatory"' in page and "Max Müller" not in page


def test_outside_it_the_creditor_is_asked_and_nothing_can_be_signed(world):
    client = world.enter()
    client.post("/d/plan/", asked(count=20, every="month"))
    plan = the_plan(world)
    assert plan.state == "asked"
    assert 'name="signatory"' not in client.get("/d/plan/").content.decode()
    assert sign(client, plan).status_code == 302
    assert the_plan(world).state == "asked"


def test_the_mandate_itself_is_nobodys_business(world):
    client = world.enter()
    said = text_of(
        client.get("/d/plan/", asked(count=20, every="month"), HTTP_ACCEPT_LANGUAGE="en")
    )
    assert "6 months" not in said and "authorised" not in said


@pytest.mark.parametrize(
    "more", [{"signatory": "x"}, {"owes": ""}, {"authority": ""}, {"signatory": ""}]
)
def test_without_name_and_ticks_nothing_is_signed(world, more):
    client = world.enter()
    client.post("/d/plan/", asked())
    assert sign(client, the_plan(world), **more).status_code == 422
    assert the_plan(world).state == "offered"


def test_another_plan_than_the_one_read_is_not_signed(world):
    client = world.enter()
    client.post("/d/plan/", asked())
    with world.inside():
        wrong = type("P", (), {"id": world.case.id})
    assert sign(client, wrong).status_code == 302
    assert the_plan(world).state == "offered"


@pytest.mark.parametrize(
    "bad",
    [{"count": "0"}, {"count": "61"}, {"count": "x"}, {"first_on": "2020-01-01"}, {"first_on": "01.02.2027"},
     {"first": "1e3"}, {"first": "12.345"}, {"first": "99999999"}, {"every": "day"}, {"first": "-5"}],
)  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_is_kept(world, bad):
    client = world.enter()
    for send in (client.get, client.post):
        assert send("/d/plan/", asked() | bad).status_code == 422
    with world.inside():
        assert not Plan.objects.exists()


def test_a_strangers_plan_is_not_seen(world):
    client, stranger = world.enter(), None
    with world.inside():
        stranger = link(world.other)
    client.post("/d/plan/", asked())
    plan = the_plan(world)
    away = world.enter(stranger)
    assert plan.number not in away.get("/d/plan/").content.decode()
    assert away.get(f"/d/letters/{plan.document_id}/").status_code == 404
    assert sign(away, plan).status_code == 302
    assert the_plan(world).state == "offered"


def test_the_page_takes_a_constant_number_of_queries(world):
    client = world.enter()
    client.post("/d/plan/", asked())
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get("/d/plan/")
        counts.append(len([q for q in found if not re.match("SAVEPOINT|RELEASE", q["sql"])]))
    assert counts[0] == counts[1] <= 30


def test_the_page_to_pay_asks_for_the_next_instalment(world):
    client = world.enter()
    whole = client.get("/d/pay/").context["amount"]
    client.post("/d/plan/", asked())
    assert client.get("/d/pay/").context["amount"] == whole, "an offer is not a plan yet"
    sign(client, the_plan(world))
    page = client.get("/d/pay/")
    with world.inside():
        first = Plan.objects.get().instalments.first()
    assert page.context["amount"].amount == first.amount < whole.amount
