import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.kernel.refs import case_number, is_rf, rf_of_case, rf_reference
from recoup.payments.references import (
    case_of_rf,
    find_references,
    is_kid,
    is_ocr,
    kid_number,
    ocr_number,
)


def test_rf_references_of_the_standard() -> None:
    assert rf_reference("539007547034") == "RF18539007547034"
    assert is_rf("RF18 5390 0754 7034")
    assert not is_rf("RF19539007547034")
    assert not is_rf("RF18")


def test_a_case_has_one_rf_reference_and_back() -> None:
    assert case_number(2026, 123) == "R-2026-000123"
    reference = rf_of_case("R-2026-000123")
    assert is_rf(reference)
    assert case_of_rf(reference) == "R-2026-000123"
    assert case_of_rf("RF18539007547034") is None
    assert case_of_rf(rf_of_case("INK-2026-000007"), prefix="INK") == "INK-2026-000007"


@given(st.integers(1000, 9999), st.integers(1, 999_999), st.sampled_from(["R", "INK", "AB9"]))
def test_every_case_number_survives_its_reference(year: int, number: int, prefix: str) -> None:
    case = case_number(year, number, prefix=prefix)
    reference = rf_of_case(case)
    assert case_of_rf(reference, prefix=prefix) == case
    grouped = " ".join(reference[i : i + 4] for i in range(0, len(reference), 4))
    for text in (
        reference,
        grouped,
        f"Zahlung {grouped.lower()} danke",
        f"x\n{reference[:7]}\n{reference[7:]}",
    ):
        assert find_references(text, prefix=prefix).cases == (case,), text


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=21), st.data())
def test_one_wrong_character_is_always_seen(body: str, data: st.DataObject) -> None:
    reference = rf_reference(body)
    at = data.draw(st.integers(2, len(reference) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != reference[at]]))
    if reference[at].isdigit():
        assert not is_rf(reference[:at] + other + reference[at + 1 :])


@given(st.text("0123456789", min_size=1, max_size=23), st.booleans())
def test_ocr_numbers_survive(digits: str, with_length: bool) -> None:
    assert is_ocr(ocr_number(digits, with_length=with_length), with_length=with_length)


@given(st.text("0123456789", min_size=1, max_size=24), st.sampled_from([10, 11]))
def test_kid_numbers_survive(digits: str, mod: int) -> None:
    assert is_kid(kid_number(digits, mod=mod))


def test_known_ocr_and_kid_numbers() -> None:
    """Luhn: 7992739871 takes 3. Mod 11, weights 2 to 7: 1234567890 takes -, 123456785 is valid."""
    assert ocr_number("7992739871") == "79927398713"
    assert kid_number("7992739871") == "79927398713"
    assert is_kid("123456785")
    assert not is_ocr("79927398714")


@pytest.mark.parametrize("text", [
    "R-2026-000123", "payment for r-2026-000123.", "Re: R 2026 000123", "R2026000123", "R–2026–000123",
    "SVWZ+R-2026-\n000123", "x/R/2026/000123/y", "(R_2026_000123)",
])  # fmt: skip
def test_case_numbers_are_found_however_written(text: str) -> None:
    assert find_references(text).cases == ("R-2026-000123",)


@pytest.mark.parametrize("text", [
    "XR-2026-000123", "R-2026-0001234", "R-2026-00012", "R-202-000123", "2026-000123", "R-٢٠٢٦-000123", "",
])  # fmt: skip
def test_what_only_looks_like_a_case_number_is_not_one(text: str) -> None:
    assert find_references(text).cases == ()


def test_an_rf_in_running_text_ends_where_it_is_valid() -> None:
    assert find_references("RF18 5390 0754 7034 THANK YOU").rf == ("RF18539007547034",)
    assert find_references("RF19 5390 0754 7034").rf == ()


def test_document_numbers_in_text() -> None:
    found = find_references("Rechnung Nr. INV/2026-0042, 4711 vom 1.2.2026")
    assert "INV/2026-0042" in found.numbers
    assert "4711" in found.numbers


@given(st.text(max_size=400))
def test_any_text_is_searched(text: str) -> None:
    found = find_references(text)
    assert all(is_rf(r) for r in found.rf)
