"""Forty days of the demo agency, lived through the product's own operations: submissions, reviews, day
runs, letters, calls, bank files, remittances."""

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from recoup.cases.models import Case, Task
from recoup.cases.operations import finish_task, put_on_hold
from recoup.cases.states import Stage
from recoup.console.demo import hard_end
from recoup.console.demo.papers import Bill, Paid, bill_between, invoice_pdf, statement, ubl_invoice
from recoup.console.demo.people import CLIENTS, DEBTORS, TRUST_ACCOUNTS, Company
from recoup.contact.operations import record_call
from recoup.eventlog.operations import seal_waiting
from recoup.jobs.dispatch import work_outbox
from recoup.journeys.accept_and_assign import accept_and_assign
from recoup.journeys.collect import take_bank_file
from recoup.journeys.day import run_day
from recoup.journeys.dispute import dispute
from recoup.journeys.plans import offer, sign
from recoup.journeys.promises import keep_promise
from recoup.journeys.remit import remit
from recoup.journeys.submit_invoice import (
    DebtorAsked,
    LineAsked,
    Submission,
    Upload,
    read_upload,
    submit_from_reading,
)
from recoup.kernel.actor import SYSTEM, Actor, ActorKind
from recoup.parties.models import Client, Contact
from recoup.payments.models import Remittance, TrustAccount
from recoup.payments.operations import approve_payout, change_account
from recoup.payments.queries import to_pay
from recoup.plans.operations import set_mandate
from recoup.plans.queries import dues_of, standing_plan
from recoup.plans.rules import Limits, Terms
from recoup.plans.states import PlanKind, PlanState
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency, Member

DAYS = int(os.environ.get("RECOUP_DEMO_DAYS", "40"))

# Lines that a person must explain: an invoice number without a case, and a payer nobody knows.
UNCLEAR = (
    Paid(Decimal("3120.00"), "Domtoren Horeca BV", "", "Factuur INV-1020", "U1"),
    Paid(Decimal("412.50"), "Alster Handels GmbH", "", "Rechnung 77812", "U2"),
)
HARD = ("law", "court", "insolvent", "resembles", "weighed")  # what contact could not bring
LEFT_TO_CALL = "1358"  # last digits of the case numbers whose calls stay on the list


@dataclass(frozen=True)
class Plot:
    """One debt: client, debtor, amount, how overdue at submission, on which day submitted, and what the
    debtor does: (day after submission, what), see `happen`."""

    client: int
    debtor: str
    amount: str
    currency: str
    overdue: int
    day: int
    what: str
    then: tuple[tuple[int, str], ...] = ()


