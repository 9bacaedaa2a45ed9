"""The street: a company with an unpaid invoice gets its money, each person in a browser of their own.

A visitor asks for a price and becomes a client; the agency countersigns; an e-invoice becomes a case;
the debtor is written to, opens the link on a phone, pays in two parts; the client gets the money.
"""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from stdnum import luhn

from recoup.console.demo.papers import Bill, Paid, bill_between, invoice_pdf, statement
from recoup.console.demo.people import (
    CLIENTS,
    DEBTORS,
    PASSWORD,
    STAFF,
    TRUST_ACCOUNTS,
    Company,
)
from recoup.paper.seal import verify_seal
from recoup.payments.transfers import validate_pain001
from tests.browser.installation import Installation, text_of
from tests.browser.looking import LANGUAGES, Person

EMAIL = {role: email for role, _name, email, *_ in reversed(STAFF)}
OWN_PASSWORD = "four calm words by the sea"
BUYER = DEBTORS["kiel"]
TODAY = datetime.now(UTC).date()
BOTH = (1440, 390)
LINK = re.compile(r"https?://\S+?(/d/[\w/-]+)")
AMOUNT = re.compile(r"[0-9][0-9,\u00a0\u202f]*\.[0-9]{2}")
NO_INVOICE = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def newcomer(run: int) -> Company:
    """A company nobody knows yet, with valid numbers."""
    base = f"55999{run % 10_000:04}"
    number = base + luhn.calc_check_digit(base)
    account = f"8000{run % 10**16:016}"
    check = 98 - int(f"{account}281400") % 97
    return replace(
        CLIENTS[0], name="Öckerö Segel AB", number=number, vat=f"SE{number}01", person="Agnes Lund",
        email=f"agnes{run}@ockerosegel.example", iban=f"SE{check:02}{account}",
    )  # fmt: skip


@dataclass
class Street:
    """What the steps hand on to each other."""

    house: Installation
    meet: Callable[..., Person]
    seller: Company = field(
        default_factory=lambda: newcomer(int(datetime.now(UTC).timestamp()) % 9999)
    )
    number: str = ""
    reference: str = ""
    link: str = ""
    balance: Decimal = Decimal("0.00")

    def staff(self, role: str) -> Person:
        somebody = self.meet(role)
        somebody.sign_in(EMAIL[role], PASSWORD)
        return somebody


@pytest.fixture
def street(installation: Installation, person: Callable[..., Person]) -> Street:
    return Street(installation, person)


def test_a_company_gets_its_money(street: Street) -> None:
    client = street.meet("client")
    a_price_while_typing(client)
    registers_and_signs(street, client)

    manager = street.staff("account_manager")
    countersigns(street, manager)
    hands_over_an_invoice(street, client)
    accepted_while_the_client_watches(street, client, manager)

    the_day_writes(street)
    debtor = street.meet("debtor", width=390)
    opens_the_link(street, debtor)

    finance = street.staff("finance_officer")
    a_file_that_is_none(finance)
    pays(street, finance, Decimal("5000.00"))
    sees_the_part(street, client, debtor)
    pays(street, finance, to_pay(street, debtor))
    the_case_closes(street, client, debtor, manager)

    the_money_leaves(street, finance, street.staff("supervisor"))
    statement_and_invoice(client)
    assert street.house.recoup("prove")["holds"] is True


def a_price_while_typing(visitor: Person) -> None:
    visitor.go("/")
    visitor.look("home", widths=BOTH, languages=LANGUAGES)
    visitor.fill(creditor="SE", debtor="DE", currency="EUR", due=str(TODAY - timedelta(days=62)))
    visitor.page.locator('[name="amount"]').press_sequentially("8400")
    answer = visitor.page.locator("#answer")
    expect(answer.get_by_text("You pay")).to_be_visible()
    expect(answer).to_contain_text("40.00")  # the directive's compensation
    visitor.look("price", widths=BOTH, languages=LANGUAGES)
    visitor.press("Keep this price")
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("Q-")
    visitor.look("quote", widths=BOTH, languages=LANGUAGES)
    visitor.press("Start with this")


