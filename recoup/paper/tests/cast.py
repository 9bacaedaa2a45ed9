"""Who and what the papers of these tests are about."""

from datetime import UTC, date, datetime
from decimal import Decimal

from recoup.kernel.money import Money
from recoup.paper.documents.debtor_letter import (
    Consequence,
    DebtorLetter,
    InterestSegment,
    InvoiceRow,
    LetterKind,
    Step,
)
from recoup.paper.parts import Address, Person, Sender
from recoup.paper.payment import AccountField, Payment, ReferenceKind

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ON = date(2026, 11, 21)


def eur(text: str) -> Money:
    return Money(Decimal(text), "EUR")


SENDER = Sender(
    name="Recoup AB", lines=("Kungsgatan 12", "111 35 Stockholm"), country="SE",
    phone="+46 8 555 010 20", email="hello@recoup.example", web="recoup.example",
    small_print=("Org.nr 556016-0680", "VAT SE556016068001", "Client money held apart"),
)
CONTACT = Person(name="Elin Sandström", phone="+46 8 555 010 24", email="elin@recoup.example")
RECIPIENTS = {
    "de": Address(
        name="Müller & Söhne Maschinenbau GmbH", lines=("Industriestraße 7", "70565 Stuttgart"),
        country="DE", attention="Buchhaltung",
    ),
    "sv": Address(name="Brädgården i Växjö AB", lines=("Sågvägen 3", "352 45 Växjö"), country="SE"),
    "en": Address(
        name="O’Brien & Carter Ltd", lines=("Unit 4, Riverside Park", "Leeds", "LS10 1JR"),
        country="GB",
    ),
    "zh-Hant": Address(
        name="恒達國際貿易有限公司", lines=("九龍觀塘道 388 號", "創紀之城一期 12 樓"), country="HK",
        attention="會計部",
    ),
    "zh-Hans": Address(
        name="深圳市恒达电子科技有限公司", lines=("广东省深圳市南山区科技园 12 号", "518057"), country="CN",
    ),
}
CREDITOR = "Norrland Timber AB"
GROUNDS = {
    "en": "sawn timber delivered in July and August 2026",
    "sv": "sågat virke levererat i juli och augusti 2026",
    "de": "im Juli und August 2026 geliefertes Schnittholz",
    "zh-Hant": "2026年7月及8月交付的鋸材",
    "zh-Hans": "2026年7月至8月交付的锯材",
}
EURO_ACCOUNT = Payment(
    holder="Recoup AB klientmedel", bank="Sparkasse Musterstadt", iban="DE89 3704 0044 0532 0130 00",
    bic="COBADEFFXXX", reference="RF18539007547034", reference_kind=ReferenceKind.RF,
)
HK_ACCOUNT = Payment(
    holder="Recoup (Hong Kong) Ltd – Client Account", bank="Example Bank (Hong Kong)",
    reference="RC-2026-000417",
    account=((AccountField.BANK_CODE, "999"), (AccountField.ACCOUNT_NUMBER, "123-456789-001")),
)


def rows(currency: str = "EUR") -> tuple[InvoiceRow, ...]:
    def m(text: str) -> Money:
        return Money(Decimal(text), currency)

    first = InterestSegment(
        from_on=date(2026, 8, 15), to_on=date(2026, 11, 21), days=98, principal=m("8400.00"),
        rate=Decimal("10.15"), interest=m("228.92"), source="Directive 2011/7/EU",
    )
    second = InterestSegment(
        from_on=date(2026, 9, 12), to_on=date(2026, 11, 21), days=70, principal=m("3950.50"),
        rate=Decimal("10.15"), interest=m("76.90"), source="Directive 2011/7/EU",
    )
    return (
        InvoiceRow(
            number="2026-1184", issued_on=date(2026, 7, 15), due_on=date(2026, 8, 14),
            amount=m("8400.00"), interest=m("228.92"), compensation=m("40.00"), costs=m("0"),
            paid=m("2000.00"), segments=(first,),
        ),
        InvoiceRow(
            number="2026-1240", issued_on=date(2026, 8, 12), due_on=date(2026, 9, 11),
            amount=m("3950.50"), interest=m("76.90"), compensation=m("40.00"), costs=m("0"),
            paid=m("0"), segments=(second,),
        ),
    )


def letter(language: str = "en", **other: object) -> DebtorLetter:
    home = language in ("zh-Hant",)
    currency = "HKD" if home else "EUR"
    invoices = rows(currency)
    total = sum((row.owed for row in invoices), Money.zero(currency))
    values = {
        "kind": LetterKind.NOTICE, "paper_id": "L-7Q4M-20931", "case_number": "RC-2026-000417",
        "written_on": ON, "sender": SENDER, "recipient": RECIPIENTS[language], "creditor": CREDITOR,
        "ground": GROUNDS[language], "contact": CONTACT, "invoices": invoices, "total": total,
        "interest_to": ON, "per_day": Money(Decimal("2.88"), currency),
        "deadline_on": date(2026, 12, 1), "payment": HK_ACCOUNT if home else EURO_ACCOUNT,
        "consequence": Consequence(step=Step.CALL), "link": "https://recoup.example/d/8QZ7",
        "code": "K4T-92M",
    }  # fmt: skip
    return DebtorLetter(**(values | other))  # type: ignore[arg-type]
