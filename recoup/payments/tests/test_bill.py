"""The agency's own invoices: by the card's clause, once, without gaps, with the tax of the place of supply."""

from datetime import datetime, timedelta
from decimal import Decimal

import facturx
import pytest
from lxml import etree

from recoup.agreements.standard_card import TERMS
from recoup.cases.models import Task
from recoup.files.models import Document
from recoup.files.operations import content_of
from recoup.journeys.bill import bill_fee, remind_overdue, send_invoices
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.outbox.models import Message
from recoup.payments.models import Invoice, LineOutcome
from recoup.payments.operations import (
    bill_disbursement,
    complete_papers,
    credit_invoice,
    note_invoice_paid,
    set_own_account,
    settle_invoice,
)
from recoup.payments.queries import left_of, open_of
from recoup.payments.tests.cast import (
    AT,
    TRUST_IBAN,
    agreement_of,
    case_of,
    client_of,
    trust_account,
)
from recoup.payments.tests.test_refund import house_balance, receives
from recoup.payments.tests.test_remit import ON, Bank, agrees, client_balance

OWN = "DE02100500000054540402"
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


def euro(text):
    return Money(Decimal(text), "EUR")


@pytest.fixture
def bank(house):
    trust_account(house.agency)
    return Bank(house)


@pytest.fixture
def account(house):
    return set_own_account(
        agency=house.id, currency="EUR", bank="Ownbank", iban=OWN, by=SYSTEM, at=AT
    )


def billed(case, kind="set_up"):
    return bill_fee(case=case, kind=kind, by=SYSTEM, at=AT)


def left(invoice):
    return open_of([invoice])[invoice.id]


def test_the_set_up_fee_is_billed_once_by_its_clause(house, account):
    case = case_of(house.agency)
    invoice = billed(case)
    assert (invoice.net, invoice.vat, invoice.total) == (25, Decimal("6.25"), Decimal("31.25"))
    assert invoice.lines[1]["clause"] == f"{case.agreement.rate_card.version} § 5"
    assert invoice.number == "INV-2026-000001" and invoice.due_on == ON + timedelta(days=30)
    assert billed(case).id == invoice.id and Invoice.objects.count() == 1
    assert client_balance(case, "receivable") == invoice.total and left(invoice) == invoice.total
    send_invoices(agency=house.agency, at=AT)
    invoice.refresh_from_db()
    name, xml = facturx.get_xml_from_pdf(content_of(invoice.document))
    tree = etree.fromstring(xml)
    assert tree.findtext(f".//{RAM}DuePayableAmount") == "31.25" and name == "factur-x.xml"
    assert (
        Document.objects.filter(kind="invoice_ubl", title__startswith=invoice.number).count() == 1
    )
    assert Message.objects.filter(key=f"mail:invoice:{invoice.id}").count() == 1 or Message.objects.filter(key__contains=str(invoice.id)).count() == 1  # fmt: skip
    assert send_invoices(agency=house.agency, at=AT) == 0


@pytest.mark.parametrize(
    ("country", "vat", "percent", "code"),
    [("SE", "", 25, "domestic"), ("DE", "DE136695976", 0, "reverse_charge"), ("DE", "", 25, "no_number"), ("HK", "", 0, "outside")],
)  # fmt: skip
def test_the_tax_is_that_of_the_place_of_supply(house, account, country, vat, percent, code):
    invoice = billed(
        case_of(house.agency, client=client_of(house.agency, country=country, vat_number=vat))
    )
    assert invoice.vat == 25 * percent / Decimal(100)
    assert invoice.lines[0]["tax"]["code"] == code
    complete_papers(agency=house.id, by=SYSTEM, at=AT)
    invoice.refresh_from_db()
    assert invoice.document_id, [t.params for t in Task.objects.all()]


def test_a_fee_without_a_price_makes_a_task_and_holds_nobody_up(house):
    assert billed(case_of(house.agency, currency="MXN")) is None
    assert Task.objects.get(kind="not_billed").params["number"]
    assert billed(case_of(house.agency), "withdrawal") is None, "the card has no such fee"


