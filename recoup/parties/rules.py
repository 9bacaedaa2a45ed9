"""Who is a company, how its name is found again, which language and clock its country has. Pure."""

import re
import unicodedata
from functools import lru_cache

from recoup.jurisdictions.rules import CODES, rules
from recoup.kernel.refusal import N_, Refusal
from recoup.kernel.text import cut, is_broken, squeezed

# Legal forms as companies write them at the end (or the start) of their names, without dots and spaces.
# Sources: the companies acts of each country; ISO 20275 lists them all, these are the common ones.
FORMS = frozenset((
    "ab", "hb", "kb", "ekonomiskforening", "enskildfirma", "as", "asa", "ans", "enk", "nuf", "aps", "ivs",
    "ks", "oy", "oyj", "ky", "tmi", "gmbh", "ggmbh", "ug", "mbh", "ag", "kg", "kgaa", "ohg", "gbr", "eg",
    "ekfm", "partg", "se", "sarl", "sa", "sas", "sasu", "snc", "sca", "scs", "eurl", "sprl", "bvba", "bv",
    "nv", "vof", "cv", "srl", "spa", "sapa", "scarl", "scrl", "sl", "slu", "sau", "slne", "lda", "ltda",
    "spzoo", "spka", "spj", "spk", "sro", "vos", "doo", "dd", "kft", "bt", "zrt", "nyrt", "kkt", "ltd",
    "limited", "plc", "llp", "lp", "llc", "inc", "incorporated", "corp", "corporation", "co", "company",
    "cic", "dac", "clg", "uc", "pty", "pte", "bhd", "sdnbhd", "pvt", "kk", "gk", "yk", "fzco", "fzllc", "fze",
    "wll", "ood", "ead", "eood", "ad", "sia", "uab", "ou", "sadecv", "sderl", "eireli", "epp", "ooo", "oao",
    "zao", "pao", "tov", "ltdsti",
))  # fmt: skip
LAST_WORDS = frozenset(form[at:] for form in FORMS for at in range(len(form)))
# Those that stand before the name.
LEADING = frozenset(("sa", "pt", "ooo", "oao", "zao", "pao", "tov", "uab", "sia", "ab", "oy"))
SPACED = re.compile(r"[\w ]*")
DOTTED = re.compile(r"\be\. ?K\.(?=$|\s)")  # a registered merchant; without dots a surname
HAN_FORMS = ("股份有限公司", "有限責任公司", "有限责任公司", "有限公司", "無限公司", "集團", "集团", "公司",
             "合伙企业", "株式会社", "合同会社", "有限会社", "商行", "工厂", "廠", "厂")  # fmt: skip
TRANSLITERATED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th"}
)
LANGUAGES = {
    "SE": "sv", "AX": "sv", "DE": "de", "AT": "de", "CH": "de", "LI": "de",
    "HK": "zh-Hant", "MO": "zh-Hant", "TW": "zh-Hant", "CN": "zh-Hans",
}  # fmt: skip
MANY_CLOCKS = frozenset(
    ("AU", "BR", "CA", "CD", "CL", "ES", "ID", "KZ", "MN", "MX", "NZ", "PT", "RU", "US")
)
ZONES = {"LU": "Europe/Luxembourg", "LI": "Europe/Vaduz", "SI": "Europe/Ljubljana", "SK": "Europe/Bratislava",
         "HU": "Europe/Budapest", "RO": "Europe/Bucharest", "BG": "Europe/Sofia", "GR": "Europe/Athens",
         "EE": "Europe/Tallinn", "LV": "Europe/Riga", "LT": "Europe/Vilnius", "HR": "Europe/Zagreb",
         "MT": "Europe/Malta", "CY": "Asia/Nicosia", "IS": "Atlantic/Reykjavik", "TW": "Asia/Taipei",
         "MO": "Asia/Macau", "KR": "Asia/Seoul"}  # fmt: skip
NO_COMPANY = N_(
    "%(found)s seems to be a private person: there is no company number, no VAT number and no legal form "
    "such as AB, GmbH or Ltd. We collect from and for companies only."
)
SAID_CONSUMER = N_(
    "We collect commercial debts between companies only, never from or for private persons."
)


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """A name's words, folded: no case, accents, punctuation (EN01, EN02; SE03 Müller = Mueller = MULLER)."""
    text = name.casefold()
    if not name.isascii():
        text = unicodedata.normalize("NFKC", name).casefold().translate(TRANSLITERATED)
    if "ae" in text or "oe" in text or "ue" in text:
        text = re.sub(r"([ao])e|([^aeq]|^)ue", lambda m: m[1] or f"{m[2] or ''}u", text)
    if not text.isascii():
        text = unicodedata.normalize("NFD", text)
        text = "".join(c for c in text if not unicodedata.combining(c))
    if SPACED.fullmatch(text):
        return tuple(text.split())
    text = re.sub(r"(?<=\w)[.'’`](?=\w)", "", re.sub(r"\b(\w)/(\w)\b", r"\1\2", text))
    return tuple(re.findall(r"\w+", text))


