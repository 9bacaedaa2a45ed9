"""Random lives of an agency's money against a plain model: conserved in every currency, no client overdrawn,
nothing unexplained, after every step. `SEQUENCES` (or `ROUNDS` × 50) sets how many; a few every day. A life that
fails says its seed and its steps: `SEED=… SEQUENCES=…` live it again.

The model is sums of Decimals: it knows no ledger, no law and no rows. The debtors' law is one without interest
or compensation, so that what is owed is the claim less what was paid.
"""

import os
import random
import sys
import traceback
from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from functools import wraps

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    get_state_machine_test,
    initialize,
    invariant,
    precondition,
    rule,
)

from conftest import superuser
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.ledger.models import Posting
from recoup.payments.bankfiles.tests.samples import entry, tx
from recoup.payments.models import Allocation, BankLine, Exchange, Refund
from recoup.payments.operations import (
    allocate,
    allocate_exchanged,
    book_own_line,
    order,
    propose_refund,
    return_payment,
    settle_exchange,
    take_bank_file,
    undo_allocation,
)
from recoup.payments.queries import open_lines, owed_many, trust_check
from recoup.payments.tests.cast import AT, TRUST_IBAN, case_of, client_of, trust_account
from recoup.payments.tests.test_bank_file import file_of
from recoup.tenancy.context import scope

DOLLARS = "DE75512108001245126199"
PAYER = "DE02120300000000202051"
CLAIM = Decimal("1000.00")
ZERO = Decimal(0)
FLOAT = Decimal(
    1_000_000
)  # what stood on the accounts before: statements of the samples have no debit balance
amounts = st.integers(1, 150_000).map(lambda cents: Decimal(cents) / 100)
which = st.integers(0, 10**6)
SEQUENCES = int(os.environ.get("SEQUENCES") or 50 * int(os.environ.get("ROUNDS") or 0)) or 4
BATCH = 50  # sequences of one seed
SEEN: Counter[str] = Counter()


def acted(step):
    """A step that writes itself down before it is taken."""

    @wraps(step)
    def taken(self, **given):
        self.did.append(f"{step.__name__} {' '.join(f'{k}={v}' for k, v in given.items())}")
        return step(self, **given)

    return taken


