"""What a column of an import file may be, and how companies head such columns. Pure.

The headings are those of the open-item lists of common bookkeeping programs in English, German, French,
Swedish, Dutch, Spanish, Italian, Danish, Norwegian, Polish and Chinese; without accents, spaces and
punctuation, the better ones first.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from recoup.kernel.refusal import N_


@dataclass(frozen=True, slots=True)
class Field:
    """`kind`: text, id (read as text, never as a number), amount, day, country, currency, flag."""

    code: str
    label: str
    kind: str
    headings: tuple[str, ...]
    needed: bool = False
    longest: int = 200


def f(
    code: str, label: str, kind: str, headings: str, needed: bool = False, longest: int = 200
) -> Field:
    return Field(code, label, kind, tuple(heading(h) for h in headings.split(",")), needed, longest)


@lru_cache(maxsize=4096)
def heading(text: str) -> str:
    """A heading without accents, case, spaces and punctuation: `Fällig am` → `falligam`; `Amount (EUR)`
    → `amount`."""
    plain = re.sub(r"[(\[（].*?[)\]）]", "", text)
    plain = unicodedata.normalize("NFKD", plain if plain.strip() else text).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("ß", "ss")
    return re.sub(r"[\W_]+", "", plain.replace("№", "no").replace("#", "no"))


FIELDS: dict[str, Field] = {
    one.code: one
    for one in (
        f("debtor", N_("Company that owes"), "text", "debtor,debtor name,company that owes,customer name,company name,customer,company,buyer,name,firma,firmenname,debitor,kunde,kundenname,schuldner,unternehmen,name 1,raison sociale,nom du client,client,nom,societe,debiteur,nom client,kund,kundnamn,foretag,foretagsnamn,galdenar,bolag,namn,klant,klantnaam,bedrijfsnaam,naam,bedrijf,cliente,razon social,nombre,nombre del cliente,deudor,empresa,ragione sociale,denominazione,nome,debitore,kundenavn,virksomhed,firmanavn,navn,skyldner,nazwa,kontrahent,nazwa firmy,dluznik,公司名称,公司名稱,客户名称,客戶名稱,名称,名稱,债务人,債務人,客户,客戶,企业名称,单位名称", True),
        f("registration_number", N_("Registration number"), "id", "registration number,company number,company registration number,reg no,registration no,org number,organisation number,crn,handelsregisternummer,hrb,registernummer,siren,siret,organisationsnummer,org nr,orgnr,kvk,kvk nummer,cvr,cvr nr,org nummer,regon,krs,统一社会信用代码,社会信用代码,公司編號,公司编号,商業登記號碼,注册号,註冊編號", longest=40),
        f("vat_number", N_("VAT number"), "id", "vat number,vat,vat registration number,vat no,vat id,vat reg no,tax id,tax number,ust idnr,ustidnr,ust id,uid,umsatzsteuer id,steuernummer,n tva,no tva,numero de tva,tva,tva intracommunautaire,momsnummer,moms nr,momsregistreringsnummer,btw nummer,btw nr,btw,nif,cif,nif iva,partita iva,p iva,piva,nip,税号,稅號,纳税人识别号", longest=20),
        f("customer_no", N_("Customer number"), "id", "customer number,customer no,customer id,customer code,account number,account no,debtor number,debtor no,debtor id,debtor code,kundennummer,kundennr,kunden nr,debitorennummer,debitorennr,debitor nr,konto,kontonummer,n client,no client,numero client,code client,kundnummer,kundnr,kund nr,klantnummer,klantnr,debiteurnummer,numero de cliente,codigo cliente,codice cliente,numero cliente,kundenr,客户编号,客戶編號,客户号,客戶號碼", longest=60),
        f("street", N_("Street address"), "text", "street,address,street address,address line 1,address 1,strasse,anschrift,adresse,strasse und hausnummer,rue,adress,gatuadress,gata,postadress,straat,adres,direccion,calle,domicilio,indirizzo,via,vej,gate,ulica,地址,住址,街道"),
        f("postcode", N_("Postcode"), "id", "postcode,post code,postal code,zip,zip code,plz,postleitzahl,code postal,cp,postnummer,postnr,codigo postal,cap,kod pocztowy,邮编,郵編,邮政编码,郵政編碼,郵遞區號", longest=20),
        f("city", N_("City"), "text", "city,town,place,ort,stadt,ville,stad,postort,plaats,woonplaats,ciudad,poblacion,citta,comune,by,poststed,miasto,城市,市", longest=100),
        f("country", N_("Country"), "country", "country,country code,land,landkod,laenderkennzeichen,lkz,staat,pays,code pays,landcode,pais,paese,nazione,kraj,国家,國家,国家或地区,國家或地區", longest=80),
        f("contact", N_("Contact person"), "text", "contact person,contact,contact name,attention,ansprechpartner,kontaktperson,kontakt,interlocuteur,contactpersoon,persona de contacto,contacto,referente,osoba kontaktowa,联系人,聯絡人,聯繫人", longest=150),
        f("email", N_("E-mail"), "text", "e mail,email,contact email,contact e mail,mail,e mail address,email address,e mail adresse,courriel,adresse e mail,e post,epost,e postadress,correo electronico,correo,posta elettronica,电子邮件,電郵,電子郵件,邮箱,郵箱", longest=254),
        f("phone", N_("Telephone"), "id", "telephone,phone,contact phone,phone number,tel,telefon,telefonnummer,rufnummer,telefono,telefoon,tlf,telefonnr,电话,電話,联系电话,聯絡電話", longest=40),
        f("invoice", N_("Invoice number"), "id", "invoice number,invoice no,invoice,invoice id,invoice ref,invoice reference,document number,document no,bill number,reference number,rechnungsnummer,rechnungsnr,rechnung,rechnung nr,re nr,belegnummer,belegnr,beleg,n facture,no facture,numero de facture,facture,num facture,fakturanummer,fakturanr,faktura,faktura nr,factuurnummer,factuurnr,factuur,numero de factura,factura,n factura,numero fattura,fattura,n fattura,num fattura,fakturanummer,numer faktury,发票号码,發票號碼,发票号,發票編號,发票编号,單據編號", True, 60),
        f("kind", N_("Kind"), "text", "kind,type,document type,doc type,belegart,art,typ,dokumenttyp,type de document,documenttype,tipo,tipo documento,类型,類型,單據類型", longest=60),
        f("issued_on", N_("Issued on"), "day", "invoice date,issue date,issued on,issued,date of invoice,document date,date,rechnungsdatum,belegdatum,datum,date facture,date de facture,date de la facture,date d emission,fakturadatum,utfardad,factuurdatum,fecha factura,fecha de factura,fecha,data fattura,data,fakturadato,dato,data wystawienia,开票日期,發票日期,发票日期,開票日期,日期", longest=40),
        f("due_on", N_("Due on"), "day", "due date,due on,due,payment due,payment due date,date due,maturity,falligkeitsdatum,faellig am,fallig am,fallig,faelligkeit,falligkeit,zahlbar bis,faelligkeitsdatum,echeance,date d echeance,date echeance,forfallodatum,forfallodag,forfaller,vervaldatum,vervaldag,fecha de vencimiento,vencimiento,fecha vencimiento,scadenza,data scadenza,forfaldsdato,forfallsdato,forfald,termin platnosci,termin,到期日,到期日期,付款到期日,付款期限", True, 40),
        f("amount", N_("Amount still open, with VAT"), "amount", "open amount,outstanding,outstanding amount,amount outstanding,amount due,balance,balance due,amount still open,remaining,open balance,offener betrag,restbetrag,offen,saldo,montant du,montant restant du,solde,reste a payer,restbelopp,utestaende,obetalt,kvar att betala,openstaand,openstaand bedrag,importe pendiente,saldo pendiente,importo residuo,importo dovuto,restbelob,欠款金额,欠款金額,未付金额,未付金額,应收金额,應收金額,余额,餘額,amount,total,invoice amount,total amount,gross amount,gross,sum,betrag,rechnungsbetrag,bruttobetrag,brutto,summe,montant,montant ttc,belopp,summa,fakturabelopp,bedrag,factuurbedrag,importe,total factura,importo,totale,belob,belop,kwota,金额,金額,总额,總額", True, 40),
        f("paid", N_("Already paid"), "amount", "paid,amount paid,already paid,payments,paid to date,bezahlt,gezahlt,zahlungen,anzahlung,deja paye,paye,acompte,betalt,inbetalt,betaald,pagado,pagato,acconto,已付金额,已付金額,已付", longest=40),
        f("currency", N_("Currency"), "currency", "currency,currency code,ccy,cur,wahrung,waehrung,devise,monnaie,valuta,valutakod,moneda,divisa,waluta,币种,幣種,货币,貨幣", longest=40),
        f("reference", N_("Your reference"), "id", "your reference,our reference,case reference,file number,aktenzeichen,reference dossier,ert referens,var referens,referenz,reference,referens,参考编号,參考編號", longest=60),
        f("division", N_("Division"), "id", "division,branch,cost centre,cost center,business unit,business area,department,subsidiary,division code,kostenstelle,niederlassung,filiale,abteilung,geschaftsbereich,centre de cout,agence,succursale,kostnadsstalle,avdelning,filial,affarsomrade,kostenplaats,afdeling,vestiging,centro de coste,sucursal,centro di costo,omkostningssted,kostnadssted,avdeling,oddzial,mpk,部门,部門,分公司,成本中心,事业部,事業部", longest=100),
        f("dispute", N_("The debtor has disputed this claim"), "flag", "disputed,dispute,in dispute,bestritten,streitig,strittig,conteste,litige,bestridd,tvist,betwist,en disputa,contestato,争议,有爭議,有争议", longest=40),
        f("note", N_("What was done so far"), "text", "note,notes,comment,comments,remarks,what was done so far,bemerkung,bemerkungen,notiz,kommentar,commentaire,remarque,anteckning,opmerking,nota,notas,note interne,uwagi,备注,備註", longest=1000),
        f("creditor", N_("Client number"), "id", "creditor,creditor number,client number,client no,client id,client reference,mandant,mandantennummer,glaubiger,creancier,borgenar,债权人,債權人", longest=60),
    )
}  # fmt: skip

TOTALS = frozenset(heading(word) for word in (
    "total", "totals", "grand total", "sub total", "subtotal", "sum", "summe", "gesamt", "gesamtsumme", "zwischensumme",
    "saldo", "somme", "totaux", "total general", "sous total", "summa", "totalt", "totaal", "totale", "i alt", "razem",
    "suma", "合计", "合計", "总计", "總計", "小计", "小計", "总额", "總額",
))  # fmt: skip


def ranks() -> dict[str, tuple[str, int]]:
    """Normalised heading → (field, how good a heading it is: 0 is best)."""
    found: dict[str, tuple[str, int]] = {}
    for field in FIELDS.values():
        for rank, name in enumerate((heading(field.code), heading(field.label), *field.headings)):
            found.setdefault(name, (field.code, rank))
    return found


RANKS = ranks()
# Words that only say whose the column is, or how an amount is meant: `customer_country`, `Invoice amount incl. VAT`.
WHOSE = frozenset(heading(w) for w in (
    "customer", "debtor", "buyer", "company", "client", "billing", "bill", "to", "invoice", "inv", "doc", "document",
    "kunde", "kunden", "debitor", "debitoren", "schuldner", "rechnung", "rechnungs", "beleg", "firma", "firmen", "der",
    "des", "kund", "kundens", "galdenar", "galdenarens", "faktura", "klant", "debiteur", "cliente", "del", "deudor",
    "factura", "fattura", "client", "du", "de", "la", "le", "facture", "of", "the", "in", "incl", "including", "inkl",
    "gross", "with", "vat", "moms", "mwst", "ttc", "iva", "tva", "btw", "eur", "sek", "gbp", "usd", "hkd", "nok", "dkk",
    "chf", "pln", "cny", "no", "nr", "primary", "main", "original", "legal", "full",
))  # fmt: skip
TAX = frozenset(("vat", "moms", "mwst", "iva", "tva", "btw"))
WITH = frozenset(
    (
        "incl",
        "including",
        "inkl",
        "gross",
        "with",
        "number",
        "no",
        "nr",
        "id",
        "debtor",
        "customer",
        "company",
        "buyer",
    )
)
PARTS = re.compile(r"[A-ZÀ-Þ]?[a-zà-ÿ]+|[A-Z]+(?![a-z])|\d+")
WORSE = 1000  # a heading that needed words taken away ranks behind every one that did not


@lru_cache(maxsize=4096)
def field_of(name: str) -> tuple[str, int] | None:
    """The field that a heading names and how good a heading it is; words that only say whose the column
    is are taken away where the whole heading is not known."""
    found = RANKS.get(heading(name))
    if found is not None:
        return found
    parts = [heading(part) for part in PARTS.findall(name)]
    if TAX & set(parts) and not WITH & set(parts):
        return None  # `VAT amount` is no claim
    for drop in sorted(subsets(parts), key=len):
        rest = "".join(part for i, part in enumerate(parts) if i not in drop)
        found = RANKS.get(rest) if len(rest) > 2 else None
        if found is not None:
            return found[0], found[1] + WORSE * len(drop)
    return None


def subsets(parts: list[str]) -> list[tuple[int, ...]]:
    from itertools import combinations

    away = [i for i, part in enumerate(parts) if part in WHOSE][:5]
    return [c for n in range(1, min(len(away), len(parts) - 1) + 1) for c in combinations(away, n)]
