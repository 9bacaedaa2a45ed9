"""A notice comes in: by number contact stops at once, by name it rests until a person has looked."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from recoup.cases.models import Case, Hold, Task
from recoup.cases.operations import NewLine, submit_case
from recoup.cases.states import HoldKind, Stage
from recoup.cases.tests.cast import AT, sign_up
from recoup.contact.rules import gate
from recoup.insolvency.models import Estate, Match, NoticeFile, PublishedNotice
from recoup.insolvency.rules import demand_threshold, may_demand, petition_threshold
from recoup.insolvency.states import MatchState, NoticeKind
from recoup.journeys.insolvency.take import decide, take_notices
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refusal import NotAnswered, Refusal
from recoup.outbox.models import Message
from recoup.parties.operations import find_or_add_debtor
from recoup.strategy.facts import gather
from recoup.watch.models import Signal


@pytest.fixture
def standing(house):
    return sign_up(house)


def debtor(standing, name, country="GB", number=""):
    return find_or_add_debtor(
        agency=standing.house.id, name=name, country=country, registration_number=number, vat_number="",
        address=["1 Quay"], postcode="AB1 2CD", city="Leeds", language="en", email="a@leeds.example", phone="",
        by=SYSTEM, at=AT,
    )  # fmt: skip


def case(standing, owing, key, stage=Stage.CONTACT):
    made = submit_case(
        agency=standing.house.id, client=standing.client, agreement=standing.agreement, debtor=owing, currency="GBP",
        jurisdiction="GB", lines=[NewLine("invoice", key, date(2026, 5, 1), date(2026, 6, 1), Decimal("9000.00"), None)],
        submission_key=key, by=SYSTEM, at=AT,
    )  # fmt: skip
    for at in (Stage.ACCEPTED, Stage.CONTACT):
        Case.objects.filter(id=made.id).update(stage=at)
        if at == stage:
            break
    made.refresh_from_db()
    return made


def table(*rows):
    head = "company;number;country;kind;event_on"
    return "\n".join([head, *(";".join(r) for r in rows)]).encode()


def take(standing, content, name="n.csv"):
    return take_notices(agency=standing.house.agency, content=content, name=name, by=SYSTEM, at=AT)


def holds(one):
    return set(Hold.objects.filter(case=one, lifted_at=None).values_list("kind", flat=True))


def verdict(standing, one):
    known = gather(
        standing.house.id,
        [Case.objects.select_related("client", "debtor", "collector__user").get(id=one.id)],
        AT.date(),
    )[one.id]
    return gate(known.gate_facts("email"), AT)


def test_the_same_number_stops_all_contact_with_every_case_of_the_debtor_at_once(standing):
    owing = debtor(standing, "Northern Rope Ltd", number="01234567")
    cases = [case(standing, owing, "A"), case(standing, owing, "B", Stage.ACCEPTED)]
    taken = take(
        standing,
        table(
            (
                "NORTHERN ROPE LIMITED",
                "1234567",
                "GB",
                "Creditors Voluntary Liquidation",
                "2026-11-10",
            )
        ),
    )
    (estate,) = taken.stayed
    assert (estate.kind, estate.opened_on, taken.held) == (
        NoticeKind.LIQUIDATION,
        date(2026, 11, 10),
        (),
    )
    for one in cases:
        assert holds(one) == {HoldKind.INSOLVENCY}
        assert not verdict(standing, one).ok
    assert Case.objects.get(id=cases[0].id).stage == Stage.LEGAL
    assert Task.objects.filter(kind="file_proof", done_at=None).count() == 2
    assert Task.objects.filter(kind="filing_deadline").count() == 1, (
        "no rule for the last day is established"
    )
    assert Message.objects.filter(payload__template="insolvency").count() == 2, (
        "the client is told, once a case"
    )


def test_a_new_case_of_a_stayed_debtor_is_never_written_to(standing):
    owing = debtor(standing, "Northern Rope Ltd", number="01234567")
    case(standing, owing, "A")
    take(standing, table(("", "01234567", "GB", "Administration", "")))
    later = case(standing, owing, "later")
    assert verdict(standing, later).code == "insolvency_stay"


def test_a_name_alone_holds_contact_and_stays_nothing_until_a_person_confirms(standing):
    owing = debtor(standing, "Northern Rope Works Ltd")
    one = case(standing, owing, "A")
    taken = take(
        standing,
        table(("Northem Rope Works Limited", "09999999", "GB", "Winding-up", "2026-11-10")),
    )
    (match,) = taken.held
    assert (match.state, taken.stayed) == (MatchState.TO_CONFIRM, ())
    assert 86 <= match.score < 100 and match.because["reasons"]
    assert holds(one) == {HoldKind.NOTICE} and not Estate.objects.exists()
    assert verdict(standing, one).code == "insolvency_notice"
    assert Case.objects.get(id=one.id).stage == Stage.CONTACT
    decide(
        agency=standing.house.agency,
        match=match,
        is_it=True,
        because="Same address",
        by=SYSTEM,
        at=AT,
    )
    assert holds(one) == {HoldKind.INSOLVENCY} and Estate.objects.count() == 1
    with pytest.raises(Refusal) as refused:
        decide(
            agency=standing.house.agency, match=match, is_it=False, because="x", by=SYSTEM, at=AT
        )
    assert refused.value.code == "match_decided"


def test_another_company_of_that_name_lets_contact_go_on_when_no_other_notice_waits(standing):
    owing = debtor(standing, "Northern Rope Works Ltd")
    one = case(standing, owing, "A")
    first, second = take(standing, table(
        ("Northern Rope Works Ltd", "", "GB", "Winding-up", "2026-11-10"),
        ("Northern Rope Works Ltd", "", "GB", "Winding-up", "2026-11-11"),
    )).held  # fmt: skip
    decide(
        agency=standing.house.agency,
        match=first,
        is_it=False,
        because="Leeds, not Lincoln",
        by=SYSTEM,
        at=AT,
    )
    assert holds(one) == {HoldKind.NOTICE}
    decide(
        agency=standing.house.agency,
        match=second,
        is_it=False,
        because="Leeds, not Lincoln",
        by=SYSTEM,
        at=AT,
    )
    assert not holds(one)
    assert Case.objects.get(id=one.id).next_action_on == AT.date()
    assert not Task.objects.filter(kind="insolvency_notice", done_at=None).exists()


def test_what_is_no_insolvency_or_another_companys_touches_nobody(standing):
    owing = debtor(standing, "Northern Rope Ltd", number="01234567")
    one = case(standing, owing, "A")
    accounts = {
        "id": "C1",
        "familleavis": "dpc",
        "registre": ["01234567"],
        "commercant": "Northern Rope",
    }
    take(standing, json.dumps(accounts).encode(), "b.json")
    taken = take(standing, table(
        ("Baltic Timber Ltd", "", "GB", "Liquidation", ""), ("Northern Roper Ltd", "07654321", "GB", "Liquidation", ""),
    ))  # fmt: skip
    assert not holds(one) and not Match.objects.exists() and taken.fresh == 2


def test_a_solvent_liquidation_is_read_by_a_person_and_stops_nothing_by_itself(standing):
    owing = debtor(standing, "Northern Rope Ltd", number="01234567")
    one = case(standing, owing, "A")
    taken = take(standing, table(("", "01234567", "GB", "Members Voluntary Liquidation", "")))
    assert len(taken.to_read) == 1 and not holds(one)
    assert Task.objects.filter(kind="insolvency_notice").count() == 1


def test_a_notice_about_the_debtor_is_a_danger_signal_that_every_client_sees(standing):
    owing = debtor(standing, "Northern Rope Ltd", number="01234567")
    case(standing, owing, "A")
    other = debtor(standing, "Northern Rope Works Ltd")
    case(standing, other, "B")
    taken = take(standing, table(
        ("", "01234567", "GB", "Liquidation", "2026-11-10"), ("Northern Rope Works Ltd", "", "GB", "Winding-up", "2026-11-10"),
    ))  # fmt: skip
    signal = Signal.objects.get()
    assert (signal.debtor_id, signal.kind, signal.source, signal.public) == (owing.id, "insolvency", "notice", True)  # fmt: skip
    decide(
        agency=standing.house.agency, match=taken.held[0], is_it=True, because="Same address", by=SYSTEM, at=AT
    )  # fmt: skip
    assert Signal.objects.filter(debtor=other).count() == 1, "a name alone said nothing before"


def test_the_same_file_and_the_same_notice_are_taken_once(standing):
    owing = debtor(standing, "Northern Rope Ltd", number="01234567")
    case(standing, owing, "A")
    content = table(("", "01234567", "GB", "Liquidation", "2026-11-10"))
    take(standing, content)
    assert take(standing, content, "renamed.csv").again
    assert take(standing, content + b"\n", "grown.csv").fresh == 0
    assert (
        NoticeFile.objects.count(),
        PublishedNotice.objects.count(),
        Estate.objects.count(),
    ) == (2, 1, 1)


def test_a_stranger_sees_no_notice_and_no_estate(standing, stranger):
    from recoup.tenancy.context import scope

    owing = debtor(standing, "Northern Rope Ltd", number="01234567")
    case(standing, owing, "A")
    take(standing, table(("", "01234567", "GB", "Liquidation", "2026-11-10")))
    with scope(stranger.id):
        assert not Estate.objects.exists() and not PublishedNotice.objects.exists()
    with scope(standing.house.id, client=standing.client.id):
        assert not Estate.objects.exists(), "before a claim of its own is filed"


@pytest.mark.parametrize(
    ("country", "amount", "currency", "ok"),
    [("GB", "750.00", "GBP", False), ("GB", "750.01", "GBP", True), ("HK", "10000.00", "HKD", True),
     ("HK", "9999.99", "HKD", False), ("SE", "1.00", "SEK", None), ("GB", "9000.00", "EUR", None)],
)  # fmt: skip
def test_the_least_amount_for_a_petition_follows_the_pack(country, amount, currency, ok):
    found = petition_threshold(country, Money(Decimal(amount), currency))
    assert found.ok is ok and found.source
    refused = may_demand(found, disputed=False)
    assert (refused is not None) is (ok is False)


def test_a_statutory_demand_leaves_21_days_and_never_goes_out_on_a_disputed_debt():
    days, found = demand_threshold("HK", Money(Decimal("20000.00"), "HKD"))
    assert days == 21 and found.ok
    assert may_demand(found, disputed=True).code == "claim_disputed"
    with pytest.raises(NotAnswered):
        demand_threshold("SE", Money(Decimal("20000.00"), "SEK"))
    assert timedelta(days=days) > timedelta(0)
