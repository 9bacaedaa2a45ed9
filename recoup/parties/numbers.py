"""Numbers that identify companies, accounts and telephones: shape and check digits, offline. Pure.

`valid` says that a number can exist, not that it does. Sources: python-stdnum (national registers and
tax offices), schwifty (ISO 13616 registry), phonenumbers (ITU E.164), own shapes where no check digit
is published (Hong Kong, Companies House, Kamer van Koophandel).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from recoup.kernel.refusal import N_, Refusal

LONGEST = 100
PRINTED = re.compile(r"(?<=[0-9A-Z])[.-](?=[0-9A-Z])")  # between the groups of an IBAN on paper
SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f", " "))
# python-stdnum modules by country: the register's number first, then the tax number companies also use.
# Slovakia's IČO is Czechoslovakia's: the Czech check.
COMPANY: dict[str, tuple[str, ...]] = {
    cc: tuple(modules.split())
    for cc, modules in {
        "AD": "nrt", "AL": "nipt", "AR": "cuit", "AT": "businessid uid", "AU": "acn abn", "AZ": "voen",
        "BE": "vat", "BG": "vat", "BR": "cnpj", "BY": "unp", "CA": "bn", "CH": "uid", "CL": "rut",
        "CN": "uscc", "CO": "nit", "CR": "cpj", "CY": "vat", "CZ": "dic", "DE": "handelsregisternummer vat",
        "DK": "cvr", "DO": "rnc", "DZ": "nif", "EC": "ruc", "EE": "registrikood", "EG": "tn", "ES": "cif nif",
        "FI": "ytunnus", "FO": "vn", "FR": "siren siret", "GB": "vat", "GH": "tin", "GN": "nifp", "GR": "vat",
        "GT": "nit", "HR": "oib", "HU": "anum", "ID": "npwp", "IE": "vat", "IL": "hp", "IN": "gstin",
        "IS": "kennitala", "IT": "iva", "JP": "cn", "KE": "pin", "KR": "brn", "LI": "peid", "LT": "pvm",
        "LU": "tva", "LV": "pvn", "MA": "ice", "MC": "tva", "MD": "idno", "ME": "pib", "MK": "edb", "MT": "vat",
        "MX": "rfc", "MZ": "nuit", "NL": "btw", "NO": "orgnr", "NZ": "ird", "PE": "ruc", "PL": "regon nip",
        "PT": "nif", "PY": "ruc", "RO": "cui onrc", "RS": "pib", "RU": "ogrn inn", "SE": "orgnr", "SG": "uen",
        "SI": "maticna ddv", "SK": "dph cz.dic", "SM": "coe", "SN": "ninea", "SV": "nit", "TH": "moa tin",
        "TN": "mf", "TR": "vkn", "TW": "ubn", "UA": "edrpou", "US": "ein", "UY": "rut", "VE": "rif",
        "VN": "mst", "ZA": "tin",
    }.items()
}  # fmt: skip
# Shapes without a published check digit, tried first.
SHAPES: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "HK": (
        (re.compile(r"([0-9]{8})(-?[0-9]{3}(-[0-9]{2}-[0-9]{2}-[0-9A-Z])?)?", re.ASCII), N_("It has the shape of a business registration number (8 digits).")),
        (re.compile(r"([0-9]{7}|F[0-9]{7})", re.ASCII), N_("It has the shape of a Companies Registry number (7 digits).")),
    ),
    "GB": ((re.compile(r"([0-9]{8}|(?:AC|CE|CS|FC|FE|GE|GN|GS|IC|IP|LP|NA|NC|NF|NI|NL|NO|NP|NR|NV|NZ|OC|OE|PC|R0|RC|RS|SA|SC|SE|SF|SG|SI|SL|SO|SP|SR|SZ|ZC)[0-9]{6}|R[0-9]{7}|IP[0-9]{5}R|SP[0-9]{5}R|RS[0-9]{5}R)", re.ASCII), N_("It has the shape of a Companies House number.")),),
    "NL": ((re.compile(r"([0-9]{8})([0-9]{4})?", re.ASCII), N_("It has the shape of a KvK number (8 digits).")),),
    "DE": ((re.compile(r"((?:HRA|HRB|GNR|PR|VR|GSR)[0-9]{1,6}[A-Z]{0,3})", re.ASCII), N_("It has the shape of a register number; the court is missing.")),),
}  # fmt: skip
WHY = {
    "InvalidChecksum": N_("The check digit is wrong."),
    "InvalidLength": N_("It has the wrong number of characters."),
    "InvalidComponent": N_("A part of it cannot occur."),
    "InvalidFormat": N_("It has not the shape of such a number."),
}
SOUND = N_("Its shape and check digits are right.")


@dataclass(frozen=True, slots=True)
class Check:
    """`normalised` is the number as registers write it, None if it is not valid; `why` is a sentence."""

    kind: str
    value: str
    valid: bool
    normalised: str | None
    why: str


def check_number(kind: str, value: str) -> Check:
    """Whether `value` can be a number of `kind`.

    Kinds: `vat` (with country prefix), `iban`, `bic`, `lei`, `company:CC`, `phone:CC` with ISO 3166 codes.
    Raises `Refusal` `kind_unknown`.
    """
    check = checker(kind)
    text = value.translate(SPACES).strip()
    odd = oddity(text, letters=kind == "company:DE")
    if odd:
        return Check(kind, value, False, None, odd)
    normalised, why = check(text)
    return Check(kind, value, normalised is not None, normalised, why)


Checker = Callable[[str], tuple[str | None, str]]


def checker(kind: str) -> Checker:
    family, _, country = kind.partition(":")
    if not country and family in ("vat", "iban", "bic", "lei"):
        return {"vat": vat, "iban": iban, "bic": bic, "lei": lei}[family]
    if family == "company" and (country in COMPANY or country in SHAPES):
        return lambda text: company(country, text)
    if family == "phone" and country in phone_regions():
        return lambda text: phone(country, text)
    raise Refusal("kind_unknown", N_("“%(found)s” is not a kind of number that can be checked."),
                  field="kind", found=kind)  # fmt: skip


def oddity(text: str, *, letters: bool) -> str | None:
    """Why a text is no number in any country: empty, endless, or in other characters than ASCII."""
    if not text:
        return N_("It is empty.")
    if len(text) > LONGEST:
        return N_("It is longer than any such number.")
    if all((c.isascii() and c.isprintable()) or (letters and c.isalpha()) for c in text):
        return None
    return N_("It has characters other than plain letters, digits and punctuation.")


def by_stdnum(module: str, text: str) -> tuple[str | None, str]:
    from stdnum.exceptions import ValidationError

    try:
        return str(import_module(module).validate(text)), SOUND
    except ValidationError as error:
        return None, WHY.get(type(error).__name__, WHY["InvalidFormat"])
    except (ValueError, TypeError, LookupError, AttributeError):  # what stdnum meets in odd texts
        return None, WHY["InvalidFormat"]


def vat(text: str) -> tuple[str | None, str]:
    """EU by country rules; GB, CH, NO and every other country python-stdnum knows, by prefix."""
    prefix = re.sub(r"[^A-Z]", "", text.upper()[:4])[:2]
    if not text[:1].isalpha():
        return None, N_("It does not start with a country code.")
    if prefix in EU:
        return by_stdnum("stdnum.eu.vat", text)
    if prefix == "XI":
        found, why = by_stdnum("stdnum.gb.vat", compact(text)[2:])
        return (f"XI{found}" if found else None), why
    return by_stdnum("stdnum.vatin", text)


EU = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "EL",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)


def iban(text: str) -> tuple[str | None, str]:
    from schwifty import IBAN
    from schwifty.exceptions import (
        InvalidBBANChecksum,
        InvalidChecksumDigits,
        InvalidCountryCode,
        InvalidLength,
        SchwiftyException,
    )  # fmt: skip

    try:
        return str(IBAN(PRINTED.sub("", compact(text)))), SOUND
    except InvalidCountryCode:
        return None, N_("No country with IBANs has this code.")
    except (InvalidChecksumDigits, InvalidBBANChecksum):
        return None, N_("The check digits are wrong.")
    except InvalidLength:
        return None, N_("It has not as many characters as IBANs of this country.")
    except (SchwiftyException, ValueError, LookupError):
        return None, WHY["InvalidFormat"]


def bic(text: str) -> tuple[str | None, str]:
    found, why = by_stdnum("stdnum.bic", text)
    if found:
        return found, N_("It has the shape of a BIC; BICs have no check digit.")
    return None, why if why == WHY["InvalidLength"] else N_(
        "A BIC has 8 or 11 characters: bank, country, place, branch."
    )


def lei(text: str) -> tuple[str | None, str]:
    return by_stdnum("stdnum.lei", text)


def company(country: str, text: str) -> tuple[str | None, str]:
    """A number of the country's company register, or the tax number companies use in its place."""
    for shape, why in SHAPES.get(country, ()):
        found = shape.fullmatch(text.upper().replace(" ", "").replace(".", ""))
        if found:
            return found[1], why
    answers = [by_stdnum(module_of(country, name), text) for name in COMPANY.get(country, ())]
    sound = next((answer for answer in answers if answer[0]), None)
    return sound or next(iter(answers), (None, WHY["InvalidFormat"]))


def module_of(country: str, name: str) -> str:
    package = {"IN": "in_", "IS": "is_"}.get(country, country.lower())
    return f"stdnum.{name}" if "." in name else f"stdnum.{package}.{name}"


def phone(region: str, text: str) -> tuple[str | None, str]:
    """E.164; `region` is where a number without a country code is dialled."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None, N_("It is not a telephone number.")
    if not phonenumbers.is_valid_number(number):
        return None, N_("No such number is in use in the country's numbering plan.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), N_(
        "It fits the numbering plan."
    )


def phone_regions() -> frozenset[str]:
    import phonenumbers

    return frozenset(phonenumbers.SUPPORTED_REGIONS)


def compact(text: str) -> str:
    return text.replace(" ", "").upper()
