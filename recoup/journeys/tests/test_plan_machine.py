"""A case's money lived at random beside a plain model: payments, undoing, plans, settlements, corrections.

After every step: what is booked is what the law says of the payments that count, the ledger balances, the
trust money agrees, one plan at most stands. `ROUNDS` (environment) sets the number of lives.
"""

import os
import random
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from recoup.cases.models import Case
from recoup.journeys import collect
from recoup.journeys.correct import correct_claim
from recoup.journeys.plans import look_at_plans, offer, sign
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.payments.models import Allocation
from recoup.payments.operations import undo_allocation
from recoup.payments.queries import facts_of, trust_check
from recoup.payments.rules import Parts, owed_of
from recoup.payments.tests.cast import AT, case_of, trust_account
from recoup.plans.models import Plan
from recoup.plans.operations import set_mandate
from recoup.plans.operations.sign import BOXES
from recoup.plans.rules import Limits, Terms
from recoup.plans.states import STANDING, Every, PlanKind

LIVES = int(os.environ.get("ROUNDS", "3"))
STEPS = 14
D = Decimal


class Model:
    """What a bookkeeper with pencil and paper knows."""

    def __init__(self):
        self.paid: dict[object, tuple[date, Decimal]] = {}
        self.credited = D(0)


class Machine:
    def __init__(self, house, seed):
        self.house, self.chance, self.model = house, random.Random(seed), Model()
        self.case = case_of(house.agency, "3000.00", due=date(2026, 8, 1))
        set_mandate(
            client=self.case.client, limits=Limits(months=6, discount=D(20)), by=SYSTEM, at=AT
        )
        self.on, self.notes = date(2026, 11, 20), 0

    @property
    def at(self):
        return datetime(self.on.year, self.on.month, self.on.day, 9, tzinfo=AT.tzinfo)

    def pays(self):
        amount = D(self.chance.randint(1, 140000)) / 100
        made = collect.report_direct_payment(
            agency=self.house.agency, case=self.case, amount=Money(amount, "EUR"), on=self.on, by=SYSTEM, at=self.at
        )  # fmt: skip
        self.model.paid[made.id] = (self.on, amount)

    def undoes(self):
        if self.model.paid:
            id = self.chance.choice(list(self.model.paid))
            undo_allocation(
                allocation=Allocation.objects.get(id=id), because="slip", by=SYSTEM, at=self.at
            )
            del self.model.paid[id]

    def corrects(self):
        self.notes += 1
        amount = D(self.chance.randint(100, 40000)) / 100
        correct_claim(
            agency=self.house.agency, case=self.case, line=self.case.lines.get(kind="invoice"), ref=f"CN-{self.notes}",
            amount=amount, on=self.chance.choice([None, self.on - timedelta(days=self.chance.randint(0, 60))]),
            because="price", by=SYSTEM, at=self.at,
        )  # fmt: skip
        self.model.credited += amount

    def offers(self):
        kind = self.chance.choice(list(PlanKind))
        terms = Terms(
            kind=kind, first_on=self.on + timedelta(days=self.chance.randint(0, 6)), every=Every.WEEK,
            count=1 if kind == PlanKind.SETTLEMENT else self.chance.randint(1, 3),
            discount=D(10) if kind == PlanKind.SETTLEMENT else D(0), waives_interest=False,
        )  # fmt: skip
        offer(
            agency=self.house.agency,
            case=self.case,
            terms=terms,
            by_debtor=True,
            by=SYSTEM,
            at=self.at,
        )

    def signs(self):
        for plan in Plan.objects.filter(case=self.case, state="offered"):
            sign(
                agency=self.house.agency,
                plan=plan,
                signatory="Max M",
                ticked=BOXES,
                ip="",
                browser="",
                by=SYSTEM,
                at=self.at,
            )

    def keeps(self):
        """Pay the next instalment exactly."""
        plan = Plan.objects.filter(case=self.case, state="agreed").first()
        if plan is not None:
            one = self.chance.choice(list(plan.instalments.all()))
            made = collect.report_direct_payment(
                agency=self.house.agency, case=self.case, amount=Money(one.amount, "EUR"), on=self.on, by=SYSTEM, at=self.at
            )  # fmt: skip
            self.model.paid[made.id] = (self.on, one.amount)

    def passes(self):
        self.on = min(self.on + timedelta(days=self.chance.randint(1, 6)), date(2026, 12, 30))
        look_at_plans(agency=self.house.agency, on=self.on, by=SYSTEM, at=self.at)

    def step(self):
        verb = self.chance.choice(
            ("pays", "pays", "undoes", "corrects", "offers", "offers", "signs", "keeps", "passes")
        )
        try:
            with transaction.atomic():
                getattr(self, verb)()
        except Refusal:
            pass  # said, and nothing changed
        self.agrees(verb)

    def agrees(self, verb):
        facts = facts_of([Case.objects.get(id=self.case.id)])[self.case.id]
        mine = {(p.on, p.amount) for p in facts.paid if not p.waived}
        assert mine == set(self.model.paid.values()), verb
        assert sum(p.amount for p in facts.paid if not p.waived) == sum(
            (a for _, a in self.model.paid.values()), D(0)
        ), verb
        if facts.paid:
            last = max(p.on for p in facts.paid)
            law = owed_of(facts, last, to_pay=True)
            parts = sum(
                (
                    Parts(a.costs, a.compensation, a.interest, a.principal, a.unallocated)
                    for a in law.allocations
                ),
                Parts(),
            )
            assert facts.booked == parts, verb
        else:
            assert facts.booked == Parts(), verb
        claimed = sum(c.amount if c.kind == "invoice" else -c.amount for c in facts.claims)
        assert claimed == 3000 - self.model.credited, verb
        assert all(not check.difference for check in trust_check(self.house.id)), verb
        assert Plan.objects.filter(case=self.case, state__in=STANDING).count() <= 1, verb
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize("seed", range(LIVES))
def test_a_random_life_agrees_with_the_plain_model(house, seed):
    trust_account(house.agency)
    machine = Machine(house, seed)
    for _ in range(STEPS):
        machine.step()
