"""The same invoice written otherwise reads the same: other prefixes, encodings, white space, comments, CDATA,
inside a PDF beside other files. From our own samples and, where it lies beside the project, from every shared
invoice. `ROUNDS` (environment) says how many changes of each kind are tried."""

import os
import random
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from recoup.intake.einvoice.document import read_here
from recoup.intake.einvoice.reading import Reading
from recoup.intake.einvoice.tests.samples import cii, fattura, pdf, term, ubl, zugferd1
from recoup.kernel.refusal import Refusal
from recoup.kernel.xml import parse_xml

SHARED = Path(__file__).parents[4].parent / "shared" / "data" / "01_einvoice" / "open"
ROUNDS = int(os.environ.get("ROUNDS", "1"))
CHANCE = random.Random(20261201)
OWN = {
    "ubl": ubl(), "credit": ubl(root="CreditNote"), "prepaid": ubl(prepaid="190.00", payable="1000.00"),
    "due in words": ubl(due="", terms="Zahlbar netto bis 04.04.2026"), "cii": cii(), "zugferd 1": zugferd1(note="bis 1.4.2026"),
    "several days": cii(terms=[term("20260401"), term("20260501")]), "fattura": fattura(),
    "two in one": fattura(bodies=2), "withheld": fattura(withheld="200.00", payments=()),
}  # fmt: skip


def shared() -> list[Path]:
    found = sorted(SHARED.rglob("*.xml")) if SHARED.exists() else []
    return found if ROUNDS > 9 else CHANCE.sample(found, min(len(found), 12 * ROUNDS))


INVOICES = [pytest.param(content, id=name) for name, content in OWN.items()] + [
    pytest.param(path.read_bytes(), id=path.name) for path in shared()
]


def outcome(content: bytes) -> Reading | str:
    """What is read, without the file's own name and its container; or the code of the refusal. In 2 s."""
    begun = time.process_time()
    try:
        reading = read_here(content, file="same.xml")
    except Refusal as refusal:
        assert "same.xml" in refusal.sentence()
        return refusal.code
    finally:
        assert time.process_time() - begun < 2
    return replace(reading, container="xml", attachments=(), warnings=tuple(w for w in reading.warnings if w.code != "encoding_wrong"))  # fmt: skip


def prefixed(root: etree._Element) -> bytes:
    """Every namespace under another prefix, or as the default one."""
    spaces = sorted({etree.QName(e).namespace or "" for e in root.iter(etree.Element)} - {""})
    CHANCE.shuffle(spaces)
    names: dict[str | None, str] = {f"n{n}": space for n, space in enumerate(spaces)}
    if spaces and not any(not etree.QName(e).namespace for e in root.iter(etree.Element)):
        names[None] = names.pop("n0")
    made = etree.Element(root.tag, dict(root.attrib), nsmap=names)
    made.text = root.text
    made.extend(list(root))
    etree.cleanup_namespaces(made, top_nsmap=names)
    return etree.tostring(made)


def commented(root: etree._Element) -> bytes:
    elements = list(root.iter(etree.Element))
    for element in CHANCE.sample(elements, min(5, len(elements))):
        if len(element):
            element.insert(CHANCE.randrange(len(element) + 1), etree.Comment(" of no concern "))
    return etree.tostring(root)


def spaced(root: etree._Element) -> bytes:
    etree.indent(root, CHANCE.choice(["\t", "      ", "\r\n"]))
    return b"<?xml version='1.0'?>\r\n\r\n" + etree.tostring(root) + b"\n\n"


def in_cdata(root: etree._Element) -> bytes:
    for element in root.iter(etree.Element):
        if not len(element) and (element.text or "").strip() and "]]>" not in (element.text or ""):
            element.text = etree.CDATA(element.text)
    return etree.tostring(root, encoding="utf-8")


