"""Small invoices written for these tests: one invoice of 1,190.00 EUR in every syntax."""

from io import BytesIO

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
IBAN = "DE02120300000000202051"


def ubl(
    *, root="Invoice", number="R-1001", issued="2026-03-02", due="2026-04-01", currency="EUR",
    terms="", prepaid="0.00", payable="1190.00", total="1190.00", iban=IBAN, extra="", means="",
) -> bytes:  # fmt: skip
    """A UBL Invoice or CreditNote from Nordlicht AB (SE) to Kaufhaus Müller GmbH (DE)."""
    kind = "381" if root == "CreditNote" else "380"
    quantity = "Credited" if root == "CreditNote" else "Invoiced"
    due_element = f"<cbc:DueDate>{due}</cbc:DueDate>" if due and root == "Invoice" else ""
    terms_element = f"<cac:PaymentTerms><cbc:Note>{terms}</cbc:Note></cac:PaymentTerms>"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="{UBL}{root}-2" xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:cbc="{UBL}CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
<cbc:ID>{number}</cbc:ID><cbc:IssueDate>{issued}</cbc:IssueDate>{due_element}
<cbc:{root}TypeCode>{kind}</cbc:{root}TypeCode>
<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>{extra}
<cac:AccountingSupplierParty><cac:Party>
  <cac:PostalAddress><cbc:CityName>Luleå</cbc:CityName><cac:Country><cbc:IdentificationCode>SE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
  <cac:PartyTaxScheme><cbc:CompanyID>SE556036079301</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>Nordlicht AB</cbc:RegistrationName><cbc:CompanyID>5560360793</cbc:CompanyID></cac:PartyLegalEntity>
</cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party>
  <cac:PostalAddress><cbc:CityName>Köln</cbc:CityName><cbc:PostalZone>50667</cbc:PostalZone><cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
  <cac:PartyLegalEntity><cbc:RegistrationName>Kaufhaus Müller GmbH</cbc:RegistrationName></cac:PartyLegalEntity>
</cac:Party></cac:AccountingCustomerParty>
<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>{means}<cac:PayeeFinancialAccount><cbc:ID>{iban}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
{terms_element if terms else ""}
<cac:TaxTotal><cbc:TaxAmount currencyID="{currency}">190.00</cbc:TaxAmount></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="{currency}">1000.00</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="{currency}">1000.00</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID="{currency}">{total}</cbc:TaxInclusiveAmount>
<cbc:PrepaidAmount currencyID="{currency}">{prepaid}</cbc:PrepaidAmount><cbc:PayableAmount currencyID="{currency}">{payable}</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:{root}Line><cbc:ID>1</cbc:ID><cbc:{quantity}Quantity unitCode="H87">10</cbc:{quantity}Quantity><cbc:LineExtensionAmount currencyID="{currency}">1000.00</cbc:LineExtensionAmount><cac:Item><cbc:Name>Lampe</cbc:Name></cac:Item></cac:{root}Line>
</{root}>""".encode()


def term(due: str, description: str = "", percent: str = "") -> str:
    """One CII payment term, with a discount if `percent` is given."""
    granted = f"<ram:CalculationPercent>{percent}</ram:CalculationPercent>"
    discount = f"<ram:ApplicableTradePaymentDiscountTerms>{granted}</ram:ApplicableTradePaymentDiscountTerms>"
    day = f'<ram:DueDateDateTime><udt:DateTimeString format="102">{due}</udt:DateTimeString></ram:DueDateDateTime>'
    return (
        f"<ram:SpecifiedTradePaymentTerms><ram:Description>{description}</ram:Description>"
        f"{day if due else ''}{discount if percent else ''}</ram:SpecifiedTradePaymentTerms>"
    )


def cii(
    *,
    terms=None,
    type_code="380",
    currency="EUR",
    payable="1190.00",
    total="1190.00",
    version="100",
) -> bytes:
    """A CII invoice of the same content; `terms` is a list of `term(...)`."""
    un = "urn:un:unece:uncefact:data:standard:"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="{un}CrossIndustryInvoice:{version}" xmlns:udt="{un}UnqualifiedDataType:{version}" xmlns:ram="{un}ReusableAggregateBusinessInformationEntity:{version}">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>R-1001</ram:ID><ram:TypeCode>{type_code}</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format="102">20260302</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct><ram:Name>Lampe</ram:Name></ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="H87">10</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
<ram:SpecifiedLineTradeSettlement><ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>1000.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>
<ram:ApplicableHeaderTradeAgreement>
<ram:SellerTradeParty><ram:Name>Nordlicht AB</ram:Name><ram:SpecifiedLegalOrganization><ram:ID>5560360793</ram:ID></ram:SpecifiedLegalOrganization><ram:PostalTradeAddress><ram:CountryID>SE</ram:CountryID></ram:PostalTradeAddress><ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">SE556036079301</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTradeParty>
<ram:BuyerTradeParty><ram:Name>Kaufhaus Müller GmbH</ram:Name><ram:PostalTradeAddress><ram:PostcodeCode>50667</ram:PostcodeCode><ram:CityName>Köln</ram:CityName><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress></ram:BuyerTradeParty>
</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery/>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>{currency}</ram:InvoiceCurrencyCode>
<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode><ram:PayeePartyCreditorFinancialAccount><ram:IBANID>DE02 1203 0000 0000 2020 51</ram:IBANID><ram:ProprietaryID>202051</ram:ProprietaryID></ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
{"".join(terms if terms is not None else [term("20260401")])}
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>1000.00</ram:LineTotalAmount><ram:TaxBasisTotalAmount>1000.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="{currency}">190.00</ram:TaxTotalAmount><ram:GrandTotalAmount>{total}</ram:GrandTotalAmount><ram:DuePayableAmount>{payable}</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>""".encode()