PLOTS = (
    Plot(
        0,
        "kiel",
        "8400.00",
        "EUR",
        62,
        1,
        "Mooring equipment",
        ((9, "pays:3000"), (20, "pays:rest")),
    ),
    Plot(
        0,
        "umea",
        "125000.00",
        "SEK",
        41,
        1,
        "Deck timber machinery",
        ((12, "promises:9"), (21, "pays:rest")),
    ),
    Plot(
        0,
        "malmo",
        "48600.00",
        "SEK",
        95,
        2,
        "Facade anchors",
        ((11, "plans:6"), (17, "instalment:1")),
    ),
    Plot(0, "kalmar", "212000.00", "SEK", 33, 3, "Winch overhaul", ((14, "disputes"),)),
    Plot(0, "ulm", "15750.50", "EUR", 120, 3, "Stainless profiles", ((10, "pays:rest"),)),
    Plot(1, "kowloon", "96400.00", "HKD", 75, 4, "Spindle drive", ((13, "pays:40000"),)),
    Plot(1, "leeds", "6120.00", "GBP", 58, 4, "Gear assembly", ((8, "pays:rest"),)),
    Plot(1, "leipzig", "3890.00", "EUR", 29, 5, "Stage lift rental", ((14, "plans:3"),)),
    Plot(1, "utrecht", "11200.00", "EUR", 44, 6, "Kitchen line", ((16, "pays:5000"),)),
    Plot(2, "bristol", "2480.75", "GBP", 66, 6, "Cotton sacks", ((7, "pays:rest"),)),
    Plot(2, "leeds", "9310.00", "GBP", 151, 8, "Outdoor fabric", ((31, "plans:18"),)),
    Plot(2, "kiel", "4275.00", "EUR", 38, 9, "Sailcloth", ((11, "promises:6"),)),
    Plot(2, "lyon", "7800.00", "EUR", 52, 10, "Linen", ((18, "pays:2600"),)),
    Plot(
        3,
        "kowloon",
        "184000.00",
        "HKD",
        88,
        10,
        "Display modules",
        ((22, "law:winding_up"),),
    ),
    Plot(3, "shenzhen", "265000.00", "HKD", 47, 12, "Controller boards", ((15, "disputes"),)),
    Plot(3, "ulm", "22900.00", "EUR", 71, 13, "LED drivers", ((12, "pays:rest"),)),
    Plot(3, "malmo", "76000.00", "SEK", 35, 14, "Sensor kits", ((22, "settles:12"),)),
    Plot(0, "leipzig", "5460.00", "EUR", 83, 16, "Floating jetty", ((10, "pays:2000"),)),
    Plot(
        1,
        "umea",
        "38900.00",
        "SEK",
        49,
        18,
        "Saw spindle",
        ((11, "law:payment_order"), (14, "court:filed_at_court"), (20, "court:served")),
    ),
    Plot(1, "kalmar", "91500.00", "SEK", 64, 20, "Hydraulic pump", ((9, "pays:rest"),)),
    Plot(2, "utrecht", "3120.00", "EUR", 30, 22, "Table linen"),
    Plot(2, "bristol", "5900.00", "GBP", 110, 24, "Jute bags", ((11, "insolvent"),)),
    Plot(3, "leeds", "14200.00", "GBP", 42, 26, "Torch modules", ((8, "pays:6000"),)),
    Plot(3, "kiel", "18650.00", "EUR", 57, 28, "Navigation panels", ((11, "weighed"),)),
    Plot(0, "ulm", "9940.00", "EUR", 36, 31, "Anchor chain"),
    Plot(1, "malmo", "27300.00", "SEK", 77, 33, "Drill heads"),
    Plot(2, "lyon", "12450.00", "EUR", 45, 36, "Silk", ((3, "resembles"),)),
    Plot(3, "shenzhen", "58000.00", "HKD", 61, 38, "Battery packs"),
    Plot(0, "kiel", "6230.00", "EUR", 28, 39, "Fender set"),
    Plot(1, "leipzig", "2210.00", "EUR", 40, 40, "Truss hire"),
)