def encoded(root: etree._Element) -> bytes:
    encoding = CHANCE.choice(
        ["utf-16", "utf-8-sig", "us-ascii", "iso-8859-1", "utf-16-le", "utf-16-be"]
    )
    text = etree.tostring(root, encoding="unicode")
    if encoding == "utf-8-sig":
        return text.encode(encoding)
    if encoding.startswith("utf-16-"):
        return f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16") if CHANCE.random() < 0.5 else (
            b"\xff\xfe" if encoding == "utf-16-le" else b"\xfe\xff") + f'<?xml version="1.0" encoding="utf-16"?>{text}'.encode(encoding)  # fmt: skip
    return etree.tostring(root, encoding=encoding, xml_declaration=True)


def in_a_pdf(root: etree._Element) -> bytes:
    name = CHANCE.choice(["factur-x.xml", "ZUGFeRD-invoice.xml", "zugferd-invoice.xml", "xrechnung.xml", "FACTUR-X.XML"])  # fmt: skip
    return pdf(
        {"terms.txt": b"General terms", name: etree.tostring(root), "picture.png": b"\x89PNG"}
    )


@pytest.mark.parametrize("otherwise", [prefixed, commented, spaced, in_cdata, encoded, in_a_pdf])
@pytest.mark.parametrize("content", INVOICES)
def test_written_otherwise_it_reads_the_same(content, otherwise):
    wanted = outcome(content)
    try:
        parse_xml(content, file="same.xml")
    except Refusal:
        return  # nothing to write otherwise
    for _ in range(min(ROUNDS, 5)):
        assert outcome(otherwise(parse_xml(content, file="same.xml"))) == wanted


LOST = ("TaxInclusiveAmount", "PayableAmount", "GrandTotalAmount", "DuePayableAmount", "DueDate", "ID", "Name", "IssueDate",
        "LegalMonetaryTotal", "DatiRiepilogo", "DettaglioPagamento", "Numero", "Data", "Divisa", "InvoiceCurrencyCode",
        "DocumentCurrencyCode", "BuyerTradeParty", "AccountingCustomerParty", "SpecifiedTradePaymentTerms")  # fmt: skip
FACTS = ("number", "issue_date", "due_date", "currency", "grand_total", "due_payable")


@pytest.mark.parametrize("content", INVOICES)
def test_what_is_taken_out_is_missing_and_never_made_up(content):
    """Elements dropped, doubled or emptied: a fact of the changed file stands in the file, or is worked out
    and said to be."""
    before = outcome(content)
    if isinstance(before, str):
        return
    for _ in range(4 * ROUNDS):
        root = parse_xml(content, file="same.xml")
        there = [e for e in root.iter(etree.Element) if etree.QName(e).localname in LOST and e.getparent() is not None]  # fmt: skip
        for element in CHANCE.sample(there, min(len(there), CHANCE.randrange(1, 4))):
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
        after = outcome(etree.tostring(root))
        if isinstance(after, str):
            continue
        assert after.as_document()["status"] == "ok"
        lost = [f for f in FACTS if getattr(before, f) is not None and getattr(after, f) is None]
        assert {f"{f}_missing" for f in lost} <= {w.code for w in after.warnings} | {"due_date_missing"}  # fmt: skip


def test_a_huge_invoice_is_read_in_two_seconds():
    line = re.search(rb"<cac:InvoiceLine>.*</cac:InvoiceLine>", ubl(), re.DOTALL)
    assert line
    content = ubl().replace(line[0], line[0] * 5000)
    assert len(content) > 1_000_000
    reading = outcome(content)
    assert isinstance(reading, Reading) and len(reading.lines) == 5000


def test_a_signed_envelope_and_an_order_are_refused_by_name():
    assert (
        outcome(b"0\x82\x0f\xa0\x06\x09*\x86H\x86\xf7\r\x01\x07\x02" + fattura())
        == "not_an_invoice_file"
    )
    order = cii().replace(b"CrossIndustryInvoice", b"SCRDMCCBDACIOMessageStructure")
    assert outcome(pdf({"order-x.xml": order})) in ("not_an_invoice", "pdf_without_invoice")


def test_two_invoices_of_different_names_in_one_pdf_are_not_mixed():
    both = outcome(pdf({"factur-x.xml": cii(), "other.xml": ubl(number="R-2")}))
    assert isinstance(both, Reading) and both.number == "R-1001"