def zugferd1(*, note="") -> bytes:
    """The same invoice as ZUGFeRD 1.0 writes it, without a due date of its own."""
    un = "urn:un:unece:uncefact:data:standard:"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryDocument xmlns:rsm="urn:ferd:CrossIndustryDocument:invoice:1p0" xmlns:ram="{un}ReusableAggregateBusinessInformationEntity:12" xmlns:udt="{un}UnqualifiedDataType:15">
<rsm:SpecifiedExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:ferd:CrossIndustryDocument:invoice:1p0:comfort</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:SpecifiedExchangedDocumentContext>
<rsm:HeaderExchangedDocument><ram:ID>R-1001</ram:ID><ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format="102">20260302</udt:DateTimeString></ram:IssueDateTime><ram:IncludedNote><ram:Content>{note}</ram:Content></ram:IncludedNote></rsm:HeaderExchangedDocument>
<rsm:SpecifiedSupplyChainTradeTransaction>
<ram:ApplicableSupplyChainTradeAgreement><ram:SellerTradeParty><ram:Name>Nordlicht AB</ram:Name></ram:SellerTradeParty><ram:BuyerTradeParty><ram:Name>Kaufhaus Müller GmbH</ram:Name><ram:PostalTradeAddress><ram:PostcodeCode>50667</ram:PostcodeCode><ram:CityName>Köln</ram:CityName><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress></ram:BuyerTradeParty></ram:ApplicableSupplyChainTradeAgreement>
<ram:ApplicableSupplyChainTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:SpecifiedTradeSettlementMonetarySummation><ram:LineTotalAmount currencyID="EUR">1000.00</ram:LineTotalAmount><ram:TaxBasisTotalAmount currencyID="EUR">1000.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="EUR">190.00</ram:TaxTotalAmount><ram:GrandTotalAmount currencyID="EUR">1190.00</ram:GrandTotalAmount></ram:SpecifiedTradeSettlementMonetarySummation></ram:ApplicableSupplyChainTradeSettlement>
<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument><ram:SpecifiedSupplyChainTradeSettlement><ram:SpecifiedTradeSettlementMonetarySummation><ram:LineTotalAmount currencyID="EUR">1000.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementMonetarySummation></ram:SpecifiedSupplyChainTradeSettlement></ram:IncludedSupplyChainTradeLineItem>
</rsm:SpecifiedSupplyChainTradeTransaction></rsm:CrossIndustryDocument>""".encode()


def fattura(*, bodies=1, kind="TD01", payments=(("2026-04-01", "1220.00"),), withheld="") -> bytes:
    """A FatturaPA between companies; every body is an invoice of 1,220.00 EUR."""
    ritenuta = (
        f"<DatiRitenuta><ImportoRitenuta>{withheld}</ImportoRitenuta></DatiRitenuta>"
        if withheld
        else ""
    )
    details = "".join(
        f"<DettaglioPagamento><DataScadenzaPagamento>{day}</DataScadenzaPagamento><ImportoPagamento>{amount}</ImportoPagamento><IBAN>IT60X0542811101000000123456</IBAN></DettaglioPagamento>"
        for day, amount in payments
    )
    pays = (
        f"<DatiPagamento><CondizioniPagamento>TP01</CondizioniPagamento>{details}</DatiPagamento>"
        if payments
        else ""
    )
    body = "".join(
        f"""<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>{kind}</TipoDocumento><Divisa>EUR</Divisa><Data>2026-03-02</Data><Numero>{n}/A</Numero>{ritenuta}</DatiGeneraliDocumento></DatiGenerali>
<DatiBeniServizi><DettaglioLinee><NumeroLinea>1</NumeroLinea><Descrizione>Lampade</Descrizione><PrezzoTotale>1000.00</PrezzoTotale></DettaglioLinee><DatiRiepilogo><ImponibileImporto>1000.00</ImponibileImporto><Imposta>220.00</Imposta></DatiRiepilogo></DatiBeniServizi>{pays}</FatturaElettronicaBody>"""
        for n in range(1, bodies + 1)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<p:FatturaElettronica versione="FPR12" xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"><FatturaElettronicaHeader><DatiTrasmissione><FormatoTrasmissione>FPR12</FormatoTrasmissione></DatiTrasmissione>
<CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>01234567897</IdCodice></IdFiscaleIVA><Anagrafica><Nome>Anna</Nome><Cognome>Bianchi</Cognome></Anagrafica></DatiAnagrafici><Sede><Nazione>IT</Nazione></Sede></CedentePrestatore>
<CessionarioCommittente><DatiAnagrafici><CodiceFiscale>09876543217</CodiceFiscale><Anagrafica><Denominazione>Beta S.r.l.</Denominazione></Anagrafica></DatiAnagrafici><Sede><CAP>00145</CAP><Comune>Roma</Comune><Nazione>IT</Nazione></Sede></CessionarioCommittente></FatturaElettronicaHeader>{body}</p:FatturaElettronica>""".encode()


def pdf(files: dict[str, bytes] | None = None, *, password: str = "") -> bytes:
    """A blank PDF with embedded files, locked if a password is given."""
    import pikepdf

    document = pikepdf.new()
    document.add_blank_page()
    for name, content in (files or {}).items():
        document.attachments[name] = pikepdf.AttachedFileSpec(document, content, filename=name)
    out = BytesIO()
    lock = pikepdf.Encryption(owner=password, user=password) if password else False
    document.save(out, encryption=lock)
    return out.getvalue()
