"""Names of countries and currencies in the reader's language, and kept sentences said in it."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext

from recoup.agreements.rules.asked import countries
from recoup.agreements.rules.sentences import Sentence
from recoup.kernel.refusal import Refusal
from recoup.web.kit.formats import country_text, current, html_lang, refusal_text

WITH_ARTICLE = (
    "AE",
    "BS",
    "CD",
    "CF",
    "DO",
    "GB",
    "GM",
    "IM",
    "KY",
    "MH",
    "MV",
    "NL",
    "PH",
    "SB",
    "SC",
    "US",
    "VG",
    "VI",
)


def country_in_sentence(code: str) -> str:
    """As it stands after a preposition: English writes some with an article."""
    article = "the " if html_lang() == "en-GB" and code in WITH_ARTICLE else ""
    return article + country_text(code)


def country_choices() -> list[tuple[str, str]]:
    return sorted(
        ((code, country_text(code)) for code in countries()), key=lambda pair: fold(pair[1])
    )


def fold(name: str) -> str:
    """For sorting by eye: no accents, Å and Ö after Z where they are letters of their own."""
    if current().language == "sv":
        table = str.maketrans({"å": "{", "ä": "|", "ö": "}", "Å": "{", "Ä": "|", "Ö": "}"})
        name = name.translate(table)
    plain = unicodedata.normalize("NFD", name.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def currency_choices(codes: Iterable[str], first: str) -> list[tuple[str, str]]:
    """The card's currencies, the agency's own first."""
    names = current().currencies
    ordered = sorted(codes, key=lambda code: (code != first, code))
    return [(code, f"{code} – {names.get(code, code)}") for code in ordered]


def say(kept: Mapping[str, Any]) -> str:
    """A kept sentence in the reader's language."""
    sentence = Sentence.from_json(dict(kept))
    params = {
        k: country_in_sentence(v) if k == "country" else gettext(v) if k == "basis" else v
        for k, v in sentence.params.items()
    }
    return refusal_text(Refusal(sentence.code, sentence.text, **params))


def told(refusal: Refusal) -> str:
    """A refusal's sentence with its country in the reader's language too."""
    params = dict(refusal.params)
    if isinstance(params.get("country"), str) and params["country"] in countries():
        params["country"] = country_in_sentence(params["country"])
    return refusal_text(Refusal(refusal.code, refusal.text, **params))
