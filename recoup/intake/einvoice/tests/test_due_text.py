"""Due days in free text: proposals with the words they come from."""

from datetime import date

import pytest

from recoup.intake.einvoice.document import read_here
from recoup.intake.einvoice.due_text import due_days_in
from recoup.intake.einvoice.tests.samples import ubl, zugferd1


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Zahlbar bis 04.04.2026", [date(2026, 4, 4)]),
        ("zahlbar ohne Abzug bis zum 4. April 2026.", [date(2026, 4, 4)]),
        (
            "Zahlbar netto bis 04.04.2026, 3% Skonto innerhalb 10 Tagen bis 15.03.2026",
            [date(2026, 4, 4)],
        ),
        ("3% Skonto bis 15.03.2026; netto bis 04.04.2026", [date(2026, 4, 4)]),
        ("Payment due by 4 April 2026", [date(2026, 4, 4)]),
        ("Payment due April 4, 2026", [date(2026, 4, 4)]),
        ("Payable 2026-04-04 at the latest", [date(2026, 4, 4)]),
        ("Betalas senast 2026-04-04", [date(2026, 4, 4)]),
        ("Échéance : 24/04/2026", [date(2026, 4, 24)]),
        ("A pagar antes del 4 de abril de 2026", [date(2026, 4, 4)]),
        ("Pagamento entro il 24/04/2026", [date(2026, 4, 24)]),
        ("请于2026年4月4日前付款", [date(2026, 4, 4)]),
        ("Termin płatności: 4 kwietnia 2026", [date(2026, 4, 4)]),
        ("Płatne do dnia 2026-04-04", [date(2026, 4, 4)]),
        ("Data de vencimento: 24/04/2026", [date(2026, 4, 24)]),
        ("A pagar até 4 de outubro de 2026", [date(2026, 10, 4)]),
        ("Te betalen voor 4 mei 2026", [date(2026, 5, 4)]),
        ("Forfallsdato 04.12.2026", [date(2026, 12, 4)]),
        ("Betales senest den 4. december 2026", [date(2026, 12, 4)]),
        ("Eräpäivä 4. marraskuuta 2026", [date(2026, 11, 4)]),
        ("Splatnost faktury 4. dubna 2026", [date(2026, 4, 4)]),
        ("Fizetési határidő: 2026. április 4.", [date(2026, 4, 4)]),
        ("Fizetési határidő: 2026.04.04.", [date(2026, 4, 4)]),
        ("Data scadenței 04.04.2026", [date(2026, 4, 4)]),
        ("Son ödeme tarihi: 04.04.2026", [date(2026, 4, 4)]),
        ("お支払期限:2026年4月30日", [date(2026, 4, 30)]),
        ("付款到期日 2026/04/30", [date(2026, 4, 30)]),
        ("Förfallodatum 4 maj 2026, 2% kassarabatt t.o.m. 15 april 2026", [date(2026, 5, 4)]),
        ("Leistungszeitraum 01.03.2026 bis 31.03.2026", []),
        ("Das Angebot ist gültig bis 31.03.2026", []),
        ("Payable by 03/04/2026", []),
        ("Zahlbar bis 31.02.2026", []),
        ("Zahlung vom 23.01.2026 zur Rechnung R-1", []),
        ("Lieferung am 04.04.2026", []),
        ("14 Tage netto", []),
        ("Zahlbar bis ٠٤.٠٤.٢٠٢٦", []),
        ("", []),
    ],
)
def test_due_days_in_text(text, days):
    assert [found.on for found in due_days_in(text)] == days


def test_a_day_from_the_terms_is_proposed_with_its_words():
    reading = read_here(
        ubl(due="", terms="Zahlbar netto bis 04.04.2026, 2% Skonto bis 12.03.2026"), file="t.xml"
    )
    assert reading.due_date == date(2026, 4, 4)
    assert reading.due_date_source == "free text, to be confirmed"
    [doubt] = reading.warnings
    assert doubt.code == "due_date_from_text"
    assert "“Zahlbar netto bis 04.04.2026”" in doubt.message


def test_a_day_from_a_note_is_proposed_too():
    reading = read_here(zugferd1(note="Rechnung zahlbar bis 04.04.2026"), file="z.xml")
    assert reading.due_date == date(2026, 4, 4)


def test_a_day_before_the_invoice_is_no_due_day():
    reading = read_here(ubl(due="", terms="zahlbar bis 04.04.2025"), file="t.xml")
    assert reading.due_date is None
    assert "zahlbar bis 04.04.2025" in reading.warnings[0].message


def test_a_due_date_of_its_own_is_not_questioned_by_the_text():
    reading = read_here(ubl(due="2026-04-01", terms="zahlbar bis 04.04.2026"), file="t.xml")
    assert (reading.due_date, reading.warnings) == (date(2026, 4, 1), ())


def test_a_long_text_is_looked_at_in_reasonable_time():
    assert due_days_in("bis 1. " * 200_000) == ()
