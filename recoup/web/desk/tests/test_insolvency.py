"""The pages of insolvency: a likeness is decided, a claim written, filed, admitted and paid, all on the page."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from recoup.cases.models import Case
from recoup.insolvency.models import Estate, Match, ProofOfClaim
from recoup.journeys.insolvency.take import take_notices
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.payments.tests.cast import trust_account
from recoup.tenancy.context import scope
from recoup.web.desk.tests.cast import AT, TODAY, add_debtor, at_work, line, logged_in, sign_up

pytestmark = pytest.mark.django_db


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def standing(house):
    trust_account(house.agency)
    return sign_up(house)


@pytest.fixture
def officer(house):
    return logged_in(house, "legal_officer")


def notice(house, name, number="", n=1):
    content = f"company;number;country;kind;event_on\n{name};{number};DE;Insolvency;{TODAY - timedelta(days=n)}\n"
    return take_notices(agency=house.agency, content=content.encode(), name="n.csv", by=SYSTEM, at=AT)  # fmt: skip


def press(officer, name, args, prefix, **said):
    data = {f"{prefix}-{field}": value for field, value in said.items()} | {f"{prefix}-key": str(new_id())}  # fmt: skip
    return officer.post(reverse(f"desk:{name}", args=args), data, follow=True)


def test_a_likeness_is_decided_on_the_page_with_a_reason(house, standing, officer):
    at_work(standing, debtor=add_debtor(house, "Werft am Kai GmbH", ""))
    notice(house, "Werft am Kai GmbH")
    shown = text(officer.get(reverse("desk:insolvency")))
    assert "Werft am Kai GmbH" in shown and "contact rests" in shown
    with scope(house.id):
        match = Match.objects.get()
    press(officer, "match", [match.id], "match", is_it="no", because="")
    with scope(house.id):
        assert Match.objects.get().state == "to_confirm", "without a reason nothing is decided"
    told = press(
        officer, "match", [match.id], "match", is_it="no", because="Another court, another town"
    )
    assert "contact with Werft am Kai GmbH goes on" in text(told)
    with scope(house.id):
        assert Match.objects.get().state == "rejected"


def test_who_says_yes_is_told_so_and_led_to_what_is_next(house, standing, officer):
    at_work(standing, debtor=add_debtor(house, "Werft am Kai GmbH", ""))
    notice(house, "Werft am Kai GmbH")
    with scope(house.id):
        match = Match.objects.get()
    told = press(officer, "match", [match.id], "match", is_it="yes", because="The same manager")
    with scope(house.id):
        number = Estate.objects.get().number
    assert told.redirect_chain[-1][0] == reverse("desk:estate", args=[number])
    assert "All contact with Werft am Kai GmbH has stopped" in text(told)


def test_a_claim_goes_its_way_on_the_estates_page(house, standing, officer):
    debtor = add_debtor(house, "Werft am Kai GmbH", "")
    with scope(house.id):
        type(debtor).objects.filter(id=debtor.id).update(registration_number="HRB 12345")
    case = at_work(standing, debtor=debtor, lines=[line("RE-7", "900.00")])
    notice(house, "Werft am Kai GmbH", "HRB12345")
    with scope(house.id):
        estate = Estate.objects.get()
    page = reverse("desk:estate", args=[estate.number])
    assert "Werft am Kai GmbH" in text(officer.get(page))
    officer.post(
        reverse("desk:proof_write", args=[estate.number, case.number]), {"key": str(new_id())}
    )
    with scope(house.id):
        proof = ProofOfClaim.objects.get()
        assert Case.objects.get(id=case.id).stage == "legal"
    today = timezone.now().date().isoformat()
    press(officer, "estate_day", [estate.number], "by", on=(timezone.now().date() + timedelta(days=30)).isoformat(), source="The order")  # fmt: skip
    wrong = press(officer, "proof_filed", [proof.id], "filed", on="", how="By hand")
    assert wrong.status_code == 422 and 'value="By hand"' in wrong.content.decode()
    wrong = press(
        officer, "estate_meeting", [estate.number], "meeting", on="", what="First meeting", place=""
    )
    assert 'value="First meeting"' in wrong.content.decode()
    told = press(officer, "proof_filed", [proof.id], "filed", on=today, how="By post")
    assert "Kept." in text(told)
    wrong = press(officer, "proof_admitted", [proof.id], "admit", amount="x", because="They say so")
    shown = wrong.content.decode()
    assert (
        "They say so" in shown
        and shown.count("<details open>") == 1
        and 'aria-invalid="true"' in shown
    )
    press(officer, "proof_admitted", [proof.id], "admit", amount="900.00", because="")
    press(
        officer, "dividend", [proof.id], "dividend", payment="", amount="90.00", on=today, last="on"
    )
    with scope(house.id):
        proof.refresh_from_db()
        assert (proof.state, proof.certificate.kind) == ("paid_out", "loss_certificate")
    shown = text(officer.get(page))
    assert "90.00" in shown and "dividends ended" in shown


def test_the_list_costs_the_same_however_much_is_on_it(house, standing, officer):
    def likeness(n):
        at_work(standing, key=f"k{n}", debtor=add_debtor(house, f"Werft {'abcdefgh'[n] * 6} GmbH", ""), lines=[line(f"R{n}", "9.00")])  # fmt: skip
        notice(house, f"Werft {'abcdefgh'[n] * 6} GmbH", n=n + 1)

    likeness(0)
    with CaptureQueriesContext(connection) as few:
        officer.get(reverse("desk:insolvency"))
    for n in range(1, 5):
        likeness(n)
    with CaptureQueriesContext(connection) as many:
        officer.get(reverse("desk:insolvency"))
    assert len(many) == len(few)


def test_a_stranger_finds_no_estate(house, standing, stranger):
    at_work(standing, debtor=add_debtor(house, "Werft am Kai GmbH", ""))
    notice(house, "Werft am Kai GmbH")
    other = logged_in(stranger, "legal_officer")
    assert "Werft am Kai" not in text(other.get(reverse("desk:insolvency")))