class Life(RuleBasedStateMachine):
    """Two clients with two cases each in euro, an account in euro and one in dollars."""

    house, cases, seed, did = None, (), "", ()

    @initialize()
    def begin(self):
        self.mark = transaction.savepoint()
        self.at, self.number = AT, 0
        self.bank = {"EUR": ZERO, "USD": ZERO}
        self.paid = [ZERO] * 4  # on each case, in euro, less what went back
        self.lines: dict[object, Decimal] = {}  # what of each line nobody has explained
        self.receipts: list[
            tuple[object, int, Decimal]
        ] = []  # line, case, amount: whole lines on a case
        self.remitted = defaultdict(lambda: ZERO)  # gross, by client
        self.out: list[tuple[str, Decimal, bool]] = []  # end-to-end id, amount, shown by the bank
        self.exchanges: list[tuple[object, Decimal, Decimal]] = []
        self.borne: set[str] = set()  # refunds whose payment the bank took back as well
        self.began, self.did = True, []

    def teardown(self):
        kind, error, place = sys.exc_info()
        if error is not None and kind is not None and not kind.__module__.startswith("hypothesis"):
            print(f"\n{self.seed}: this life failed", *self.did, sep="\n  ")
            traceback.print_exception(kind, error, place, file=sys.stdout)
        if getattr(self, "began", False):
            if error is None:
                connection.check_constraints()  # what the database looks at when a transaction ends
            transaction.savepoint_rollback(self.mark)

    # The bank's side --------------------------------------------------------------------------------

    def shows(
        self, amount, *, currency="EUR", ref="", e2e="", reason="", name="Müller Feinkost GmbH"
    ):
        self.number += 1
        side, size = "CRDT" if amount > 0 else "DBIT", str(abs(amount))
        opening, self.bank[currency] = self.bank[currency], self.bank[currency] + amount
        details = tx(size, name, ref=ref, e2e=e2e, reason=reason, iban=PAYER, currency=currency)
        content = file_of(
            entry(size, side, ref=f"B-{self.number}", details=details, currency=currency), opening=str(FLOAT + opening),
            closing=str(FLOAT + self.bank[currency]), id=f"S-{self.number}", seq=str(self.number), currency=currency,
            account=TRUST_IBAN if currency == "EUR" else DOLLARS, message_id=f"M-{self.number}",
        )  # fmt: skip
        take_bank_file(agency=self.house.id, content=content, name="a.xml", by=SYSTEM, at=self.at)
        return BankLine.objects.order_by("-id").first()

    # What happens -----------------------------------------------------------------------------------

    @rule(case=which, amount=amounts)
    @acted
    def a_debtor_pays(self, case, amount):
        case %= 4
        line = self.shows(amount, ref=self.cases[case].reference, e2e=f"E-{self.number}")
        self.paid[case] += amount
        self.receipts.append((line, case, amount))

    @rule(amount=amounts)
    @acted
    def somebody_unknown_pays(self, amount):
        line = self.shows(amount, name="Nobody Known", e2e=f"E-{self.number}")
        self.lines[line.id] = amount

    @precondition(lambda self: any(v > 0 for v in self.lines.values()))
    @rule(pick=which, case=which, share=st.sampled_from([1, 2]))
    @acted
    def a_person_gives_a_line_to_a_case(self, pick, case, share):
        id, left = self.one_of([(k, v) for k, v in self.lines.items() if v > 0], pick)
        line = BankLine.objects.get(id=id)
        if line.currency != "EUR":
            return
        amount = max((left / share).quantize(Decimal("0.01"), "ROUND_DOWN"), Decimal("0.01"))
        case %= 4
        allocate(
            line=line,
            case=self.cases[case],
            amount=Money(amount, "EUR"),
            because={},
            by=SYSTEM,
            at=self.at,
        )
        self.lines[id] -= amount
        self.paid[case] += amount

    @precondition(lambda self: self.receipts)
    @rule(pick=which)
    @acted
    def a_slip_is_undone(self, pick):
        line, case, amount = self.one_of(self.receipts, pick)
        allocation = Allocation.objects.filter(
            line=line, reverses__isnull=True, reversed_by__isnull=True
        ).first()
        if allocation is None:
            return
        try:
            undo_allocation(allocation=allocation, because="slip", by=SYSTEM, at=self.at)
        except Refusal as refusal:
            assert refusal.code in ("remitted_already", "refunded_already")
            return
        self.receipts.remove((line, case, amount))
        self.paid[case] -= amount
        self.lines[line.id] = amount

    @precondition(lambda self: self.receipts)
    @rule(pick=which)
    @acted
    def the_bank_takes_a_payment_back(self, pick):
        line, case, amount = self.one_of(self.receipts, pick)
        back, gone = self.refunded_of(line)
        self.borne |= gone
        self.shows(-amount, e2e=line.end_to_end_id, reason="AC04")
        self.receipts.remove((line, case, amount))
        self.paid[case] -= amount - back

    @rule()
    @acted
    def the_clients_are_paid(self):
        self.at += timedelta(days=1)
        done = order(agency=self.house.id, on=self.at.date(), by=SYSTEM, at=self.at)
        for row in done.remittances:
            assert row.net <= row.gross and row.net > 0
            self.remitted[row.client_id] += row.gross
            self.out.append((row.end_to_end_id, row.net, False))

    @precondition(lambda self: any(not seen for _, _, seen in self.out))
    @rule(pick=which)
    @acted
    def the_bank_shows_a_payment_of_ours(self, pick):
        number, amount, _ = self.one_of([o for o in self.out if not o[2]], pick)
        self.shows(-amount, e2e=number, name="Client")
        self.out[self.out.index((number, amount, False))] = (number, amount, True)

    @precondition(lambda self: any(seen for _, _, seen in self.out))
    @rule(pick=which)
    @acted
    def a_payment_of_ours_comes_back(self, pick):
        number, amount, _ = self.one_of([o for o in self.out if o[2]], pick)
        self.shows(amount, e2e=number, reason="AC04", name="Client")
        self.out.remove((number, amount, True))
        if number in self.borne:  # the payment is gone too: the agency has its own again
            return
        if number.startswith("RFD"):
            allocation = Allocation.objects.get(refunds__number=number)
            self.paid[[c.id for c in self.cases].index(allocation.case_id)] += amount
        else:
            self.out.append((number, amount, False))

    @precondition(lambda self: any(p > CLAIM for p in self.paid))
    @rule()
    @acted
    def what_was_too_much_goes_back(self):
        for row in Allocation.objects.filter(
            overpaid__gt=0, reverses__isnull=True, reversed_by__isnull=True, line__isnull=False
        ):
            try:
                refund = propose_refund(
                    line=row.line, allocation=row, because="too much", by=SYSTEM, at=self.at
                )
            except Refusal as refusal:
                assert refusal.code == "nothing_to_refund"
                continue
            self.paid[[c.id for c in self.cases].index(row.case_id)] -= refund.amount
            self.out.append((refund.number, refund.amount, False))
            return

    @rule(case=which, amount=amounts, rate=st.sampled_from(["0.9", "0.87654321", "1.1"]))
    @acted
    def a_debtor_pays_in_dollars(self, case, amount, rate):
        case %= 4
        line = self.shows(amount, currency="USD", e2e=f"E-{self.number}")
        try:
            made = allocate_exchanged(
                line=line, case=self.cases[case], amount=Money(amount, "USD"), rate=Decimal(rate), rate_on=self.at.date(),
                source="test", because={}, by=SYSTEM, at=self.at,
            )  # fmt: skip
        except Refusal as refusal:
            assert refusal.code == "rate_wrong"
            self.lines[line.id] = amount
            return
        self.paid[case] += made.to_amount
        self.exchanges.append((made.id, amount, made.to_amount))

    @precondition(lambda self: self.exchanges)
    @rule(pick=which, off=st.integers(-300, 300))
    @acted
    def the_bank_exchanges(self, pick, off):
        id, amount, counted = self.one_of(self.exchanges, pick)
        got = max(counted + Decimal(off) / 100, Decimal("0.01"))
        sold, bought = (
            self.shows(-amount, currency="USD", name="Bank"),
            self.shows(got, name="Bank"),
        )
        settle_exchange(
            exchanges=[Exchange.objects.get(id=id)], sold=sold, bought=bought, by=SYSTEM, at=self.at
        )
        self.exchanges.remove((id, amount, counted))

    @rule(amount=st.integers(1, 500).map(lambda c: Decimal(c) / 100))
    @acted
    def the_bank_takes_a_fee(self, amount):
        line = self.shows(-amount, name="Bank")
        book_own_line(line=line, because="fee", by=SYSTEM, at=self.at)

    @precondition(lambda self: any(v > 0 for v in self.lines.values()))
    @rule(pick=which)
    @acted
    def an_unknown_payment_is_taken_back(self, pick):
        id, left = self.one_of([(k, v) for k, v in self.lines.items() if v > 0], pick)
        line = BankLine.objects.get(id=id)
        if left != line.amount:
            return
        back = self.shows(-line.amount, currency=line.currency, name="Bank")
        return_payment(line=back, original=line, by=SYSTEM, at=self.at)
        self.lines.pop(id)

    # What must hold ---------------------------------------------------------------------------------

    @invariant()
    def everything_is_accounted_for(self):
        if not getattr(self, "began", False):
            return
        SEEN["steps"] += 1
        held = self.balances()
        for check in trust_check(self.house.id):
            assert not check.difference, check
        for currency, amount in self.bank.items():
            assert held["trust_bank", currency] == amount
        assert held["unallocated", "EUR"] + held["unallocated", "USD"] == -sum(
            self.lines.values(), ZERO
        )
        assert {line.id: line.left for line in open_lines(self.house.id)} == {
            k: v for k, v in self.lines.items() if v
        }
        settled = [min(CLAIM, p) for p in self.paid]
        assert held["overpaid", "EUR"] == -sum(
            (p - s for p, s in zip(self.paid, settled, strict=True)), ZERO
        )
        assert held["in_transit", "EUR"] == -sum((a for _, a, seen in self.out if not seen), ZERO)
        owing = owed_many(self.house.id, [case.id for case in self.cases], self.at.date())
        for case, got in zip(self.cases, settled, strict=True):
            assert owing[case.id].total == CLAIM - got
        for n, client in enumerate({c.client_id: c for c in self.cases}):
            whole = settled[n] + settled[n + 2]
            trust, owes = held["trust", client], held["receivable", client]
            assert trust <= 0, "no client is overdrawn"
            assert -trust - owes == whole - self.remitted[client]

    def balances(self):
        found = defaultdict(lambda: ZERO)
        rows = Posting.objects.filter(agency_id=self.house.id).exclude(book__kind="case")
        sums = rows.values_list("account", "currency", "book__kind", "book__subject_id").order_by()
        for account, currency, kind, subject, amount in sums.annotate(sum=Sum("amount")):
            found[account, subject if kind == "client" else currency] += amount
        return found

    def one_of(self, rows, pick):
        return rows[pick % len(rows)]

    def refunded_of(self, line):
        """What of a line went back, and under which numbers."""
        found = dict(
            Refund.objects.filter(
                allocation__line=line, allocation__reversed_by__isnull=True, ended_at__isnull=True
            ).values_list("number", "amount")
        )
        return sum(found.values(), ZERO), set(found)


