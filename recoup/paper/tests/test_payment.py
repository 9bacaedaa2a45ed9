import re

import segno

from recoup.kernel.money import Money
from recoup.paper.payment import (
    MASK,
    Payment,
    ReferenceKind,
    epc_code,
    epc_text,
    link_code,
)
from recoup.paper.tests import cast


def drawn(svg: str) -> set[tuple[int, int]]:
    """The dark modules of an SVG made of runs."""
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg)
    return {(int(x) + i, int(y)) for x, y, width in runs for i in range(int(width))}


def dark(code: segno.QRCode) -> set[tuple[int, int]]:
    return {(x, y) for y, row in enumerate(code.matrix) for x, bit in enumerate(row) if bit}


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


def test_the_picture_has_exactly_the_modules_of_the_code() -> None:
    link = "https://recoup.example/d/8QZ7"
    wanted = segno.make_qr(link, error="m", mask=MASK, boost_error=False)
    assert drawn(link_code(link)) == dark(wanted)
    svg = epc_code(cast.EURO_ACCOUNT, cast.eur("10736.32"))
    text = epc_text(cast.EURO_ACCOUNT, cast.eur("10736.32"))
    assert svg and text
    assert drawn(svg) == dark(segno.make_qr(text, error="m", mask=MASK, boost_error=False))