class Life:
    """The agency's days, one after the other, ending with `today`."""

    def __init__(self, agency: Agency, today: date) -> None:
        self.agency, self.first = agency, today - timedelta(days=DAYS)
        self.cases: dict[int, Case] = {}
        self.balance: dict[str, Decimal] = {}
        with scope(agency.id):
            self.staff = {
                m.role: m
                for m in Member.objects.select_related("user")
                if m.role in ("account_manager", "finance_officer", "supervisor", "legal_officer")
            }
            self.clients = [Client.objects.get(name=c.name) for c in CLIENTS]

    def live(self) -> None:
        with scope(self.agency.id):
            self.mandates(datetime.combine(self.first, time(8), UTC))
        for day in range(1, DAYS + 1):
            on = self.first + timedelta(days=day)
            at = datetime.combine(on, time(9), UTC)
            with scope(self.agency.id):
                for number, plot in enumerate(PLOTS):
                    if plot.day == day:
                        self.submit(number, plot, on, at)
                    elif plot.day == day - 1 and day < DAYS:
                        self.accept(number, at)
            self.bank(day, on, at)
            run_day(agency=self.agency, on=on, by=SYSTEM, at=at)
            work_outbox(agency=self.agency.id, now=at + timedelta(minutes=5))
            with scope(self.agency.id):
                self.calls(on, at + timedelta(hours=1))
            if on.weekday() == 4:
                with scope(self.agency.id):
                    self.pay_clients(on, at + timedelta(hours=2))
        if DAYS:  # a house that has not lived has nothing to look around at
            hard_end.look_around(self.agency, self.by("legal_officer"), self.clients, on, at)
        with scope(self.agency.id):
            seal_waiting(agency=self.agency.id)

    def pay_clients(self, on: date, at: datetime) -> None:
        """Proposed by one, approved by another; the last week's file still waits, and so does an account."""
        made = remit(agency=self.agency, on=on, by=self.by("finance_officer"), at=at)
        if on + timedelta(days=7) <= self.first + timedelta(days=DAYS):
            for payout in made.payouts:
                approve_payout(
                    payout=payout, sha256=payout.document.sha256 if payout.document else "",
                    by=self.by("supervisor"), at=at + timedelta(hours=1),
                )  # fmt: skip
        else:
            change_account(
                client=self.clients[0], iban="NL91ABNA0417164300", by=self.by("account_manager"),
                at=at + timedelta(hours=2),
            )  # fmt: skip

    def by(self, role: str) -> Actor:
        return self.staff[role].user.actor()

    def submit(self, number: int, plot: Plot, on: date, at: datetime) -> None:
        company, buyer = CLIENTS[plot.client], DEBTORS[plot.debtor]
        client = self.clients[plot.client]
        bill = bill_between(
            company, buyer, number=f"INV-{1000 + number}", amount=Decimal(plot.amount), currency=plot.currency,
            due_on=on - timedelta(days=plot.overdue), what=plot.what,
        )  # fmt: skip
        by = Actor.user(client.id, company.person)
        # Most arrive as plain XML, some as a PDF with the XML inside.
        name, content = (
            (f"invoice-{bill.number}.pdf", invoice_pdf(bill))
            if number % 6 == 0
            else (f"invoice-{bill.number}.xml", ubl_invoice(bill))
        )
        taken = read_upload(
            agency=self.agency.id, client=client, by=by, at=at, files=[Upload(name, content)]
        )
        document = taken[0].document
        assert document is not None, taken[0].refusal
        asked = submission(bill, f"demo-{number}", document)
        self.cases[number] = submit_from_reading(
            agency=self.agency, client=client, asked=asked, by=by, at=at
        ).case

    def accept(self, number: int, at: datetime) -> None:
        case = Case.objects.select_related("client", "debtor", "agreement__rate_card").get(
            id=self.cases[number].id
        )
        accept_and_assign(agency=self.agency, case=case, by=self.by("account_manager"), at=at)

    def bank(self, day: int, on: date, at: datetime) -> None:
        """What debtors do today; payments come as one statement per trust account."""
        paid: dict[str, list[Paid]] = {}
        for number, plot in enumerate(PLOTS):
            for after, what in plot.then:
                if plot.day + after == day:
                    with scope(self.agency.id):
                        self.happen(number, plot, what, on, at, paid)
        with scope(self.agency.id):
            for payout in Remittance.objects.filter(
                on=on - timedelta(days=3), payout__decision__approved=True
            ).select_related("client"):
                paid.setdefault(payout.currency, []).append(carried_out(payout))
        if day == DAYS - 1:
            paid.setdefault("EUR", []).extend(UNCLEAR)
        for account_name, _bank, currency, iban, _bic in TRUST_ACCOUNTS:
            if not paid.get(currency):
                continue
            with scope(self.agency.id):
                opening = closing_of(iban)
            content = statement(
                iban=iban, currency=currency, on=on, opening=opening, paid=paid[currency],
                number=f"{currency}-{on:%Y%m%d}", made_at=at,
            )  # fmt: skip
            with scope(self.agency.id):
                take_bank_file(
                    agency=self.agency, content=content, name=f"{account_name} {on}.xml",
                    by=self.by("finance_officer"), at=at,
                )  # fmt: skip

    def happen(
        self,
        number: int,
        plot: Plot,
        what: str,
        on: date,
        at: datetime,
        paid: dict[str, list[Paid]],
    ) -> None:
        case = Case.objects.select_related("debtor").get(id=self.cases[number].id)
        verb, _, rest = what.partition(":")
        if verb == "pays":
            amount = to_pay(case=case, on=on).total if rest == "rest" else Decimal(rest + ".00")
            paid.setdefault(plot.currency, []).append(
                Paid(amount, case.debtor.name, case.reference, bank_ref=f"B{number}-{on:%m%d}")
            )
        elif verb == "promises":
            until = on + timedelta(days=int(rest))
            put_on_hold(
                case=case,
                kind="promise",
                because=f"will pay on {until}",
                until=until,
                by=SYSTEM,
                at=at,
            )
            keep_promise(case=case, on=until, amount=None, by=SYSTEM, at=at)
        elif verb == "plans":
            self.plan(case, int(rest), on, at)
        elif verb == "settles":
            terms = Terms(
                kind=PlanKind.SETTLEMENT, first_on=on + timedelta(days=10), discount=Decimal(rest)
            )
            offer(agency=self.agency, case=case, terms=terms, by=self.by("account_manager"), at=at)
        elif verb == "instalment":
            due = standing_plan(case.id)
            if due is not None:
                amount = dues_of(due)[int(rest) - 1].amount
                paid.setdefault(plot.currency, []).append(
                    Paid(amount, case.debtor.name, case.reference, bank_ref=f"I{number}-{on:%m%d}")
                )
        elif verb in HARD:
            self.hard(verb, rest, case, DEBTORS[plot.debtor], on, at)
        elif verb == "disputes":
            by = Actor(ActorKind.DEBTOR, case.debtor.name)
            line = case.lines.filter(kind="invoice").order_by("due_on").first()
            assert line is not None
            dispute(
                case=case, line=line, reason="faulty", by=by, at=at,
                text="Half of the goods were faulty. We told the driver on the day.",
            )  # fmt: skip

    def hard(
        self, verb: str, rest: str, case: Case, debtor: Company, on: date, at: datetime
    ) -> None:
        scene = hard_end.Scene(self.agency, self.by("legal_officer"), on, at)
        if verb == "law":
            hard_end.to_law(scene, case, rest)
        elif verb == "court":
            hard_end.at_court(scene, case, rest)
        elif verb == "weighed":
            hard_end.weighed(scene, case)
        elif verb == "insolvent":
            hard_end.insolvent(scene, debtor)
        else:
            hard_end.resembles(scene, debtor)

    def plan(self, case: Case, months: int, on: date, at: datetime) -> None:
        """The debtor proposes a plan on its page and signs it, where the mandate lets it."""
        by = Actor(ActorKind.DEBTOR, case.debtor.name)
        terms = Terms(kind=PlanKind.INSTALMENTS, first_on=on + timedelta(days=6), count=months)
        made = offer(agency=self.agency, case=case, terms=terms, by_debtor=True, by=by, at=at)
        if made.state == PlanState.OFFERED:
            sign(
                agency=self.agency, plan=made, signatory=f"{case.debtor.name.split()[0]} Direktor",
                title="CFO", ticked=("owes", "authority"), ip="192.0.2.7", browser="Firefox", by=by, at=at,
            )  # fmt: skip

    def mandates(self, at: datetime) -> None:
        """What the clients authorise in advance."""
        for client in self.clients[:3]:
            set_mandate(
                client=client, by=Actor.user(client.id, client.signatory), at=at,
                limits=Limits(months=6, first_percent=Decimal(10), discount=Decimal(10), first_days=30),
            )  # fmt: skip
        set_mandate(
            client=self.clients[3], by=Actor.user(self.clients[3].id, self.clients[3].signatory), at=at,
            limits=Limits(months=3, first_percent=Decimal(25), discount=Decimal(15), first_days=14),
        )  # fmt: skip

    def calls(self, on: date, at: datetime) -> None:
        """Collectors work most calls that are due; some wait for whoever tries the demo."""
        due = Task.objects.filter(
            kind="call", done_at__isnull=True, due_on__lte=on, case__stage=Stage.CONTACT
        )
        for turn, task in enumerate(
            due.select_related("case__debtor", "owner__user").order_by("made_at")
        ):
            if task.case is None or task.owner is None or task.case.number[-1] in LEFT_TO_CALL:
                continue
            by = task.owner.user.actor()
            contact = Contact.objects.filter(debtor=task.case.debtor).first()
            outcome = ("left_message", "will_answer", "no_answer")[turn % 3]
            record_call(
                case=task.case, contact=contact, outcome=outcome, note="", by=by, at=at,
                answer_by=on + timedelta(days=7),
            )  # fmt: skip
            finish_task(task=task, outcome=outcome, by=by, at=at)


