"""Papers of the demo: e-invoices (EN 16931 as UBL 2.1 and as Factur-X inside a PDF) and bank statements
(camt.053.001.08), as a client's and a bank's own systems would make them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from xml.sax.saxutils import escape

from recoup.console.demo.people import Company


@dataclass(frozen=True)
class Bill:
    """One invoice: `net` in `currency`, no tax (export or reverse charge) to keep the demo readable."""

    number: str
    seller: Company
    buyer: Company
    issued_on: date
    due_on: date
    amount: Decimal
    currency: str
    what: str


def party(company: Company) -> str:
    tax = (
        f"<cac:PartyTaxScheme><cbc:CompanyID>{company.vat}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID>"
        "</cac:TaxScheme></cac:PartyTaxScheme>"
        if company.vat
        else ""
    )
    number = f"<cbc:CompanyID>{company.number}</cbc:CompanyID>" if company.number else ""
    return f"""<cac:Party>
      <cac:PartyName><cbc:Name>{escape(company.name)}</cbc:Name></cac:PartyName>
      <cac:PostalAddress><cbc:StreetName>{escape(company.address[0])}</cbc:StreetName><cbc:CityName>{escape(company.city)}</cbc:CityName>
        <cbc:PostalZone>{escape(company.postcode)}</cbc:PostalZone><cac:Country><cbc:IdentificationCode>{company.country}</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
      {tax}
      <cac:PartyLegalEntity><cbc:RegistrationName>{escape(company.name)}</cbc:RegistrationName>{number}</cac:PartyLegalEntity>
      <cac:Contact><cbc:Name>{escape(company.person)}</cbc:Name><cbc:Telephone>{company.phone}</cbc:Telephone><cbc:ElectronicMail>{company.email}</cbc:ElectronicMail></cac:Contact>
    </cac:Party>"""


def ubl_invoice(bill: Bill) -> bytes:
    """The invoice as UBL 2.1 with the EN 16931 customization."""
    money = f'currencyID="{bill.currency}"'
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
  <cbc:ID>{escape(bill.number)}</cbc:ID>
  <cbc:IssueDate>{bill.issued_on}</cbc:IssueDate>
  <cbc:DueDate>{bill.due_on}</cbc:DueDate>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
  <cbc:DocumentCurrencyCode>{bill.currency}</cbc:DocumentCurrencyCode>
  <cac:AccountingSupplierParty>{party(bill.seller)}</cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty>{party(bill.buyer)}</cac:AccountingCustomerParty>
  <cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>
    <cac:PayeeFinancialAccount><cbc:ID>{bill.seller.iban}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
  <cac:TaxTotal><cbc:TaxAmount {money}>0.00</cbc:TaxAmount>
    <cac:TaxSubtotal><cbc:TaxableAmount {money}>{bill.amount}</cbc:TaxableAmount><cbc:TaxAmount {money}>0.00</cbc:TaxAmount>
      <cac:TaxCategory><cbc:ID>E</cbc:ID><cbc:Percent>0</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
  <cac:LegalMonetaryTotal><cbc:LineExtensionAmount {money}>{bill.amount}</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount {money}>{bill.amount}</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount {money}>{bill.amount}</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount {money}>{bill.amount}</cbc:PayableAmount></cac:LegalMonetaryTotal>
  <cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount {money}>{bill.amount}</cbc:LineExtensionAmount>
    <cac:Item><cbc:Name>{escape(bill.what)}</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>E</cbc:ID><cbc:Percent>0</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>
    <cac:Price><cbc:PriceAmount {money}>{bill.amount}</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
</Invoice>
""".encode()


