"""The same invoice is read alike from every syntax."""

from datetime import date
from decimal import Decimal

import pytest

from recoup.intake.einvoice import suggest_claim
from recoup.intake.einvoice.document import read_here
from recoup.intake.einvoice.reading import plain
from recoup.intake.einvoice.tests.samples import IBAN, cii, fattura, pdf, term, ubl, zugferd1


def codes(reading):
    return [w.code for w in reading.warnings]


SAME = {
    "UBL Invoice": ubl(),
    "UBL CreditNote": ubl(root="CreditNote"),
    "CII": cii(),
    "CII of another version": cii(version="12"),
    "CII ZUGFeRD1": zugferd1(),
    "CII in a PDF": pdf({"factur-x.xml": cii()}),
    "UBL in a PDF": pdf({"xrechnung.xml": ubl()}),
    "ZUGFeRD 1 in a PDF": pdf({"ZUGFeRD-invoice.xml": zugferd1()}),
}


@pytest.mark.parametrize("name", SAME)
def test_every_syntax_gives_the_same_invoice(name):
    reading = read_here(SAME[name], file=name)
    assert reading.number == "R-1001"
    assert reading.issue_date == date(2026, 3, 2)
    assert reading.currency == "EUR"
    assert reading.grand_total == Decimal("1190.00")
    assert reading.tax_total == Decimal("190.00")
    assert reading.seller.name == "Nordlicht AB"
    assert (reading.buyer.name, reading.buyer.country) == ("Kaufhaus Müller GmbH", "DE")
    assert (reading.buyer.city, reading.buyer.postcode) == ("Köln", "50667")
    assert [line.net for line in reading.lines] == [Decimal("1000.00")]
    assert reading.as_document()["syntax"] == name.replace("ZUGFeRD 1 in", "CII").split(" ")[0]
    assert reading.container == ("pdf" if "PDF" in name else "xml")


@pytest.mark.parametrize("content", [ubl(), cii()])
def test_the_account_and_the_parties_numbers_are_read(content):
    reading = read_here(content, file="a.xml")
    assert reading.accounts == (IBAN,)
    assert (reading.seller.vat, reading.seller.legal_id) == ("SE556036079301", "5560360793")
    assert reading.warnings == ()


def test_the_factur_x_writer_and_this_reader_agree():
    from facturx import generate_cii_xml, generate_ubl_xml

    party = {"name": "Alpha SAS", "country_code": "FR", "city": "Lyon", "postcode": "69001",
             "vat_identifier": "FR23334175221", "legal_identifier": "334175221",
             "legal_identifier_schemeid": "0002"}  # fmt: skip
    facts = {
        "BT-1": "F-7", "BT-2": date(2026, 2, 1), "BT-3": "380", "BT-5": "EUR", "BT-9": date(2026, 3, 3),
        "BG-4": party, "BG-7": {**party, "name": "Bêta SARL"},
        "BT-106": "100.0", "BT-109": "100.0", "BT-110": "20.0", "BT-112": "120.0", "BT-113": "20.0", "BT-115": "100.0",
        "BT-81": "30", "BT-84": "FR1420041010050500013M02606",
        "BG-23": [{"BT-116": "100.0", "BT-117": "20.0", "BT-118": "S", "BT-119": "20.0"}],
        "BG-25": [{"BT-126": "1", "BT-129": "1.0", "BT-130": "C62", "BT-131": "100.0", "BT-146": "100.0",
                   "BT-151": "S", "BT-152": "20.0", "BT-153": "Conseil"}],
    }  # fmt: skip
    level = {"level": "en16931"}
    for write in (generate_cii_xml, generate_ubl_xml):
        content = write(dict(facts), check_xsd=False, check_schematron=False, **level)
        content = content[0] if isinstance(content, tuple) else content
        reading = read_here(content, file=write.__name__)
        assert (reading.number, reading.due_date) == ("F-7", date(2026, 3, 3))
        assert (reading.prepaid, reading.due_payable) == (Decimal("20.00"), Decimal("100.00"))
        assert (reading.buyer.name, reading.seller.legal_id) == ("Bêta SARL", "334175221")
        assert codes(reading) == ["prepaid"]


