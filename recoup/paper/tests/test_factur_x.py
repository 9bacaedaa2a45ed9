"""The agency's invoice carries its own data: EN 16931 as CII in the PDF, and as UBL; the same each time."""

import io
from decimal import Decimal

import facturx
import pikepdf
import pytest
from lxml import etree

from recoup.paper.documents.commission_invoice import VatKind, VatLine, commission_invoice
from recoup.paper.factur_x import cii, ubl, with_xml
from recoup.paper.tests.cast import AT, eur, invoiced

RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


def made(data):
    return with_xml(commission_invoice(data, language="en", at=AT), data, language="en", at=AT)


def test_the_pdf_carries_its_own_figures():
    data = invoiced("en")
    name, xml = facturx.get_xml_from_pdf(made(data).content)
    tree = etree.fromstring(xml)
    assert name == "factur-x.xml"
    assert Decimal(tree.findtext(f".//{RAM}GrandTotalAmount")) == data.total.amount
    nets = [Decimal(n.text) for n in tree.iter(f"{RAM}LineTotalAmount")][:-1]
    assert nets == [line.net.amount for line in data.lines]


def test_the_same_invoice_is_the_same_bytes_and_a_pdf_a_3():
    data = invoiced("en")
    first, second = made(data), made(data)
    assert first.content == second.content
    with pikepdf.open(io.BytesIO(first.content)) as pdf:
        xmp = bytes(pdf.Root.Metadata.read_bytes())
        assert b"<pdfaid:part>3</pdfaid:part>" in xmp and b"urn:factur-x:pdfa" in xmp
        assert "/StructTreeRoot" in pdf.Root and "/AF" in pdf.Root


@pytest.mark.parametrize(
    "kind,category", [(VatKind.REVERSE_CHARGE, "AE"), (VatKind.OUTSIDE, "O"), (VatKind.EXEMPT, "E")]
)
def test_who_owes_the_tax_stands_in_both_syntaxes(kind, category):
    net = sum((line.net for line in invoiced("en").lines), eur("0"))
    vat = (VatLine(kind=kind, rate=Decimal(0), net=net, vat=eur("0.00")),)
    data = invoiced("en", vat=vat, total=net)
    assert etree.fromstring(cii(data)).findtext(f".//{RAM}CategoryCode") == category
    assert category in [n.text for n in etree.fromstring(ubl(data)).iter(f"{CBC}ID")]


def test_what_a_remittance_settled_is_prepaid():
    data = invoiced("en", settled_by="REM-1", payment=None, due_on=None)
    tree = etree.fromstring(ubl(data))
    assert Decimal(tree.findtext(f".//{CBC}PrepaidAmount")) == data.total.amount
    assert Decimal(tree.findtext(f".//{CBC}PayableAmount")) == 0
