"""Danger signals from the books: each computed one is raised by what should raise it and not by what
should not; who may see what; who is told; a run that is killed goes on."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from recoup.cases.models import Task
from recoup.cases.operations import lift_hold, put_on_hold
from recoup.contact.models import ContactAttempt, InboundMail
from recoup.eventlog.models import Event
from recoup.files.operations import keep
from recoup.journeys.promise_to_pay import promise_to_pay
from recoup.journeys.signal_history import look_back
from recoup.journeys.signals import compute_signals, level_now, observe, tell_watchers
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.outbox.models import Message
from recoup.payments.models import BankLine
from recoup.payments.operations import report_direct_payment, return_payment, take_bank_file
from recoup.payments.tests.cast import AT, case_of, client_of, debtor_of, trust_account
from recoup.payments.tests.test_bank_file import file_of, paid
from recoup.tenancy.context import scope
from recoup.watch.models import Alert, Item, Look, Signal, Trade
from recoup.watch.operations import publish_notice, watch_debtor, withdraw_signal
from recoup.watch.queries import levels

TODAY = AT.date()


@pytest.fixture
def debtor(house):
    return debtor_of(house.agency)


@pytest.fixture
def client(house):
    return client_of(house.agency)


def moment(days_ago: int) -> datetime:
    return datetime.combine(TODAY - timedelta(days=days_ago), time(9), AT.tzinfo)


def kinds(house, on=TODAY, client=...):
    """What a run on the day raises, for one client's data (None: the house's over several)."""
    compute_signals(agency=house.agency, on=on, by=SYSTEM, at=AT + (on - TODAY))
    found = Signal.objects.filter(source="computed")
    if client is not ...:
        found = found.filter(client_id=client)
    return sorted(set(found.values_list("kind", flat=True)))


def invoice(client, debtor, ref, *, due, paid=None, amount="1000.00", known=None, issued=None):
    """An item of the client's ledger: due and paid so many days ago."""
    return Item.objects.create(
        agency_id=client.agency_id, client=client, debtor=debtor, ref=ref, due_on=TODAY - timedelta(days=due),
        issued_on=TODAY - timedelta(days=issued) if issued is not None else None, amount=Decimal(amount), currency="EUR",
        open=Decimal(0) if paid is not None else Decimal(amount),
        paid_on=TODAY - timedelta(days=paid) if paid is not None else None, seen_on=TODAY, at=moment(known if known is not None else 400),
    )  # fmt: skip


def order(client, debtor, days_ago, amount, kind="order"):
    Trade.objects.create(
        agency_id=client.agency_id, client=client, debtor=debtor, kind=kind, on=TODAY - timedelta(days=days_ago),
        amount=Decimal(amount), currency="EUR", key=new_id().hex, at=moment(days_ago),
    )  # fmt: skip


def history(client, debtor, late_before, late_now):
    """Three invoices paid long ago and three lately, each so many days after it was due; one still open."""
    for n, ago in enumerate((300, 250, 200)):
        invoice(client, debtor, f"B{n}", due=ago + late_before, paid=ago)
    for n, ago in enumerate((60, 40, 20)):
        invoice(client, debtor, f"N{n}", due=ago + late_now, paid=ago)
    invoice(client, debtor, "open", due=-10)


def test_paying_later_than_before(house, client, debtor):
    history(client, debtor, 2, 25)
    assert kinds(house) == ["paying_later"]
    one = Signal.objects.get()
    assert one.params == {"now": "25", "before": "2", "payments": 3}
    assert one.on == TODAY - timedelta(days=20), "dated by the newest payment behind it"


def test_paying_as_late_as_ever_is_no_signal(house, client, debtor):
    history(client, debtor, 25, 32)
    assert kinds(house) == []


def test_promises_broken_repeatedly(house, debtor):
    for days in (40, 20):
        case = case_of(house.agency, debtor=debtor)
        promise_to_pay(case=case, on=TODAY - timedelta(days=days - 5), by=SYSTEM, at=moment(days))
    assert kinds(house, client=None) == ["promises_broken"], (
        "one to each of two clients: the house sees two"
    )