@lru_cache(maxsize=4096)
def form_length(parts: tuple[str, ...]) -> int:
    """How many words at the end are a legal form (`sp. z o.o.` is three); 0 without one."""
    if not parts or parts[-1] not in LAST_WORDS:
        return 0
    for n in (4, 3, 2, 1):
        if len(parts) > n and "".join(parts[-n:]) in FORMS:
            return n
    return 0


def match_name(name: str) -> str:
    """The folded name without legal form and spaces, by which the same company is found again.

    `Müller & Söhne GmbH`, `MUELLER + SOEHNE` and `Muller Sohne Gmbh` all give `mullersohne`.
    """
    parts = words(name)
    while length := form_length(parts):
        parts = parts[:-length]
    key = "".join(parts)
    for form in HAN_FORMS if not key.isascii() else ():
        if key.endswith(form) and key != form:
            key = key[: -len(form)]
            break
    return (key or "".join(words(name)) or name.strip())[:200]


def has_legal_form(name: str) -> bool:
    """Whether a company's legal form stands in the name, written with or without dots and spaces."""
    parts = words(name)
    leading = len(parts) > 1 and parts[0] in LEADING
    han = not name.isascii() and any(form in name for form in HAN_FORMS)
    return leading or han or bool(form_length(parts) or DOTTED.search(name))


# Forms that only companies of these countries have; others tell nothing.
FORM_COUNTRIES = {
    "gmbh": "DE AT CH LI", "ug": "DE", "kgaa": "DE", "ohg": "DE AT", "ekfm": "DE", "ab": "SE FI AX", "hb": "SE", "oy": "FI AX",
    "oyj": "FI AX", "aps": "DK GL FO", "asa": "NO", "bv": "NL BE", "bvba": "BE", "sprl": "BE", "sarl": "FR LU CH MC", "sas": "FR IT",
    "sasu": "FR", "eurl": "FR", "srl": "IT RO ES MD AR MX", "spa": "IT DZ CL", "sl": "ES", "slu": "ES", "lda": "PT AO MZ", "spzoo": "PL",
    "sro": "CZ SK", "kft": "HU", "doo": "SI HR RS BA ME", "eood": "BG", "ood": "BG", "llc": "US AE", "pty": "AU ZA", "pvt": "IN PK",
}  # fmt: skip


def may_be_of(name: str, country: str) -> bool:
    """Whether a company's legal form can be one of this country; true where the form tells nothing."""
    parts = words(name)
    length = form_length(parts)
    of = FORM_COUNTRIES.get("".join(parts[-length:])) if length else None
    return of is None or country in of.split()


def is_consumer(
    name: str, *, registration_number: str = "", vat_number: str = "", said: bool = False
) -> Refusal | None:
    """Why a party cannot be served because it seems to be a private person; None for a business.

    A business has a company number, a VAT number or a legal form in its name. `said`: the client
    said so. Codes `consumer` and `consumer_suspected`.
    """
    if said:
        return Refusal("consumer", SAID_CONSUMER)
    if registration_number.strip() or vat_number.strip() or has_legal_form(name):
        return None
    return Refusal("consumer_suspected", NO_COMPANY, field="name", found=name)


def language_of(country: str) -> str:
    """The language (BCP 47, one of paper's five) to write to a company in a country in: English unless ours."""
    return LANGUAGES.get(country, "en")


@lru_cache(maxsize=512)
def time_zone_of(country: str) -> str:
    """The country's only time zone; "" where it has several or it is not held (then the strictest counts)."""
    if country in MANY_CLOCKS:
        return ""
    return rules(country).time_zone if country in CODES else ZONES.get(country, "")


def clean(text: str, longest: int) -> str:
    """Text as stored: NFC, one line, no control or invisible direction characters, no towers of marks, cut at
    `longest` but never inside a sign (PF06).

    Raises `Refusal` `text_broken` for lone surrogates, private use and non-characters (EN08).
    """
    if is_broken(text):
        raise Refusal("text_broken", N_("The text has characters that stand for nothing."))
    plain = "".join(" " if c in "\r\n\t" else c for c in unicodedata.normalize("NFC", text))
    plain = "".join(c for c in plain if unicodedata.category(c) not in ("Cc", "Cf"))
    return cut(squeezed(re.sub(r"\s+", " ", plain)).strip(), longest).strip()
