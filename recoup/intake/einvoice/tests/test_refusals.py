"""Hostile and bad files (HOSTILE UP01, UP03, UP04, UP10, UP12, UP15, UP16, UP19): one clear sentence each."""

import zlib

import pytest

from recoup.intake.einvoice import NoInvoice
from recoup.intake.einvoice.document import read_here
from recoup.intake.einvoice.tests.samples import cii, pdf, ubl
from recoup.intake.einvoice.values import display_name
from recoup.kernel.refusal import Refusal

XXE = b'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
BOMB = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def with_prologue(prologue: bytes) -> bytes:
    return ubl().replace(b"<Invoice", prologue + b"<Invoice", 1)


REFUSED = {
    "empty": (b"", "file_empty"),
    "blanks": (b" \n\t ", "file_empty"),
    "a program named pdf (UP01)": (b"MZ\x90\0" + b"\0" * 300, "not_an_invoice_file"),
    "a page named pdf (UP01)": (b"<!doctype html><html><body>invoice</body></html>", "not_an_invoice_file"),
    "a page without doctype (UP01)": (b"<html><script>x()</script></html>", "not_an_invoice_file"),
    "a drawing named pdf (UP01)": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "root_unknown"),
    "PDF and ZIP in one (UP01)": (pdf({"factur-x.xml": cii()}) + b"PK\x05\x06" + b"\0" * 18, "pdf_polyglot"),
    "PDF with a page behind (UP01)": (pdf() + b"<html>" + b"x" * 2000, "pdf_polyglot"),
    "page before PDF (UP01)": (b"<html>\n" + pdf(), "not_an_invoice_file"),
    "ZIP": (b"PK\x03\x04" + b"\0" * 30, "not_an_invoice_file"),
    "signed envelope": (b"0\x82\x10\0" + b"\0" * 30, "not_an_invoice_file"),
    "text": (b"Rechnung R-1001", "not_an_invoice_file"),
    "locked PDF (UP03)": (pdf({"factur-x.xml": cii()}, password="x"), "pdf_password"),
    "broken PDF": (b"%PDF-1.7\n" + b"garbage\n" * 40 + b"%%EOF\n", "pdf_broken"),
    "PDF cut in half (UP19)": (pdf({"factur-x.xml": cii()})[: len(pdf({"factur-x.xml": cii()})) // 2], "pdf_cut"),
    "entity (UP12)": (with_prologue(XXE), "xml_doctype"),
    "entity in UTF-16 (UP12)": (with_prologue(XXE).decode().replace("UTF-8", "UTF-16").encode("utf-16"), "xml_doctype"),
    "entities of entities": (with_prologue(BOMB), "xml_doctype"),
    "external DTD (UP16)": (with_prologue(b'<!DOCTYPE Invoice SYSTEM "http://192.0.2.1/x.dtd">'), "xml_doctype"),
    "entity within a PDF (UP12)": (pdf({"factur-x.xml": cii().replace(b"<rsm:Cross", XXE + b"<rsm:Cross", 1)}), "xml_doctype"),
    "XInclude (UP16)": (ubl(extra='<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="http://192.0.2.1/"/>'), "xml_include"),
    "200,000 levels (UP15)": (b"<a>" * 200_000 + b"</a>" * 200_000, "xml_broken"),
    "cut XML (UP19)": (ubl()[:900], "xml_broken"),
    "two documents": (ubl() + ubl(), "xml_broken"),
    "unknown root": (b"<myinvoice/>", "root_unknown"),
    "invoice in no namespace": (b"<Invoice><ID>1</ID></Invoice>", "namespace_unknown"),
    "invoice in another namespace": (ubl().replace(b"Invoice-2", b"Invoice-1"), "namespace_unknown"),
    "credit note in the invoice's namespace": (ubl().replace(b"<Invoice ", b"<CreditNote ").replace(b"</Invoice>", b"</CreditNote>"), "namespace_unknown"),
    "ZUGFeRD without content": (b'<r:CrossIndustryDocument xmlns:r="urn:ferd:CrossIndustryDocument:invoice:1p0"/>', "einvoice_empty"),
    "UBL without content": (b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>', "einvoice_empty"),
    "Italian header only": (b'<p:FatturaElettronica xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"/>', "einvoice_empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_one_sentence_that_names_the_file(name):
    content, code = REFUSED[name]
    with pytest.raises(Refusal) as caught:
        read_here(content, file="invoice.pdf")
    error = caught.value.as_error()
    assert error["code"] == code
    assert error["file"] == "invoice.pdf"
    assert error["message"].startswith("invoice.pdf")
    assert "\n" not in error["message"]
    assert not isinstance(caught.value, NoInvoice)


ORDER = b'<rsm:SCRDMCCBDACIOMessageStructure xmlns:rsm="urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100"/>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pdf(), "pdf_without_xml"),
        (pdf({"photo.jpg": b"\xff\xd8\xff"}), "pdf_without_xml"),
        (ORDER, "not_an_invoice"),
        (pdf({"order-x.xml": ORDER}), "not_an_invoice"),
        (
            b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>',
            "not_an_invoice",
        ),
    ],
)
def test_a_sound_file_without_an_invoice_is_no_invoice(content, code):
    with pytest.raises(NoInvoice) as caught:
        read_here(content, file="o.pdf")
    assert caught.value.code == code


def test_a_stylesheet_and_a_schema_location_are_passed_over_without_network():
    """FatturaPA files carry both; neither is fetched (sockets are closed in tests)."""
    content = with_prologue(
        b'<?xml-stylesheet type="text/xsl" href="http://192.0.2.1/x.xsl"?>'
    ).replace(
        b"<Invoice ",
        b'<Invoice xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://192.0.2.1/x.xsd" ',
        1,
    )
    assert read_here(content, file="s.xml").number == "R-1001"


@pytest.mark.parametrize("declared", ["ISO-8859-1", "windows-1252", "UTF-8"])
@pytest.mark.parametrize("actual", ["utf-8", "cp1252"])
def test_a_wrong_encoding_declaration_does_not_garble_names(declared, actual):
    text = ubl().decode().replace("UTF-8", declared)
    reading = read_here(text.encode(actual), file="e.xml")
    assert reading.buyer.name == "Kaufhaus Müller GmbH"
    wrong = (declared == "UTF-8") != (actual == "utf-8")
    assert ("encoding_wrong" in [w.code for w in reading.warnings]) is wrong


@pytest.mark.parametrize(
    "content",
    [
        ubl().decode().encode("utf-8-sig"),
        ubl().decode().encode("utf-16"),
        ubl().decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        ubl().decode().replace('encoding="UTF-8"', 'encoding="x-unknown"').encode(),
    ],
)
def test_byte_order_marks_and_unknown_names_of_encodings(content):
    assert read_here(content, file="b.xml").seller.name == "Nordlicht AB"


def test_a_signed_pdf_or_one_with_many_files_is_read_and_lists_them():
    reading = read_here(
        pdf({"terms.pdf": b"%PDF-1.4", "factur-x.xml": cii(), "a.txt": b"a"}), file="p.pdf"
    )
    assert reading.number == "R-1001"
    assert {a.name for a in reading.attachments} == {"terms.pdf", "a.txt"}


def test_of_two_invoices_in_a_pdf_one_is_read_and_it_is_said_which():
    reading = read_here(
        pdf({"factur-x.xml": cii(), "xrechnung.xml": ubl(number="R-2")}), file="p.pdf"
    )
    assert [w.code for w in reading.warnings] == ["several_xmls"]
    assert "was read" in reading.warnings[0].message


def test_an_xml_by_another_name_is_found():
    assert read_here(pdf({"rechnung-4711.xml": ubl()}), file="p.pdf").number == "R-1001"


def test_a_cross_reference_table_that_points_at_itself_ends():  # UP04
    content = pdf({"factur-x.xml": cii()})
    loop = content.replace(b"/Root", b"/Prev 15 /Root", 1)
    try:
        assert read_here(loop, file="loop.pdf").number == "R-1001"
    except Refusal as refusal:
        assert refusal.code == "pdf_broken"


def test_an_xmp_entity_bomb_is_never_unpacked():  # UP04
    import io

    import pikepdf

    document = pikepdf.open(io.BytesIO(pdf({"factur-x.xml": cii()})))
    document.Root.Metadata = document.make_stream(BOMB + b"<a>&b;</a>")
    out = io.BytesIO()
    document.save(out)
    assert read_here(out.getvalue(), file="xmp.pdf").number == "R-1001"


def test_the_whole_file_after_the_cut_one_reads_the_same():  # UP19
    whole = pdf({"factur-x.xml": cii()})
    before = read_here(whole, file="w.pdf")
    with pytest.raises(Refusal):
        read_here(whole[: len(whole) // 2], file="w.pdf")
    assert read_here(whole, file="w.pdf") == before


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a" * 300 + ".pdf", "a" * 80 + "…" + "a" * 35 + ".pdf"),
        ("../../etc/x.pdf", "x.pdf"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("a\r\nb.pdf", "ab.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("con.pdf", "con.pdf"),
        ("\"q'.pdf", "\"q'.pdf"),
        ("🧾.pdf", "🧾.pdf"),
        ("", "?"),
        ("/", "?"),
        ("%s%(file)s.pdf", "%s%(file)s.pdf"),
    ],
)
def test_file_names_are_shown_clean(name, shown):  # UP10
    assert display_name(name) == shown
    with pytest.raises(Refusal) as caught:
        read_here(b"", file=name)
    assert caught.value.sentence() == f"{shown} is empty."


def test_lxml_is_new_enough():
    """CVE-2026-41066: before 6.1 some parsers resolved local files."""
    from lxml import etree

    assert etree.LXML_VERSION >= (6, 1)


def bomb(size: int) -> bytes:
    """Deflated zeros without deflating them all: one block, repeated."""
    block = zlib.compressobj(9, zlib.DEFLATED, -15)
    chunk = 1 << 24
    part = block.compress(b"\0" * chunk) + block.flush(zlib.Z_FULL_FLUSH)
    count = size // chunk
    checksum = ((count * chunk % 65521) << 16) | 1
    return b"\x78\xda" + part * count + b"\x03\x00" + checksum.to_bytes(4, "big")
