"""The pages of Money: empty and full, for finance only, with a constant number of queries."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recoup.kernel.actor import SYSTEM
from recoup.payments.bankfiles.tests.samples import entry
from recoup.payments.models import Allocation, BankFile, BankLine, Remittance, Suggestion
from recoup.payments.operations import take_bank_file
from recoup.payments.tests.cast import AT, case_of, trust_account
from recoup.payments.tests.test_bank_file import file_of, paid
from tests.cast import just_signed_in

PAGES = ["home", "lines", "remittances", "accounts", "books"]


@pytest.fixture
def trust(house):
    return trust_account(house.agency)


def logged_in(house, role="finance_officer"):
    browser = Browser()
    browser.force_login(house.members[role].user)
    return just_signed_in(browser)


def url(name, *args):
    return reverse(f"desk:money:{name}", args=args)


def take(house, *lines, closing, opening="0.00", id="S-1"):
    content = file_of(*lines, closing=closing, opening=opening, id=id)
    return take_bank_file(agency=house.id, content=content, name="a.xml", by=SYSTEM, at=AT)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["en", "sv", "de", "zh-hant", "zh-hans"])
def test_each_page_has_an_empty_state(house, name, language):
    browser = logged_in(house)
    browser.cookies["django_language"] = language
    assert browser.get(url(name)).status_code == 200


@pytest.mark.parametrize("role", ["collector", "account_manager", "legal_officer", "field_agent"])
@pytest.mark.parametrize("name", PAGES)
def test_money_is_for_finance(house, name, role):
    assert logged_in(house, role).get(url(name)).status_code == 404


def test_what_another_agency_has_does_not_exist(house, stranger, trust):
    file = take(house, paid("10.00"), closing="10.00").file
    line = BankLine.objects.get()
    browser = logged_in(stranger)
    for address in (url("file", file.id), url("line", line.id)):
        assert browser.get(address).status_code == 404
    assert browser.post(url("own", line.id), {}).status_code == 404


def upload(browser, content, name="a.xml"):
    from recoup.kernel.ids import new_id

    file = SimpleUploadedFile(name, content, "application/xml")
    return browser.post(url("home"), {"file": file, "key": str(new_id())}, follow=True)


def test_a_dropped_file_is_taken_and_shown(house, trust):
    case = case_of(house.agency)
    answer = upload(
        logged_in(house), file_of(paid("100.00", case), paid("5.00", ref="B-2"), closing="105.00")
    )
    assert answer.status_code == 200 and b"Given to cases" in answer.content
    assert Allocation.objects.get().case_id == case.id
    again = upload(
        logged_in(house),
        file_of(paid("100.00", case), paid("5.00", ref="B-2"), closing="105.00"),
        "b.xml",
    )
    assert b"taken before" in again.content and BankFile.objects.count() == 1


@pytest.mark.parametrize(("content", "said"), [
    (b"", b"is empty"), (b"hello", b"bank file"), (b"<!DOCTYPE a><a/>", b"document type declaration"),
    (file_of(entry("1.00"), closing="1.00", account="DE02120300000000202051"), b"not one of our trust accounts"),
])  # fmt: skip
def test_a_bad_file_is_refused_with_one_sentence(house, trust, content, said):
    answer = upload(logged_in(house), content)
    assert answer.status_code == 422 and said in answer.content and not BankFile.objects.exists()


def test_a_suggestion_is_accepted_or_put_aside(house, trust):
    case = case_of(house.agency, "777.70", ref="INV-00815")
    other = case_of(house.agency, "888.80", ref="INV-00816")
    take(
        house,
        paid("777.70", ustrd=["INV-00815"]),
        paid("888.80", ustrd=["INV-00816"], ref="B-2"),
        closing="1666.50",
    )
    browser = logged_in(house)
    page = browser.get(url("lines"))
    assert b"autofocus" in page.content and b"Accept" in page.content
    answer = browser.post(url("accept", Suggestion.objects.get(case=case).id), follow=True)
    assert answer.status_code == 200 and Allocation.objects.get().case_id == case.id
    browser.post(url("dismiss", Suggestion.objects.get(case=other).id))
    assert not Suggestion.objects.filter(decided_at__isnull=True).exists()


def test_a_line_is_given_by_hand_and_undone(house, trust):
    from recoup.kernel.ids import new_id

    case = case_of(house.agency)
    take(house, paid("100.00"), closing="100.00")
    line, browser = BankLine.objects.get(), logged_in(house)
    form = {
        "give-key": str(new_id()),
        "give-case": case.number,
        "give-amount": "120.00",
        "give-because": "phone",
    }
    answer = browser.post(url("allocate", line.id), form)
    assert answer.status_code == 422 and b"Only 100.00" in answer.content
    browser.post(url("allocate", line.id), form | {"give-amount": "100.00"})
    row = Allocation.objects.get()
    assert row.amount == Decimal(100)
    page = browser.get(url("line", line.id))
    assert b"How the payment was split" in page.content and b"0.00" in page.content
    browser.post(url("undo", row.id), {"undo-key": str(new_id()), "undo-because": "wrong"})
    assert Allocation.objects.count() == 2


def test_clients_are_paid_from_the_page_once(house, trust):
    from recoup.kernel.ids import new_id

    case = case_of(house.agency)
    take(house, paid("500.00", case), closing="500.00")
    browser = logged_in(house)
    assert case.client.name.encode() in browser.get(url("remittances")).content
    for _ in range(2):
        browser.post(url("remittances"), {"on": "2026-11-20", "key": str(new_id())})
    row = Remittance.objects.get()
    page = browser.get(url("remittances"))
    assert row.number.encode() in page.content and b"Payment file" in page.content
    payout = row.payout
    logged_in(house, "supervisor").post(
        url("approve", payout.id), {"sha256": payout.document.sha256}
    )
    assert browser.get(reverse("desk:document", args=[payout.document_id])).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_a_page_takes_as_many_queries_for_many_as_for_few(house, trust, name):
    browser = logged_in(house)

    def count():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert browser.get(url(name)).status_code == 200
        return len(found)

    balance = Decimal(0)

    def more(number, how_many):
        nonlocal balance
        lines = []
        for n in range(how_many):
            case = case_of(house.agency, "777.70", ref=f"INV-9{number}{n}")
            lines += [
                paid("300.00", case, ref=f"M-{number}-{n}"),
                paid("777.70", ustrd=[f"INV-9{number}{n}"], ref=f"S-{number}-{n}"),
            ]
        closing = balance + how_many * Decimal("1077.70")
        take(house, *lines, opening=str(balance), closing=str(closing), id=f"S-{number}")
        balance = closing

    more(1, 2)
    few = count()
    more(2, 4)
    assert count() == few
