from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recoup.kernel.refs import case_number, rf_of_case
from recoup.payments.bankfiles import read_bankfile
from recoup.payments.bankfiles.tests.samples import MT940
from recoup.payments.matching import (
    Candidates,
    Invoice,
    Kind,
    Line,
    Match,
    OpenCase,
    line_of,
    match,
    match_many,
)
from recoup.payments.references import ocr_number

EUR = "EUR"
MUELLER = OpenCase(
    "a", "R-2026-000123", EUR, Decimal("119.00"), ("Müller und Söhne GmbH",),
    (Invoice("RE-4711", Decimal("100.00")),), (ocr_number("12345678"),), ("DE89370400440532013000",),
)  # fmt: skip
HANSEN = OpenCase(
    "b",
    "R-2026-000124",
    EUR,
    Decimal("80.00"),
    ("Hansen Transport A/S",),
    (Invoice("2026/77", Decimal("80.00")),),
)
AKERI = OpenCase("c", "R-2026-000125", "SEK", Decimal("500.00"), ("Åkeri AB",))
CASES = Candidates([MUELLER, HANSEN, AKERI])


def line(amount: str = "119.00", **given: object) -> Line:
    return Line("k", Decimal(amount), str(given.pop("currency", EUR)), **given)


def test_a_structured_reference_is_certain_and_says_why() -> None:
    found = match(
        line(reference=rf_of_case("R-2026-000123"), counterparty="Somebody Else Ltd"), CASES
    )
    assert (found.kind, found.cases) == (Kind.CERTAIN, (("a", Decimal("119.00")),))
    assert [r.code for r in found.because] == ["reference", "amount_agrees"]
    assert "R-2026-000123" in found.because[0].sentence()


@pytest.mark.parametrize("given", [
    {"remittance": "Zahlung R-2026-000123"}, {"remittance": "r2026000123 danke"}, {"end_to_end_id": "R-2026-000123"},
    {"remittance": f"ref {rf_of_case('R-2026-000123')} x"}, {"end_to_end_id": rf_of_case("R-2026-000123")},
    {"reference": ocr_number("12345678")}, {"remittance": f"OCR {ocr_number('12345678')}"},
])  # fmt: skip
def test_whatever_names_the_case_itself_is_certain(given: dict[str, str]) -> None:
    assert match(line(**given), CASES).cases == (("a", Decimal("119.00")),)
    assert match(line(**given), CASES).kind == Kind.CERTAIN


@pytest.mark.parametrize(
    "amount, code",
    [("100.00", "part_payment"), ("119.00", "amount_agrees"), ("118.99", "part_payment")],
)
def test_a_part_payment_by_reference_is_certain(amount: str, code: str) -> None:
    found = match(line(amount, remittance="R-2026-000123"), CASES)
    assert (found.kind, found.because[-1].code) == (Kind.CERTAIN, code)


def test_a_wrong_check_digit_is_no_reference() -> None:
    wrong = rf_of_case("R-2026-000123")
    wrong = wrong[:2] + f"{(int(wrong[2:4]) + 1) % 97:02d}" + wrong[4:]
    assert match(line("1.00", reference=wrong), CASES).kind == Kind.NONE


def test_another_currency_is_a_suggestion_only() -> None:
    found = match(line(currency="USD", remittance="R-2026-000123"), CASES)
    assert (found.kind, found.because[-1].code) == (Kind.LIKELY, "currency_differs")


def test_a_stranger_paying_too_much_by_a_bare_case_number_waits() -> None:
    given = {"remittance": "R-2026-000123", "counterparty": "Quite Another Company Ltd"}
    assert match(line("119.01", **given), CASES).kind == Kind.LIKELY
    assert match(line("119.00", **given), CASES).kind == Kind.CERTAIN


def test_two_cases_are_certain_only_if_the_payment_is_exactly_theirs() -> None:
    text = "R-2026-000123 and R-2026-000124"
    found = match(line("199.00", remittance=text), CASES)
    assert (found.kind, found.cases) == (
        Kind.CERTAIN,
        (("a", Decimal("119.00")), ("b", Decimal("80.00"))),
    )
    other = match(line("150.00", remittance=text), CASES)
    assert (other.kind, other.cases, other.suggestions) == (Kind.NONE, (), ("a", "b"))


