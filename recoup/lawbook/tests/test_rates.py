"""One enters, another confirms, and only then it counts; for this agency only; nothing is changed after."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from recoup.eventlog.models import Event
from recoup.jurisdictions.series import pack_series
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import NotKnown, Refusal
from recoup.lawbook.models import Confirmation, PublishedRate
from recoup.lawbook.operations import confirm_rate, enter_rate
from recoup.lawbook.queries import overlay_of
from recoup.payments.queries import owed, owed_many
from recoup.payments.tests.cast import case_of
from recoup.tenancy.context import scope

AT = datetime(2027, 1, 4, 9, tzinfo=UTC)
ON = date(2027, 1, 31)


def enter(house, **other):
    asked = {
        "agency": house.id, "series": "DE_BASISZINSSATZ", "first": date(2027, 1, 1), "value": "1.77",
        "source": "Bundesanzeiger", "link": "https://www.bundesbank.de/x",
        "by": house.actor("finance_officer"), "at": AT,
    }  # fmt: skip
    return enter_rate(**(asked | other))


def confirm(house, rate, role="supervisor", at=AT):
    return confirm_rate(rate=rate, by=house.actor(role), at=at)


def refused(code, act, *args, **more):
    with pytest.raises(Refusal) as caught:
        act(*args, **more)
    assert caught.value.code == code


def test_a_day_beyond_the_half_year_is_not_known_until_a_second_person_has_confirmed(house):
    case = case_of(house.agency, "1000.00", due=date(2026, 12, 31))
    with pytest.raises(NotKnown, match="2027-H1"):
        owed(case=case, on=ON)
    rate = enter(house)
    with pytest.raises(NotKnown, match="2027-H1"):
        owed(case=case, on=ON)
    confirm(house, rate)
    answer = owed(case=case, on=ON)
    assert answer.segments[0].rate == Decimal("10.77") and answer.entered
    assert any("Bundesanzeiger" in reason.sentence() for reason in answer.why)
    assert owed_many(house.id, [case.id], ON)[case.id] == answer
    with pytest.raises(NotKnown, match="2027-H2"):
        owed(case=case, on=date(2027, 7, 1))
    assert pack_series("DE_BASISZINSSATZ").rows[-1].last == date(2026, 12, 31)


def test_who_entered_it_may_not_confirm_it_not_even_in_the_database(house):
    rate = enter(house)
    refused("same_person", confirm, house, rate, "finance_officer")
    assert not Confirmation.objects.exists()
    with pytest.raises(DatabaseError, match="somebody else"), transaction.atomic():
        Confirmation.objects.create(
            agency_id=house.id,
            rate=rate,
            confirmed_by=rate.entered_by,
            confirmed_name="x",
            confirmed_at=AT,
        )


def test_nobody_but_a_person_enters_or_confirms(house):
    refused("person_needed", enter, house, by=SYSTEM)
    refused("person_needed", confirm_rate, rate=enter(house), by=SYSTEM, at=AT)


def test_confirming_twice_says_who_did_it(house):
    rate = enter(house)
    confirm(house, rate)
    with pytest.raises(Refusal, match="Supervisor has confirmed"):
        confirm(house, rate, "administrator")


@pytest.mark.parametrize(
    "wrong, code",
    [
        ({"first": date(2026, 7, 1)}, "rate_known"),
        ({"first": date(2027, 1, 2)}, "period_start"),
        ({"value": "NaN"}, "figure_not_plain"),
        ({"value": "1e3"}, "figure_not_plain"),
        ({"series": "XX_RATE"}, "series_unknown"),
        ({"source": " "}, "source_needed"),
        ({"link": "javascript:alert(1)"}, "source_needed"),
    ],
)
def test_what_is_refused_leaves_nothing(house, wrong, code):
    refused(code, enter, house, **wrong)
    assert not PublishedRate.objects.exists()


def test_the_same_half_year_is_not_entered_twice_though_the_first_only_waits(house):
    enter(house)
    refused("rate_known", enter, house, value="2.27")


def test_a_correction_is_a_new_row_with_its_reason_and_counts_when_confirmed(house):
    case = case_of(house.agency, "1000.00", due=date(2026, 12, 31))
    wrong = enter(house)
    confirm(house, wrong)
    refused("reason_needed", enter, house, value="2.77", supersedes=wrong)
    right = enter(house, value="2.77", supersedes=wrong, because="a slip of the pen")
    assert owed(case=case, on=ON).segments[0].base == Decimal("1.77")
    refused("superseded_already", enter, house, value="3", supersedes=wrong, because="again")
    confirm(house, right)
    assert owed(case=case, on=ON).segments[0].base == Decimal("2.77")
    assert [row.value for row in overlay_of(house.id).rows] == [Decimal("2.77")]


def test_a_correction_of_a_correction_that_nobody_confirmed_takes_the_place_of_both(house):
    first = enter(house)
    confirm(house, first)
    second = enter(house, value="2.77", supersedes=first, because="one")
    third = enter(house, value="3.77", supersedes=second, because="two")
    refused("superseded_already", confirm, house, second)
    confirm(house, third)
    assert [row.value for row in overlay_of(house.id).rows] == [Decimal("3.77")]


def test_rows_are_never_changed_and_each_step_is_an_event(house):
    rate = enter(house)
    confirm(house, rate)
    for sql in ("UPDATE lawbook_publishedrate SET value = 9", "DELETE FROM lawbook_confirmation"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    kinds = list(Event.objects.order_by("id").values_list("kind", "by_name"))
    assert kinds[-2:] == [("RateEntered", "Finance Officer"), ("RateConfirmed", "Supervisor")]


def test_another_agency_neither_sees_nor_counts_it(house, stranger):
    rate = enter(house)
    confirm(house, rate)
    with scope(stranger.id):
        assert not PublishedRate.objects.exists()
        assert not overlay_of(house.id)
        case = case_of(stranger.agency, "1000.00", due=date(2026, 12, 31))
        with pytest.raises(NotKnown):
            owed(case=case, on=ON)
        with pytest.raises(PublishedRate.DoesNotExist):
            confirm_rate(rate=rate, by=stranger.actor("supervisor"), at=AT)


def test_a_client_and_a_debtor_read_the_rates_and_cannot_write_them(house):
    rate = enter(house)
    confirm(house, rate)
    for narrowed in ({"client": uuid4()}, {"case": uuid4()}):
        with scope(house.id, **narrowed):
            assert overlay_of(house.id)
            with pytest.raises(DatabaseError), transaction.atomic():
                PublishedRate.objects.create(
                    agency_id=house.id, series="X_Y", first=ON, last=ON + timedelta(days=1),
                    value=1, source="s", link="https://x", entered_by=uuid4(), entered_name="n",
                    entered_at=AT,
                )  # fmt: skip


def test_the_overlay_takes_one_query(house, django_assert_num_queries):
    confirm(house, enter(house))
    confirm(house, enter(house, series="SE_REFERENSRANTA"))
    with django_assert_num_queries(1):
        assert len(overlay_of(house.id).rows) == 2
