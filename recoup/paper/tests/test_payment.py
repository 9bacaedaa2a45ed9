from dataclasses import replace

from recoup.kernel.money import Money
from recoup.paper.codes import svg
from recoup.paper.payment import (
    Payment,
    ReferenceKind,
    epc_code,
    epc_text,
    link_code,
)
from recoup.paper.tests import cast


def test_the_code_says_what_the_guideline_asks() -> None:
    assert epc_text(cast.EURO_ACCOUNT, cast.eur("10736.32")) == (
        "BCD\n002\n1\nSCT\nCOBADEFFXXX\nRecoup AB klientmedel\nDE89370400440532013000\n"
        "EUR10736.32\n\nRF18539007547034"
    )


def test_an_unstructured_reference_goes_into_its_own_line() -> None:
    plain = Payment(holder="X", bank="Y", iban="DE89370400440532013000", reference="RC-2026-000417")
    text = epc_text(plain, cast.eur("1"))
    assert text is not None and text.split("\n")[8:] == ["", "", "RC-2026-000417"]
    assert plain.reference_kind is ReferenceKind.PLAIN


def test_there_is_no_code_where_the_scheme_has_no_answer() -> None:
    assert epc_code(cast.EURO_ACCOUNT, Money.parse("5.00", "SEK")) is None
    assert epc_code(cast.EURO_ACCOUNT, cast.eur("0.00")) is None
    assert epc_code(cast.EURO_ACCOUNT, cast.eur("1000000000.00")) is None
    assert epc_code(cast.HK_ACCOUNT, cast.eur("5.00")) is None


def test_the_picture_is_the_code_of_the_text() -> None:
    link = "https://recoup.example/d/8QZ7"
    assert link_code(link) == svg(link.encode())
    text = epc_text(cast.EURO_ACCOUNT, cast.eur("10736.32"))
    assert text and epc_code(cast.EURO_ACCOUNT, cast.eur("10736.32")) == svg(text.encode())


def test_a_name_beyond_english_is_in_the_code_as_its_third_line_says() -> None:
    """`1` there is UTF-8; Latin-1 would be another name to a bank's app."""
    swedish = replace(cast.EURO_ACCOUNT, holder="Åkerströms Möbler")
    text = epc_text(swedish, cast.eur("5.00"))
    assert text and text.split("\n")[2] == "1"
    assert epc_code(swedish, cast.eur("5.00")) == svg(text.encode("utf-8"))


def test_there_is_no_code_of_more_bytes_than_the_guideline_has() -> None:
    long = replace(cast.EURO_ACCOUNT, holder="恒" * 70, reference_kind=ReferenceKind.PLAIN)
    assert epc_code(replace(long, reference="A" * 20), cast.eur("5.00"))
    assert epc_code(replace(long, reference="A" * 140), cast.eur("5.00")) is None