def carried_out(payout: Remittance) -> Paid:
    """The bank's debit for a remittance ordered on Friday, seen on Monday."""
    return Paid(
        -payout.net.quantize(Decimal("0.01")), payout.client.name, "", payout.number,
        bank_ref=f"P-{payout.number}", end_to_end=payout.end_to_end_id,
    )  # fmt: skip


def closing_of(iban: str) -> Decimal:
    """The closing balance of the account's last statement, from which the next one opens."""
    last = TrustAccount.objects.get(iban=iban).statements.order_by("-to_on", "-id").first()
    return (
        Decimal(0)
        if last is None or last.closing is None
        else last.closing.quantize(Decimal("0.01"))
    )


def submission(bill: Bill, key: str, document: object) -> Submission:
    buyer = bill.buyer
    return Submission(
        key=key, currency=bill.currency,
        debtor=DebtorAsked(
            name=buyer.name, country=buyer.country, vat_number=buyer.vat, registration_number=buyer.number,
            address=buyer.address, postcode=buyer.postcode, city=buyer.city, email=buyer.email,
            phone=buyer.phone, contact=buyer.person,
        ),
        lines=(LineAsked("invoice", bill.number, bill.issued_on, bill.due_on, bill.amount, document),),  # type: ignore[arg-type]
        client_reference=f"O-{bill.number}",
    )  # fmt: skip
