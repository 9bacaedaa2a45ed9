"""No letter rather than a wrong one."""

from datetime import date
from decimal import Decimal

import pytest

from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.paper.documents.commission_invoice import VatKind, VatLine
from recoup.paper.documents.debtor_letter import Consequence, Step
from recoup.paper.documents.power_of_attorney import Power
from recoup.paper.parts import Address
from recoup.paper.payment import Payment, ReferenceKind
from recoup.paper.render import render
from recoup.paper.tests import cast
from recoup.paper.tests.reading import squeezed, text_of


def address(name: str) -> Address:
    return Address(name=name, lines=("Street 1", "Town"), country="GB")


def code_of(document: str, **other: object) -> str:
    with pytest.raises(Refusal) as caught:
        cast.write(document, "en", **other)
    return caught.value.code


HOSTILE = [
    "#eval(\"1+1\") GmbH", "*x* _y_ `z`", '=HYPERLINK("http://evil.example","pay")', "<script>x</script>",
    "{{7*7}} {creditor}", "#import \"/etc/passwd\": *", "$ sum_1^2 $ \\ // /* @x <y>", "%s %(found)s {0}",
    "D'Arcy & Söhne <GmbH>", "C:\\new\\table", "None", "Null", "1&1", "[x] ~ -- ---", "- a", "= Heading",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_prints_as_it_is_and_is_never_markup(name: str) -> None:
    text = squeezed(text_of(cast.write("letter", "en", recipient=address(name)).content))
    assert squeezed(name) in text


@pytest.mark.parametrize("name", ["شركة الخليج", "חברה", "नमस्ते", "Café 😀", "ไทย"])
def test_a_character_without_a_glyph_is_refused(name: str) -> None:
    assert code_of("letter", recipient=address(name)) == "glyph_missing"


@pytest.mark.parametrize(
    "name", ["Ελληνική Α.Ε.", "ООО Ромашка", "Nguyễn Thị", "株式会社", "한국", "恒達", "Žižka Łódź"]
)
def test_scripts_we_have_faces_for_are_set(name: str) -> None:
    assert squeezed(name) in squeezed(
        text_of(cast.write("letter", "en", recipient=address(name)).content)
    )


@pytest.mark.parametrize(
    "bad", ["\n", "\r", "\t", "\x00", "\u202e", "\u2066", "\ue000", "\ufffe", "\ud800", "\x85"]
)
def test_unprintable_characters_are_refused(bad: str) -> None:
    assert code_of("letter", recipient=address(f"A{bad}B")) == "text_unprintable"


def test_a_decomposed_name_is_composed() -> None:
    text = text_of(cast.write("letter", "en", recipient=address("Bjo\u0308rk AB")).content)
    assert "Bj\u00f6rk AB" in text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"case_number": ""}, "case_number"), ({"creditor": None}, "creditor"),
        ({"recipient": address("  ")}, "recipient.name"), ({"deadline_on": None}, "deadline_on"),
        ({"invoices": ()}, "invoices"), ({"total": None}, "total"),
        ({"recipient": Address(name="X", lines=("A", ""), country="GB")}, "recipient.lines 2"),
        ({"consequence": Consequence(step=Step.OTHER)}, "consequence.text"),
        ({"consequence": Consequence(step=Step.COURT_ORDER)}, "route"),
        ({"sender": None}, "sender"), ({"link": ""}, "link"),
    ],
)  # fmt: skip
def test_a_missing_value_is_refused_by_name(changed: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as caught:
        cast.write("letter", "en", **changed)
    assert (caught.value.code, caught.value.params["field"]) == ("value_missing", field)


def test_a_limit_the_power_needs_is_not_guessed() -> None:
    assert code_of("power", powers=(Power.SETTLE,), settle_from=None) == "value_missing"
    assert code_of("power", powers=(Power.INSTALMENTS,), months=None) == "value_missing"
    assert code_of("power", case_number="RC-1", debtor=None) == "value_missing"


@pytest.mark.parametrize(
    ("document", "changed"),
    [
        ("letter", {"total": cast.eur("10736.33")}), ("owed", {"total": cast.eur("1")}),
        ("remittance", {"remitted": cast.eur("4613.15")}), ("invoice", {"total": cast.eur("700.12")}),
        ("closing", {"outstanding": cast.eur("3736.33")}),
    ],
)  # fmt: skip
def test_a_total_that_is_not_the_sum_of_its_lines_is_refused(
    document: str, changed: dict[str, object]
) -> None:
    assert code_of(document, **changed) == "sum_differs"


def test_money_in_two_currencies_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot mix"):
        cast.write("letter", "en", total=Money(Decimal("10736.32"), "SEK"))


def test_a_deadline_in_the_past_is_refused() -> None:
    assert code_of("letter", deadline_on=cast.ON) == "deadline_past"


@pytest.mark.parametrize(
    ("payment", "code"),
    [
        (Payment(holder="X", bank="Y", reference="1", iban="DE88370400440532013000"), "iban_wrong"),
        (Payment(holder="X", bank="Y", reference="1"), "account_missing"),
        (
            Payment(
                holder="X", bank="Y", iban="DE89370400440532013000", reference="RF19539007547034",
                reference_kind=ReferenceKind.RF,
            ),
            "reference_wrong",
        ),
        (
            Payment(
                holder="X", bank="Y", iban="DE89370400440532013000", reference="1234567",
                reference_kind=ReferenceKind.OCR,
            ),
            "reference_wrong",
        ),
    ],
)  # fmt: skip
def test_a_wrong_account_or_reference_is_refused(payment: Payment, code: str) -> None:
    assert code_of("letter", payment=payment) == code


def test_tax_must_follow_from_its_rate() -> None:
    def vat(kind: VatKind, rate: str, tax: str) -> tuple[VatLine, ...]:
        return (VatLine(kind=kind, rate=Decimal(rate), net=cast.eur("560.09"), vat=cast.eur(tax)),)

    wrong = {"vat": vat(VatKind.STANDARD, "25", "140.03"), "total": cast.eur("700.12")}
    assert code_of("invoice", **wrong) == "vat_differs"
    none_due = vat(VatKind.REVERSE_CHARGE, "0", "0.00")
    unnumbered = {"vat": none_due, "total": cast.eur("560.09"), "recipient_vat_number": None}
    assert code_of("invoice", **unnumbered) == "value_missing"
    paper = cast.write("invoice", "de", vat=none_due, total=cast.eur("560.09"))
    assert "Steuerschuldnerschaft des Leistungsempfängers" in text_of(paper.content)


def test_an_invoice_is_payable_or_settled() -> None:
    assert code_of("invoice", payment=None) == "value_missing"
    settled = cast.write("invoice", "en", payment=None, due_on=None, settled_by="R-2026-0093")
    assert "deducted in remittance R-2026-0093" in text_of(settled.content)


def test_floats_are_not_money_nor_percent() -> None:
    with pytest.raises(TypeError, match="float"):
        cast.write("acceptance", "en", percent=9.5)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(Refusal, match="“fr”"):
        cast.DOCUMENTS["letter"][0](cast.letter("en"), language="fr", at=cast.AT)


def test_a_naive_moment_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="aware"):
        render("statement", {}, language="en", at=cast.AT.replace(tzinfo=None))


def test_per_day_may_be_absent() -> None:
    text = text_of(cast.write("letter", "en", per_day=None, interest_to=date(2026, 11, 20)).content)
    assert "Interest is calculated to 20 November 2026." in text


def test_an_address_that_does_not_fit_the_window_is_refused() -> None:
    many = Address(name="A", lines=tuple(f"Line {n}" for n in range(7)), country="GB")
    assert code_of("letter", recipient=many) == "address_too_long"
    assert code_of("letter", recipient=address("恒" * 170)) == "address_too_long"
    fits = Address(name="A", lines=tuple(f"Line {n}" for n in range(5)), country="GB")
    assert "Line 4" in text_of(cast.write("letter", "en", recipient=fits).content)


def test_tax_in_the_sellers_own_currency_is_printed() -> None:
    local = Money(Decimal("1610.23"), "SEK")
    text = text_of(cast.write("invoice", "en", vat_local=local).content)
    assert "VAT in the currency of our country: SEK 1,610.23" in text
