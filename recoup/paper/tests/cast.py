"""Who and what the papers of these tests are about."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from recoup.kernel.money import Money
from recoup.paper.documents.acceptance import Acceptance, FirstStep, acceptance
from recoup.paper.documents.agreement import (
    AgreementTerms,
    Band,
    FeeKind,
    Method,
    RateCard,
    agreement,
)
from recoup.paper.documents.certificate import (
    Certificate,
    ClaimRow,
    SettledRow,
    certificate,
)
from recoup.paper.documents.closing_report import ClosingReport, Outcome, StepTaken, closing_report
from recoup.paper.documents.commission_invoice import (
    CommissionInvoice,
    CommissionLine,
    LineKind,
    VatKind,
    VatLine,
    commission_invoice,
)
from recoup.paper.documents.contract import Parties
from recoup.paper.documents.debtor_letter import (
    Consequence,
    DebtorLetter,
    InterestSegment,
    InvoiceRow,
    LetterKind,
    Step,
    debtor_letter,
)
from recoup.paper.documents.own_reminder import OwnInvoice, OwnKind, OwnReminder, own_reminder
from recoup.paper.documents.payment_plan import Effect, InstalmentRow, PaymentPlan, payment_plan
from recoup.paper.documents.power_of_attorney import Power, PowerOfAttorney, power_of_attorney
from recoup.paper.documents.remittance_statement import (
    RemittanceLine,
    RemittanceStatement,
    remittance_statement,
)
from recoup.paper.documents.statement_of_owed import PaymentRow, StatementOfOwed, statement_of_owed
from recoup.paper.parts import Address, Paper, Person, Sender, Signature
from recoup.paper.payment import AccountField, Payment, ReferenceKind

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ON = date(2026, 11, 21)


def eur(text: str) -> Money:
    return Money(Decimal(text), "EUR")


SENDER = Sender(
    name="Recoup AB",
    lines=("Kungsgatan 12", "111 35 Stockholm"),
    country="SE",
    phone="+46 8 555 010 20",
    email="hello@recoup.example",
    web="recoup.example",
    small_print=("Org.nr 556016-0680", "VAT SE556016068001", "Client money held apart"),
)
CONTACT = Person(name="Elin Sandström", phone="+46 8 555 010 24", email="elin@recoup.example")
RECIPIENTS = {
    "de": Address(
        name="Müller & Söhne Maschinenbau GmbH",
        lines=("Industriestraße 7", "70565 Stuttgart"),
        country="DE",
        attention="Buchhaltung",
    ),
    "sv": Address(name="Brädgården i Växjö AB", lines=("Sågvägen 3", "352 45 Växjö"), country="SE"),
    "en": Address(
        name="O’Brien & Carter Ltd",
        lines=("Unit 4, Riverside Park", "Leeds", "LS10 1JR"),
        country="GB",
    ),
    "zh-Hant": Address(
        name="恒達國際貿易有限公司",
        lines=("九龍觀塘道 388 號", "創紀之城一期 12 樓"),
        country="HK",
        attention="會計部",
    ),
    "zh-Hans": Address(
        name="深圳市恒达电子科技有限公司",
        lines=("广东省深圳市南山区科技园 12 号", "518057"),
        country="CN",
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
    holder="Recoup AB klientmedel",
    bank="Sparkasse Musterstadt",
    iban="DE89 3704 0044 0532 0130 00",
    bic="COBADEFFXXX",
    reference="RF18539007547034",
    reference_kind=ReferenceKind.RF,
)
HK_ACCOUNT = Payment(
    holder="Recoup (Hong Kong) Ltd – Client Account",
    bank="Example Bank (Hong Kong)",
    reference="RC-2026-000417",
    account=((AccountField.BANK_CODE, "999"), (AccountField.ACCOUNT_NUMBER, "123-456789-001")),
)


def rows(currency: str = "EUR") -> tuple[InvoiceRow, ...]:
    def m(text: str) -> Money:
        return Money(Decimal(text), currency)

    first = InterestSegment(
        from_on=date(2026, 8, 15),
        to_on=date(2026, 11, 21),
        days=98,
        principal=m("8400.00"),
        rate=Decimal("10.15"),
        interest=m("228.92"),
        source="Directive 2011/7/EU",
    )
    second = InterestSegment(
        from_on=date(2026, 9, 12),
        to_on=date(2026, 11, 21),
        days=70,
        principal=m("3950.50"),
        rate=Decimal("10.15"),
        interest=m("76.90"),
        source="Directive 2011/7/EU",
    )
    return (
        InvoiceRow(
            number="2026-1184",
            issued_on=date(2026, 7, 15),
            due_on=date(2026, 8, 14),
            amount=m("8400.00"),
            interest=m("228.92"),
            compensation=m("40.00"),
            costs=m("0"),
            paid=m("2000.00"),
            segments=(first,),
        ),
        InvoiceRow(
            number="2026-1240",
            issued_on=date(2026, 8, 12),
            due_on=date(2026, 9, 11),
            amount=m("3950.50"),
            interest=m("76.90"),
            compensation=m("40.00"),
            costs=m("0"),
            paid=m("0"),
            segments=(second,),
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


CLIENTS = {
    "en": Address(
        name="Fenwick Instruments Ltd",
        lines=("14 Harbour Road", "Bristol", "BS1 5TY"),
        country="GB",
    ),
    "sv": Address(name=CREDITOR, lines=("Storgatan 40", "903 26 Umeå"), country="SE"),
    "de": Address(
        name="Hansen Möbelwerke GmbH", lines=("Hafenstraße 21", "24103 Kiel"), country="DE"
    ),
    "zh-Hant": Address(
        name="維港貿易有限公司", lines=("香港中環德輔道中 88 號", "18 樓"), country="HK"
    ),
    "zh-Hans": Address(
        name="上海华岳贸易有限公司", lines=("上海市浦东新区世纪大道 100 号", "200120"), country="CN"
    ),
}
DEBTOR = "Müller & Söhne Maschinenbau GmbH"
CASE = "RC-2026-000417"
SIGNED = Signature(
    name="Anna Lindqvist", title="CFO", at=AT, evidence="sha256 4f1c…9a07, log 2026-11-21/118"
)
MANAGER = Person(
    name="Jonas Ek", phone="+46 8 555 010 31", email="jonas@recoup.example", title=None
)
COMMON = {"paper_id": "L-7Q4M-20931", "written_on": ON, "sender": SENDER}


def parties(language: str) -> Parties:
    return Parties(
        agency=SENDER,
        agency_number="556016-0680",
        client=CLIENTS[language],
        client_number="Reg. 04721533",
    )


def agreement_terms(language: str, **other: object) -> AgreementTerms:
    bands = (
        Band(percent=Decimal("12"), size_to=eur("5000"), days_to=90),
        Band(percent=Decimal("18"), size_to=eur("5000"), days_from=90),
        Band(percent=Decimal("9"), size_from=eur("5000"), size_to=eur("50000"), days_to=90),
        Band(percent=Decimal("14.5"), size_from=eur("5000"), size_to=eur("50000"), days_from=90),
        Band(percent=Decimal("7.5"), size_from=eur("50000")),
    )
    card = RateCard(
        version="2026-3",
        valid_from=date(2026, 7, 1),
        bands=bands,
        fees=(
            (FeeKind.SET_UP, eur("0")),
            (FeeKind.MINIMUM, eur("75")),
            (FeeKind.WITHDRAWAL, eur("50")),
        ),
    )
    values = {
        "paper_id": "A-2M7K-00318",
        "number": "AG-2026-00318",
        "version": "1",
        "effective_on": ON,
        "parties": parties(language),
        "rate_card": card,
        "method": Method.NET,
        "remitted_within": 5,
        "notice": 30,
        "law_country": "SE",
        "court": "Stockholm",
        "signed_by_client": SIGNED,
    }
    return AgreementTerms(**(values | other))  # type: ignore[arg-type]


def power(language: str, **other: object) -> PowerOfAttorney:
    values = {
        "paper_id": "A-2M7K-00319",
        "number": "PA-2026-00318",
        "agreement_number": "AG-2026-00318",
        "parties": parties(language),
        "powers": tuple(Power),
        "valid_from": ON,
        "months": 6,
        "settle_from": Decimal("85"),
    }
    return PowerOfAttorney(**(values | other))  # type: ignore[arg-type]


NEEDED = {
    "en": ("The signed delivery note of 12 July 2026", "The order of 1 July 2026"),
    "sv": (
        "Den undertecknade följesedeln från den 12 juli 2026",
        "Beställningen från den 1 juli 2026",
    ),
    "de": (
        "den unterschriebenen Lieferschein vom 12. Juli 2026",
        "die Bestellung vom 1. Juli 2026",
    ),
    "zh-Hant": ("2026年7月12日的已簽署送貨單", "2026年7月1日的訂單"),
    "zh-Hans": ("2026年7月12日的已签收送货单", "2026年7月1日的订单"),
}
STEPS = {
    "en": ("First letter sent", "Call: payment promised for 4 December", "Payment received"),
    "sv": (
        "Första brevet skickat",
        "Samtal: betalning utlovad till 4 december",
        "Betalning mottagen",
    ),
    "de": (
        "Erstes Schreiben versandt",
        "Telefonat: Zahlung zum 4. Dezember zugesagt",
        "Zahlung eingegangen",
    ),
    "zh-Hant": ("發出首封函件", "通話：承諾於12月4日付款", "收到款項"),
    "zh-Hans": ("发出首封函件", "通话：承诺于12月4日付款", "收到款项"),
}


def accepted(language: str, **other: object) -> Acceptance:
    values = COMMON | {
        "case_number": CASE,
        "recipient": CLIENTS[language],
        "debtor": DEBTOR,
        "claim": eur("10350.50"),
        "invoice_numbers": ("2026-1184", "2026-1240"),
        "manager": MANAGER,
        "collector": CONTACT,
        "percent": Decimal("9"),
        "rate_card_version": "2026-3",
        "clause": "§ 2 (b)",
        "first_step": FirstStep.LETTER,
        "first_step_on": date(2026, 11, 23),
        "link": "https://recoup.example/cases/417",
        "needed": NEEDED[language],
    }
    return Acceptance(**(values | other))  # type: ignore[arg-type]


def remitted(language: str, **other: object) -> RemittanceStatement:
    lines = (
        RemittanceLine(
            case_number=CASE,
            debtor=DEBTOR,
            received_on=date(2026, 11, 10),
            received=eur("4000"),
            commission=eur("360.00"),
            vat=eur("90.00"),
        ),
        RemittanceLine(
            case_number="RC-2026-000388",
            debtor="Brädgården i Växjö AB",
            received_on=date(2026, 11, 17),
            received=eur("1250.75"),
            commission=eur("150.09"),
            vat=eur("37.52"),
        ),
    )
    values = COMMON | {
        "number": "R-2026-0093",
        "period_from": date(2026, 11, 1),
        "period_to": date(2026, 11, 20),
        "recipient": CLIENTS[language],
        "contact": MANAGER,
        "method": Method.NET,
        "lines": lines,
        "remitted": eur("4613.14"),
        "paid_on": ON,
        "holder": CLIENTS[language].name,
        "iban": "SE45 5000 0000 0583 9825 7466",
        "account": None,
        "reference": "R-2026-0093",
        "invoice_number": "F-2026-0207",
    }
    return RemittanceStatement(**(values | other))  # type: ignore[arg-type]


def invoiced(language: str, **other: object) -> CommissionInvoice:
    lines = (
        CommissionLine(
            case_number=CASE,
            debtor=DEBTOR,
            kind=LineKind.COMMISSION,
            basis=eur("4000"),
            percent=Decimal("9"),
            net=eur("360.00"),
            clause="§ 2 (b)",
        ),
        CommissionLine(
            case_number="RC-2026-000388",
            debtor="Brädgården i Växjö AB",
            kind=LineKind.COMMISSION,
            basis=eur("1250.75"),
            percent=Decimal("12"),
            net=eur("150.09"),
            clause="§ 2 (a)",
        ),
        CommissionLine(
            case_number="RC-2026-000402",
            debtor="O’Brien & Carter Ltd",
            kind=LineKind.WITHDRAWAL,
            net=eur("50.00"),
            clause="§ 4",
        ),
    )
    vat = VatLine(kind=VatKind.STANDARD, rate=Decimal("25"), net=eur("560.09"), vat=eur("140.02"))
    values = COMMON | {
        "number": "F-2026-0207",
        "supplied_from": date(2026, 11, 1),
        "supplied_to": date(2026, 11, 20),
        "sender_vat_number": "SE556016068001",
        "recipient": CLIENTS[language],
        "recipient_vat_number": "DE136695976",
        "contact": MANAGER,
        "rate_card_version": "2026-3",
        "lines": lines,
        "vat": (vat,),
        "total": eur("700.11"),
        "due_on": date(2026, 12, 21),
        "payment": EURO_ACCOUNT,
    }
    return CommissionInvoice(**(values | other))  # type: ignore[arg-type]


def closed(language: str, **other: object) -> ClosingReport:
    days = (date(2026, 11, 23), date(2026, 11, 30), date(2026, 12, 4))
    values = COMMON | {
        "case_number": CASE,
        "recipient": CLIENTS[language],
        "contact": MANAGER,
        "debtor": DEBTOR,
        "outcome": Outcome.PARTLY_PAID,
        "opened_on": ON,
        "closed_on": date(2026, 12, 18),
        "principal": eur("12350.50"),
        "interest": eur("305.82"),
        "compensation": eur("80.00"),
        "costs": eur("0"),
        "collected": eur("9000.00"),
        "waived": eur("0"),
        "outstanding": eur("3736.32"),
        "fees": eur("810.00"),
        "remitted": eur("8190.00"),
        "steps": tuple(StepTaken(on=d, what=w) for d, w in zip(days, STEPS[language], strict=True)),
        "link": "https://recoup.example/cases/417",
        "advice": None,
    }
    return ClosingReport(**(values | other))  # type: ignore[arg-type]


def owed(language: str, **other: object) -> StatementOfOwed:
    invoices = rows()
    values = COMMON | {
        "case_number": CASE,
        "as_of": ON,
        "recipient": CLIENTS[language],
        "contact": MANAGER,
        "creditor": CREDITOR,
        "debtor": DEBTOR,
        "invoices": invoices,
        "total": sum((row.owed for row in invoices), Money.zero("EUR")),
        "per_day": eur("2.88"),
        "payments": (
            PaymentRow(
                on=date(2026, 10, 5),
                amount=eur("2000"),
                to_costs=eur("0"),
                to_interest=eur("119.13"),
                to_principal=eur("1880.87"),
            ),
        ),
        "sources": (
            "Directive 2011/7/EU, art. 3, 4 and 6",
            "BGB § 288 (2), (5); base rate from 1 July 2026",
        ),
    }
    return StatementOfOwed(**(values | other))  # type: ignore[arg-type]


def planned(language: str, **other: object) -> PaymentPlan:
    values = COMMON | {
        "paper_id": "L-7Q4M-20931", "kind": "instalments", "plan_number": f"{CASE}-P1", "case_number": CASE,
        "as_of": ON, "until": date(2026, 12, 1), "recipient": CLIENTS[language], "contact": MANAGER,
        "creditor": CREDITOR, "debtor": DEBTOR, "invoices": ("INV-8841", "INV-8902"),
        "principal": eur("8400.00"), "interest": eur("414.69"), "compensation": eur("40.00"),
        "costs": eur("248.15"), "owed": eur("9102.84"), "interest_to_come": eur("120.00"),
        "given_up": eur("0.00"),
        "instalments": tuple(
            InstalmentRow(number=n, due_on=day, amount=eur("3074.28"))
            for n, day in enumerate((date(2026, 12, 1), date(2027, 1, 4), date(2027, 2, 1)), 1)
        ),
        "grace_days": 3, "accelerates": True, "free": False, "payment": EURO_ACCOUNT,
        "link": "https://recoup.example/d/plan/", "penalty": Decimal(9),
        "effect": Effect(country=COUNTRY_OF_PLAN[language], source="Preskriptionslag (1981:130) 5 §"),
        "signed": Signature(name="Max Müller", title="CFO", at=AT, evidence="P1 · 0f0f0f0f0f0f0f0f"),
    }  # fmt: skip
    return PaymentPlan(**(values | other))  # type: ignore[arg-type]


COUNTRY_OF_PLAN = {
    "en": "Sweden",
    "sv": "Sverige",
    "de": "Schweden",
    "zh-Hant": "瑞典",
    "zh-Hans": "瑞典",
}

# Each document: how it is written and what it is written from.


def certified(language: str, *, written_off: bool = True, **other: object) -> Certificate:
    values: dict[str, Any] = {
        "paper_id": "L-7Q4M-20931", "case_number": CASE, "written_on": date(2026, 11, 21), "sender": SENDER, "recipient": CLIENTS[language],
        "contact": CONTACT, "debtor": DEBTOR, "outcome": Outcome.UNTRACEABLE if written_off else Outcome.SETTLED, "written_off": written_off,
        "opened_on": date(2026, 3, 1), "closed_on": date(2026, 11, 21),
        "claims": (ClaimRow(ref="2026-1184", due_on=date(2026, 2, 1), amount=eur("10350.50")), ClaimRow(ref="K-2026-9", due_on=date(2026, 2, 8), amount=eur("-350.50"))),
        "settled": (SettledRow(on=date(2026, 5, 4), way="to_us", amount=eur("4000"), principal=eur("3763.68")), SettledRow(on=date(2026, 6, 4), way="waived", amount=eur("500"), principal=eur("500"))),
        "principal": eur("10000"), "recovered": eur("3763.68"), "given_up": eur("500"), "left": eur("5736.32"),
        "steps": (StepTaken(on=date(2026, 3, 4), what="Letter"),),
    }  # fmt: skip
    return Certificate(**(values | other))


def own(language: str, **other: object) -> OwnReminder:
    rows = (
        OwnInvoice(number="2026-1184", issued_on=date(2026, 10, 12), due_on=date(2026, 11, 11), open=eur("1350.50")),
        OwnInvoice(number="2026-1240", issued_on=None, due_on=date(2026, 11, 14), open=eur("99.50")),
    )  # fmt: skip
    values: dict[str, Any] = {
        "kind": OwnKind.REMINDER, "paper_id": "L-7Q4M-20931", "written_on": ON, "creditor": CLIENTS["sv"],
        "contact": "hej@fjallmobler.example, +46 90 555 010", "small_print": ("SE556036079301",), "recipient": RECIPIENTS[language],
        "invoices": rows, "total": eur("1450.00"), "deadline_on": date(2026, 12, 1),
    }  # fmt: skip
    return OwnReminder(**(values | other))


DOCUMENTS: dict[str, tuple[Callable[..., Paper], Callable[[str], Any]]] = {
    "letter": (debtor_letter, letter),
    "agreement": (agreement, agreement_terms),
    "power": (power_of_attorney, power),
    "acceptance": (acceptance, accepted),
    "remittance": (remittance_statement, remitted),
    "invoice": (commission_invoice, invoiced),
    "closing": (closing_report, closed),
    "certificate": (certificate, certified),
    "owed": (statement_of_owed, owed),
    "plan": (payment_plan, planned),
    "own": (own_reminder, own),
}
LANGUAGES = tuple(RECIPIENTS)


def write(document: str, language: str, **other: object) -> Paper:
    """The document in the language, with some of its values changed."""
    function, sample = DOCUMENTS[document]
    return function(sample(language, **other), language=language, at=AT)  # type: ignore[call-arg]
