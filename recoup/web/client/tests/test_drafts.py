"""A submission saves itself: closing the tab loses nothing, several files at once, steps in their order."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from recoup.cases.models import Case
from recoup.eventlog.models import Event
from recoup.files.models import Document
from recoup.intake.einvoice.document import read_here
from recoup.intake.einvoice.reading import Due, Preceding
from recoup.intake.einvoice.tests.samples import cii, pdf, ubl
from recoup.intake.models import Draft
from recoup.intake.proposal import ClientFacts, Source, parted, propose
from recoup.journeys.tests.cast import nordlicht
from recoup.parties.models import Contact
from recoup.tenancy.context import scope
from recoup.web.client.tests.test_pages import logged_in, text
from recoup.web.client.tests.test_submit import KEY, drop, filled, opened, send

URL = "/client/submit/"


@pytest.fixture
def standing(house):
    return nordlicht(house)


@pytest.fixture
def browser(standing):
    return logged_in(standing.member.user)


def save(browser, url, **more):
    return browser.post(url, filled(do="save", opened=opened(browser, url), **more))


def test_what_was_typed_is_there_again_on_another_day_and_gone_when_submitted(browser):
    url = reverse("client:claim", args=[KEY])
    more = {"so_far": "Reminded twice", "contact-0-name": "Frau Voss", "contact-0-phone": "+49 30 1",
            "contact-TOTAL_FORMS": "1", "contact-INITIAL_FORMS": "0", "line-0-amount": "11"}  # fmt: skip
    assert save(browser, url, **more).url == URL
    assert "Kaufhaus Müller GmbH" in text(browser.get(URL))
    page = browser.get(url).content.decode()
    for said in ("Reminded twice", 'value="Frau Voss"', 'value="11"', 'value="R-1001"'):
        assert said in page, said
    assert not Case.objects.exists()
    send(browser, **more | {"line-0-amount": "11.50"})
    assert Case.objects.count() == 1 and "Drafts" not in text(browser.get(URL))


def test_the_page_saves_by_itself_and_an_older_tab_overwrites_nothing(browser):
    url = drop(browser, ("a.xml", ubl())).url
    version = re.search(r'name="version" value="(\d+)"', browser.get(url).content.decode())[1]
    form = filled(do="save", version=version)
    answer = browser.post(url, form | {"city": "Bonn"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and 'name="version" value="2"' in answer.content.decode()
    late = browser.post(url, form | {"city": "Ulm"}, headers={"HX-Request": "true"})
    assert late.status_code == 409 and "newer version" in text(late)
    assert Draft.objects.get().content["form"]["city"] == "Bonn"
    assert Draft.objects.get().content["documents"], "the files stay with it"


def test_pf09_a_step_out_of_order_or_finished_is_refused(browser):
    url = reverse("client:claim", args=[KEY])
    assert browser.post(url, filled()).status_code == 409, "never opened"
    assert browser.post(url, filled(opened="forged")).status_code == 409
    other = reverse("client:claim", args=[KEY[:-1] + "b"])
    assert browser.post(url, filled(opened=opened(browser, other))).status_code == 409
    assert not Case.objects.exists() and not Draft.objects.exists()
    save(browser, url)
    browser.post(url, {"do": "discard"})
    assert browser.post(url, filled(do="save")).status_code == 409
    assert browser.post(url, filled()).status_code == 409 and not Case.objects.exists()
    assert browser.get(url).status_code == 404


def test_pf01_a_finished_step_sent_again_has_one_effect(browser):
    url = drop(browser, ("a.xml", ubl())).url
    form = filled(document=str(Document.objects.get(kind="upload").id))
    first, second = browser.post(url, form), browser.post(url, form)
    assert first.url == second.url and Case.objects.count() == 1
    assert browser.post(url, form | {"do": "save"}).status_code == 409


def test_a_draft_is_its_clients_only(browser, standing):
    from recoup.cases.tests.cast import sign_up

    other = logged_in(sign_up(standing.house).member.user)
    url = drop(browser, ("a.xml", ubl())).url
    assert "R-1001" not in other.get(url).content.decode()
    assert other.post(url, {"do": "discard"}).status_code == 409
    with scope(standing.house.id):
        assert Draft.objects.get().ended_at is None


def test_pf13_of_two_hundred_files_three_bad_ones_are_listed_and_the_others_kept(browser):
    files = [(f"f{n}.xml", ubl().replace(b"R-1001", f"R-{n}".encode())) for n in range(197)]
    bad = [
        ("bad1.xml", b"<a>"),
        ("bad2.pdf", b"PK\x03\x04" + b"0" * 9),
        ("bad3.pdf", b"%PDF-1.7\nx\n%%EOF\n"),
    ]
    response = drop(browser, *files[:100], *bad, *files[100:])
    assert Document.objects.filter(kind="upload").count() == 197
    shown = text(browser.get(response.url))
    assert all(name in shown for name, _ in bad) and shown.count("It was not kept.") == 3
    assert len(Draft.objects.get().content["documents"]) == 197


def test_files_of_several_debtors_become_a_draft_each(browser):
    other = (
        ubl()
        .replace("Kaufhaus Müller GmbH".encode(), b"Hanse Handel AG")
        .replace(b"R-1001", b"R-2")
    )
    response = drop(browser, ("a.xml", ubl()), ("b.xml", other), ("scan.pdf", pdf()))
    assert response.url == URL and Draft.objects.count() == 3
    shown = text(browser.get(URL))
    assert "Hanse Handel AG" in shown and "scan.pdf" in shown and "3 drafts" in shown


def test_people_clauses_and_what_was_done_travel_into_the_case(browser):
    send(browser, **{
        "role": "Accounts payable", "contact": "Herr Adam", "email": "adam@kaufhaus.example", "language": "de",
        "contact-TOTAL_FORMS": "1", "contact-INITIAL_FORMS": "0", "contact-0-name": "Frau Voss", "contact-0-role": "CFO",
        "contact-0-phone": "+49 30 123456", "contact-0-language": "en", "known_dispute": "on",
        "dispute": "Two pallets were damaged.", "so_far": "Reminded on 2 May.", "clauses": "Courts of Hamburg.",
        "interest_kind": "fixed", "interest_rate": "9,5", "jurisdiction": "DE",
    })  # fmt: skip
    case = Case.objects.get()
    assert case.interest == {"kind": "fixed", "rate": "9.5", "compounding": "simple"}
    assert case.known_dispute and case.jurisdiction == "DE"
    people = {
        (c.name, c.role, c.language)
        for c in Contact.objects.filter(debtor=case.debtor).exclude(name="")
    }
    assert people == {("Herr Adam", "Accounts payable", "de"), ("Frau Voss", "CFO", "en")}
    words = Event.objects.get(kind="CaseBackground").data["words"]
    assert all(w in words for w in ("Two pallets", "Reminded", "Courts of Hamburg"))


@pytest.mark.parametrize(("change", "sentence"), [
    ({"interest_kind": "fixed", "interest_rate": "a lot"}, "Write the percentage as a number"),
    ({"contact-TOTAL_FORMS": "1", "contact-INITIAL_FORMS": "0", "contact-0-name": "Frau Voss"}, "an e-mail address or a telephone"),
])  # fmt: skip
def test_what_is_wrong_beside_the_claim_is_said(browser, change, sentence):
    response = send(browser, **change)
    assert response.status_code == 422 and sentence in text(response) and not Case.objects.exists()


# Rules, without a database ----------------------------------------------------------------------------

US = ClientFacts("Nordlicht AB", "5560360793", "SE556036079301", ("EUR",))


def reading(content=None, **more):
    return replace(read_here(content or ubl(), file="a.xml"), **more)


def test_a_credit_note_goes_with_the_invoice_it_names():
    invoice = Source("a.xml", None, reading())
    note = Source("g.xml", None, reading(
        type_code="381", number="G-1", preceding=(Preceding("R-1001"),),
        buyer=replace(reading().buyer, name="KM Verwaltung", vat=None, legal_id=None),
    ))  # fmt: skip
    other = Source(
        "h.xml",
        None,
        reading(
            number="H-1", buyer=replace(reading().buyer, name="Hanse AG", vat=None, legal_id=None)
        ),
    )
    groups = parted([note, other, invoice])
    assert [[s.file for s in g] for g in groups] == [["h.xml"], ["a.xml", "g.xml"]]
    found = propose(groups[1], US)
    assert [(x.kind, x.ref, x.credits) for x in found.lines] == [
        ("invoice", "R-1001", ""),
        ("credit_note", "G-1", "R-1001"),
    ]


def test_an_invoice_payable_in_parts_is_a_line_for_each_day():
    days = (
        Due(date(2026, 4, 1), amount=Decimal("500.00")),
        Due(date(2026, 5, 1), amount=Decimal("690.00")),
    )
    lines = propose([Source("a.xml", None, reading(due_dates=days))], US).lines
    assert [(x.ref, str(x.due_on), str(x.amount)) for x in lines] == [
        ("R-1001 (1/2)", "2026-04-01", "500.00"), ("R-1001 (2/2)", "2026-05-01", "690.00"),
    ]  # fmt: skip
    unequal = (days[0], Due(date(2026, 5, 1), amount=Decimal("1.00")))
    assert len(propose([Source("a.xml", None, reading(due_dates=unequal))], US).lines) == 1


def test_many_scans_are_not_one_case():
    scans = [Source(f"{n}.pdf", None) for n in range(8)]
    assert [len(g) for g in parted(scans)] == [1] * 8 and [len(g) for g in parted(scans[:3])] == [3]
    assert [len(g) for g in parted([*scans, Source("a.xml", None, reading(cii()))])] == [9]
