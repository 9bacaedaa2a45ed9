import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.kernel.refs import case_number, grouped, is_rf, rf_of_case, rf_reference


def test_the_example_of_the_standard():
    """ISO 11649: 539007547034 gives RF18 5390 0754 7034."""
    assert rf_reference("539007547034") == "RF18539007547034"
    assert is_rf("RF18 5390 0754 7034")
    assert grouped("RF18539007547034") == "RF18 5390 0754 7034"


@given(st.integers(1000, 9999), st.integers(1, 999_999))
def test_every_case_number_gives_a_sound_reference(year, number):
    assert is_rf(rf_of_case(case_number(year, number)))


@given(st.text("0123456789", min_size=1, max_size=21), st.integers(0, 20), st.integers(1, 9))
def test_a_wrong_digit_is_always_found(body, place, off):
    reference = rf_reference(body)
    at = 4 + place % len(body)
    digit = str((int(reference[at]) + off) % 10)
    assert not is_rf(reference[:at] + digit + reference[at + 1 :])


@pytest.mark.parametrize("body", ["", "lower", "Å1", "1" * 22, "٣"])
def test_another_body_is_refused(body):
    with pytest.raises(ValueError, match="not a body"):
        rf_reference(body)
