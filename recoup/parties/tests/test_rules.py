"""Names found again, companies told from persons."""

import pytest

from recoup.kernel.refusal import Refusal
from recoup.parties.rules import clean, is_consumer, language_of, match_name, time_zone_of


@pytest.mark.parametrize(
    "same",
    [
        ("Müller & Söhne GmbH", "MUELLER + SOEHNE", "Muller Sohne Gmbh", "Mu ller Söhne GmbH", "Mu\u0308ller & So\u0308hne GmbH"),
        ("Straße AG", "STRASSE AG", "Strasse A.G."),
        ("Früh A/S", "Frueh AS", "FRÜH A.S."),
        ("Foo Sp. z o.o.", "FOO SP ZOO", "Foo"),
        ("O'Brien & Carter Ltd", "O’Brien Carter Limited", "OBRIEN & CARTER LTD."),
        ("恒達國際貿易有限公司", "恒達國際貿易"),
        ("İstanbul Ticaret A.Ş.", "Istanbul Ticaret A.S."),
    ],
)  # fmt: skip
def test_one_company_however_it_is_written(same: tuple[str, ...]) -> None:
    assert len({match_name(name) for name in same}) == 1, [match_name(name) for name in same]


@pytest.mark.parametrize(
    "name",
    [
        "Null",
        "None",
        "NaN",
        "True",
        "N/A",
        "Test",
        "1&1",
        "X",
        "GmbH",
        "&",
        "<GmbH>",
        "%s",
        "{0}",
        "🦊",
    ],
)
def test_odd_names_have_a_key_of_their_own(name: str) -> None:
    assert match_name(name) and len(match_name("y" * 500)) == 200


@pytest.mark.parametrize(
    "name",
    [
        "Norrland Timber AB",
        "Meier GmbH & Co. KG",
        "Hans Maier e.K.",
        "PT Maju",
        "深圳市恒达电子科技有限公司",
        "株式会社ミドリ",
        "BASF SE",
        "Baker, Inc.",
    ],
)
def test_a_legal_form_shows_a_company(name: str) -> None:
    assert is_consumer(name) is None


@pytest.mark.parametrize(
    "name", ["Anna Svensson", "Da Silva João", "Anna Ek", "王小明", "Kim Is", "AB"]
)
def test_a_name_alone_is_a_person(name: str) -> None:
    refusal = is_consumer(name)
    assert (
        refusal is not None and refusal.code == "consumer_suspected" and name in refusal.sentence()
    )


def test_a_number_shows_a_business_and_a_word_a_consumer() -> None:
    assert is_consumer("Anna Ek", vat_number="SE556016068001") is None
    said = is_consumer("Ek AB", said=True)
    assert said is not None and said.code == "consumer"


def test_languages_and_clocks() -> None:
    assert [language_of(c) for c in ("SE", "AT", "HK", "CN", "BR")] == [
        "sv",
        "de",
        "zh-Hant",
        "zh-Hans",
        "en",
    ]
    assert [time_zone_of(c) for c in ("SE", "HK", "US", "XX")] == [
        "Europe/Stockholm",
        "Asia/Hong_Kong",
        "",
        "",
    ]


def test_text_is_kept_as_it_is_but_for_what_is_not_text() -> None:
    odd = "D'Arcy & Söhne <GmbH> %s {0} $1 {{7*7}} ${7*7} <img onerror=x>"
    assert clean(odd, 200) == odd
    assert (
        clean("a\r\nBcc: x\u202e\u0000b", 200) == "a Bcc: xb"
        and clean("So\u0308hne", 200) == "Söhne"
    )
    for broken in ("\ud800", "\uffff", "\ue000"):
        with pytest.raises(Refusal):
            clean(broken, 10)


@pytest.mark.parametrize(
    ("written", "as_well"),
    [("Straße AG", "STRASSE AG"), ("Straße AG", "STRAẞE AG"), ("İstanbul Ticaret A.Ş.", "istanbul ticaret a.ş."),
     ("ŞİŞLİ Tekstil A.Ş.", "Şişli Tekstil A.Ş."), ("ΣΊΣΥΦΟΣ ΑΕ", "Σίσυφος ΑΕ"), ("ﬁrma GmbH", "FIRMA GmbH")],
)  # fmt: skip
def test_en02_small_and_large_letters_are_folded_whatever_their_length(
    written: str, as_well: str
) -> None:
    assert match_name(written) == match_name(as_well)
    assert "İ".lower() != "i" and len("İ".lower()) == 2, "the trap"


@pytest.mark.parametrize("longest", range(1, 8))
def test_en02_nothing_is_cut_by_the_length_of_another_spelling(longest: int) -> None:
    assert clean("İİİİ ß", longest) == "İİİİ ß"[:longest].strip()
    assert len(clean("ﬃ" * 9, longest)) == longest