def test_a_reference_against_the_text_is_for_a_person() -> None:
    found = match(
        line("119.00", reference=rf_of_case("R-2026-000123"), remittance="R-2026-000124"), CASES
    )
    assert (found.kind, set(found.suggestions)) == (Kind.NONE, {"a", "b"})


def test_an_invoice_number_with_its_amount_is_likely() -> None:
    found = match(line("100.00", remittance="Rechnung RE 4711 / RE4711"), CASES)
    assert (found.kind, found.cases) == (Kind.LIKELY, (("a", Decimal("100.00")),))
    assert match(line("80.00", documents=("2026/77",)), CASES).cases[0][0] == "b"


def test_an_invoice_number_with_another_amount_needs_the_payer() -> None:
    assert match(line("33.00", remittance="RE-4711"), CASES).kind == Kind.NONE
    found = match(line("33.00", remittance="RE-4711", counterparty="MUELLER UND SOHNE"), CASES)
    assert found.kind in (Kind.LIKELY, Kind.NONE)
    assert (
        match(line("33.00", remittance="RE-4711", counterparty="MÜLLER & SÖHNE GMBH"), CASES).kind
        == Kind.LIKELY
    )


def test_name_and_exact_amount_are_likely_never_certain() -> None:
    found = match(line("80.00", counterparty="HANSEN TRANSPORT"), CASES)
    assert (found.kind, found.cases) == (Kind.LIKELY, (("b", Decimal("80.00")),))
    assert match(line("80.01", counterparty="HANSEN TRANSPORT"), CASES).kind == Kind.NONE


def test_an_account_that_paid_before_and_the_exact_amount_are_likely() -> None:
    assert match(line(counterparty_account="DE89 3704 0044 0532 0130 00"), CASES).cases[0][0] == "a"


def test_two_equal_cases_are_for_a_person() -> None:
    twin = OpenCase("d", "R-2026-000126", EUR, Decimal("80.00"), ("Hansen Transport A/S",))
    found = match(line("80.00", counterparty="Hansen Transport"), Candidates([HANSEN, twin]))
    assert (found.kind, found.cases, found.suggestions) == (Kind.NONE, (), ("b", "d"))


def test_a_reference_two_cases_share_is_not_certain() -> None:
    shared = ocr_number("999999999")
    cases = [
        OpenCase(i, n, EUR, Decimal(9), references=(shared,))
        for i, n in (("x", "R-2026-000001"), ("y", "R-2026-000002"))
    ]
    assert match(line("9.00", reference=shared), Candidates(cases)).kind == Kind.NONE


@pytest.mark.parametrize("amount", ["0.00", "-119.00"])
def test_money_out_matches_nothing(amount: str) -> None:
    assert match(line(amount, remittance="R-2026-000123"), CASES).kind == Kind.NONE


def test_a_line_of_a_bank_file_finds_its_case() -> None:
    entries = read_bankfile(MT940.encode(), file="a").entries
    found = match_many([line_of(e) for e in entries], CASES)
    assert [m.kind for m in found] == [Kind.CERTAIN, Kind.NONE, Kind.NONE, Kind.NONE]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_nothing_wrong_is_ever_booked_without_a_person(data: st.DataObject) -> None:
    """A line made for one case, with slips: certain means that case, and the amounts add up."""
    cases = [
        OpenCase(str(n), case_number(2026, n * 7 + 1), EUR, Decimal(n + 10), (f"Company {n} GmbH",), (Invoice(f"INV{n:05d}", Decimal(n + 10)),))
        for n in range(12)
    ]  # fmt: skip
    case = data.draw(st.sampled_from(cases))
    text = list(rf_of_case(case.number))
    for _ in range(data.draw(st.integers(0, 1))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(
            st.sampled_from("0123456789ABZ ")
        )
    paid = line(
        str(data.draw(st.integers(1, 40))),
        reference="".join(text),
        counterparty=data.draw(st.sampled_from([case.names[0], "Bank"])),
    )
    found: Match = match(paid, Candidates(cases))
    if found.kind == Kind.CERTAIN:
        assert found.cases == ((case.id, paid.amount),)
    assert found.because