def registers_and_signs(street: Street, visitor: Person) -> None:
    me = street.seller
    visitor.look("register", widths=BOTH, languages=LANGUAGES)
    with visitor.refused():
        visitor.fill(name=me.name, registration_number="5599902374")
        visitor.press("Register and read the agreement")
    expect(visitor.page.locator("[data-error-summary]")).to_contain_text("check digit")
    visitor.look("register, refused", widths=BOTH)
    visitor.tick("business")
    visitor.fill(
        name=me.name, registration_number=me.number, vat_number=me.vat, street=me.address[0],
        postcode=me.postcode, city=me.city, payout_iban=me.iban, signatory=me.person, authority="director",
        email=me.email, phone=me.phone, password=OWN_PASSWORD, language="sv",
    )  # fmt: skip
    visitor.press("Register and read the agreement")
    visitor.look("agreement", widths=BOTH, languages=LANGUAGES)
    visitor.tick("authority", "terms", "power")
    visitor.fill(signatory=me.person)
    visitor.press("Sign both")
    expect(visitor.page.locator("main")).to_contain_text("has signed")
    visitor.look("agreement, signed", widths=BOTH)
    trust = (street.house.home / "secrets" / "seal" / "ca.crt").read_bytes()
    for label in ("Sealed agreement (PDF)", "Sealed power of attorney (PDF)"):
        paper = visitor.download(label)
        with ThreadPoolExecutor(1) as aside:  # Playwright's loop runs in this thread
            verdict = aside.submit(verify_seal, paper, trust=trust).result()
        assert verdict.ok, verdict.because


def countersigns(street: Street, manager: Person) -> None:
    manager.go("/desk/clients/")
    manager.look("clients")
    manager.press(street.seller.name)
    manager.look("client")
    manager.tick("know-register_seen", "know-owners_known", "know-authority_shown")
    manager.fill(**{"know-because": "The register's extract of today was seen."})
    manager.press("Clear this client")
    expect(manager.page.locator("#know")).to_contain_text("cleared")
    manager.press("Countersign")
    expect(manager.page.locator("main")).to_contain_text("Countersigned")
    signed, countersigned = street.house.await_mails(street.seller.email, 2)
    assert signed["Subject"] != countersigned["Subject"], "in Swedish, as asked"


def hands_over_an_invoice(street: Street, client: Person) -> None:
    client.go("/client/")
    client.look("dashboard, new", widths=BOTH)
    client.go("/client/submit/")
    client.look("submit", widths=BOTH)
    scan = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": NO_INVOICE}
    client.page.locator('[name="invoices"]').set_input_files(scan)
    client.page.wait_for_url("**/client/submit/*/**")
    expect(client.page.locator("main")).to_contain_text("scan.pdf")
    client.look("claim, by hand")

    client.go("/client/submit/")
    made = invoice_pdf(bill(street))
    paper = {"name": "VM-1001.pdf", "mimeType": "application/pdf", "buffer": made}
    client.page.locator('[name="invoices"]').set_input_files(paper)
    client.page.wait_for_url("**/client/submit/*/**")
    for name, value in (
        ("name", BUYER.name), ("line-0-ref", "VM-1001"), ("line-0-amount", "8400.00"), ("country", "DE"),
        ("vat_number", BUYER.vat), ("email", BUYER.email), ("currency", "EUR"),
    ):  # fmt: skip
        expect(client.page.locator(f'[name="{name}"]')).to_have_value(value)
    client.look("claim, read", widths=BOTH)
    with client.refused():
        client.press("Submit the case")
    assert "between companies only" in client.text()
    client.look("claim, refused")
    client.tick("business")
    client.press("Submit the case")
    client.page.wait_for_url("**/client/cases/**")
    street.number = client.page.url.rstrip("/").rpartition("/")[2]
    assert re.fullmatch(r"R-\d{4}-\d{6}", street.number)
    street.reference = re.sub(r"\s", "", re.search(r"RF\d\d[\w ]+", client.text())[0])
    street.house.await_mail(street.seller.email, street.number)


def bill(street: Street) -> Bill:
    return bill_between(
        street.seller, BUYER, number="VM-1001", amount=Decimal("8400.00"), currency="EUR",
        due_on=TODAY - timedelta(days=62), what="Mooring gear",
    )  # fmt: skip


def accepted_while_the_client_watches(street: Street, client: Person, manager: Person) -> None:
    client.look("case, submitted", widths=BOTH)
    client.page.evaluate("window.samePage = true")
    expect(client.page.locator('[data-live][data-state="on"]').first).to_be_attached()
    manager.go(reverse("desk:work_view", args=["review"]))
    manager.look("work, review")
    manager.press(BUYER.name)
    manager.look("review")
    manager.press("Accept and assign")
    expect(client.page.locator(".k-timeline")).to_contain_text("Case accepted", timeout=8_000)
    expect(client.page.locator(".k-timeline")).to_contain_text("Assigned to Sabine")
    assert client.page.evaluate("window.samePage"), "told without a reload"
    manager.look("case, accepted")
    street.house.await_mails(street.seller.email, 4)


def the_day_writes(street: Street) -> None:
    """As the worker's schedule does; on a day when the debtor may not be written to, the next one."""
    for later in range(8):
        report = street.house.recoup("day", "--on", str(TODAY + timedelta(days=later)))
        if report["letters"]:
            break
    # At least this case's; those of the newcomers before may be due on the day too.
    assert report["letters"] and report["emails"], report
    assert street.house.recoup("day", "--on", report["on"])["letters"] == 0
    letter = next((street.house.home / "letters").rglob("*.pdf"))
    assert letter.read_bytes().startswith(b"%PDF")
    mail = street.house.await_mail(BUYER.email, street.seller.name)
    assert [p.get_filename() for p in mail.iter_attachments()], "the letter is in it"
    street.link = LINK.search(text_of(mail))[1]