@pytest.mark.kills
def test_ten_thousand_lives_of_money_are_conserved(committed_house):
    """Each seed in a transaction of its own, and what it leaves is swept away: else each life is slower than the one
    before it."""
    first = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**9))
    for batch, start in enumerate(range(0, SEQUENCES, BATCH)):
        with transaction.atomic():
            with scope(committed_house.id):
                live(committed_house, min(BATCH, SEQUENCES - start), 40, first + batch)
            transaction.set_rollback(True)
        with superuser(os.environ["RECOUP_DB_NAME"]) as db:
            db.execute("VACUUM")
    print(f"\n{SEQUENCES} sequences, {SEEN['steps']} states checked, seeds {first} to {first + batch}, "
          "nothing unexplained")  # fmt: skip


def test_a_few_lives_of_money_are_conserved(house):
    live(house, 6, 15, 20261121)  # every day the same lives; others when many are asked for


def test_a_life_that_fails_tells_its_seed_and_its_steps(house, capsys):
    def astray(self):
        assert len(self.did) < 3, "money astray"
        return Life.balances(self)

    with pytest.raises(AssertionError):
        live(house, 2, 8, 7, balances=astray)
    told = capsys.readouterr().out
    assert "SEED=7 SEQUENCES=2: this life failed" in told and "money astray" in told
    assert len(told.split("this life failed")[1].split("Traceback")[0].split("\n  ")) == 4


def live(house, sequences, steps, seed, **more):
    """So many lives from one seed; what a failed one did is said at once, whatever becomes of its repetition."""
    more |= {"house": house, "cases": world(house), "seed": f"SEED={seed} SEQUENCES={sequences}"}
    machine = type("Life", (Life,), more)
    many = settings(
        max_examples=sequences, stateful_step_count=steps, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    seeded(seed)(get_state_machine_test(machine, settings=many))()


def world(house):
    """Where all lives begin: two clients with two cases each, whose debtors' law knows no interest."""
    trust_account(house.agency)
    trust_account(house.agency, iban=DOLLARS, currency="USD")
    clients = [client_of(house.agency), client_of(house.agency, "Fjäll Trä AB")]
    return [
        case_of(house.agency, str(CLAIM), client=clients[n % 2], jurisdiction="AE", interest={"kind": "none"}, ref=f"F-{n}")
        for n in range(4)
    ]  # fmt: skip