def test_a_withdrawal_fee_where_the_card_has_one(house):
    client = client_of(house.agency)
    terms = {**TERMS, "clauses": TERMS["clauses"] | {"withdrawal": "8"},
             "currencies": {"EUR": TERMS["currencies"]["EUR"] | {"withdrawal": "40.00"}}}  # fmt: skip
    case = case_of(house.agency, client=client, agreement=agreement_of(house.agency, client, terms))
    invoice = billed(case, "withdrawal")
    assert invoice.net == 40 and invoice.lines[1]["clause"].endswith("§ 8")


def test_without_an_account_of_our_own_the_invoice_waits_with_a_task(house):
    trust_account(house.agency)
    invoice = billed(case_of(house.agency))
    complete_papers(agency=house.id, by=SYSTEM, at=AT)
    invoice.refresh_from_db()
    assert invoice.document is None
    assert "account of our own" in Task.objects.get(kind="paper_failed").params["reason"]
    with pytest.raises(Refusal, match="holds client money"):
        set_own_account(
            agency=house.id, currency="EUR", bank="B", iban=TRUST_IBAN, by=SYSTEM, at=AT
        )


def test_numbers_have_no_gap_whatever_is_refused(house, account):
    first = billed(case_of(house.agency))
    for _ in range(3):
        billed(case_of(house.agency, currency="MXN"))
    second = billed(case_of(house.agency))
    credit = credit_invoice(invoice=first, because="agreed", by=SYSTEM, at=AT)
    with pytest.raises(Refusal, match="left to be credited"):
        credit_invoice(invoice=second, net=euro("25.01"), because="agreed", by=SYSTEM, at=AT)
    other = credit_invoice(invoice=second, net=euro("10.00"), because="agreed", by=SYSTEM, at=AT)
    assert [first.number[-1], second.number[-1]] == ["1", "2"]
    assert [credit.number, other.number] == ["CN-2026-000001", "CN-2026-000002"]


def test_a_credit_note_is_set_against_its_invoice_and_says_so_in_both_syntaxes(house, account):
    case = case_of(house.agency)
    invoice = billed(case)
    part = credit_invoice(invoice=invoice, net=euro("10.00"), because="goodwill", by=SYSTEM, at=AT)
    assert part.total == Decimal("-12.50") and left(invoice) == Decimal("18.75") and left(part) == 0
    rest = credit_invoice(invoice=invoice, because="all of it", by=SYSTEM, at=AT)
    assert rest.net + part.net == -invoice.net and rest.vat + part.vat == -invoice.vat
    assert left(invoice) == 0 and client_balance(case, "receivable") == 0
    complete_papers(agency=house.id, by=SYSTEM, at=AT)
    part.refresh_from_db()
    _, xml = facturx.get_xml_from_pdf(content_of(part.document))
    assert b">381<" in xml and invoice.number.encode() in xml and b">12.50<" in xml
    ubl = content_of(Document.objects.get(kind="invoice_ubl", title__startswith=part.number))
    assert b"CreditNote-2" in ubl and invoice.number.encode() in ubl


def test_a_credit_on_a_paid_invoice_is_set_against_the_next_one(house, account):
    client = client_of(house.agency)
    first = billed(case_of(house.agency, client=client))
    note_invoice_paid(
        invoice=first, amount=euro("31.25"), on=ON, because="statement 12", by=SYSTEM, at=AT
    )
    credit = credit_invoice(invoice=first, net=euro("20.00"), because="sorry", by=SYSTEM, at=AT)
    assert left(credit) == -25
    second = billed(case_of(house.agency, client=client))
    assert left(second) == Decimal("6.25") and left(credit) == 0
    with pytest.raises(Refusal, match="are open"):
        note_invoice_paid(invoice=second, amount=euro("6.26"), on=ON, because="x", by=SYSTEM, at=AT)