def test_one_broken_promise_or_two_kept_are_none(house, client, debtor):
    broken, kept = (case_of(house.agency, debtor=debtor, client=client) for _ in range(2))
    for case in (broken, kept):
        promise_to_pay(case=case, on=TODAY - timedelta(days=15), by=SYSTEM, at=moment(20))
    report_direct_payment(case=kept, amount=Money(Decimal(100), "EUR"), on=TODAY - timedelta(days=14), by=SYSTEM, at=moment(14))  # fmt: skip
    assert kinds(house) == []


def call(case, days_ago, outcome, right_party=None):
    ContactAttempt.objects.create(
        agency_id=case.agency_id, case=case, client_id=case.client_id, step="call", channel="call",
        made_at=moment(days_ago), outcome=outcome, right_party=right_party, by_name="t",
    )  # fmt: skip


def test_calls_that_nobody_returns(house, client, debtor):
    case = case_of(house.agency, debtor=debtor, client=client)
    for days in (3, 6, 9, 12):
        call(case, days, "no_answer" if days % 2 else "left_message")
    assert kinds(house) == ["calls_unreturned"]


def test_calls_in_vain_until_somebody_was_reached_are_none(house, client, debtor):
    case = case_of(house.agency, debtor=debtor, client=client)
    for days in (3, 6, 9, 12):
        call(case, days, "no_answer")
    call(case, 1, "will_answer", right_party=True)
    assert kinds(house) == []


def received(house, case, amount, **more):
    take_bank_file(
        agency=house.id, name="a.xml", by=SYSTEM, at=AT,
        content=file_of(paid(amount, case, ref=f"B{more}", **more), closing=amount, id=f"S{more}"),
    )  # fmt: skip


def test_a_payment_taken_back_by_the_bank(house, client, debtor):
    trust_account(house.agency)
    case = case_of(house.agency, debtor=debtor, client=client)
    received(house, case, "400.00")
    original = BankLine.objects.get()
    assert kinds(house, TODAY) == [], "a payment alone is none"
    Look.objects.all().update(on=TODAY - timedelta(days=1))
    back = "<Ntry><Amt Ccy='EUR'>400.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt><ValDt><Dt>2026-11-20</Dt></ValDt><AcctSvcrRef>R1</AcctSvcrRef></Ntry>"  # fmt: skip
    take_bank_file(agency=house.id, content=file_of(back, opening="400.00", closing="0.00", id="S-2"), name="b.xml", by=SYSTEM, at=AT)  # fmt: skip
    line = BankLine.objects.exclude(id=original.id).get()
    return_payment(line=line, original=original, by=SYSTEM, at=AT)
    assert kinds(house) == ["dishonoured"]


IBANS = ("DE89370400440532013000", "DE75512108001245126199", "FR1420041010050500013M02606")


def test_paying_from_ever_new_accounts(house, client, debtor):
    trust_account(house.agency)
    case = case_of(house.agency, "9000.00", debtor=debtor, client=client)
    for iban in IBANS[:2]:
        received(house, case, "100.00", iban=iban)
    assert kinds(house) == [], "two accounts are nothing unusual"
    Look.objects.all().update(on=TODAY - timedelta(days=1))
    received(house, case, "100.00", iban=IBANS[2])
    assert kinds(house) == ["banks_changed"]


def bounced(house, case, kind, days_ago):
    raw = keep(agency=house.id, content=new_id().bytes, name="m.eml", media_type="message/rfc822", kind="mail",
               by=SYSTEM, at=AT)  # fmt: skip
    InboundMail.objects.create(agency_id=house.id, key=new_id().hex, document=raw, kind=kind, case=case, taken_at=moment(days_ago))  # fmt: skip


def test_mail_that_comes_back(house, client, debtor):
    bounced(house, case_of(house.agency, debtor=debtor, client=client), "hard", 5)
    assert kinds(house) == ["returned_mail"]


def test_a_full_mailbox_or_an_old_return_is_none(house, client, debtor):
    case = case_of(house.agency, debtor=debtor, client=client)
    bounced(house, case, "soft", 5)
    bounced(house, case, "hard", 95)
    assert kinds(house) == []


def test_a_sudden_outsized_order(house, client, debtor):
    invoice(client, debtor, "open", due=-10)
    for days in (200, 150, 120, 100):
        order(client, debtor, days, "1000.00")
    order(client, debtor, 3, "3000.00")
    assert kinds(house) == ["outsized_order"]
    assert Signal.objects.get().params["times"] == "3.0"


