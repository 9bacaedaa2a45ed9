import pytest
from django.utils.translation import override

from recoup.web.kit.derivations import phrase


def test_a_sentence_that_names_the_currency_shows_it_once():
    said = phrase(
        "Costs of %(amount)s %(currency)s are cut.", {"amount": "1240.00", "currency": "EUR"}
    )
    assert said == "Costs of 1,240.00 EUR are cut."


def test_an_amount_brings_its_currency_where_the_sentence_does_not():
    said = phrase("Costs of %(amount)s are cut.", {"amount": "1240.00", "currency": "EUR"})
    assert said == "Costs of 1,240.00\u00a0EUR are cut."


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("house practice: no statutory hours are established for business debtors", "Hauspraxis: Für Unternehmen als Schuldner sind keine gesetzlichen Zeiten festgestellt"),
        ("table", "eine Liste (CSV)"),
        ("BGB § 288(2)", "BGB § 288(2)"),
        ("", ""),
    ],
    ids=["house practice", "a code", "a statute", "nothing"],
)  # fmt: skip
def test_a_source_is_told_in_the_readers_language_and_a_statute_as_it_is_called(source, told):
    with override("de"):
        assert phrase("%(source)s", {"source": source}) == told
