"""The simulated world: cases that come in, debtors with a character, people who do their tasks, the bank."""

import os
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from recoup.agreements.models import Agreement
from recoup.cases.models import Case, ClaimLine, Hold, Task
from recoup.cases.operations import (
    NewLine,
    accept_case,
    assign_case,
    finish_task,
    lift_hold,
    move_case,
    plan_next_look,
    put_on_hold,
    submit_case,
)
from recoup.console.demo.found import found
from recoup.console.demo.life import closing_of
from recoup.console.demo.papers import Paid, statement
from recoup.console.demo.people import TRUST_ACCOUNTS
from recoup.console.simulate.provider import providers
from recoup.contact.models import ContactAttempt
from recoup.contact.operations import permit_call
from recoup.contact.rules import gate
from recoup.disputes.models import Dispute
from recoup.eventlog.operations import seal_waiting
from recoup.jobs.dispatch import LIMIT, work_outbox
from recoup.journeys.call import call_made
from recoup.journeys.close import close_with_report
from recoup.journeys.collect import take_bank_file
from recoup.journeys.day import run_day
from recoup.journeys.dispute import decide, dispute
from recoup.journeys.promise_to_pay import promise_to_pay
from recoup.journeys.prove import prove
from recoup.journeys.signals import compute_signals
from recoup.journeys.write_to_us import write_to_us
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Client, Contact, Debtor
from recoup.parties.operations import find_or_add_debtor
from recoup.payments.queries import to_pay
from recoup.strategy.facts import gather
from recoup.tenancy.context import scope
from recoup.tenancy.models import Member
from recoup.tenancy.roles import Role

FIRST = date(2026, 1, 5)
STALLS = 0.6  # of the times a failing debtor reacts it promises instead
# Character and how many in a hundred have it.
CHARACTERS = (
    ("pays", 26), ("pays_late", 14), ("pays_part", 8), ("keeps", 9), ("breaks", 8), ("disputes", 6),
    ("writes", 4), ("bounces", 5), ("opts_out", 3), ("insolvent", 9), ("silent", 8),
)  # fmt: skip
PLACES = (
    ("DE", "EUR", "de", "Europe/Berlin", "Hamburg"), ("SE", "SEK", "sv", "Europe/Stockholm", "Malmö"),
    ("GB", "GBP", "en", "Europe/London", "Leeds"), ("DE", "EUR", "de", "Europe/Berlin", "Leipzig"),
)  # fmt: skip