def test_a_large_order_among_large_ones_or_with_no_history_is_none(house, client, debtor):
    invoice(client, debtor, "open", due=-10)
    for days in (200, 150, 100):
        order(client, debtor, days, "1000.00")
    order(client, debtor, 3, "30000.00")
    assert kinds(house) == [], "three orders are no history"


def test_orders_that_outgrow_payments(house, client, debtor):
    for days, amount in ((170, "1000.00"), (120, "1000.00"), (60, "1500.00"), (20, "1600.00")):
        order(client, debtor, days, amount)
    invoice(client, debtor, "a", due=140, paid=120)
    invoice(client, debtor, "b", due=50, paid=30)
    invoice(client, debtor, "open", due=-10)
    assert kinds(house) == ["growing_too_fast"]


def test_growth_that_is_paid_for_is_none(house, client, debtor):
    for days, amount in ((170, "1000.00"), (120, "1000.00"), (60, "1500.00"), (20, "1600.00")):
        order(client, debtor, days, amount)
    invoice(client, debtor, "a", due=140, paid=120)
    invoice(client, debtor, "b", due=50, paid=30, amount="1500.00")
    invoice(client, debtor, "open", due=-10)
    assert kinds(house) == []


def test_new_use_of_the_credit_limit(house, client, debtor):
    order(client, debtor, 300, "2000.00", kind="limit")
    invoice(client, debtor, "new", due=-10, issued=20, amount="1900.00", known=20)
    assert kinds(house) == ["limit_used"]
    assert Signal.objects.get().params == {"now": "95", "before": "0"}


def test_a_limit_that_has_always_been_used_is_no_news(house, client, debtor):
    order(client, debtor, 300, "2000.00", kind="limit")
    invoice(client, debtor, "old", due=60, issued=120, amount="1900.00")
    assert kinds(house) == []


def test_insolvency_of_one_case(house, client, debtor):
    case = case_of(house.agency, debtor=debtor, client=client)
    hold = put_on_hold(case=case, kind="insolvency", because="opened", until=None, by=SYSTEM, at=AT)
    assert kinds(house) == ["insolvency"]
    lift_hold(hold=hold, because="another company", by=SYSTEM, at=AT)
    withdraw_signal(signal=Signal.objects.get(), because="another company", by=SYSTEM, at=AT)
    assert levels([debtor.id], TODAY + timedelta(days=1))[debtor.id].score == 0


@pytest.mark.parametrize("kind", ["disputed", "notice", "represented"])
def test_a_case_that_rests_for_another_reason_is_no_insolvency(house, client, debtor, kind):
    put_on_hold(
        case=case_of(house.agency, debtor=debtor, client=client),
        kind=kind,
        because="x",
        until=None,
        by=SYSTEM,
        at=AT,
    )
    assert kinds(house) == []


# As known, once, in constant queries, gone on with -----------------------------------------------------


def test_what_was_recorded_later_changes_nothing(house, client, debtor):
    """No leakage: the same day computed before and after a late fact gives the same figures."""
    from recoup.strategy.signals import count

    history(client, debtor, 2, 10)
    before = count([debtor.id], TODAY)
    late = case_of(house.agency, debtor=debtor, client=client)
    report_direct_payment(case=late, amount=Money(Decimal(100), "EUR"), on=TODAY - timedelta(days=5), by=SYSTEM, at=moment(-1))  # fmt: skip
    call(late, -1, "no_answer")
    bounced(house, late, "hard", -1)
    put_on_hold(
        case=late, kind="insolvency", because="opened", until=None, by=SYSTEM, at=moment(-1)
    )
    assert count([debtor.id], TODAY) == before
    assert count([debtor.id], TODAY + timedelta(days=1)) != before


def test_the_same_day_again_and_the_same_fact_on_another_day_raise_nothing_more(house, client, debtor):  # fmt: skip
    history(client, debtor, 2, 25)
    assert (
        kinds(house) == ["paying_later"] == kinds(house) == kinds(house, TODAY + timedelta(days=1))
    )
    assert Signal.objects.count() == 1 and Event.objects.filter(kind="SignalRaised").count() == 1
    assert compute_signals(agency=house.agency, on=TODAY, by=SYSTEM, at=AT).debtors == 0


