"""Numbers of companies, accounts and telephones."""

import csv
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recoup.kernel.refusal import Refusal
from recoup.parties.numbers import COMPANY, SHAPES, check_number, module_of

DATA = Path(__file__).parents[3].parent / "shared" / "data" / "05_validation_vectors" / "open"

VALID = [
    ("iban", "DE02 1203 0000 0000 2020 51", "DE02120300000000202051"),
    ("iban", "de02120300000000202051", "DE02120300000000202051"),
    ("iban", "DE02\u00a01203\u00a00000\u00a00000\u00a02020\u00a051", "DE02120300000000202051"),
    ("iban", "DE02-1203.0000 0000-2020.51", "DE02120300000000202051"),
    ("bic", "COBADEFFXXX", "COBADEFFXXX"),
    ("bic", "TEBKXKPR", "TEBKXKPR"),
    ("lei", "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R12"),
    ("vat", "SE556036079301", "SE556036079301"),
    ("vat", "DE136695976", "DE136695976"),
    ("vat", "GB980780684", "GB980780684"),
    ("vat", "CHE-107.787.577 MWST", "CHE107787577MWST"),
    ("vat", "NO 995 525 828 MVA", "NO995525828MVA"),
    ("company:SE", "556036-0793", "5560360793"),
    ("company:DE", "HRB 12345", "HRB12345"),
    ("company:DE", "DE136695976", "136695976"),
    ("company:GB", "01234567", "01234567"),
    ("company:GB", "sc123456", "SC123456"),
    ("company:HK", "12345678", "12345678"),
    ("company:HK", "12345678-000", "12345678"),
    ("company:HK", "1234567", "1234567"),
    ("company:CN", "91110000600037341L", "91110000600037341L"),
    ("company:NL", "12345678", "12345678"),
    ("company:FR", "732 829 320", "732829320"),
    ("company:FR", "73282932000074", "73282932000074"),
    ("company:US", "91-1144442", "911144442"),
    ("phone:SE", "08-123 456 78", "+46812345678"),
    ("phone:HK", "+852 2123 4567", "+85221234567"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "normalised"), VALID)
def test_valid_numbers_are_normalised(kind, value, normalised):
    check = check_number(kind, value)
    assert (check.kind, check.value) == (kind, value)
    assert (check.valid, check.normalised) == (True, normalised)
    assert check.why.endswith(".")


@pytest.mark.parametrize(
    ("kind", "value", "why"),
    [
        ("iban", "DE02120300000000202052", "The check digits are wrong."),
        (
            "iban",
            "DE0212030000000020205",
            "It has not as many characters as IBANs of this country.",
        ),
        ("iban", "XX02120300000000202051", "No country with IBANs has this code."),
        ("iban", "", "It is empty."),
        (
            "iban",
            "DE٠٢120300000000202051",
            "It has characters other than plain letters, digits and punctuation.",
        ),
        (
            "iban",
            "DE02\x001203",
            "It has characters other than plain letters, digits and punctuation.",
        ),
        ("vat", "556036079301", "It does not start with a country code."),
        ("vat", "SE556036079401", "The check digit is wrong."),
        ("vat", "ZZ123", "A part of it cannot occur."),
        ("lei", "5493001KJTIIGC8Y1R13", "The check digit is wrong."),
        ("bic", "COBADEFFX", "It has the wrong number of characters."),
        ("company:SE", "556036-0794", "The check digit is wrong."),
        ("company:HK", "123456", "It has not the shape of such a number."),
        (
            "company:HK",
            "１２３４５６７８",
            "It has characters other than plain letters, digits and punctuation.",
        ),
        ("company:GB", "ZZ123456", "It has the wrong number of characters."),
        ("phone:SE", "08-1", "No such number is in use in the country's numbering plan."),
        ("phone:SE", "hello", "It is not a telephone number."),
        ("iban", "D" * 101, "It is longer than any such number."),
    ],
)
def test_invalid_numbers_say_why(kind, value, why):
    check = check_number(kind, value)
    assert (check.valid, check.normalised, check.why) == (False, None, why)


@pytest.mark.parametrize(
    "kind", ["", "IBAN", "iban:DE", "company", "company:ZZ", "company:se", "phone:ZZ", "vat:SE"]
)
def test_unknown_kinds_are_refused(kind):
    with pytest.raises(Refusal) as caught:
        check_number(kind, "1")
    assert caught.value.as_error() == {
        "code": "kind_unknown", "field": "kind", "found": kind,
        "message": f"“{kind}” is not a kind of number that can be checked.",
    }  # fmt: skip


@pytest.mark.parametrize("country", sorted({*COMPANY, *SHAPES}))
def test_every_country_s_modules_exist_and_turn_nonsense_away(country):
    for name in COMPANY.get(country, ()):
        assert callable(import_module(module_of(country, name)).validate)
    assert not check_number(f"company:{country}", "@@@").valid


@settings(deadline=None)
@given(
    st.sampled_from(["vat", "iban", "bic", "lei", *(f"company:{c}" for c in COMPANY), "phone:HK"]),
    st.text(),
)
def test_any_text_gets_an_answer(kind, text):
    check = check_number(kind, text)
    assert check.valid == (check.normalised is not None)
    assert check.why


@pytest.mark.skipif(
    not DATA.exists(), reason="the shared validation vectors are not beside the project"
)
def test_shared_vectors_agree():
    kinds = {"eu.vat": "vat", "lei": "lei", "cn.uscc": "company:CN", "se.orgnr": "company:SE", "sg.uen": "company:SG",
             "ua.edrpou": "company:UA", "cz.ico": "company:CZ", "sk.ico": "company:SK", "fr.siret": "company:FR"}  # fmt: skip
    with (DATA / "VECTORS_stdnum.csv").open(encoding="utf-8") as table:
        asked = [
            (kinds[r["module"]], r["input"], r["expected"])
            for r in csv.DictReader(table)
            if r["module"] in kinds
        ]
    with (DATA / "VECTORS_phones.csv").open(encoding="utf-8") as table:
        asked += [
            (f"phone:{r['region']}", r["national"], r["expected"]) for r in csv.DictReader(table)
        ]
    wrong = [a for a in asked if check_number(a[0], a[1]).valid != (a[2] == "valid")]
    assert len(asked) > 900
    assert len(wrong) <= len(asked) / 100, wrong
