"""One file to one reading, in this process. The product goes through `reader`, which guards it."""

import re
from dataclasses import replace

from lxml import etree

from recoup.intake.einvoice import pdf
from recoup.intake.einvoice.checks import checked
from recoup.intake.einvoice.en16931 import read_cii, read_ubl
from recoup.intake.einvoice.fatturapa import read_fatturapa
from recoup.intake.einvoice.reading import NoInvoice, Reading
from recoup.intake.einvoice.transport import LARGEST, too_large
from recoup.intake.einvoice.values import display_name
from recoup.intake.einvoice.xmlfile import root_of
from recoup.kernel.refusal import N_, Refusal
from recoup.kernel.xml import local_name

BESIDE_PDF = 1024
UBL = re.compile(r"urn:oasis:names:specification:ubl:schema:xsd:(Invoice|CreditNote)-2")
CII = re.compile(
    r"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:[0-9]{1,3}|urn:ferd:[\w:.-]{1,60}"
)
FATTURAPA = re.compile(
    r"http://(ivaservizi\.agenziaentrate\.gov\.it/docs/xsd/fatture|www\.fatturapa\.gov\.it/sdi/fatturapa)/v1\.[0-9]"
)
# Sound business documents that are no invoice, by the name of their root.
OTHERS = {
    "SCRDMCCBDACIOMessageStructure": N_("an order (Order-X)"),
    "Order": N_("an order"), "OrderResponse": N_("an order response"), "OrderChange": N_("an order change"),
    "DespatchAdvice": N_("a despatch advice"), "Quotation": N_("a quotation"), "Catalogue": N_("a catalogue"),
    "Reminder": N_("a reminder"), "Statement": N_("a statement"), "ApplicationResponse": N_("an acknowledgement"),
    "CrossIndustryDespatchAdvice": N_("a despatch advice"), "CrossIndustryOrder": N_("an order"),
}  # fmt: skip
MAGIC = {
    b"MZ": N_("a Windows program"), b"\x7fELF": N_("a Linux program"), b"PK": N_("a ZIP archive or Office file"),
    b"\x89PNG": N_("a picture"), b"\xff\xd8\xff": N_("a picture"), b"GIF8": N_("a picture"),
    b"0\x80": N_("a signed envelope (p7m)"), b"0\x82": N_("a signed envelope (p7m)"),
    b"0\x83": N_("a signed envelope (p7m)"), b"{": N_("JSON"), b"\x1f\x8b": N_("a compressed file"),
}  # fmt: skip


def read_here(content: bytes, *, file: str) -> Reading:
    """The invoice in `content`. Raises `NoInvoice` and `Refusal`, nothing else but lack of memory."""
    name = display_name(file)
    if container_of(content, name) == "xml":
        return replace(read_xml(content, name), file=file)
    inside = pdf.embedded_in(content, file=name)
    reading = read_xml(inside.xml, name)
    return replace(
        reading, file=file, container="pdf",
        attachments=reading.attachments + inside.attachments, warnings=inside.notices + reading.warnings,
    )  # fmt: skip


def container_of(content: bytes, name: str) -> str:
    """`pdf` or `xml` by the first bytes, never by the name.

    Raises `Refusal` `file_empty`, `file_too_large`, `not_an_invoice_file`, `pdf_cut`, `pdf_polyglot`.
    """
    if not content.strip():
        raise Refusal("file_empty", N_("%(file)s is empty."), file=name)
    if len(content) > LARGEST:
        raise too_large(name)
    start = content[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")
    if start.startswith(b"%PDF-"):
        whole_pdf(content, name)
        return "pdf"
    page = start[:14].lower().startswith((b"<!doctype html", b"<html"))
    if start.startswith(b"<") and not page:
        return "xml"
    what = next((text for magic, text in MAGIC.items() if content.startswith(magic)), None)
    what = N_("a web page") if page else what
    text = (N_("%(file)s is neither XML nor PDF, but looks like %(what)s.") if what
            else N_("%(file)s is neither XML nor PDF."))  # fmt: skip
    raise Refusal("not_an_invoice_file", text, file=name, what=what)


def whole_pdf(content: bytes, name: str) -> None:
    """A PDF ends with its end mark: nothing cut off, no second file behind it (ISO 32000-1, 7.5.5)."""
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise Refusal(
            "pdf_cut",
            N_("%(file)s breaks off before the end of the PDF; please send it again."),
            file=name,
        )
    if len(content[end + 5 :].strip(b"\0 \t\r\n")) > BESIDE_PDF or b"PK\x05\x06" in content[end:]:
        raise Refusal(
            "pdf_polyglot", N_("%(file)s has another file hidden behind the PDF."), file=name
        )


def read_xml(content: bytes, name: str) -> Reading:
    root, notices = root_of(content, file=name)
    try:
        reading = checked(read_root(root, name))
    except Refusal:
        raise
    except (
        ArithmeticError,
        AssertionError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        raise Refusal("einvoice_unreadable", N_("%(file)s: the invoice inside could not be read: %(reason)s."),
                      file=name, reason=type(error).__name__) from error  # fmt: skip
    return replace(reading, warnings=notices + reading.warnings)


def read_root(root: etree._Element, name: str) -> Reading:
    """Raises `NoInvoice` `not_an_invoice`, `Refusal` `namespace_unknown` and `root_unknown`."""
    tag, space = local_name(root), etree.QName(root).namespace or ""
    if tag in ("Invoice", "CreditNote") and UBL.fullmatch(space) and space.endswith(f":{tag}-2"):
        return read_ubl(root, file=name)
    if tag in ("CrossIndustryInvoice", "CrossIndustryDocument") and CII.fullmatch(space):
        return read_cii(root, file=name)
    if tag == "FatturaElettronica" and FATTURAPA.match(space):
        return read_fatturapa(root, file=name)
    if tag in OTHERS:
        raise NoInvoice("not_an_invoice", N_("%(file)s is %(what)s, not an invoice."), file=name,
                        what=OTHERS[tag], found=tag)  # fmt: skip
    if tag in (
        "Invoice",
        "CreditNote",
        "CrossIndustryInvoice",
        "CrossIndustryDocument",
        "FatturaElettronica",
    ):
        raise Refusal(
            "namespace_unknown",
            N_("%(file)s: the root element %(found)s is in the namespace “%(namespace)s”, which no known invoice format has."),
            file=name, found=tag, namespace=space[:120],
        )  # fmt: skip
    raise Refusal("root_unknown", N_("%(file)s: the root element “%(found)s” is not that of an invoice."),
                  file=name, found=tag[:60])  # fmt: skip