def opens_the_link(street: Street, debtor: Person) -> None:
    debtor.go(street.link)
    assert "8.400,00" in debtor.text(), "the language we write to this debtor in"
    debtor.speak("en")
    assert "8,400.00" in debtor.text()
    assert street.seller.name in debtor.text()
    debtor.look("debtor", widths=BOTH, languages=(*LANGUAGES, "de"))
    for label in ("Pay in parts", "Something is wrong", "Talk to us", "Pay"):
        debtor.page.get_by_role("link", name=re.compile(f"^{label}")).first.click()
        expect(debtor.page.get_by_role("heading", level=1)).to_contain_text(label)
        debtor.look(label.lower(), widths=BOTH, languages=LANGUAGES)
        if label == "Pay":
            assert street.reference in re.sub(r"\s", "", debtor.text())
        debtor.page.go_back()


def a_file_that_is_none(finance: Person) -> None:
    finance.go("/desk/money/")
    finance.look("money, before")
    letter = {
        "name": "dear bank.txt",
        "mimeType": "text/plain",
        "buffer": b"Dear bank, please pay us.",
    }
    finance.page.locator('[name="file"]').set_input_files(letter)
    with finance.refused():
        finance.press("Take the file")
    errors = finance.page.locator("[data-error-summary] li, .k-fault .k-title")
    expect(errors).to_have_count(1)
    expect(errors).to_contain_text("dear bank.txt")
    finance.look("bank file, refused")


def pays(street: Street, finance: Person, amount: Decimal) -> None:
    """The bank's file of the day arrives, and the same once more."""
    name = f"{street.number}-{amount}"
    content = statement(
        iban=TRUST_ACCOUNTS[0][3], currency="EUR", on=TODAY, opening=street.balance,
        made_at=datetime.now(UTC), number=name, paid=[Paid(amount, BUYER.name, street.reference)],
    )  # fmt: skip
    street.balance += amount
    file = {"name": f"{name}.xml", "mimeType": "text/xml", "buffer": content}
    for _turn in range(2):
        finance.go("/desk/money/")
        finance.page.locator('[name="file"]').set_input_files(file)
        finance.press("Take the file")
        finance.look("bank file")
    assert "taken before; nothing is booked twice" in finance.text()


def sees_the_part(street: Street, client: Person, debtor: Person) -> None:
    client.go(f"/client/cases/{street.number}/money/")
    assert "5,000.00" in client.text()
    client.look("case, money", widths=BOTH)
    debtor.page.reload()
    assert "5,000.00" in debtor.text()
    debtor.look("debtor, part paid", widths=BOTH)


def to_pay(street: Street, debtor: Person) -> Decimal:
    """The amount to pay, as the debtor reads it."""
    shown = debtor.page.locator(".k-owed").first.inner_text()
    return Decimal(AMOUNT.search(shown)[0].replace(",", ""))


def the_case_closes(street: Street, client: Person, debtor: Person, manager: Person) -> None:
    debtor.page.reload()
    debtor.look("debtor, paid", widths=BOTH)
    client.go(f"/client/cases/{street.number}/")
    expect(client.page.locator("main")).to_contain_text("Closed")
    client.look("case, closed", widths=BOTH)
    client.go(f"/client/cases/{street.number}/documents/")
    client.look("case, documents", widths=BOTH)
    client.go("/client/cases/?show=ended")
    client.look("cases", widths=BOTH)
    manager.go(f"/desk/cases/{street.number}/")
    manager.look("case, closed")


def the_money_leaves(street: Street, finance: Person, second: Person) -> None:
    finance.go("/desk/money/remittances/")
    finance.look("remittances, ready")
    finance.press("Propose the payments")
    finance.look("remittances, proposed")
    second.go("/desk/money/remittances/")
    second.press("Approve this exact file")
    second.look("remittances, approved")
    finance.go("/desk/money/remittances/")
    validate_pain001(finance.download("Payment file"))
    pages = {"": "money", "lines/": "lines", "accounts/": "accounts", "books/": "books"}
    for path, name in pages.items():
        finance.go(f"/desk/money/{path}")
        finance.look(name)


def statement_and_invoice(client: Person) -> None:
    client.go("/client/money/")
    client.look("money", widths=BOTH)
    for table in ("Remittances", "Our invoices"):
        part = client.page.locator("section", has=client.page.get_by_role("heading", name=table))
        with client.page.expect_download() as coming:
            part.get_by_role("link", name="PDF").first.click()
        assert coming.value.path().read_bytes().startswith(b"%PDF")
    client.go("/client/")
    client.look("dashboard", widths=BOTH)