def test_a_fattura_is_read_with_its_bodies_and_a_person_as_seller():
    reading = read_here(fattura(bodies=2), file="IT01234567890_FPR03.xml")
    assert (reading.variant, reading.number, reading.type_code) == (
        "FatturaPA FPR12",
        "1/A",
        "TD01",
    )
    assert reading.grand_total == reading.due_payable == Decimal("1220.00")
    assert (reading.seller.name, reading.seller.vat) == ("Anna Bianchi", "IT01234567897")
    assert (reading.buyer.legal_id, reading.buyer.city) == ("09876543217", "Roma")
    assert [one.number for one in reading.further] == ["2/A"]
    assert codes(reading) == ["several_invoices"]
    assert reading.as_document()["further"][0]["number"] == "2/A"


def test_a_fattura_in_instalments_asks_for_their_sum_and_the_first_day():
    parts = (("2026-04-01", "610.00"), ("2026-05-01", "610.00"))
    reading = read_here(fattura(payments=parts), file="f.xml")
    assert (reading.due_date, reading.due_payable) == (date(2026, 4, 1), Decimal("1220.00"))
    assert "several_due_dates" in codes(reading)


def test_a_fattura_without_payment_data_asks_for_the_total_less_the_tax_withheld():
    reading = read_here(fattura(payments=(), withheld="200.00"), file="f.xml")
    assert reading.due_payable == Decimal("1020.00")
    assert "due_payable_computed" in codes(reading)


def test_another_currency_has_its_own_decimals():
    reading = read_here(ubl(currency="JPY", total="1190.00", payable="1190"), file="y.xml")
    assert reading.as_document()["due_payable"] == "1190"
    dinar = read_here(ubl(currency="KWD", payable="1190.0004"), file="k.xml")
    assert dinar.due_payable == Decimal("1190.000")
    assert "amount_rounded" in codes(dinar)


def test_prepaid_money_is_shown_and_lessens_what_is_due():
    reading = read_here(ubl(prepaid="190.00", payable="1000.00"), file="p.xml")
    assert (reading.prepaid, reading.due_payable) == (Decimal("190.00"), Decimal("1000.00"))
    assert codes(reading) == ["prepaid"]


def test_totals_that_do_not_add_up_are_shown_with_both_values():
    reading = read_here(ubl(payable="1191.00"), file="t.xml")
    [doubt] = reading.warnings
    assert doubt.code == "totals_differ"
    assert "1191.00" in doubt.message
    assert "1190.00" in doubt.message


def test_an_invalid_iban_is_kept_and_flagged():
    reading = read_here(ubl(iban="DE02120300000000202052"), file="i.xml")
    assert reading.accounts == ("DE02120300000000202052",)
    assert codes(reading) == ["iban_invalid"]


@pytest.mark.parametrize(
    "content",
    [ubl(root="CreditNote"), cii(type_code="381"), cii(total="-1190.00", payable="-1190.00")],
)
def test_a_credit_is_recognised_by_root_type_or_sign(content):
    claim = suggest_claim(read_here(content, file="c.xml"))["claim"]
    assert (claim["kind"], claim["amount"]) == ("credit_note", "1190.00")


def test_the_suggested_claim_has_the_buyer_as_debtor():
    suggestion = suggest_claim(read_here(ubl(), file="r.xml"))
    assert suggestion["creditor"]["name"] == "Nordlicht AB"
    assert suggestion["debtor"]["name"] == "Kaufhaus Müller GmbH"
    assert suggestion["claim"] == {
        "ref": "R-1001", "kind": "invoice", "amount": "1190.00", "currency": "EUR",
        "issued_on": "2026-03-02", "due_on": "2026-04-01", "due_date_source": "DueDate", "corrects": [],
    }  # fmt: skip
    assert suggestion["confirm"] == []


def test_without_an_amount_due_the_claim_is_the_total_less_what_was_prepaid():
    claim = suggest_claim(read_here(zugferd1(), file="z.xml"))["claim"]
    assert claim["amount"] == "1190.00"


def test_missing_facts_are_named_one_by_one():
    content = ubl(number="", issued="2026-02-30", currency="", payable="1,190.00", due="")
    found = codes(read_here(content, file="m.xml"))
    for code in ("number_missing", "issue_date_missing", "date_unreadable", "currency_missing",
                 "amount_unreadable", "due_payable_missing", "due_date_missing"):  # fmt: skip
        assert code in found


def test_a_currency_that_is_none_does_not_reach_the_library_s_xpath():
    reading = read_here(ubl(currency="E' or '1'='1"), file="x.xml")
    assert reading.currency is None
    assert "currency_unknown" in codes(reading)


