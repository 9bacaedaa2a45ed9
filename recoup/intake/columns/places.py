"""Countries and currencies as people write them. Pure."""

from functools import lru_cache

from babel import Locale

from recoup.intake.columns.amounts import SYMBOLS
from recoup.intake.columns.fields import heading

LANGUAGES = (
    "en", "de", "fr", "sv", "nl", "es", "it", "da", "nb", "fi", "pl", "pt", "zh_Hant", "zh_Hans", "zh_Hant_HK",
)  # fmt: skip
ALSO = {
    "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "greatbritain": "GB", "usa": "US", "eire": "IE",
    "holland": "NL", "prc": "CN", "chinaprc": "CN", "hongkong": "HK", "hongkongsar": "HK", "el": "GR", "xi": "GB",
    "brd": "DE", "d": "DE", "a": "AT", "f": "FR", "i": "IT", "e": "ES", "s": "SE", "香港": "HK", "中国": "CN",
    "中國": "CN", "中华人民共和国": "CN", "中華人民共和國": "CN", "台湾": "TW", "台灣": "TW", "澳门": "MO", "澳門": "MO",
}  # fmt: skip
# A VAT number's prefix where it is not the country's code.
PREFIXES = {"EL": "GR", "XI": "GB"}
HONG_KONG = ("香港", "九龍", "九龙", "新界", "kowloon", "hong kong", "new territories")


NO_COUNTRIES = frozenset(("EU", "UN", "EZ", "XA", "XB", "ZZ", "QO"))


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(heading(name), code)
    return found | ALSO


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    found = (str(code) for code in Locale("en").territories)
    return frozenset(c for c in found if len(c) == 2 and c.isalpha()) - NO_COUNTRIES


@lru_cache(maxsize=4096)
def country_of(text: str) -> str | None:
    """The ISO 3166 code of a country as written, None where it is none."""
    plain = text.strip()
    known = names().get(heading(plain))
    if plain.upper() in codes() and heading(plain) not in ALSO:
        return plain.upper()
    return known


def country_of_vat(vat: str) -> str:
    """The country that a VAT number's prefix names, "" where it names none."""
    prefix = vat.strip()[:2].upper()
    if not prefix.isalpha():
        return ""
    prefix = PREFIXES.get(prefix, prefix)
    return prefix if prefix in codes() else ""


def country_of_address(text: str) -> str:
    """Hong Kong names its districts and has no postcodes; other addresses say nothing certain."""
    plain = text.casefold()
    return "HK" if any(word in plain for word in HONG_KONG) else ""


@lru_cache(maxsize=1024)
def currency_of(text: str) -> str | None:
    """The ISO 4217 code of a currency as written: its code or a sign that only it has."""
    plain = text.strip()
    if len(plain) == 3 and plain.isascii() and plain.isalpha():
        return {"RMB": "CNY"}.get(plain.upper(), plain.upper())
    return SYMBOLS.get(plain) or {"人民币": "CNY", "人民幣": "CNY", "港币": "HKD", "港幣": "HKD", "欧元": "EUR", "歐元": "EUR"}.get(plain)  # fmt: skip
