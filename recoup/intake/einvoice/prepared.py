"""UBL and CII trees made ready for the factur-x library, which reads one namespace per syntax,
strict dates and no ZUGFeRD 1. What the library would lose is taken out here.
"""

import re
from dataclasses import dataclass

from lxml import etree

from recoup.intake.einvoice.reading import Due, Line, Notice, notice
from recoup.intake.einvoice.values import day_of, decimal_of
from recoup.kernel.refusal import N_
from recoup.kernel.xml import local_name

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CAC, CBC = f"{{{UBL}CommonAggregateComponents-2}}", f"{{{UBL}CommonBasicComponents-2}}"
UNCEFACT = "urn:un:unece:uncefact:data:standard:"
RSM = f"{{{UNCEFACT}CrossIndustryInvoice:100}}"
RAM = f"{{{UNCEFACT}ReusableAggregateBusinessInformationEntity:100}}"
SETTLEMENT = f"{RSM}SupplyChainTradeTransaction/{RAM}ApplicableHeaderTradeSettlement"
VERSIONED = re.compile(
    r"urn:un:unece:uncefact:data:standard:(CrossIndustryInvoice|UnqualifiedDataType|QualifiedDataType"
    r"|ReusableAggregateBusinessInformationEntity):[0-9]{1,3}"
)
# ZUGFeRD 1.0 (CII of 2013) to CII D16B, by the parent where the old name had several meanings.
RENAMED = {
    "CrossIndustryDocument": "CrossIndustryInvoice",
    "SpecifiedExchangedDocumentContext": "ExchangedDocumentContext",
    "HeaderExchangedDocument": "ExchangedDocument",
    "SpecifiedSupplyChainTradeTransaction": "SupplyChainTradeTransaction",
    "ApplicableSupplyChainTradeAgreement": "ApplicableHeaderTradeAgreement",
    "ApplicableSupplyChainTradeDelivery": "ApplicableHeaderTradeDelivery",
    "ApplicableSupplyChainTradeSettlement": "ApplicableHeaderTradeSettlement",
    "SpecifiedSupplyChainTradeAgreement": "SpecifiedLineTradeAgreement",
    "SpecifiedSupplyChainTradeDelivery": "SpecifiedLineTradeDelivery",
    "SpecifiedSupplyChainTradeSettlement": "SpecifiedLineTradeSettlement",
}
NO_CURRENCY = "XXX"
DISCOUNT = re.compile(
    r"skonto|discount|escompte|sconto|rabat|korting|descuento|desconto|alennus|\bslev[ay]|kedvezmény|折扣|割引",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A header without lines for the library, and what was taken out of it."""

    root: etree._Element
    lines: tuple[Line, ...]
    dues: tuple[Due, ...]
    due_source: str | None
    notices: tuple[Notice, ...]


def upgraded(root: etree._Element) -> None:
    """Any version of the CII namespaces, and ZUGFeRD 1, to D16B names; in place."""
    old = local_name(root) == "CrossIndustryDocument"
    own = etree.QName(root).namespace
    for element in root.iter(etree.Element):
        name, space = local_name(element), etree.QName(element).namespace or ""
        if space == own:
            space = RSM[1:-1]
        elif found := VERSIONED.fullmatch(space):
            space = f"{UNCEFACT}{found[1]}:100"
        element.tag = f"{{{space}}}{new_name(element, name) if old else name}" if space else name


def new_name(element: etree._Element, name: str) -> str:
    parent = element.getparent()
    above = local_name(parent) if parent is not None else ""
    if name == "SpecifiedTradeSettlementMonetarySummation":
        level = "Line" if "Line" in above else "Header"
        return f"SpecifiedTradeSettlement{level}MonetarySummation"
    if name == "ID" and above.endswith("ReferencedDocument"):
        return "IssuerAssignedID"
    return RENAMED.get(name, name)


def prepare_cii(root: etree._Element) -> Prepared:
    upgraded(root)
    items = root.findall(f"{RSM}SupplyChainTradeTransaction/{RAM}IncludedSupplyChainTradeLineItem")
    lines = tuple(
        line(item, f"{RAM}AssociatedDocumentLineDocument/{RAM}LineID",
             f"{RAM}SpecifiedTradeProduct/{RAM}Name",
             f"{RAM}SpecifiedLineTradeDelivery/{RAM}BilledQuantity",
             f"{RAM}SpecifiedLineTradeSettlement/{RAM}SpecifiedTradeSettlementLineMonetarySummation/{RAM}LineTotalAmount")
        for item in items
    )  # fmt: skip
    notices = cleaned(root, items, "DateTimeString")
    for account in root.iter(f"{RAM}PayeePartyCreditorFinancialAccount"):
        if (account.findtext(f"{RAM}IBANID") or "").strip():
            drop(account.findall(f"{RAM}ProprietaryID"))
    named_currency(root.find(SETTLEMENT), f"{RAM}InvoiceCurrencyCode")
    one_currency(
        root, f"{RAM}InvoiceCurrencyCode", f"{RAM}SpecifiedTradeSettlementHeaderMonetarySummation"
    )
    dues = tuple(
        due for terms in root.iter(f"{RAM}SpecifiedTradePaymentTerms") for due in dues_of(terms)
    )
    return Prepared(root, lines, dues, "SpecifiedTradePaymentTerms/DueDateDateTime", notices)


def dues_of(terms: etree._Element) -> list[Due]:
    """The due days of one CII payment term; all are discount days if the term grants a discount."""
    described = " ".join(e.text or "" for e in terms.findall(f"{RAM}Description"))
    granted = terms.find(f"{RAM}ApplicableTradePaymentDiscountTerms") is not None
    # One term may describe both the discount and the full payment; then its day is the full one.
    discount = (granted or bool(DISCOUNT.search(described))) and len(others(terms)) > 0
    days = [day_of(e.text or "") for e in terms.findall(f"{RAM}DueDateDateTime/*")]
    part = decimal_of(terms.findtext(f"{RAM}PartialPaymentAmount") or "")
    return [Due(day, discount, part) for day in days if day]


def others(terms: etree._Element) -> list[etree._Element]:
    parent = terms.getparent()
    siblings = parent.findall(terms.tag) if parent is not None else []
    return [s for s in siblings if s is not terms and s.find(f"{RAM}DueDateDateTime") is not None]


def prepare_ubl(root: etree._Element) -> Prepared:
    credit = local_name(root) == "CreditNote"
    kind = "Credit" if credit else "Invoic"
    items = root.findall(f"{CAC}{'CreditNote' if credit else 'Invoice'}Line")
    lines = tuple(
        line(
            item,
            f"{CBC}ID",
            f"{CAC}Item/{CBC}Name",
            f"{CBC}{kind}edQuantity",
            f"{CBC}LineExtensionAmount",
        )
        for item in items
    )
    notices = cleaned(root, items, "Date")
    for scheme in root.iter(f"{CAC}PartyTaxScheme"):
        code = scheme.find(f"{CAC}TaxScheme/{CBC}ID")
        if code is not None and code.text != "VAT":
            code.text = "LOC"  # the library's only name for tax numbers other than VAT
    named_currency(root, f"{CBC}DocumentCurrencyCode")
    one_currency(root, f"{CBC}DocumentCurrencyCode", f"{CAC}LegalMonetaryTotal")
    for path in (f"{CBC}DueDate", f"{CAC}PaymentMeans/{CBC}PaymentDueDate",
                 f"{CAC}PaymentTerms/{CBC}PaymentDueDate", f"{CAC}PaymentTerms/{CBC}InstallmentDueDate"):  # fmt: skip
        dues = tuple(dict.fromkeys(ubl_dues(root, path)))
        if dues:
            return Prepared(root, lines, dues, re.sub(r"\{[^}]*\}", "", path), notices)
    return Prepared(root, lines, (), None, notices)


def ubl_dues(root: etree._Element, path: str) -> list[Due]:
    """The due days at `path`; a payment term beside its day may say how much falls due on it."""
    found = []
    for element in root.findall(path):
        day, parent = day_of(element.text or ""), element.getparent()
        part = (
            parent.findtext(f"{CBC}Amount") if parent is not None and path.startswith(CAC) else None
        )
        if day:
            found.append(Due(day, amount=decimal_of(part) if part else None))
    return found


def line(item: etree._Element, *paths: str) -> Line:
    number, name, quantity, net = ((item.findtext(path) or "").strip() or None for path in paths)
    # Factur-X EXTENDED: headings and parts of another line carry amounts that count elsewhere.
    reason = item.findtext(f"{RAM}AssociatedDocumentLineDocument/{RAM}LineStatusReasonCode") or ""
    counts = reason.strip() not in ("GROUP", "INFORMATION")
    return Line(number, name, quantity, decimal_of(net) if net else None, counts)


def cleaned(root: etree._Element, items: list[etree._Element], ending: str) -> tuple[Notice, ...]:
    """Takes out lines, embedded bytes and unreadable dates; returns a notice for each such date."""
    drop(items)
    notices = []
    for element in list(root.iter(etree.Element)):
        name = local_name(element)
        if name in ("EmbeddedDocumentBinaryObject", "AttachmentBinaryObject"):
            element.text = None
        if not name.endswith(ending) or len(element) or not (element.text or "").strip():
            continue
        day = day_of(element.text or "")
        if day:
            element.text = day.isoformat() if ending == "Date" else day.isoformat().replace("-", "")
            continue
        parent = element.getparent()
        field = local_name(parent) if ending == "DateTimeString" and parent is not None else name
        if field.startswith(("Issue", "Due", "PaymentDue")):
            notices.append(notice("date_unreadable", N_("%(field)s: “%(found)s” is not a date."),
                              field=field, found=(element.text or "")[:40]))  # fmt: skip
        element.text = None
    return tuple(notices)


def drop(elements: list[etree._Element]) -> None:
    for element in elements:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def named_currency(parent: etree._Element | None, tag: str) -> None:
    """The library stops at an invoice without a currency: such a one gets ISO 4217's “none”."""
    if parent is None:
        return
    found = parent.findall(tag)
    drop(found[1:])
    code = found[0] if found else etree.SubElement(parent, tag)
    code.text = (code.text or "").strip() or NO_CURRENCY


def one_currency(root: etree._Element, code: str, totals: str) -> None:
    """Where a total is given in several currencies, keep the one of the invoice."""
    currency = (root.findtext(f".//{code}") or "").strip()
    for block in root.iter(totals):
        seen: dict[str, list[etree._Element]] = {}
        for element in block:
            seen.setdefault(str(element.tag), []).append(element)
        for same in seen.values():
            ours = [e for e in same if e.get("currencyID", currency) == currency]
            for element in same if len(same) > 1 and ours else []:
                if element is not ours[0]:
                    block.remove(element)