def invoice_pdf(bill: Bill) -> bytes:
    """The invoice as a PDF with its UBL inside, the way many accounting programs send it."""
    import io

    import pikepdf
    import typst

    source = f"""#set page(paper: "a4", margin: 25mm)
#set text(size: 10pt)
= Invoice {typed(bill.number)}
{typed(bill.seller.name)} · {typed(bill.seller.address[0])} · {typed(bill.seller.city)}

#v(8mm)
To: *{typed(bill.buyer.name)}*, {typed(bill.buyer.address[0])}, {typed(bill.buyer.postcode)} {typed(bill.buyer.city)}

#v(6mm)
#table(columns: (1fr, auto), stroke: 0.4pt + gray, inset: 8pt,
  [{typed(bill.what)}], [{bill.amount} {bill.currency}],
  [*Total, due {bill.due_on}*], [*{bill.amount} {bill.currency}*])

Issued {bill.issued_on}. Account: {bill.seller.iban}
"""
    content = typst.compile(source.encode())
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.attachments["factur-x.xml"] = pikepdf.AttachedFileSpec(
            pdf,
            ubl_invoice(bill),
            filename="factur-x.xml",
            mime_type="text/xml",
            description="The invoice as UBL",
            creation_date="",
            mod_date="",
        )
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def typed(text: str) -> str:
    """Text that typst takes as text."""
    return "".join(f"\\{c}" if c in "\\#*_$@<>[]`~=-+/" else c for c in text)


@dataclass(frozen=True)
class Paid:
    """One line on a statement: a credit, or with a negative amount a payout that was carried out."""

    amount: Decimal
    payer: str
    reference: str
    text: str = ""
    bank_ref: str = ""
    end_to_end: str = "NOTPROVIDED"


def statement(
    *,
    iban: str,
    currency: str,
    on: date,
    opening: Decimal,
    paid: list[Paid],
    number: str,
    made_at: datetime,
) -> bytes:
    """A camt.053.001.08 with one statement of booked credits that balances."""
    closing = opening + sum((p.amount for p in paid), Decimal(0))
    entries = "".join(entry(p, currency, on, f"{number}-{i + 1}") for i, p in enumerate(paid))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
  <GrpHdr><MsgId>{escape(number)}</MsgId><CreDtTm>{made_at:%Y-%m-%dT%H:%M:%S}</CreDtTm></GrpHdr>
  <Stmt><Id>{escape(number)}</Id><CreDtTm>{made_at:%Y-%m-%dT%H:%M:%S}</CreDtTm>
    <Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
    {balance("OPBD", opening, currency, on)}{balance("CLBD", closing, currency, on)}
    {entries}
  </Stmt></BkToCstmrStmt></Document>
""".encode()


def balance(code: str, amount: Decimal, currency: str, on: date) -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{abs(amount)}</Amt>'
        f"<CdtDbtInd>{'CRDT' if amount >= 0 else 'DBIT'}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def entry(paid: Paid, currency: str, on: date, ref: str) -> str:
    structured = (
        f"<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>{escape(paid.reference)}</Ref></CdtrRefInf></Strd>"
        if paid.reference
        else f"<Ustrd>{escape(paid.text)}</Ustrd>"
    )
    sign, other = ("CRDT", "Dbtr") if paid.amount > 0 else ("DBIT", "Cdtr")
    amount = f'<Amt Ccy="{currency}">{abs(paid.amount)}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
    return f"""<Ntry>{amount}<Sts><Cd>BOOK</Cd></Sts>
      <BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt><AcctSvcrRef>{escape(paid.bank_ref or ref)}</AcctSvcrRef>
      <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
      <NtryDtls><TxDtls><Refs><EndToEndId>{escape(paid.end_to_end)}</EndToEndId></Refs>{amount}
      <RltdPties><{other}><Pty><Nm>{escape(paid.payer)}</Nm></Pty></{other}></RltdPties><RmtInf>{structured}</RmtInf></TxDtls></NtryDtls></Ntry>
"""


def bill_between(
    seller: Company,
    buyer: Company,
    *,
    number: str,
    amount: Decimal,
    currency: str,
    due_on: date,
    what: str,
) -> Bill:
    return Bill(number, seller, buyer, due_on - timedelta(days=30), due_on, amount, currency, what)