def test_an_invoice_paid_to_the_trust_account_is_the_agencys_share(house, bank, account):
    case = case_of(house.agency)
    invoice = billed(case)
    line = receives(bank, None, "40.00", name="Nordfjord Seafood AB")
    settle_invoice(invoice=invoice, line=line, by=SYSTEM, at=AT)
    assert left(invoice) == 0 and left_of([line])[line.id] == Decimal("8.75")
    assert (
        house_balance("agency_share") == Decimal("31.25")
        and client_balance(case, "receivable") == 0
    )
    assert LineOutcome.objects.get().kind == "invoice" and agrees(house)


def test_what_was_laid_out_is_billed_with_the_tax_of_the_service(house, account):
    case = case_of(house.agency)
    given = {"case": case, "net": euro("65.00"), "what": "Court fee, Mahnbescheid", "key": "c-1"}
    invoice = bill_disbursement(**given, by=SYSTEM, at=AT)
    assert (
        invoice.vat == Decimal("16.25")
        and bill_disbursement(**given, by=SYSTEM, at=AT).id == invoice.id
    )
    complete_papers(agency=house.id, by=SYSTEM, at=AT)
    invoice.refresh_from_db()
    assert invoice.document_id


def test_what_a_client_does_not_pay_is_dunned_in_steps_and_then_a_persons(house, account):
    case = case_of(house.agency)
    invoice = billed(case)
    send_invoices(agency=house.agency, at=AT)

    def after(days):
        on = invoice.due_on + timedelta(days=days)
        return remind_overdue(agency=house.agency, on=on, at=datetime.combine(on, AT.timetz()))

    assert [after(days) for days in (0, 2, 3, 3, 13, 14, 20, 28, 28, 60)] == [0, 0, 1, 0, 0, 1, 0, 1, 0, 0]  # fmt: skip
    letters = Message.objects.filter(key__startswith="invoice-reminder").order_by("made_at")
    assert (
        "Last reminder" in letters[2].payload["subject"] and "31.25" in letters[0].payload["text"]
    )
    assert letters[0].payload["attachments"] == [str(Invoice.objects.get().document_id)]
    assert Task.objects.get(kind="invoice_unpaid").params["number"] == invoice.number


def test_a_paid_invoice_is_dunned_no_more_and_a_late_beginning_leaves_time_between(house, account):
    paid, open_one = billed(case_of(house.agency)), billed(case_of(house.agency))
    send_invoices(agency=house.agency, at=AT)
    on = paid.due_on + timedelta(days=90)
    at = datetime.combine(on, AT.timetz())
    note_invoice_paid(invoice=paid, amount=Money(paid.total, "EUR").rounded(), on=on, because="seen", by=SYSTEM, at=at)  # fmt: skip
    assert remind_overdue(agency=house.agency, on=on, at=at) == 1
    open_one.refresh_from_db()
    [letter] = Message.objects.filter(key__startswith="invoice-reminder")
    assert letter.payload["attachments"] == [str(open_one.document_id)]
    assert remind_overdue(agency=house.agency, on=on, at=at + timedelta(days=9)) == 0
    assert remind_overdue(agency=house.agency, on=on, at=at + timedelta(days=10)) == 1


def test_a_client_with_several_open_invoices_gets_one_e_mail(house, account):
    first = case_of(house.agency)
    more = [case_of(house.agency, client=first.client, agreement=first.agreement) for _ in range(2)]
    owing = [billed(case) for case in (first, *more)]
    send_invoices(agency=house.agency, at=AT)
    on = owing[0].due_on + timedelta(days=5)
    at = datetime.combine(on, AT.timetz())
    assert remind_overdue(agency=house.agency, on=on, at=at) == 3
    [letter] = Message.objects.filter(key__startswith="invoice-reminder")
    assert letter.payload["subject"] == "Reminder: 3 of our invoices"
    assert len(letter.payload["attachments"]) == 3
    assert all(invoice.number in letter.payload["text"] for invoice in owing)
    assert letter.payload["text"].count(OWN) == 1, "the account is said once"
    assert remind_overdue(agency=house.agency, on=on, at=at) == 0
