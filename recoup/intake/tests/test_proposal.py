"""From readings to a proposed case, without a database."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from recoup.intake.einvoice.document import read_here
from recoup.intake.einvoice.tests.samples import cii, term, ubl
from recoup.intake.proposal import ClientFacts, Source, propose

US = ClientFacts("NORDLICHT A.B.", "5560360793", "SE556036079301", ("EUR", "SEK"))


def source(content: bytes, name: str = "a.xml", n: int = 1) -> Source:
    return Source(name, UUID(int=n), read_here(content, file=name))


def codes(notices) -> list[str]:
    return [n.code for n in notices]


def test_one_invoice_fills_the_form():
    found = propose([source(ubl())], US)
    (line,) = found.lines
    assert (line.ref, line.amount, line.due_on, line.kind) == (
        "R-1001",
        Decimal("1190.00"),
        date(2026, 4, 1),
        "invoice",
    )
    assert (found.debtor.name, found.currency, found.notices) == ("Kaufhaus Müller GmbH", "EUR", ())
    assert not line.confirm_due


def test_a_credit_note_takes_off_and_a_prepayment_is_taken_off():
    found = propose(
        [source(ubl()), source(ubl(root="CreditNote", number="GS-1", due=""), "b.xml", 2)], US
    )
    assert [line.kind for line in found.lines] == ["invoice", "credit_note"]
    assert propose([source(ubl(prepaid="190.00", payable="1000.00"))], US).lines[
        0
    ].amount == Decimal("1000.00")


def test_a_due_day_in_words_must_be_confirmed():
    found = propose([source(cii(terms=[term("", "Zahlbar bis 15.04.2026")]))], US)
    assert found.lines[0].due_on == date(2026, 4, 15)
    assert found.lines[0].confirm_due


def test_totals_that_do_not_add_up_are_flagged():
    found = propose([source(ubl(total="1234.00"))], US)
    assert found.lines[0].notices


def test_another_currency_or_debtor_is_left_out_and_said():
    other = ubl(number="R-2").replace("Kaufhaus Müller GmbH".encode(), b"Tischler Holz AG")
    found = propose(
        [
            source(ubl()),
            source(ubl(currency="SEK", number="R-3"), "b.xml", 2),
            source(other, "c.xml", 3),
        ],
        US,
    )
    assert [line.ref for line in found.lines] == ["R-1001"]
    assert codes(found.notices) == ["other_currency", "other_debtor"]
    assert "b.xml is in SEK, this case is in EUR" in found.notices[0].message
    assert "Tischler Holz AG" in found.notices[1].message


def test_a_currency_without_a_price_is_said():
    found = propose([source(ubl(currency="KWD"))], US)
    assert "your rate card has prices in EUR, SEK only" in found.notices[0].message


def test_the_seller_is_known_by_number_or_name():
    assert codes(propose([source(ubl())], replace(US, name="Anders AB")).notices) == []
    assert (
        codes(propose([source(ubl())], replace(US, registration_number="", vat_number="")).notices)
        == []
    )
    stranger = ClientFacts("Fjäll AB", "5560125790", "", ("EUR",))
    assert codes(propose([source(ubl())], stranger).notices) == ["creditor_not_client"]


def test_an_invoice_to_the_client_is_no_claim():
    buyer = ClientFacts("Kaufhaus Müller GmbH", "", "", ("EUR",))
    assert codes(propose([source(ubl())], buyer).notices) == ["client_is_buyer"]


def test_a_file_without_data_gives_a_line_to_fill_or_is_attached():
    blank = Source("scan.pdf", UUID(int=9))
    alone = propose([blank], US)
    assert alone.lines[0].document == UUID(int=9) and alone.lines[0].amount is None
    beside = propose([source(ubl()), blank], US)
    assert len(beside.lines) == 1 and beside.attached == (blank,)
    assert codes(beside.notices) == ["attached"]


def test_up03_a_locked_pdf_is_kept_and_asked_for_unlocked():
    locked = Source("locked.pdf", UUID(int=9), locked=True)
    for sources in ([locked], [source(ubl()), locked]):
        said = [n.message for n in propose(sources, US).notices if n.code == "locked"]
        assert said == ["locked.pdf is locked with a password: it is kept, but nobody can look into it. Please send it unlocked."]  # fmt: skip
