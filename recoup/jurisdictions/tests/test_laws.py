"""What a country answers, and that it says so where nobody has established the answer."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from recoup.jurisdictions import law as by_name
from recoup.jurisdictions.formulas.tariffs import table_fee
from recoup.jurisdictions.laws import all_laws, law, series_status
from recoup.jurisdictions.rules import CODES
from recoup.jurisdictions.series import provisional
from recoup.kernel.refusal import NotAnswered, NotKnown, Refusal

TODAY = date(2026, 11, 21)


def test_the_package_hands_out_the_law() -> None:
    assert by_name("SE") is law("SE")
    with pytest.raises(Refusal, match="no jurisdiction XX"):
        law("XX")
    assert [one.code for one in all_laws()] == list(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_question_gets_an_answer_or_a_plain_refusal(code: str) -> None:
    own = law(code)
    day = date(2024, 12, 2)
    questions = (
        lambda: own.late_interest(default_on=day, on=day),
        lambda: own.compensation(overdue=Decimal("1000"), since=day),
        own.recoverable_costs, own.minimum_notice_days, own.required_wording, own.demand_required, own.court_route,
        lambda: own.limitation_ends_on(due=day),
        lambda: own.cost("demand", value=Decimal("1000"), on=day),
    )  # fmt: skip
    for question in questions:
        try:
            answer = question()
        except (NotAnswered, NotKnown) as refusal:
            assert code in refusal.sentence() or refusal.code == "not_known"
        else:
            source = getattr(answer, "source", None) or getattr(
                getattr(answer, "name", None), "source", "x"
            )
            assert source
    assert own.allocation_order().parts
    assert own.languages
    assert own.may_contact(datetime(2026, 11, 18, 12, tzinfo=own.zone)).ok
    assert [status.name for status in own.series_status(today=TODAY)] == own.series_names()


def test_swedish_answers() -> None:
    own = law("SE")
    rate = own.late_interest(default_on=date(2026, 8, 1), on=date(2026, 8, 1))
    assert (rate.rate, rate.base, rate.margin, rate.fixed_at_default) == (10, 2, 8, False)
    assert own.minimum_notice_days().days == 8
    assert own.minimum_notice_days().provisional
    assert (
        "accrued interest amount, rate, period and principal used" in own.required_wording().value
    )
    assert own.court_route().name.value == "betalningsföreläggande"
    assert own.languages == ("sv",)


def test_hong_kong_has_no_statutory_interest() -> None:
    with pytest.raises(NotAnswered, match="not owed as of right"):
        law("HK").late_interest(default_on=TODAY, on=TODAY)
    with pytest.raises(NotAnswered):
        law("HK").minimum_notice_days()


def test_fixed_rates_are_read_on_the_first_day_of_default() -> None:
    rate = law("GB").late_interest(default_on=date(2024, 8, 1), on=date(2027, 8, 1))
    assert (rate.rate, rate.fixed_at_default) == (Decimal("13.25"), True)
    with pytest.raises(NotKnown, match="GB_LPCDA_REFERENCE 2027-H1"):
        law("GB").late_interest(default_on=date(2027, 1, 1), on=date(2027, 8, 1))


@pytest.mark.parametrize(
    ("at", "ok", "earliest"),
    [  # Stockholm is UTC+1 in November
        (datetime(2026, 11, 18, 7, 0, tzinfo=UTC), True, "2026-11-18T08:00:00+01:00"),
        (datetime(2026, 11, 18, 6, 59, tzinfo=UTC), False, "2026-11-18T08:00:00+01:00"),
        (datetime(2026, 11, 18, 17, 0, tzinfo=UTC), False, "2026-11-19T08:00:00+01:00"),
        (datetime(2026, 11, 20, 17, 0, tzinfo=UTC), False, "2026-11-23T08:00:00+01:00"),
        (datetime(2026, 11, 21, 11, 0, tzinfo=UTC), False, "2026-11-23T08:00:00+01:00"),
        (datetime(2026, 12, 24, 11, 0, tzinfo=UTC), False, "2026-12-28T08:00:00+01:00"),
    ],
)  # fmt: skip
def test_contact_only_in_business_hours_there(at: datetime, ok: bool, earliest: str) -> None:
    verdict = law("SE").may_contact(at)
    assert verdict.ok is ok
    assert verdict.earliest.astimezone(law("SE").zone).isoformat() == earliest
    assert verdict.house_practice
    assert "house practice" in verdict.source


def test_the_debtors_own_zone_counts_and_an_instant_without_zone_is_refused() -> None:
    at = datetime(2026, 11, 18, 14, 0, tzinfo=UTC)  # 9 in New York, 6 in Los Angeles
    assert law("US-NY").may_contact(at).ok
    assert not law("US-NY").may_contact(at, zone="America/Los_Angeles").ok
    with pytest.raises(ValueError, match="time zone"):
        law("SE").may_contact(datetime(2026, 11, 18, 14, 0))


def test_a_deadline_keeps_the_notice_of_the_law_and_ends_on_a_business_day() -> None:
    assert law("NO").deadline(sent_on=date(2026, 11, 2), days=5) == date(2026, 11, 16)
    assert law("DE").deadline(sent_on=date(2026, 11, 2), days=5) == date(2026, 11, 9)
    assert law("SE").deadline(sent_on=date(2026, 12, 16), days=8) == date(2026, 12, 28)


def test_business_days_are_the_countrys() -> None:
    assert not law("DE").is_business_day(date(2026, 10, 3))
    assert law("HK").add_business_days(date(2026, 9, 30), 1) == date(2026, 10, 2)
    assert law("GB").next_business_day(date(2026, 12, 25)) == date(2026, 12, 29)


def test_limitation_in_states_that_differ_is_not_answered() -> None:
    with pytest.raises(NotAnswered, match="CA"):
        law("CA").limitation_ends_on(due=TODAY)
    assert law("US-NY").limitation_ends_on(due=date(2025, 1, 31)).ends_on == date(2029, 1, 31)


def test_what_is_stale_is_said_with_the_day_it_should_have_been_refreshed() -> None:
    by_series = {one.name: one for one in law("GB").series_status(today=TODAY)}
    reference = by_series["GB_LPCDA_REFERENCE"]
    assert (reference.last_period, reference.known_to, reference.next_refresh, reference.stale) == (
        "2026-H2", date(2026, 12, 31), date(2027, 1, 1), False,
    )  # fmt: skip
    assert by_series["GB_BOE_BANK_RATE_CHANGES"].stale
    later = {one.name: one for one in law("GB").series_status(today=date(2027, 1, 1))}
    assert later["GB_LPCDA_REFERENCE"].stale
    [swiss] = law("CH").series_status(today=TODAY)
    assert (swiss.stale, swiss.next_refresh) == (False, None)
    assert "ECB_MRO_HALFYEAR" in law("NL").series_names()


def test_facts_say_what_is_provisional_and_what_is_not_answered() -> None:
    own = law("SE")
    assert own.fact("insolvency.register").provisional
    assert not own.fact("limitation.contract_claim_years").provisional
    assert own.maybe("general.state_variation") is None
    with pytest.raises(NotAnswered, match=r"“general.state_variation” for SE"):
        own.fact("general.state_variation")
    with pytest.raises(NotAnswered):
        own.fact("no.such.question")
    unanswered = [one for one in own.facts() if one.value is None]
    assert 0 < len(unanswered) < 45
    assert own.notes()


def test_german_tariffs_follow_the_fee_tables() -> None:
    own = law("DE")
    charge, currency = own.cost("demand", value=Decimal("10000"), on=date(2026, 1, 1))
    assert (charge.amount, currency) == (Decimal("606.80"), "EUR")
    before, _ = own.cost("demand", value=Decimal("10000"), on=date(2025, 5, 31))
    assert before.amount == Decimal("572.60")  # 0.9 x 614.00 + 20
    small, _ = own.cost("demand", value=Decimal("50"), on=date(2026, 1, 1))
    assert small.amount == Decimal("37.80")  # 31.50 and 20 % of it
    court, _ = own.cost("court_fee", value=Decimal("500"), on=date(2026, 1, 1))
    assert court.amount == Decimal("38.00")  # half of 40 is below the minimum
    with pytest.raises(NotKnown, match="DE_RVG 2020-12-31"):
        own.cost("demand", value=Decimal("500"), on=date(2020, 12, 31))
    with pytest.raises(NotAnswered, match="costs: reminder"):
        own.cost("reminder", value=Decimal("500"), on=date(2026, 1, 1))


def test_norwegian_tariffs_follow_the_yearly_rate() -> None:
    own = law("NO")
    for year, reminder, plan in ((2025, "35.00", "1050.00"), (2026, "38.00", "1125.00")):
        assert own.cost("reminder", value=Decimal("1"), on=date(year, 2, 1))[0].amount == Decimal(
            reminder
        )
        assert own.cost("instalment_plan", value=Decimal("1"), on=date(year, 2, 1))[
            0
        ].amount == Decimal(plan)
    values = {"500": "281.25", "500.01": "393.75", "10000": "900.00", "250000.01": "8100.00"}
    for value, amount in values.items():
        assert own.cost("demand", value=Decimal(value), on=date(2026, 2, 1))[0].amount == Decimal(
            amount
        )
    with pytest.raises(NotKnown, match="NO_INKASSOSATS_NOK 2024"):
        own.cost("demand", value=Decimal("1"), on=date(2024, 2, 1))


def test_czech_and_chinese_court_fees() -> None:
    for value, fee in (("10000", "400.00"), ("10000.01", "800.00"), ("50000", "2000.00")):
        assert law("CZ").cost("court_fee", value=Decimal(value), on=TODAY)[0].amount == Decimal(fee)
    for value, fee in (("10000", "16.67"), ("100000", "766.67"), ("300000", "1933.33")):
        assert law("CN").cost("court_fee", value=Decimal(value), on=TODAY)[0].amount == Decimal(fee)


def test_a_polish_payment_order_costs_a_quarter_of_the_fee_for_a_claim() -> None:
    for value, fee in (
        ("500", "7.50"), ("500.01", "25.00"), ("7500", "100.00"), ("20000", "250.00"), ("20000.01", "250.00"),
        ("20001", "250.01"), ("3999999.99", "50000.00"), ("4000000", "50000.00"), ("9000000", "50000.00"),
    ):  # fmt: skip
        charge, currency = law("PL").cost("court_fee", value=Decimal(value), on=TODAY)
        assert (charge.amount, currency) == (Decimal(fee), "PLN"), value
    assert provisional(charge.verified)  # that it is a quarter nobody has read


def test_every_series_is_watched_and_the_stale_ones_come_first() -> None:
    found = series_status(today=TODAY)
    assert (
        len(found) == len({one.name for one in found}) == 41
    )  # the ECB's changes serve nobody's answer
    stale = [one.name for one in found if one.stale]
    assert [one.name for one in found][: len(stale)] == stale
    assert {"JP_STATUTORY", "HK_HSBC_PRIME", "ZA_PRESCRIBED_RATE_PARTIAL"} <= set(stale)
    assert all(one.stale for one in series_status(today=date(2027, 1, 1)) if one.next_refresh)


def test_the_lawyers_table_goes_on_above_half_a_million() -> None:
    for value, fee in (
        ("500000", "3752"),
        ("500000.01", "3927"),
        ("550000", "3927"),
        ("600000", "4102"),
    ):
        assert table_fee(law("DE").rules.folder, "DE_RVG", Decimal(value), TODAY) == Decimal(fee)


def test_days_between_are_counted_from_the_nearest_letter() -> None:
    earlier = [date(2026, 1, 5), date(2026, 1, 20)]
    assert (
        law("DK")
        .cost("reminder", value=Decimal("1"), on=date(2026, 1, 29), earlier=earlier)[0]
        .capped
        == "days"
    )
    assert (
        law("DK")
        .cost("reminder", value=Decimal("1"), on=date(2026, 1, 30), earlier=earlier)[0]
        .capped
        is None
    )
    assert (
        law("DK")
        .cost("reminder", value=Decimal("1"), on=date(2026, 3, 1), earlier=[*earlier, TODAY])[0]
        .capped
        == "count"
    )
