"""The life of one debt, in the order of its days, through the product's own operations.

Västkust Marin of Gothenburg has not been paid 8,400.00 EUR by a boatyard in Kiel. It asks for a price,
becomes a client, hands the debt over, and gets its money. The ledger is printed at the end (`-s`).
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from recoup.agreements.operations import BOXES, countersign_agreement, give_quote, sign_agreement
from recoup.agreements.queries import latest_agreement
from recoup.agreements.rules.asked import Asked
from recoup.agreements.standard_card import publish_standard_card
from recoup.cases.models import Case
from recoup.cases.operations import set_profile
from recoup.cases.states import Stage
from recoup.console.demo.papers import Paid, bill_between, invoice_pdf, statement
from recoup.console.demo.people import CLIENTS, DEBTORS, TRUST_ACCOUNTS
from recoup.eventlog.models import Event
from recoup.eventlog.operations import seal_waiting
from recoup.files.models import Document
from recoup.files.operations import content_of
from recoup.jobs.dispatch import work_outbox
from recoup.journeys.accept_and_assign import accept_and_assign
from recoup.journeys.call import call_made
from recoup.journeys.collect import take_bank_file
from recoup.journeys.day import run_day
from recoup.journeys.prove import prove
from recoup.journeys.register import Registration, register
from recoup.journeys.submit_invoice import (
    DebtorAsked,
    LineAsked,
    Submission,
    Upload,
    proposal_of,
    read_upload,
    submit_from_reading,
)
from recoup.kernel.actor import SYSTEM, Actor, ActorKind
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.ledger.models import Posting
from recoup.outbox.models import Message
from recoup.payments.models import Allocation, Remittance, TrustAccount
from recoup.payments.operations import remit
from recoup.payments.queries import owed, to_pay
from recoup.payments.transfers import validate_pain001
from recoup.tenancy.context import scope
from tests.cast import cleared

VISITOR = Actor(ActorKind.VISITOR, "visitor")
SELLER, BUYER = CLIENTS[0], DEBTORS["kiel"]
EUR_ACCOUNT = TRUST_ACCOUNTS[0]


def day(month: int, number: int) -> date:
    return date(2026, month, number)


def at(on: date, hour: int = 9) -> datetime:
    return datetime(on.year, on.month, on.day, hour, tzinfo=UTC)


@dataclass
class Post:
    """A way out with a memory: what was handed over, by key."""

    sent: dict[str, Message] = field(default_factory=dict)

    def hand_over(self, message: Message) -> str:
        assert message.key not in self.sent, "nothing twice"
        self.sent[message.key] = message
        return message.key

    def look_up(self, message: Message) -> str | bool:
        return message.key if message.key in self.sent else False


@pytest.fixture
def agency(house):
    """An agency with a price, a trust account and two collectors."""
    publish_standard_card(agency=house.id, by=SYSTEM, at=at(day(9, 1)))
    _, bank, currency, iban, bic = EUR_ACCOUNT
    TrustAccount.objects.create(
        agency_id=house.id, name="Client money", bank=bank, currency=currency, iban=iban, bic=bic
    )
    set_profile(
        member=house.members["collector"],
        countries=["DE", "AT"],
        languages=["de", "en"],
        by=SYSTEM,
        at=at(day(9, 1)),
    )
    return house


def test_a_debt_is_collected(agency, stranger):
    post = Post()

    # Tuesday 15 September: what would it cost?
    quote = give_quote(
        agency=agency.agency, by=VISITOR, at=at(day(9, 15)),
        asked=Asked("SE", "DE", Money(Decimal("8400.00"), "EUR"), due=day(8, 1)),
    )  # fmt: skip
    assert quote.number.startswith("Q-2026-")
    assert quote.valid_until > day(9, 15)

    # The same day: register, read, sign; the agency countersigns.
    registered = register(
        agency=agency.agency, form=registration(quote), by=VISITOR, at=at(day(9, 15), 10)
    )
    client = registered.client
    agreement = latest_agreement(client)
    maria = Actor.user(registered.user.id, SELLER.person)
    sign_agreement(
        agreement=agreement,
        signatory=SELLER.person,
        ticked=list(BOXES),
        ip="192.0.2.1",
        browser="test",
        by=maria,
        at=at(day(9, 15), 11),
    )
    cleared(client, agency.actor("account_manager"), at(day(9, 15), 11))
    countersign_agreement(
        agreement=agreement, by=agency.actor("account_manager"), at=at(day(9, 15), 12)
    )

    # Wednesday: an e-invoice is dropped, the form fills itself, the case is submitted.
    bill = bill_between(
        SELLER,
        BUYER,
        number="VM-1001",
        amount=Decimal("8400.00"),
        currency="EUR",
        due_on=day(8, 1),
        what="Mooring gear",
    )
    taken = read_upload(
        agency=agency.id,
        client=client,
        files=[Upload("VM-1001.pdf", invoice_pdf(bill))],
        by=maria,
        at=at(day(9, 16)),
    )
    proposal = proposal_of(agency=agency.id, client=client, documents=[taken[0].document])
    assert proposal.debtor.name == BUYER.name
    submitted = submit_from_reading(
        agency=agency.agency,
        client=client,
        asked=submission(taken[0].document),
        by=maria,
        at=at(day(9, 16)),
    )
    case = Case.objects.get(id=submitted.case.id)
    assert case.stage == Stage.SUBMITTED

    # Thursday: accepted and, at once, with the collector who speaks German.
    accepted = accept_and_assign(
        agency=agency.agency,
        case=loaded(case),
        by=agency.actor("account_manager"),
        at=at(day(9, 17)),
    )
    case.refresh_from_db()
    assert (case.stage, case.collector) == (Stage.CONTACT, agency.members["collector"])
    assert accepted.scored.because

    # The day run writes: one letter, and the same by e-mail.
    report = run_day(agency=agency.agency, on=day(9, 17), by=SYSTEM, at=at(day(9, 17), 10))
    assert (report.letters, report.emails) == (1, 1)
    assert (
        run_day(
            agency=agency.agency, on=day(9, 17), by=SYSTEM, at=at(day(9, 17), 11)
        ).cases_looked_at
        == 0
    )
    work_outbox(agency=agency.id, now=at(day(9, 17), 12), channels={"email": post, "letter": post})
    letter = Document.objects.get(case_id=case.id, kind="letter")
    assert letter.language == "de"
    assert content_of(letter).startswith(b"%PDF")
    stated = owed(case=case, on=day(9, 17))
    assert stated.interest > 0
    assert stated.compensation.amount == Decimal("40.00")

    # Nobody answers; after the deadline the collector calls.
    deadline = case.attempts.get(channel="letter").answer_by
    after = deadline + timedelta(days=1)
    assert (
        run_day(agency=agency.agency, on=deadline, by=SYSTEM, at=at(deadline)).actions[
            "first_demand"
        ]
        == 0
    )
    assert run_day(agency=agency.agency, on=after, by=SYSTEM, at=at(after)).calls_queued == 1
    call_made(
        agency=agency.agency, case=case, contact=None, outcome="will_answer", note="", key=new_id(),
        by=agency.actor("collector"), at=at(after, 10),
    )  # fmt: skip

    # A part comes, then the rest, each named by its reference.
    bank = Bank(agency)
    bank.pays(case, Decimal("5000.00"), on=day(10, 6))
    case.refresh_from_db()
    assert case.stage == Stage.CONTACT
    first = Allocation.objects.get(case=case)
    assert first.costs + first.compensation + first.interest + first.principal == Decimal("5000.00")
    assert first.interest > 0, "interest before principal (BGB § 367)"
    rest = to_pay(case=case, on=day(10, 20))
    assert rest.principal == Decimal("8400.00") - first.principal
    bank.pays(case, rest.total, on=day(10, 20))
    bank.same_again()

    # Nothing is owed: principal, interest and costs. The case closes itself with a report.
    case.refresh_from_db()
    assert case.stage == Stage.CLOSED
    assert owed(case=case, on=day(10, 20)).total == 0
    assert case.closure.report is not None

    # Friday: the money leaves for the client, less commission by the same rate card.
    result = remit(
        agency=agency.id, on=day(10, 23), by=agency.actor("finance_officer"), at=at(day(10, 23))
    )
    remittance = Remittance.objects.get(client=client)
    assert remittance.gross == Decimal("5000.00") + rest.total
    assert remittance.net == remittance.gross - remittance.commission - remittance.vat
    assert remittance.invoice.lines
    validate_pain001(content_of(result.payouts[0].document))
    assert not remit(
        agency=agency.id, on=day(10, 23), by=SYSTEM, at=at(day(10, 23), 12)
    ).remittances

    work_outbox(agency=agency.id, now=at(day(10, 23), 13), channels={"email": post, "letter": post})

    # Every step stands on the timeline, sealed; a stranger sees nothing; the books prove themselves.
    seal_waiting(agency=agency.id)
    kinds = set(Event.objects.filter(case_id=case.id).values_list("kind", flat=True))
    assert {
        "CaseSubmitted",
        "CaseAccepted",
        "CaseAssigned",
        "LetterWritten",
        "MessageSent",
        "CallMade",
        "CaseClosed",
    } <= kinds
    with scope(stranger.id):
        assert not Case.objects.exists() and not Event.objects.filter(case_id=case.id).exists()
    broken = [(c.name, c.found) for c in prove(now=at(day(10, 24))) if not c.holds]
    assert not broken
    print_ledger(agency.id)


def registration(quote) -> Registration:
    return Registration(
        id=new_id(), business=True, name=SELLER.name, country=SELLER.country, registration_number=SELLER.number,
        vat_number=SELLER.vat, address=list(SELLER.address), postcode=SELLER.postcode, city=SELLER.city,
        language=SELLER.language, email=SELLER.email, phone=SELLER.phone, signatory=SELLER.person,
        authority="Managing director", payout_iban=SELLER.iban,
        password="four calm words by the sea", quote=quote.token,
    )  # fmt: skip


def submission(document) -> Submission:
    return Submission(
        key="first", currency="EUR", documents=(document,),
        debtor=DebtorAsked(
            name=BUYER.name, country=BUYER.country, vat_number=BUYER.vat, address=BUYER.address,
            postcode=BUYER.postcode, city=BUYER.city, email=BUYER.email, phone=BUYER.phone, contact=BUYER.person,
        ),
        lines=(LineAsked("invoice", "VM-1001", day(7, 2), day(8, 1), Decimal("8400.00"), document),),
    )  # fmt: skip


def loaded(case: Case) -> Case:
    return Case.objects.select_related("client", "debtor", "agreement__rate_card").get(id=case.id)


@dataclass
class Bank:
    """The bank's side: statements that follow one another."""

    agency: object
    balance: Decimal = Decimal("0.00")
    last: bytes = b""

    def pays(self, case: Case, amount: Decimal, *, on: date) -> None:
        self.last = statement(
            iban=EUR_ACCOUNT[3], currency="EUR", on=on, opening=self.balance, made_at=at(on, 6), number=f"EUR-{on}",
            paid=[Paid(amount, BUYER.name, case.reference)],
        )  # fmt: skip
        self.balance += amount
        taken = take_bank_file(
            agency=self.agency.agency,
            content=self.last,
            name=f"{on}.xml",
            by=self.agency.actor("finance_officer"),
            at=at(on, 8),
        )
        assert taken.cases == (case.id,)

    def same_again(self) -> None:
        before = Posting.objects.count()
        taken = take_bank_file(
            agency=self.agency.agency,
            content=self.last,
            name=str(Path("renamed.xml")),
            by=SYSTEM,
            at=at(day(10, 21)),
        )
        assert taken.status == "known" and Posting.objects.count() == before


def print_ledger(agency_id) -> None:
    rows = (
        Posting.objects.filter(agency_id=agency_id)
        .select_related("entry", "book")
        .order_by("entry__booked_at", "entry_id", "id")
    )
    shown = None
    for row in rows:
        if row.entry_id != shown:
            print(f"\n{row.value_on}  {row.entry.memo}")
            shown = row.entry_id
        print(f"    {row.book.kind:6} {row.account:14} {row.amount:>12.2f} {row.currency}")
