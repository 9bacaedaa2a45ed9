"""UBL and CII invoices by business terms of EN 16931-1. The only module that knows the factur-x parser."""

import re
from typing import Any

from lxml import etree

from recoup.intake.einvoice.prepared import (
    NO_CURRENCY,
    SETTLEMENT,
    Prepared,
    prepare_cii,
    prepare_ubl,
)
from recoup.intake.einvoice.reading import (
    Attachment,
    Notice,
    Party,
    Preceding,
    Reading,
    notice,
    unreadable,
)  # fmt: skip
from recoup.intake.einvoice.values import day_of, decimal_of, in_currency, is_finer
from recoup.kernel.money import CODE
from recoup.kernel.refusal import N_, Refusal
from recoup.kernel.xml import local_name

TOTALS = {
    "line_total": "BT-106", "allowance_total": "BT-107", "charge_total": "BT-108",
    "tax_basis_total": "BT-109", "tax_total": "BT-110", "grand_total": "BT-112",
    "prepaid": "BT-113", "rounding": "BT-114", "due_payable": "BT-115",
}  # fmt: skip
CURRENCY = re.compile(r"(Document|Invoice|Tax)CurrencyCode")


def read_ubl(root: etree._Element, *, file: str) -> Reading:
    """A UBL 2.1 Invoice or CreditNote. Raises `Refusal` `einvoice_unreadable`."""
    flavour = f"ubl-2.1-{local_name(root).lower()}"
    return read(prepare_ubl(root), flavour, f"UBL {local_name(root)}", file)


def read_cii(root: etree._Element, *, file: str) -> Reading:
    """A UN/CEFACT Cross Industry Invoice of any version, ZUGFeRD 1 included."""
    old = local_name(root) == "CrossIndustryDocument"
    prepared = prepare_cii(root)
    if root.find(SETTLEMENT) is None:
        raise Refusal("einvoice_empty", N_("%(file)s has no settlement part, where an invoice keeps its amounts."),
                      file=file)  # fmt: skip
    return read(prepared, "factur-x", "CII ZUGFeRD1" if old else "CII", file)


def read(prepared: Prepared, flavour: str, variant: str, file: str) -> Reading:
    notices = [*prepared.notices, *strange_currencies(prepared.root)]
    terms = by_term(prepared.root, flavour, file)
    named = one(terms.get("BT-5"))
    currency = None if named == NO_CURRENCY else named
    return Reading(
        file=file, variant=variant, profile=one(terms.get("BT-24")),
        type_code=one(terms.get("BT-3")), number=one(terms.get("BT-1")),
        issue_date=day_of(one(terms.get("BT-2")) or ""),
        due_date_source=prepared.due_source if prepared.dues else None, due_dates=prepared.dues,
        currency=currency, **totals(terms, currency, notices),
        seller=party(terms.get("BG-4")), buyer=party(terms.get("BG-7")),
        payee=party(terms["BG-10"]) if terms.get("BG-10") else None,
        accounts=many(terms.get("BT-84")), payment_reference=one(terms.get("BT-83")),
        payment_terms="\n".join(many(terms.get("BT-20"))) or None,
        notes=tuple(n for entry in terms.get("BG-1") or () for n in many(entry.get("BT-22"))),
        buyer_reference=one(terms.get("BT-10")), order_reference=one(terms.get("BT-13")),
        preceding=tuple(
            Preceding(number, day_of(one(entry.get("BT-26")) or ""))
            for entry in terms.get("BG-3") or () if (number := one(entry.get("BT-25")))
        ),
        attachments=tuple(attachment(entry) for entry in terms.get("BG-24") or ()),
        lines=prepared.lines, warnings=tuple(notices),
    )  # fmt: skip


def by_term(root: etree._Element, flavour: str, file: str) -> dict[str, Any]:
    """The header by business term, through the library; level and flavour are given, since the
    library's own detection fails on invoices without a customisation id."""
    from facturx import parse_ubl_cii_xml

    try:
        found: dict[str, Any] = parse_ubl_cii_xml(
            root,
            flavor=flavour,
            level="extended",
            check_xsd=False,
            date_as="string",
            bytes_as="string",
        )
    except Exception as error:  # the library names no exceptions of its own
        raise unreadable(file, type(error).__name__) from error
    return found


def strange_currencies(root: etree._Element) -> list[Notice]:
    """Takes out currency codes that are none: the library puts them into its own XPath."""
    found = []
    for element in list(root.iter(etree.Element)):
        text = (element.text or "").strip()
        if text and CURRENCY.fullmatch(local_name(element)) and not CODE.fullmatch(text):
            found.append(notice("currency_unknown", N_("“%(found)s” is not a currency code."),
                                found=text[:20]))  # fmt: skip
            element.text = NO_CURRENCY
    return found


def totals(terms: dict[str, Any], currency: str | None, notices: list[Notice]) -> dict[str, Any]:
    result = {}
    for name, term in TOTALS.items():
        text = one(terms.get(term))
        value = decimal_of(text) if text else None
        if text and value is None:
            notices.append(notice("amount_unreadable", N_("%(field)s: “%(found)s” is not an amount."),
                                  field=name, found=text[:40]))  # fmt: skip
        if value is not None and is_finer(value, currency):
            notices.append(notice(
                "amount_rounded", N_("%(field)s: %(found)s has more decimals than %(currency)s and was rounded."),
                field=name, found=text, currency=currency or "?",
            ))  # fmt: skip
        result[name] = None if value is None else in_currency(value, currency)
    return result


def party(entry: dict[str, Any] | None) -> Party:
    entry = entry or {}
    contacts = entry.get("contacts") or [{}]
    return Party(
        name=one(entry.get("name")) or one(entry.get("biz_name")),
        trading_name=one(entry.get("biz_name")),
        vat=one(entry.get("vat_identifier")), tax_id=one(entry.get("tax_identifier")),
        legal_id=one(entry.get("legal_identifier")),
        country=one(entry.get("country_code")), city=one(entry.get("city")),
        postcode=one(entry.get("postcode")), street=one(entry.get("addr_l1")),
        endpoint=one(entry.get("einvoicing_addr")),
        email=one(contacts[0].get("email")), phone=one(contacts[0].get("phone")),
    )  # fmt: skip


def attachment(entry: dict[str, Any]) -> Attachment:
    name = one(entry.get("BT-125-2")) or one(entry.get("BT-122")) or one(entry.get("BT-123"))
    return Attachment(name or "?", one(entry.get("BT-125-1")), one(entry.get("BT-124")))


def many(value: Any) -> tuple[str, ...]:
    """The texts of a term, which the library gives as a text, or as a list where it occurs often."""
    values = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(v.strip() for v in values if isinstance(v, str) and v.strip()))


def one(value: Any) -> str | None:
    return next(iter(many(value)), None)
