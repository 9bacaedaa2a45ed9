"""What a client reports: paid to it, credited, or no longer open in its books."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from recoup.cases.models import ClaimLine
from recoup.cases.tests.cast import at_work, line, sign_up
from recoup.payments.models import Allocation
from recoup.payments.tests.cast import trust_account
from recoup.web.client.tests.test_plan import as_


@pytest.fixture
def standing(house):
    trust_account(house.agency)
    return sign_up(house)


@pytest.fixture
def case(standing):
    return at_work(standing, lines=[line("RE-1", "1000.00"), line("RE-2", "500.00")])


def page(case):
    return f"/client/cases/{case.number}/report/"


def test_a_payment_to_the_client_is_reported_once(standing, case):
    browser, said = as_(standing), {"act": "paid", "amount": "400.00", "on": "2026-11-10"}
    assert browser.get(page(case)).status_code == 200
    assert browser.post(page(case), said).status_code == 302
    assert browser.post(page(case), said).status_code == 422
    row = Allocation.objects.get()
    assert (row.direct, row.amount, row.received_on.isoformat()) == (True, 400, "2026-11-10")


def test_a_credit_note_from_the_beginning_and_from_a_day(standing, case):
    browser, invoice = as_(standing), case.lines.get(ref="RE-1")
    said = {
        "act": "credit",
        "line": invoice.id,
        "ref": "CN-1",
        "amount": "100.00",
        "since": "start",
        "on": "",
        "because": "price",
    }
    assert browser.post(page(case), said).status_code == 302
    later = said | {"ref": "CN-2", "since": "day", "on": "2026-10-10"}
    assert browser.post(page(case), later).status_code == 302
    first, second = ClaimLine.objects.filter(kind="credit_note").order_by("ref")
    assert (first.due_on, second.due_on.isoformat()) == (invoice.due_on, "2026-10-10")
    assert first.credits_id == second.credits_id == invoice.id


@pytest.mark.parametrize(
    "bad",
    [{"act": "paid", "amount": "1e3", "on": "2026-11-10"}, {"act": "paid", "amount": "10", "on": "10.11.2026"},
     {"act": "paid", "amount": "-1", "on": "2026-11-10"}, {"act": "paid", "amount": "99999.00", "on": "2026-11-10"},
     {"act": "paid", "amount": "10", "on": "2199-01-01"},
     {"act": "credit", "ref": "CN", "amount": "1000.01", "since": "start", "because": "x"},
     {"act": "credit", "ref": "CN", "amount": "10", "since": "day", "because": "x"}],
)  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_is_kept(standing, case, bad):
    if bad["act"] == "credit":
        bad = bad | {"line": case.lines.get(ref="RE-1").id}
    assert as_(standing).post(page(case), bad).status_code == 422
    assert (
        not Allocation.objects.exists()
        and not ClaimLine.objects.filter(kind="credit_note").exists()
    )


def upload(browser, text, name="open.csv"):
    return browser.post("/client/open-items/", {"file": SimpleUploadedFile(name, text.encode())})


def test_what_is_no_longer_open_is_proposed_and_confirmed_by_a_person(standing, case):
    browser = as_(standing)
    found = upload(
        browser, "Invoice;Open;Paid on\nRE-1;600,00;2026-11-12\nRE-2;500,00;\nX-9;1,00;\n"
    ).context["found"]
    assert [(one.ref, one.amount.amount, str(one.paid_on)) for one in found.proposed] == [
        ("RE-1", 400, "2026-11-12")
    ]
    assert (found.agree, found.unknown) == (1, 1)
    assert not Allocation.objects.exists(), "only proposed"
    item = f"{case.number}|400.00"
    assert (
        browser.post("/client/open-items/", {"item": item, f"on-{item}": "2026-11-12"}).status_code
        == 302
    )
    assert Allocation.objects.get().amount == 400
    browser.post("/client/open-items/", {"item": item, f"on-{item}": "2026-11-12"})
    assert Allocation.objects.count() == 1, "the same again is refused"


def test_not_listed_means_nothing_open_and_more_than_ours_is_said(standing, case):
    found = upload(as_(standing), "RE-2,501.00\n").context["found"]
    assert [(one.ref, one.listed, one.amount.amount) for one in found.proposed] == [
        ("RE-1", False, 1000)
    ]
    assert found.higher == ("RE-2",)


@pytest.mark.parametrize("text", ["Invoice;Open\nRE-1;abc\n", "Invoice;Open\nRE-1;1\nRE-1;2\n", ""])
def test_a_list_that_cannot_be_read_is_refused_whole(standing, case, text):
    assert upload(as_(standing), text).status_code == 422


def test_another_clients_case_cannot_be_reported_on(house, standing, case):
    other = sign_up(house, "Annan AB", "5560160680")
    item = f"{case.number}|400.00"
    as_(other).post("/client/open-items/", {"item": item, f"on-{item}": "2026-11-12"})
    assert as_(other).get(page(case)).status_code == 404
    assert not Allocation.objects.exists()
    assert Decimal(0) == sum(a.amount for a in Allocation.objects.all())
