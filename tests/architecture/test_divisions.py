"""Whoever is limited to a division of a client sees and does only what belongs to it: row security says so for
each table, and each page answers for another division's object as for one that is nowhere."""

import pytest
from django.db import DatabaseError, transaction
from django.test import Client as Browser

from recoup.cases.models import Case
from recoup.eventlog.models import Event
from recoup.jobs.digest import as_reader, news
from recoup.journeys.prove.isolation import shown_to_clients
from recoup.notices.operations import notice_of
from recoup.tenancy.context import apply, limited_to, scope
from recoup.tenancy.models import Member
from recoup.tenancy.roles import LIMITED_ROLES, Role
from recoup.web.events.readers import staff_or_client
from tests.architecture.matrix import MATRIX
from tests.architecture.test_matrix import (
    AT,
    NO_OBJECT,
    PUBLIC_LINKS,
    UNKNOWN,
    World,
    address,
    answered,
    ask,
    populate,
)
from tests.cast import just_signed_in

# What a client's people see of their company whatever divisions they are limited to.
OF_ALL = {
    "agreements_agreement", "approvals_authority", "agreements_ratecard", "contact_authority", "contact_houserules",
    "keys_answer", "keys_use", "intake_keptmapping", "notices_notice", "parties_client", "payments_trustaccount", "payments_ownaccount",
    "plans_mandate", "reports_subscription", "strategy_treatmentplan", "tenancy_counter", "tenancy_member",
    "webhooks_endpoint", "cases_savedview", "eventlog_unsealed", "files_quarantine",
}  # fmt: skip
# Narrowed by what they belong to: a debtor by its cases, a seal by its event, an estate by its claims.
BY_ANOTHER = {"parties_debtor", "parties_contact", "eventlog_seal", "insolvency_estate"}
OF_THE_COMPANY = ("placement", "item")  # made by somebody who is not limited


def test_every_table_that_clients_see_knows_divisions(db: None) -> None:
    open_to_all = {name for name, (divided, _) in shown_to_clients().items() if not divided}
    assert open_to_all - OF_ALL - BY_ANOTHER == set()


@pytest.fixture
def world(house) -> World:
    return populate(house, 0, "kiel")


def browsing(world: World, who: str) -> Browser:
    browser = Browser()
    browser.force_login(world.people[who])
    just_signed_in(browser)
    return browser


def test_north_gets_to_its_own_and_south_to_none_of_it(world: World) -> None:
    """All objects of the world are in North."""
    wrong = []
    for role in sorted(LIMITED_ROLES):
        north, south = browsing(world, f"north {role}"), browsing(world, f"south {role}")
        for name, row in MATRIX.items():
            if not name.startswith("client:") or row.needs in (*NO_OBJECT, *PUBLIC_LINKS):
                continue
            objects = world.objects[row.needs]
            found = ask(north, row, address(name, objects))
            mine = role in row.who and row.needs not in OF_THE_COMPANY
            if found >= 500 or (found == 404) == mine:
                wrong.append(f"north {role} {name}: {found}")
            if not row.needs:
                continue
            nothing = {k: UNKNOWN.get(k, v) for k, v in objects.items()}
            if answered(south, row, address(name, objects)) != answered(
                south, row, address(name, nothing)
            ):
                wrong.append(f"south {role} {name}: not as unknown")
    away()
    assert not wrong, "\n".join(wrong)


def test_no_page_names_a_case_of_another_division(house, world: World) -> None:
    """Lists, search, overview, figures, money, messages, tasks, exports and reports: each of them."""
    number = str(world.objects["case"]["number"])
    debtor = Case.objects.get(number=number).debtor.name
    pages = [address(n, world.objects[r.needs]) for n, r in MATRIX.items()
             if n.startswith("client:") and r.method == "GET" and r.needs in ("", "table_kind", "report", "report_row")]  # fmt: skip
    pages += [
        "/client/cases/?show=all",
        f"/client/cases/?q={number}",
        "/client/cases/?show=disputed",
    ]
    pages += [
        f"/client/reports/{name}/"
        for name in ("placement", "division", "funnel", "contacts", "forecast")
    ]
    told, seen = [], 0
    for role in sorted(LIMITED_ROLES):
        south, north = browsing(world, f"south {role}"), browsing(world, f"north {role}")
        for page in pages:
            content = read(south, page)
            named = (
                number.encode() in content and "?q=" not in page
            )  # what was typed is shown again
            if named or debtor.encode() in content or b"900.00" in content:
                told.append(f"{role} {page}")
            seen += number.encode() in read(north, page)
    away()
    assert not told
    assert seen > 10, "the pages would name it if they could"


def read(browser: Browser, url: str) -> bytes:
    response = browser.get(url)
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_the_database_itself_refuses_another_division(house, world: World) -> None:
    case = Case.objects.get(number=world.objects["case"]["number"])
    member = Member.objects.get(user=world.people[f"south {Role.CLIENT_SUBMITTER}"])
    with scope(house.id):
        apply(
            {
                "agency_id": str(house.id),
                "client_id": str(case.client_id),
                **limited_to(member.divisions),
            }
        )
        assert not Case.objects.filter(id=case.id).update(client_reference="mine")
        assert not Event.objects.filter(case_id=case.id).exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            Case.objects.create(
                agency_id=house.id, client_id=case.client_id, debtor_id=case.debtor_id, number="R-1", reference="x",
                currency="EUR", jurisdiction="SE", agreement_id=case.agreement_id, submission_key="s",
                submitted_at=AT, division_id=case.division_id,
            )  # fmt: skip
        with scope(house.id):  # as a journey of the house does
            assert Case.objects.filter(id=case.id).exists()
            with scope(house.id, client=case.client_id):
                assert not Case.objects.filter(id=case.id).exists()
        assert not Case.objects.filter(id=case.id).exists()


def test_a_member_is_limited_to_divisions_of_its_own_client_only(
    house, world: World, stranger
) -> None:
    member = Member.objects.get(user=world.people[f"south {Role.CLIENT_SUBMITTER}"])
    other = populate(house, 1, "leeds")
    with pytest.raises(DatabaseError), transaction.atomic():
        Member.objects.filter(id=member.id).update(divisions=[other.objects["division"]["id"]])


def test_digest_and_event_stream_are_narrowed(house, world: World) -> None:
    case = Case.objects.get(number=world.objects["case"]["number"])
    event = {"agency": str(house.id), "client": str(case.client_id), "case": str(case.id), "audience": "client",
             "division": str(case.division_id), "kind": "CaseAccepted"}  # fmt: skip
    for name, hears in (("north", True), ("south", False)):
        with scope(house.id):
            member = Member.objects.select_related("user").get(
                user=world.people[f"{name} {Role.CLIENT_SUBMITTER}"]
            )
            notice = notice_of(member, at=AT)
            notice.told_upto = "00000000-0000-0000-0000-000000000000"
            with as_reader(member):
                found = news(house.agency, member, notice, "ffffffff-ffff-ffff-ffff-ffffffffffff")
        assert bool(found) is hears
        mark = member.user.get_session_auth_hash()
        reader = staff_or_client(str(member.user_id), mark, "")
        assert reader is not None and reader.may_know(event) is hears
        assert (staff_or_client(str(member.user_id), mark, case.number) is not None) is hears
    away()


def away() -> None:
    apply({"agency_id": "", "client_id": "", "case_id": "", "user_id": ""})
