from recoup.web.kit.derivations import phrase


def test_a_sentence_that_names_the_currency_shows_it_once():
    said = phrase(
        "Costs of %(amount)s %(currency)s are cut.", {"amount": "1240.00", "currency": "EUR"}
    )
    assert said == "Costs of 1,240.00 EUR are cut."


def test_an_amount_brings_its_currency_where_the_sentence_does_not():
    said = phrase("Costs of %(amount)s are cut.", {"amount": "1240.00", "currency": "EUR"})
    assert said == "Costs of 1,240.00\u00a0EUR are cut."
