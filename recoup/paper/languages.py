"""The five languages of paper: locale for figures, language and faces for typesetting. Pure."""

from dataclasses import dataclass

from babel import Locale

from recoup.kernel.refusal import N_, Refusal


@dataclass(frozen=True, slots=True)
class Language:
    """`day` is for sentences, `weekday` for deadlines, `short` for tables (CLDR patterns);
    `code_first` says whether the currency code stands before the figure."""

    code: str
    locale: Locale
    lang: str
    region: str
    face: str
    day: str
    weekday: str
    short: str
    code_first: bool

    @property
    def han(self) -> bool:
        return self.lang == "zh"


LANGUAGES = {
    each.code: each
    for each in (
        Language(
            "en", Locale("en", "GB"), "en", "GB", "Noto Sans CJK SC",
            "d MMMM y", "EEEE d MMMM y", "d MMM y", True,
        ),
        Language(
            "sv", Locale("sv", "SE"), "sv", "SE", "Noto Sans CJK SC",
            "d MMMM y", "EEEE 'den' d MMMM y", "y-MM-dd", False,
        ),
        Language(
            "de", Locale("de", "DE"), "de", "DE", "Noto Sans CJK SC",
            "d. MMMM y", "EEEE, d. MMMM y", "dd.MM.y", False,
        ),
        Language(
            "zh-Hant", Locale("zh", "HK", "Hant"), "zh", "HK", "Noto Sans CJK HK",
            "y年M月d日", "y年M月d日（EEEE）", "y-MM-dd", True,
        ),
        Language(
            "zh-Hans", Locale("zh", "CN", "Hans"), "zh", "CN", "Noto Sans CJK SC",
            "y年M月d日", "y年M月d日（EEEE）", "y-MM-dd", True,
        ),
    )
}  # fmt: skip

# Regional shapes of the same characters, by where the reader is (Taiwan reads Traditional too).
FACES = {"TW": "Noto Sans CJK TC", "HK": "Noto Sans CJK HK", "MO": "Noto Sans CJK HK"}


def language_of(code: str) -> Language:
    """By BCP 47 code in any case (`zh-hant`). Raises `Refusal` `language_unknown` for anything but en,
    sv, de, zh-Hant, zh-Hans."""
    first, dash, rest = code.partition("-")
    try:
        return LANGUAGES[first.lower() + dash + rest.title()]
    except KeyError:
        raise Refusal(
            "language_unknown", N_("Documents cannot be written in “%(found)s”."), found=code
        ) from None


def spoken_or_english(code: str) -> Language:
    """As `language_of`; English for a reader whose language nothing is written in."""
    try:
        return language_of(code)
    except Refusal:
        return LANGUAGES["en"]


def face_of(language: Language, country: str) -> str:
    """The Noto face for Han characters: by the reader's country where the language leaves it open."""
    if language.code == "zh-Hant":
        return FACES.get(country, language.face)
    return language.face if language.han else FACES.get(country, language.face)