def test_factur_x_headings_are_not_counted_twice():
    heading = (
        b"<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>0</ram:LineID>"
        b"<ram:LineStatusReasonCode>GROUP</ram:LineStatusReasonCode></ram:AssociatedDocumentLineDocument>"
        b"<ram:SpecifiedLineTradeSettlement><ram:SpecifiedTradeSettlementLineMonetarySummation>"
        b"<ram:LineTotalAmount>1000.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>"
        b"</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>"
    )
    content = cii().replace(b"<ram:IncludedSupply", heading + b"<ram:IncludedSupply", 1)
    reading = read_here(content, file="g.xml")
    assert len(reading.lines) == 2
    assert codes(reading) == []


def test_preceding_invoices_and_attachments_are_listed():
    extra = (
        "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>R-900</cbc:ID>"
        "<cbc:IssueDate>2026-01-05</cbc:IssueDate></cac:InvoiceDocumentReference></cac:BillingReference>"
        "<cac:AdditionalDocumentReference><cbc:ID>D1</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject "
        'mimeCode="application/pdf" filename="lieferschein.pdf">AAAA</cbc:EmbeddedDocumentBinaryObject>'
        "</cac:Attachment></cac:AdditionalDocumentReference>"
    )
    reading = read_here(ubl(extra=extra), file="e.xml")
    assert [(p.number, p.issue_date) for p in reading.preceding] == [("R-900", date(2026, 1, 5))]
    assert [(a.name, a.media_type) for a in reading.attachments] == [
        ("lieferschein.pdf", "application/pdf")
    ]
    assert suggest_claim(reading)["claim"]["corrects"] == ["R-900"]


def test_due_days_by_discount_are_passed_over():
    terms = [term("20260312", "Mit 2 % Skonto", "2.00"), term("20260401", "Ohne Abzug")]
    reading = read_here(cii(terms=terms), file="d.xml")
    assert reading.due_date == date(2026, 4, 1)
    assert [(d.on.day, d.discount) for d in reading.due_dates] == [(12, True), (1, False)]
    document = reading.as_document()
    assert document["due_date"] < document["net_due_date"] == plain(reading.due_date)
    assert codes(reading) == ["several_due_dates"]


def test_of_instalments_the_first_day_is_taken_and_all_are_named():
    reading = read_here(cii(terms=[term("20260401"), term("20260501")]), file="d.xml")
    assert reading.due_date == date(2026, 4, 1)
    [doubt] = reading.warnings
    assert "2026-05-01" in doubt.message


def test_a_single_term_with_a_discount_still_names_the_due_day():
    reading = read_here(
        cii(terms=[term("20260401", "2 % Skonto bis 12.03.", "2.00")]), file="d.xml"
    )
    assert (reading.due_date, codes(reading)) == (date(2026, 4, 1), [])


def test_the_due_day_of_the_payment_means_counts_where_the_header_has_none():
    means = "<cbc:PaymentDueDate>2026-04-15+02:00</cbc:PaymentDueDate>"
    reading = read_here(ubl(due="", means=means), file="m.xml")
    assert (reading.due_date, reading.due_date_source) == (
        date(2026, 4, 15),
        "PaymentMeans/PaymentDueDate",
    )


def test_children_in_the_namespace_are_read_too():
    spaced = (
        fattura()
        .replace(b"<p:Fattura", b"<Fattura")
        .replace(b"</p:", b"</")
        .replace(b"xmlns:p=", b"xmlns=")
    )
    assert read_here(spaced, file="f.xml").number == "1/A"


def test_a_large_embedded_document_does_not_stop_the_reading():
    document = '<cac:AdditionalDocumentReference><cbc:ID>D</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject filename="d.pdf">%s</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>'
    reading = read_here(ubl(extra=document % ("QUJD" * 3_000_000)), file="l.xml")
    assert [a.name for a in reading.attachments] == ["d.pdf"]


def test_an_invoice_of_many_lines_is_read_quickly():
    import time

    content = ubl()
    start = content.index(b"<cac:InvoiceLine>")
    line = content[start : content.index(b"</cac:InvoiceLine>") + 18]
    many = (
        content[:start]
        + line.replace(b"1000.00", b"0.10") * 10_000
        + content[content.index(b"</Invoice>") :]
    )
    began = time.process_time()
    reading = read_here(many, file="m.xml")
    assert len(reading.lines) == 10_000
    assert reading.warnings == ()
    assert time.process_time() - began < 10
