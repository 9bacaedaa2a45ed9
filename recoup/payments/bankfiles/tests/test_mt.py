from datetime import date
from decimal import Decimal

import pytest

from recoup.kernel.refusal import Refusal
from recoup.payments.bankfiles import read_bankfile
from recoup.payments.bankfiles.mt import entry_day, short_day
from recoup.payments.bankfiles.tests.samples import MT940, mt940


def read(content: bytes | str):
    return read_bankfile(content.encode() if isinstance(content, str) else content, file="a.sta")


def test_a_german_statement_reads_as_the_bank_means_it() -> None:
    found = read(MT940)
    assert found.format == "MT940"
    (statement,) = found.statements
    assert (statement.account, statement.opening, statement.closing) == (
        "10020030/1234567",
        1000,
        1005,
    )
    assert statement.balanced is True
    paid, returned, _, out = found.entries
    assert paid.amount == Decimal("119.00")
    assert paid.counterparty == "Mueller und Soehne Bauteile GmbH"
    assert paid.counterparty_account == "DE89370400440532013000"
    assert (paid.end_to_end_id, paid.bank_reference) == ("E2E-4711", "BANKREF0001")
    assert paid.remittance == "R-2026-000123 Rechnung 4711"
    assert (paid.booked_on, paid.value_on) == (date(2026, 11, 20), date(2026, 11, 20))
    assert returned.return_reason == "AC04"
    assert out.amount == -100


def test_a_reversed_credit_is_a_debit_and_a_reversed_debit_a_credit() -> None:
    """A popular library books RC as money in; the statement's own balances prove it wrong."""
    lines = read(MT940).entries
    assert [(e.amount, e.reversal) for e in lines] == [
        (119, False), (-19, True), (5, True), (-100, False),
    ]  # fmt: skip


def test_every_page_of_a_statement_balances_by_its_intermediate_balances() -> None:
    pages = (
        ":20:A\n:25:1\n:28C:7/1\n:60F:C261119EUR10,\n:61:2611201120C5,NTRFX\n:62M:C261120EUR15,\n-\n"
        ":20:A\n:25:1\n:28C:7/2\n:60M:C261120EUR15,\n:61:2611201120D1,NTRFX\n:62F:C261120EUR14,\n-\n"
    )
    found = read(pages)
    assert [(s.sequence, s.opening, s.closing, s.balanced) for s in found.statements] == [
        ("7/1", 10, 15, True), ("7/2", 15, 14, True),
    ]  # fmt: skip


def test_a_time_wrapped_over_two_lines_begins_no_field() -> None:
    found = read(
        mt940(
            ":61:2611201120C5,00NTRFNONREF",
            ":86:paid at 16",
            ":20:37 and more",
            closing="C261120EUR5,00",
        )
    )
    assert len(found.statements) == 1
    assert "20:37" in (found.entries[0].remittance or "")


def test_dutch_keys_are_read() -> None:
    info = ":86:/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/JAN\nSSEN B.V./REMI/FACTUUR 4711/EREF/E1"
    (only,) = read(mt940(":61:2611201120C5,00N654NONREF", info, closing="C261120EUR5,00")).entries
    assert (only.counterparty, only.counterparty_account) == ("JANSSEN B.V.", "NL91ABNA0417164300")
    assert (only.remittance, only.end_to_end_id) == ("FACTUUR 4711", "E1")


def test_dutch_structured_reference_and_return_reason() -> None:
    info = ":86:/RTRN/MS03//BENM//NAME/X BV/REMI/STRD/CUR/9001200000000001/"
    (only,) = read(mt940(":61:2611201120C5,00N654NONREF", info, closing="C261120EUR5,00")).entries
    assert (only.return_reason, only.reference) == ("MS03", "9001200000000001")


def test_an_mt942_is_announced_not_booked() -> None:
    text = (
        ":20:S\n:25:1\n:28C:1/1\n:34F:EUR0,\n:13D:2611201200+0100\n:61:2611201120C5,00NTRFNONREF\n:86:Hello\n"
        ":90D:0EUR0,\n:90C:1EUR5,\n-\n"
    )
    found = read(text)
    assert (found.format, found.statements[0].balanced) == ("MT942", None)
    assert [(e.amount, e.is_bookable) for e in found.entries] == [(5, False)]
    assert read(text.replace("1EUR5,", "1EUR6,")).statements[0].balanced is False


def test_the_year_turns_between_booking_and_value_date() -> None:
    assert entry_day("1231", date(2027, 1, 2)) == date(2026, 12, 31)
    assert entry_day("0102", date(2026, 12, 31)) == date(2027, 1, 2)
    assert entry_day("    ", date(2026, 12, 31)) is None


def test_the_30th_of_february_is_its_last_day_and_said() -> None:
    assert short_day("160230") == date(2016, 2, 29)
    assert short_day("161330") is None
    found = read(
        mt940(":61:1602300301D6,00N024NONREF", opening="C160229EUR6,00", closing="C160301EUR0,00")
    )
    assert [w.code for w in found.warnings] == ["day_does_not_exist"]


def test_old_code_pages_and_points_for_commas_are_read() -> None:
    content = (
        mt940(":61:2611201120C5.00NTRFNONREF", ":86:Bäckerei", closing="C261120EUR5.00")
        .decode()
        .encode("cp1252")
    )
    found = read(content)
    assert found.statements[0].balanced is True
    assert found.entries[0].remittance == "Bäckerei"


def test_a_line_that_cannot_be_read_is_flagged() -> None:
    found = read(mt940(":61:HELLO"))
    assert found.entries[0].amount is None
    assert found.statements[0].balanced is False


def test_a_statement_without_closing_balance_is_flagged() -> None:
    found = read(mt940(":61:2611201120C5,00NTRFNONREF").split(b":62F:")[0])
    assert found.statements[0].balanced is False
    assert [w.code for w in found.warnings] == ["balance_missing"]


def test_an_unclosed_block_is_truncated() -> None:
    with pytest.raises(Refusal) as refused:
        read(MT940.replace("-}", ""))
    assert refused.value.code == "mt_truncated"


def test_trailing_garbage_is_refused_with_its_line() -> None:
    with pytest.raises(Refusal) as refused:
        read(mt940() + b"%PDF-1.4 something else\n")
    assert (refused.value.code, refused.value.params["row"]) == ("mt_trailing", 7)


def test_funds_codes_and_missing_booking_days() -> None:
    lines = ":61:261120DK5,00NMSCX", ":61:261120    CD7,50NDEFX", ":61:2611201120C1,NTRFX"
    found = read(mt940(*lines, closing="C261120EUR3,50"))
    assert [e.amount for e in found.entries] == [-5, Decimal("7.50"), 1]
    assert found.statements[0].balanced is True


def test_a_file_that_breaks_off_after_a_reference_is_not_quietly_short() -> None:
    whole = ":20:A\n:25:1\n:28C:1\n:60F:C260101EUR1,00\n:62F:C260101EUR1,00\n"
    cut = read_bankfile(f"{whole}:20:B\n".encode(), file="a.sta")
    assert [(s.id, s.entries, s.balanced) for s in cut.statements] == [
        ("A", 0, True),
        ("B", 0, False),
    ]
    assert [w.code for w in cut.warnings] == ["balance_missing"]
    with pytest.raises(Refusal) as refused:
        read_bankfile(b":20:A\n:25:1\n", file="a.sta")
    assert refused.value.code == "statement_missing"
