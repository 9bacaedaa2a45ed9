"""FatturaPA, Italy's invoice to the administration (FPA12) and between companies (FPR12).

Source: Agenzia delle Entrate, Specifiche tecniche fattura elettronica 1.8. Children have no namespace.
One file may hold several invoices (bodies) between the same parties.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

from recoup.intake.einvoice.reading import (
    Attachment,
    Due,
    Line,
    Notice,
    Party,
    Preceding,
    Reading,
    notice,
)  # fmt: skip
from recoup.intake.einvoice.values import day_of, decimal_of, in_currency
from recoup.kernel.refusal import N_, Refusal
from recoup.kernel.xml import local_name

TERMS = {"TP01": "pagamento a rate", "TP02": "pagamento completo", "TP03": "anticipo"}
HEAD = "DatiGenerali/DatiGeneraliDocumento"


def read_fatturapa(root: etree._Element, *, file: str) -> Reading:
    """The first invoice, the others in `further`. Raises `Refusal` `einvoice_empty` without a body."""
    for element in root.iter(etree.Element):  # some writers put the children into the namespace too
        element.tag = local_name(element)
    bodies = root.findall("FatturaElettronicaBody")
    if not bodies:
        raise Refusal("einvoice_empty", N_("%(file)s holds no invoice body."), file=file)
    header = root.find("FatturaElettronicaHeader")
    sender = text(header, "DatiTrasmissione/FormatoTrasmissione") or root.get("versione") or "?"
    seller, buyer = (
        party(header, name) for name in ("CedentePrestatore", "CessionarioCommittente")
    )
    readings = [
        replace(read_body(body, file), variant=f"FatturaPA {sender}", profile=sender,
                seller=seller, buyer=buyer)
        for body in bodies
    ]  # fmt: skip
    return replace(readings[0], further=tuple(readings[1:]))


def read_body(body: etree._Element, file: str) -> Reading:
    notices: list[Notice] = []
    currency = text(body, f"{HEAD}/Divisa")
    basis, tax = (
        added(body, f"DatiBeniServizi/DatiRiepilogo/{n}", notices)
        for n in ("ImponibileImporto", "Imposta")
    )
    rounding = added(body, f"{HEAD}/Arrotondamento", notices)
    grand = added(body, f"{HEAD}/ImportoTotaleDocumento", notices)
    if grand is None and basis is not None:
        grand = basis + (tax or 0) + (rounding or 0)
    dues, payable = payments(body, grand, notices)
    amounts: dict[str, Decimal | None] = {
        "line_total": added(body, "DatiBeniServizi/DettaglioLinee/PrezzoTotale", notices),
        "tax_basis_total": basis, "tax_total": tax, "grand_total": grand, "rounding": rounding,
        "due_payable": payable,
    }  # fmt: skip
    return Reading(
        file=file, variant="FatturaPA", type_code=text(body, f"{HEAD}/TipoDocumento"),
        number=text(body, f"{HEAD}/Numero"), issue_date=day(body, f"{HEAD}/Data", notices),
        currency=currency, due_dates=dues,
        due_date_source="DettaglioPagamento/DataScadenzaPagamento" if dues else None,
        accounts=tuple(dict.fromkeys(texts(body, "DatiPagamento/DettaglioPagamento/IBAN"))),
        payment_terms=TERMS.get(text(body, "DatiPagamento/CondizioniPagamento") or ""),
        payment_reference=text(body, "DatiPagamento/DettaglioPagamento/CodicePagamento"),
        notes=tuple(texts(body, f"{HEAD}/Causale")),
        order_reference=text(body, "DatiGenerali/DatiOrdineAcquisto/IdDocumento"),
        preceding=tuple(preceding(e) for e in body.findall("DatiGenerali/DatiFattureCollegate") if text(e, "IdDocumento")),
        attachments=tuple(Attachment(name) for name in texts(body, "Allegati/NomeAttachment")),
        lines=tuple(line(e) for e in body.findall("DatiBeniServizi/DettaglioLinee")),
        warnings=tuple(notices),
        **in_minor_units(amounts, currency),
    )  # fmt: skip


def in_minor_units(amounts: dict[str, Decimal | None], currency: str | None) -> dict[str, Any]:
    return {k: None if v is None else in_currency(v, currency) for k, v in amounts.items()}


def payments(
    body: etree._Element, grand: Decimal | None, notices: list[Notice]
) -> tuple[tuple[Due, ...], Decimal | None]:
    """The days on which instalments fall due, and what is to be paid in all."""
    details = body.findall("DatiPagamento/DettaglioPagamento")
    days = [day(e, "DataScadenzaPagamento", notices) for e in details]
    payable = added(body, "DatiPagamento/DettaglioPagamento/ImportoPagamento", notices)
    if payable is None and grand is not None:
        withheld = added(body, f"{HEAD}/DatiRitenuta/ImportoRitenuta", notices) or Decimal(0)
        payable = grand - withheld
        notices.append(notice(
            "due_payable_computed",
            N_("The invoice gives no amount to pay; %(total)s less %(withheld)s tax withheld is taken."),
            total=grand, withheld=withheld,
        ))  # fmt: skip
    parts = [decimal_of(text(e, "ImportoPagamento") or "") for e in details]
    dues = (Due(d, amount=part) for d, part in zip(days, parts, strict=True) if d)
    return tuple(dict.fromkeys(dues)), payable


def party(header: etree._Element | None, side: str) -> Party:
    who, seat = f"{side}/DatiAnagrafici", f"{side}/Sede"
    person = " ".join(
        filter(None, (text(header, f"{who}/Anagrafica/{n}") for n in ("Nome", "Cognome")))
    )
    vat = text(header, f"{who}/IdFiscaleIVA/IdCodice")
    return Party(
        name=text(header, f"{who}/Anagrafica/Denominazione") or person or None,
        vat=(text(header, f"{who}/IdFiscaleIVA/IdPaese") or "") + vat if vat else None,
        legal_id=text(header, f"{who}/CodiceFiscale"), country=text(header, f"{seat}/Nazione"),
        city=text(header, f"{seat}/Comune"), postcode=text(header, f"{seat}/CAP"),
        street=text(header, f"{seat}/Indirizzo"),
        email=text(header, f"{side}/Contatti/Email"), phone=text(header, f"{side}/Contatti/Telefono"),
    )  # fmt: skip


def preceding(element: etree._Element) -> Preceding:
    return Preceding(text(element, "IdDocumento") or "?", day_of(text(element, "Data") or ""))


def line(element: etree._Element) -> Line:
    return Line(text(element, "NumeroLinea"), text(element, "Descrizione"), text(element, "Quantita"),
                decimal_of(text(element, "PrezzoTotale") or ""))  # fmt: skip


def texts(element: etree._Element | None, path: str) -> list[str]:
    found = element.findall(path) if element is not None else []
    return [t for e in found if (t := (e.text or "").strip())]


def text(element: etree._Element | None, path: str) -> str | None:
    return next(iter(texts(element, path)), None)


def day(element: etree._Element, path: str, notices: list[Notice]) -> date | None:
    found = text(element, path)
    value = day_of(found or "")
    if found and value is None:
        notices.append(notice("date_unreadable", N_("%(field)s: “%(found)s” is not a date."),
                              field=path.split("/")[-1], found=found[:40]))  # fmt: skip
    return value


def added(element: etree._Element, path: str, notices: list[Notice]) -> Decimal | None:
    """The sum of all amounts at `path`; None where there is none."""
    total: Decimal | None = None
    for found in texts(element, path):
        value = decimal_of(found)
        if value is None:
            notices.append(notice("amount_unreadable", N_("%(field)s: “%(found)s” is not an amount."),
                                  field=path.split("/")[-1], found=found[:40]))  # fmt: skip
        else:
            total = value if total is None else total + value
    return total