def test_the_number_of_queries_does_not_grow_with_the_debtors(house, client):
    def cost(n):
        for one in range(n):
            other = debtor_of(house.agency, name=f"D{n}-{one} GmbH")
            history(client, other, 2, 25)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            report = compute_signals(agency=house.agency, on=TODAY, by=SYSTEM, at=AT)
        assert (report.debtors, report.raised) == (n, n)
        return len(asked)

    few, many = cost(2), cost(12)
    assert many <= few, (few, many)


def test_a_run_that_is_killed_between_batches_is_gone_on_with(house, client, monkeypatch):
    for n in range(3):
        history(client, debtor_of(house.agency, name=f"D{n} GmbH"), 2, 25)

    class Killed(Exception):
        pass

    def die(name):
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr("recoup.journeys.signals.fault", die)
        compute_signals(agency=house.agency, on=TODAY, by=SYSTEM, at=AT, batch=1)
    assert Signal.objects.count() == 1, "the first batch is kept"
    rest = compute_signals(agency=house.agency, on=TODAY, by=SYSTEM, at=AT, batch=1)
    assert (rest.debtors, rest.raised, Signal.objects.count()) == (2, 2, 3)


# Walls ------------------------------------------------------------------------------------------------


def raw(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_a_client_never_learns_another_clients_data(house, debtor):
    one, other = client_of(house.agency), client_of(house.agency)
    history(one, debtor, 2, 25)
    invoice(other, debtor, "theirs", due=-5)
    observe(agency=house.agency, debtor=debtor, kind="evasive", on=TODAY, note="Said so on the telephone.", key=new_id(), by=SYSTEM, at=AT)  # fmt: skip
    assert kinds(house, client=one.id) == ["paying_later"]
    with scope(house.id, client=one.id):
        assert raw("SELECT kind FROM watch_signal") == [("paying_later",)]
        assert levels([debtor.id], TODAY, client=one.id)[debtor.id].score > 30
    with scope(house.id, client=other.id):
        assert raw("SELECT kind FROM watch_signal") == []
        assert raw("SELECT ref FROM watch_item") == [("theirs",)]
        assert raw("SELECT name FROM parties_debtor") == [(debtor.name,)], "it is their debtor too"
        assert levels([debtor.id], TODAY)[debtor.id].score == 0
        assert raw("SELECT count(*) FROM watch_accounts") == [(0,)]
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            Signal.objects.create(
                agency_id=house.id, debtor=debtor, client_id=one.id, kind="sued", source="observed", on=TODAY,
                weight=45, half_life=365, expires_on=TODAY + timedelta(days=9), because="x", rule="x", key="x", at=AT, by_name="x",
            )  # fmt: skip


def test_what_a_court_publishes_is_seen_by_every_client_of_that_debtor_and_no_other(house, debtor):
    theirs, stranger = client_of(house.agency), client_of(house.agency)
    invoice(theirs, debtor, "x", due=-5)
    publish_notice(debtor=debtor, kind="court_notice", on=TODAY, because="%(court)s", params={"court": "AG Köln"}, key="1", by=SYSTEM, at=AT)  # fmt: skip
    with scope(house.id, client=theirs.id):
        assert raw("SELECT kind FROM watch_signal") == [("court_notice",)]
    with scope(house.id, client=stranger.id):
        assert raw("SELECT kind FROM watch_signal") == []


def test_a_signal_is_never_changed_only_taken_back_once_with_a_reason(house, debtor):
    made = observe(agency=house.agency, debtor=debtor, kind="sued", on=TODAY, note="Register of the court.", key=new_id(), by=SYSTEM, at=AT)  # fmt: skip
    with pytest.raises(Exception, match="not changed"), scope(house.id):
        Signal.objects.filter(id=made.id).update(weight=1)
    with pytest.raises(Refusal, match="reason"):
        withdraw_signal(signal=made, because=" ", by=SYSTEM, at=AT)
    withdraw_signal(signal=made, because="A company of the same name.", by=SYSTEM, at=AT)
    assert levels([debtor.id], TODAY + timedelta(days=1))[debtor.id].parts == ()
    with pytest.raises(Refusal, match="before"):
        withdraw_signal(signal=made, because="Again.", by=SYSTEM, at=AT)


@pytest.mark.parametrize(
    ("more", "code"),
    [({"note": "hm"}, "evidence_missing"), ({"on": TODAY + timedelta(days=1)}, "day_ahead"), ({"kind": "x"}, "signal_unknown")],
)  # fmt: skip
def test_a_rumour_is_no_signal(house, debtor, more, code):
    asked = {"kind": "sued", "on": TODAY, "note": "Seen in the register."} | more
    with pytest.raises(Refusal) as refused:
        observe(agency=house.agency, debtor=debtor, key=new_id(), by=SYSTEM, at=AT, **asked)
    assert refused.value.code == code


# Told -------------------------------------------------------------------------------------------------


def test_who_watches_is_told_once_of_what_it_may_see(house, debtor):
    client = client_of(house.agency)
    case_of(house.agency, debtor=debtor, client=client)
    for whose in (client.id, None):
        now = level_now(debtor.id, whose, TODAY)
        watch_debtor(debtor=debtor, client=whose, band="warning", now=now, by=SYSTEM, at=AT)
    observe(agency=house.agency, debtor=debtor, kind="dishonoured", on=TODAY, note="A cheque of ours.", key=new_id(), by=SYSTEM, at=AT)  # fmt: skip
    assert [a.client_id for a in Alert.objects.all()] == [None], (
        "what the house observed stays there"
    )
    assert Task.objects.filter(kind="alert").count() == 1 and not Message.objects.exists()
    observe(agency=house.agency, debtor=debtor, kind="sued", on=TODAY, note="Sued by a supplier.", client=client.id, key=new_id(), by=SYSTEM, at=AT)  # fmt: skip
    alert = Alert.objects.get(client_id=client.id)
    assert (alert.was, alert.now, str(alert.score), alert.kinds) == (
        "calm",
        "warning",
        "45.0",
        ["sued"],
    )
    assert Message.objects.get().payload["subject"] == "Danger signals of one of your customers have risen to 45 of 100"  # fmt: skip
    assert (
        Event.objects.filter(kind="DebtorAlert", client_id=client.id, audience="client").count()
        == 1
    )
    assert tell_watchers(agency=house.agency, debtors=[debtor.id], on=TODAY, by=SYSTEM, at=AT) == []


def test_a_level_that_has_fallen_and_rises_again_is_news_again(house, debtor):
    watch_debtor(debtor=debtor, client=None, band="watch", now=level_now(debtor.id, None, TODAY), by=SYSTEM, at=AT)  # fmt: skip
    for n in (0, 400):
        later = AT + timedelta(days=n)
        observe(agency=house.agency, debtor=debtor, kind="calls_unreturned", on=later.date(), note="Nobody answers.", key=new_id(), by=SYSTEM, at=later)  # fmt: skip
        tell_watchers(agency=house.agency, debtors=[debtor.id], on=later.date() + timedelta(days=179), by=SYSTEM, at=later)  # fmt: skip
    assert Alert.objects.count() == 2


def test_lead_time_is_measured_on_history(house, client):
    failing, fine = debtor_of(house.agency, name="A GmbH"), debtor_of(house.agency, name="B GmbH")
    for one in (failing, fine):
        case_of(house.agency, debtor=one, client=client)
    observe(agency=house.agency, debtor=failing, kind="sued", on=(AT - timedelta(days=60)).date(), note="By two suppliers.", key=new_id(), by=SYSTEM, at=AT - timedelta(days=60))  # fmt: skip
    put_on_hold(
        case=failing.cases.get(), kind="insolvency", because="opened", until=None, by=SYSTEM, at=AT
    )
    observe(agency=house.agency, debtor=failing, kind="insolvency", on=TODAY, note="Too late to warn.", key=new_id(), by=SYSTEM, at=AT)  # fmt: skip
    found = look_back(agency=house.agency)
    assert (found.debtors, found.failed, found.warned, found.caught, found.median_lead) == (2, 1, 1, 1, 60)  # fmt: skip
    assert replace(found, lead_days=()).median_lead is None
