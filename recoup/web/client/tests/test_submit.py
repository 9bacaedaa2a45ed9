"""The wizard through the browser's eyes: drop, look, confirm; every hostile row of the street."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from recoup.cases.models import Case
from recoup.files.models import Document
from recoup.intake.einvoice.tests.samples import cii, pdf, term, ubl
from recoup.journeys.tests.cast import nordlicht
from recoup.parties.models import Debtor
from recoup.web.client.tests.test_pages import logged_in, text

KEY = "00000000-0000-4000-8000-00000000000a"


@pytest.fixture
def standing(house):
    return nordlicht(house)


@pytest.fixture
def browser(standing):
    return logged_in(standing.member.user)


def drop(browser, *files):
    data = {"invoices": [SimpleUploadedFile(name, content) for name, content in files]}
    return browser.post(reverse("client:submit"), data)


def filled(document="", **more):
    """What the browser posts from the form as filled by the sample invoice."""
    return {
        "name": "Kaufhaus Müller GmbH", "country": "DE", "postcode": "50667", "city": "Köln", "currency": "EUR",
        "business": "on", "line-TOTAL_FORMS": "2", "line-INITIAL_FORMS": "1", "line-0-kind": "invoice",
        "line-0-ref": "R-1001", "line-0-issued_on": "2026-03-02", "line-0-due_on": "2026-04-01",
        "line-0-amount": "1190.00", "line-0-document": document, "line-0-must_confirm": "False",
        "line-1-kind": "invoice", "line-1-ref": "", "line-1-amount": "",
    } | more  # fmt: skip


def opened(browser, url):
    """The mark that the form carries, "" where there is none."""
    found = re.search(r'name="opened" value="([^"]+)"', browser.get(url).content.decode())
    return found[1] if found else ""


def send(browser, key=KEY, document="", **more):
    url = reverse("client:claim", args=[key]) + (f"?d={document}" if document else "")
    return browser.post(url, filled(document, opened=opened(browser, url), **more))


def test_a_dropped_invoice_fills_the_form_and_becomes_a_case(browser):
    response = drop(browser, ("faktura.pdf", pdf({"factur-x.xml": ubl()})))
    assert response.status_code == 302
    page = browser.get(response.url)
    shown = page.content.decode()
    for value in ("Kaufhaus Müller GmbH", "R-1001", "1190.00", "2026-04-01", "50667"):
        assert f'value="{value}"' in shown, value
    document = str(Document.objects.get(kind="upload").id)
    response = browser.post(response.url, filled(document))
    case = Case.objects.get()
    assert response.url == reverse("client:case", args=[case.number])
    assert "is submitted. We have sent you a confirmation" in text(browser.get(response.url))
    assert case.lines.get().document.name == "faktura.pdf"


def test_double_click_back_and_reload_make_one_case(browser):
    first, second = send(browser), send(browser)
    assert first.url == second.url and Case.objects.count() == 1
    assert "This submission was already saved: it is case R-2026-000001." in text(
        browser.get(second.url)
    )
    assert browser.get(reverse("client:claim", args=[KEY])).url == first.url


def test_the_same_invoice_from_another_window_names_its_case(browser):
    send(browser)
    response = send(browser, key=KEY[:-1] + "b")
    assert response.status_code == 422
    assert "Invoice R-1001 against Kaufhaus Müller GmbH is already in case R-2026-000001." in text(
        response
    )


def test_a_due_day_from_words_waits_for_the_tick(browser):
    response = drop(browser, ("a.xml", cii(terms=[term("", "Zahlbar bis 15.04.2026")])))
    assert "The due date is right" in text(browser.get(response.url))
    more = {"line-0-must_confirm": "True"}
    refused = send(browser, **more)
    assert "please check and confirm it" in text(refused) and not Case.objects.exists()
    assert send(browser, **more, **{"line-0-confirm_due": "on"}).status_code == 302


@pytest.mark.parametrize(("change", "sentence"), [
    ({"business": ""}, "companies only"),
    ({"name": "Anna Svensson"}, "seems to be a private person"),
    ({"currency": "KWD"}, "There is no price in KWD yet"),
    ({"vat_number": "DE123456789"}, "is not a valid number"),
    ({"line-0-amount": "1e9"}, "is not a plain amount"),
    ({"line-0-amount": "1,190"}, "is not a plain amount"),
    ({"line-0-amount": "10.001"}, "more decimals than EUR"),
    ({"line-0-amount": "0"}, "is not an amount to claim"),
    ({"line-0-due_on": "01/04/2026"}, "is not a day written as"),
    ({"line-0-due_on": "2026-02-30"}, "there is no day"),
    ({"line-0-ref": ""}, "required"),
    ({"line-0-document": "00000000-0000-4000-8000-000000000009"}, "please upload it again"),
    ({"line-TOTAL_FORMS": "0"}, "at least 1 form"),
])  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_done(browser, change, sentence):
    response = send(browser, **change)
    assert response.status_code == 422
    assert sentence.replace(" ", "") in text(response).replace(" ", ""), text(response)
    assert (
        not Case.objects.exists()
        and not Debtor.objects.filter(name__startswith="Kaufhaus").exists()
    )


def test_a_decimal_comma_is_understood(browser):
    send(browser, **{"line-0-amount": "1190,50"})
    assert str(Case.objects.get().lines.get().amount) == "1190.5000"


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("broken.pdf", b"%PDF-1.7\nnonsense\n%%EOF\n", "broken.pdf"),
    ("doctype.xml", b'<?xml version="1.0"?><!DOCTYPE x><x/>', "document type declaration"),
    ("zip.pdf", b"PK\x03\x04" + b"0" * 50, "ZIP archive"),
])  # fmt: skip
def test_a_hostile_file_is_refused_on_the_page(browser, name, content, sentence):
    response = drop(browser, (name, content))
    assert response.status_code == 422
    assert sentence in text(response) and not Document.objects.filter(kind="upload").exists()


def test_a_scan_is_kept_and_the_fields_are_asked(browser):
    response = drop(browser, ("scan.pdf", pdf()))
    shown = text(browser.get(response.url))
    assert "scan.pdf" in shown and "It is kept as a document; please fill in the form." in shown


def test_no_file_at_all_is_said(browser):
    assert "Choose at least one file." in text(browser.post(reverse("client:submit"), {}))


def test_another_creditor_and_another_currency_are_said(browser, standing):
    content = (
        ubl(currency="KWD")
        .replace(b"Nordlicht AB", b"Fremd GmbH")
        .replace(b"5560360793", b"1")
        .replace(b"SE556036079301", b"")
    )
    shown = text(browser.get(drop(browser, ("a.xml", content)).url))
    assert "issued by Fremd GmbH, not by Nordlicht AB" in shown
    assert "The invoice is in KWD; your rate card has prices in" in shown


def test_files_of_another_client_are_not_there(browser, standing):
    from recoup.cases.tests.cast import sign_up

    other = sign_up(standing.house)
    their_url = drop(logged_in(other.member.user), ("a.xml", ubl())).url
    theirs = Document.objects.get(kind="upload").id
    assert 'value="R-1001"' not in browser.get(their_url).content.decode(), "nor is their draft"
    response = browser.get(reverse("client:claim", args=[KEY]) + f"?d={theirs}")
    assert response.status_code == 404 and "please upload it again" in text(response)


def test_without_an_agreement_the_page_says_so(browser, standing):
    type(standing.agreement).objects.filter(id=standing.agreement.id).update(countersigned_at=None)
    assert "There is no signed agreement yet." in text(browser.get(reverse("client:submit")))


@pytest.mark.parametrize("language", ["sv", "de", "zh-hant"])
def test_the_form_is_filled_in_every_language(browser, language):
    browser.cookies["django_language"] = language
    shown = browser.get(drop(browser, ("a.xml", ubl())).url).content.decode()
    assert (
        'value="2026-04-01"' in shown
        and 'value="2026-03-02"' in shown
        and 'value="1190.00"' in shown
    )