class World:
    """`live(number)` is one day. The same seed makes the same debtors and the same moods each day,
    however often the worker is killed."""

    def __init__(self, *, cases: int, days: int, seed: int, kills: int, journal: Path) -> None:
        self.seed, self.journal, self.cases_wanted, self.days = seed, journal, cases, days
        self.kill_days = Counter(self.dice("kills").choices(range(days), k=kills))
        self.killed = 0
        self.agency = found(self.at(0, 5))
        with scope(self.agency.id):
            self.clients = list(Client.objects.order_by("reference"))
            self.agreements = {a.client_id: a for a in Agreement.objects.all()}
            self.collectors = list(
                Member.objects.filter(role=Role.COLLECTOR).select_related("user")
            )
        self.character: dict[UUID, str] = {}
        self.bounces: frozenset[str] = frozenset()
        self.places = {"EUR", "SEK", "GBP"}

    def dice(self, *about: object) -> random.Random:
        return random.Random(f"{self.seed}:{':'.join(map(str, about))}")  # noqa: S311 - a game, no secret

    def day(self, number: int) -> date:
        return FIRST + timedelta(days=number)

    def at(self, number: int, clock: int, minute: int = 0) -> datetime:
        return datetime.combine(self.day(number), hour(clock, minute), UTC)

    def live(self, number: int) -> None:
        """Cases come in; the day run and the outbox in the morning, people until the afternoon, the bank and
        the debtors in the evening."""
        with scope(self.agency.id):
            self.come_in(number)
        self.unkilled(
            number,
            lambda: run_day(
                agency=self.agency, on=self.day(number), by=SYSTEM, at=self.at(number, 6)
            ),
        )
        self.unkilled(number, lambda: self.send(number))
        compute_signals(agency=self.agency, on=self.day(number), by=SYSTEM, at=self.at(number, 9))
        with scope(self.agency.id):
            self.people(number)
            self.debtors(number)
        self.bank(number)
        with scope(self.agency.id):
            while seal_waiting(agency=self.agency.id):
                pass

    # The worker -----------------------------------------------------------------------------

    def send(self, number: int) -> None:
        # Leases of a killed worker have lapsed by the time the next one starts.
        for clock in (7, 8):
            at = self.at(number, clock)
            while (
                sum(
                    work_outbox(
                        agency=self.agency.id,
                        now=at,
                        channels=providers(self.journal, at, self.bounces),
                        limit=LIMIT,
                    ).values()
                )
                >= LIMIT
            ):
                pass

    def unkilled(self, number: int, work: Callable[[], object]) -> None:
        """The work of the worker: in a child that is killed as often as the dice say, then to its end."""
        dice = self.dice("moment", number, self.killed)
        while self.kill_days[number] > 0:
            self.kill_days[number] -= 1
            self.killed += kill_after(work, dice.uniform(0.005, 0.6))
        work()

    def unproved(self, number: int) -> list[str]:
        checks = prove(now=self.at(number, 23))
        return [f"{self.day(number)}: {c.name}: {c.found[:3]}" for c in checks if not c.holds]

    # What comes in --------------------------------------------------------------------------

    def come_in(self, number: int) -> None:
        """The cases of the day: all within the first two thirds of the time."""
        span = max(1, self.days * 2 // 3)
        first, last = (
            min(self.cases_wanted, self.cases_wanted * n // span) for n in (number, number + 1)
        )
        for case in range(first, last):
            with transaction.atomic():
                self.submitted(case, number)

    def submitted(self, index: int, number: int) -> None:
        dice, at = self.dice("case", index), self.at(number, 5, 30)
        client = self.clients[index % len(self.clients)]
        # One debtor in ten has several cases, of several clients.
        who = index - 1 if index % 10 == 9 else index
        country, currency, language, zone, city = PLACES[
            self.dice("debtor", who).randrange(len(PLACES))
        ]
        debtor = find_or_add_debtor(
            agency=self.agency.id, name=f"{city} Handel {who} GmbH", country=country, address=[f"Street {who}"],
            postcode=f"{10000 + who % 89999}", city=city, language=language, time_zone=zone,
            email="" if who % 5 == 4 else f"office@d{who}.example", phone="+46 8 111 11 11", by=SYSTEM, at=at,
        )  # fmt: skip
        day = self.day(number)
        lines = [
            NewLine("invoice", f"F-{index}-{n}", day - timedelta(days=60), day - timedelta(days=dice.randrange(-4, 500)),
                    Decimal(dice.randrange(5_000, 3_000_000)) / 100)
            for n in range(dice.choice((1, 1, 1, 2, 4)))
        ]  # fmt: skip
        case = submit_case(
            agency=self.agency.id, client=client, agreement=self.agreements[client.id], debtor=debtor, currency=currency,
            jurisdiction=country, lines=lines, submission_key=f"s{index}", by=SYSTEM, at=at,
        )  # fmt: skip
        accept_case(case=case, by=SYSTEM, at=at)
        assign_case(
            case=case,
            collector=self.collectors[index % len(self.collectors)],
            because={},
            by=SYSTEM,
            at=at,
        )
        names, weights = zip(*CHARACTERS, strict=True)
        self.character[case.id] = dice.choices(names, weights)[0]
        if self.character[case.id] == "bounces":
            self.bounces |= {f"office@d{who}.example"}

    # People ---------------------------------------------------------------------------------

    def people(self, number: int) -> None:
        """Everybody works the tasks that are due; calls only where the gate permits them."""
        at = self.at(number, 10)
        due = Task.objects.filter(
            done_at__isnull=True, due_on__lte=self.day(number)
        ).select_related(
            "case__client", "case__debtor", "case__collector__user", "case__agreement__rate_card"
        )
        tasks = list(due.order_by("made_at", "id"))
        self.call([t for t in tasks if t.kind == "call"], number, at)
        # After the calls by the clock too: a case would else end before the call that was made to it.
        later = self.at(number, 13)
        for turn, task in enumerate(t for t in tasks if t.kind != "call"):
            fresh = Task.objects.filter(id=task.id, done_at__isnull=True).exists()
            if fresh and task.case is not None and task.case.stage not in ("closed", "declined"):
                with transaction.atomic():
                    self.do(task, task.case, number, later + timedelta(seconds=turn))

    def call(self, tasks: list[Task], number: int, at: datetime) -> None:
        cases = [t.case for t in tasks if t.case is not None and t.case.stage == "contact"]
        seconds = 0
        for case in cases:
            # Asked one by one: a call to one case's debtor counts for the debtor's other cases.
            known = gather(self.agency.id, [case], self.day(number))[case.id]
            moment = at + timedelta(seconds=(seconds := seconds + 1))
            facts = known.gate_facts("call")
            if not gate(facts, moment).ok or "call" not in known.facts.open_tasks:
                continue
            permit_call(case=case, facts=facts, at=moment)
            outcome, promised = self.answer(case, number)
            try:
                call_made(
                    agency=self.agency, case=case, contact=None, outcome=outcome, note="said so", promised_on=promised,
                    key=new_id(), by=SYSTEM, at=moment,
                )  # fmt: skip
            except Refusal:
                continue

    def answer(self, case: Case, number: int) -> tuple[str, date | None]:
        dice = self.dice("call", case.number, number)
        character = self.character[case.id]
        if dice.random() < 0.35:
            return "no_answer", None
        if character in ("keeps", "breaks"):
            return "promised", self.day(number) + timedelta(days=dice.randrange(2, 12))
        return {
            "disputes": ("disputes", None), "pays_late": ("will_answer", None), "pays_part": ("wants_plan", None),
            "writes": ("paid_already", None), "silent": ("left_message", None),
        }.get(character, ("refuses", None))  # fmt: skip

    def do(self, task: Task, case: Case, number: int, at: datetime) -> None:
        dice = self.dice("task", case.number, task.kind, number)
        case = Case.objects.select_related(
            "client", "debtor", "collector__user", "agreement__rate_card"
        ).get(id=case.id)
        if task.kind == "evaluate":
            again = (
                ContactAttempt.objects.filter(case=case, channel="call").count() < 6
                and dice.random() < 0.3
            )
            if again:
                finish_task(task=task, outcome="once more", by=SYSTEM, at=at)
                if case.stage == "evaluation":  # what a signal has weighed anew is still in contact
                    move_case(case=case, was="evaluation", now="contact", because="once more", by=SYSTEM, at=at)  # fmt: skip
                plan_next_look(case=case, on=self.day(number + 1))
                return
            self.close(case, "uncollectable", at)
        elif task.kind == "close":
            if to_pay(case=case, on=self.day(number)).total <= 0:
                self.close(case, "paid", at)
            else:
                finish_task(task=task, outcome="still owed", by=SYSTEM, at=at)
                plan_next_look(case=case, on=self.day(number + 1))
        elif task.kind == "dispute":
            if dice.random() < 0.4:
                self.close(case, "withdrawn", at)
                return
            found = Dispute.objects.filter(case=case, state="open").first()
            if found is not None:
                state = "partly" if dice.random() < 0.5 and found.amount >= 10 else "rejected"
                amount = Decimal("5.00") if state == "partly" else None
                decide(dispute=found, state=state, side="house", because="Looked at both sides.", amount=amount, by=SYSTEM, at=at)  # fmt: skip
            else:  # told on the telephone, without an invoice
                for hold in Hold.objects.filter(case=case, kind="disputed", lifted_at__isnull=True):
                    lift_hold(hold=hold, because="settled", by=SYSTEM, at=at)
                finish_task(task=task, outcome="settled", by=SYSTEM, at=at)
            case.refresh_from_db(fields=["stage"])
            if case.stage == "contact":
                plan_next_look(case=case, on=self.day(number + 1))
        else:
            finish_task(task=task, outcome="done", by=SYSTEM, at=at)

    def close(self, case: Case, code: str, at: datetime) -> None:
        close_with_report(
            agency=self.agency, case=case, code=code, because="in the simulation", by=SYSTEM, at=at
        )

    # Debtors --------------------------------------------------------------------------------

    def debtors(self, number: int) -> None:
        """Those who got something lately react, each in its way."""
        since = self.at(number, 0) - timedelta(days=12)
        reached = ContactAttempt.objects.filter(
            message__state="sent", message__settled_at__gte=since, case__stage="contact"
        ).values_list("case_id", flat=True)
        self.paying: dict[str, list[Paid]] = defaultdict(list)
        cases = Case.objects.filter(id__in=set(reached)).select_related(
            "client", "debtor", "collector"
        )
        at = self.at(number, 17)
        for turn, case in enumerate(cases.order_by("id")):
            dice = self.dice("mood", case.number, number)
            if dice.random() < 0.12:
                try:
                    with transaction.atomic():
                        self.react(case, dice, number, at + timedelta(seconds=turn))
                except Refusal:
                    continue
        self.keep_promises(number)

    def react(self, case: Case, dice: random.Random, number: int, at: datetime) -> None:
        character = self.character[case.id]
        day = self.day(number)
        if character in ("pays", "pays_late"):
            self.pay(case, to_pay(case=case, on=day).total, number)
        elif character == "pays_part":
            self.pay(case, (to_pay(case=case, on=day).total / 3).quantize(Decimal("0.01")), number)
        elif character in ("keeps", "breaks"):
            promise_to_pay(
                case=case, on=day + timedelta(days=dice.randrange(2, 12)), by=SYSTEM, at=at
            )
        elif character == "disputes":
            line = ClaimLine.objects.filter(case=case, kind="invoice").first()
            assert line is not None
            dispute(case=case, line=line, text="The goods were faulty.", by=SYSTEM, at=at)
        elif character == "writes":
            write_to_us(case=case, text="We look into it.", key=new_id(), by=SYSTEM, at=at)
        elif character == "opts_out":
            Contact.objects.filter(debtor=case.debtor, opted_out_at__isnull=True).update(
                opted_out_at=at
            )
        elif character == "insolvent" and dice.random() < STALLS:
            # Most stall before they fail: they promise, and nothing comes.
            promise_to_pay(
                case=case, on=day + timedelta(days=dice.randrange(2, 8)), by=SYSTEM, at=at
            )
        elif (
            character == "insolvent"
            and not Hold.objects.filter(case=case, kind="insolvency", lifted_at=None).exists()
        ):
            put_on_hold(
                case=case,
                kind="insolvency",
                because="proceedings opened",
                until=None,
                by=SYSTEM,
                at=at,
            )

    def keep_promises(self, number: int) -> None:
        kept = Hold.objects.filter(
            kind="promise", until=self.day(number), lifted_at__isnull=True, case__stage="contact"
        )
        for hold in kept.select_related("case__debtor"):
            if self.character[hold.case_id] == "keeps":
                self.pay(hold.case, to_pay(case=hold.case, on=self.day(number)).total, number)

    def pay(self, case: Case, amount: Decimal, number: int) -> None:
        if amount > 0:
            self.paying[case.currency].append(
                Paid(amount, case.debtor.name, case.reference, bank_ref=f"B{case.number}-{number}")
            )

    def bank(self, number: int) -> None:
        on, at = self.day(number), self.at(number, 20)
        for name, _bank, currency, iban, _bic in TRUST_ACCOUNTS:
            paid = self.paying.get(currency)
            if not paid:
                continue
            with scope(self.agency.id):
                content = statement(
                    iban=iban, currency=currency, on=on, opening=closing_of(iban), paid=paid,
                    number=f"{currency}-{on:%Y%m%d}", made_at=at,
                )  # fmt: skip
                take_bank_file(
                    agency=self.agency, content=content, name=f"{name} {on}.xml", by=SYSTEM, at=at
                )

    def counts(self) -> dict[str, Any]:
        with scope(self.agency.id):
            stages = Counter(Case.objects.values_list("stage", flat=True))
            return {"debtors": Debtor.objects.count(), "stages": dict(stages)}


def kill_after(work: Callable[[], object], seconds: float) -> int:
    """Do the work in a child and kill it after `seconds`; 1 when it died of that, 0 when it was done before."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return int(os.WIFSIGNALED(status))
