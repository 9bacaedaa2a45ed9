"""The books as sheets: they agree, say the same everywhere, and what was once said can be said again."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from python_calamine import CalamineWorkbook

from recoup.journeys.close_books import close_books
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.ledger.models import Entry
from recoup.ledger.operations import Draft, Leg, open_book, post
from recoup.payments.books import (
    SHEETS,
    Period,
    Sheet,
    cash_sheet,
    client_sheet,
    journal_sheet,
    statements_due,
    three_way,
    trial_sheet,
)
from recoup.payments.sheets import sheet_paper, xlsx
from recoup.payments.tests.cast import AT, case_of, trust_account
from recoup.payments.tests.test_remit import ON, Bank, run

MONTH = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def bank(house):
    trust_account(house.agency)
    return Bank(house)


def same(text):
    return text


def euro(text):
    return Money(Decimal(text), "EUR")


def posted(house, on, source="x", amount="5.00", at=AT):
    book = open_book(agency=house.id, kind="house", name="House")
    legs = (Leg(book, "opening", euro(amount)), Leg(book, "revenue", -euro(amount)))
    return post(agency=house.id, draft=Draft("t", source, on, "m", legs), by=SYSTEM, at=at)


def test_the_three_ways_agree_after_receipts_and_a_payout(house, bank):
    case = case_of(house.agency, "1000.00")
    bank.pays(case, "300.00")
    run(house)
    (found,) = three_way(house.id, ON)
    assert found.holds and found.stated == found.cash == euro("300.00")
    assert sum(found.owed.values(), euro("0.00")) == euro("300.00")


def test_an_entry_past_the_bank_is_seen_in_the_reconciliation(house, bank):
    bank.pays(case_of(house.agency), "300.00")
    book = open_book(agency=house.id, kind="house", name="House")
    legs = (Leg(book, "trust_bank", euro("1.00")), Leg(book, "opening", -euro("1.00")))
    post(agency=house.id, draft=Draft("t", "odd", ON, "m", legs), by=SYSTEM, at=AT)
    (found,) = three_way(house.id, ON)
    assert (
        not found.holds
        and found.bank_difference == -euro("1.00")
        and found.owed_difference == euro("1.00")
    )
    with pytest.raises(Refusal) as refusal:
        close_books(agency=house.agency, up_to=ON, by=SYSTEM, at=AT + timedelta(days=1))
    assert refusal.value.code == "books_differ"


def test_the_sheets_say_the_same(house, bank):
    case = case_of(house.agency, "1000.00")
    bank.pays(case, "300.00")
    run(house)
    trial = trial_sheet(house.id, MONTH)
    assert trial.foot[0][2] == trial.foot[0][3]
    (client,) = client_sheet(house.id, MONTH).rows
    assert client[1:5] == [euro("0.00"), euro("300.00"), euro("300.00"), euro("0.00")]
    assert cash_sheet(house.id, MONTH).rows[-1][-1] == euro("300.00")
    journal = journal_sheet(house.id, Period(date(2026, 1, 1), MONTH.last))
    debit = sum((r[4] for r in journal.rows if r[4]), euro("0.00"))
    assert debit == sum((r[5] for r in journal.rows if r[5]), euro("0.00"))


def test_ex07_the_workbook_says_what_the_page_says(house, bank):
    bank.pays(case_of(house.agency, "1000.00"), "300.00")
    sheet = trial_sheet(house.id, MONTH)
    book = CalamineWorkbook.from_filelike(BytesIO(xlsx(sheet, MONTH, say=same)))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][:3] == ["Book", "Account", "Debit"]
    for written, row in zip(rows[1:], [*sheet.rows, *sheet.foot], strict=True):
        for at, cell in ((2, row[2]), (4, row[3])):
            assert (Decimal(repr(written[at])) if written[at] else 0) == (
                cell.amount if cell else 0
            )
            assert written[at + 1] == (cell.currency if cell else "")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("x")', "=cmd|' /C calc'!A0"]
)
def test_ex01_ex02_what_looks_like_a_formula_is_a_text(text):
    sheet = Sheet("journal", "J", ("A",), [[text]])
    content = xlsx(sheet, MONTH, say=same)
    import zipfile

    cells = zipfile.ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in cells and b"hyperlink" not in cells
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[1][0] == text


@pytest.mark.parametrize("name", SHEETS)
def test_a_past_period_is_said_again_to_the_byte(house, bank, name):
    bank.pays(case_of(house.agency, "1000.00"), "300.00")
    then = Period(MONTH.first, MONTH.last, datetime(2026, 11, 21, tzinfo=UTC))

    def said():
        sheet = SHEETS[name](house.id, then)
        page = sheet_paper(
            sheet, then, house=house.agency, say=same, language="en", at=then.known_at
        )
        return xlsx(sheet, then, say=same), page.content

    first = said()
    posted(house, date(2026, 11, 10), at=datetime(2026, 12, 5, tzinfo=UTC))
    assert said() == first
    assert (
        name == "reconciliation"
        or SHEETS[name](house.id, MONTH).rows != []
        or name == "client-ledger"
    )


def test_a_closed_period_takes_nothing_and_late_money_counts_from_the_first_open_day(house, bank):
    bank.pays(case_of(house.agency, "1000.00"), "300.00")
    later = AT + timedelta(days=20)
    made = close_books(agency=house.agency, up_to=date(2026, 11, 30), by=SYSTEM, at=later)
    assert made.figures["ways"][0]["cash"] == "300.00"
    late = posted(house, date(2026, 11, 10))
    late.refresh_from_db()
    assert late.value_on == date(2026, 12, 1) and late.because["for_value_on"] == "2026-11-10"
    assert {p.value_on for p in late.postings.all()} == {date(2026, 12, 1)}
    with pytest.raises(IntegrityError, match="closed up to"), transaction.atomic():
        Entry.objects.create(
            agency_id=house.id, kind="t", source="raw", value_on=date(2026, 11, 30), booked_at=AT, by_kind="system",
            by_name="t", memo="m",
        )  # fmt: skip
    for day, code in ((date(2026, 11, 30), "period_closed"), (later.date(), "period_not_over")):
        with pytest.raises(Refusal) as refusal:
            close_books(agency=house.agency, up_to=day, by=SYSTEM, at=later)
        assert refusal.value.code == code


def test_a_missing_statement_is_noticed(house, bank):
    assert statements_due(house.id, ON)[0][1] is None
    bank.pays(case_of(house.agency), "300.00")
    assert statements_due(house.id, ON) == []
    assert statements_due(house.id, ON + timedelta(days=1))[0][1] == ON
