"""The house's own words: sentences and gaps, nothing that could be code; what the law wants is said."""

import pytest

from recoup.contact.sms import mobile, parts_of
from recoup.contact.wording import KINDS, MEDIA, lacking, read_legal, read_texts, required, standard
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.rules import CODES
from recoup.kernel.refusal import NotAnswered, Refusal
from recoup.paper.languages import LANGUAGES

LT02 = (
    "{{ settings.SECRET_KEY }}", "{% include 'x' %}", "{% for a in b %}x{% endfor %}", "{creditor.__class__}",
    "{0}", "{}", "{creditor!r}", "<% x %>", "$(rm)", "}", "{",
)  # fmt: skip


@pytest.mark.parametrize("text", LT02)
def test_lt02_nothing_that_could_be_code_stands_in_a_template(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_texts("notice", "letter", "en", {"letter.salutation": f"Dear {text}"})
    assert caught.value.code in ("template_code", "template_gap")
    assert caught.value.params["field"] == "letter.salutation"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_standard_words_are_themselves_fit_for_a_template(
    kind: str, medium: str, language: str
) -> None:
    assert read_texts(kind, medium, language, standard(kind, medium, language)) == {}


def test_a_gap_that_nobody_knows_is_named() -> None:
    with pytest.raises(Refusal) as caught:
        read_texts("notice", "email", "en", {"mail.subject": "For {secret}"})
    assert (caught.value.code, caught.value.params["found"]) == ("template_gap", "secret")


@pytest.mark.parametrize("gap", ["debtor", "total", "link"])
def test_a_subject_says_neither_who_owes_nor_how_much(gap: str) -> None:
    read_texts("notice", "email", "en", {"mail.subject": "{title} [{case}]"})
    with pytest.raises(Refusal) as caught:
        read_texts("notice", "email", "en", {"mail.subject": f"For {{{gap}}}"})
    assert caught.value.code == "template_gap"


def test_a_sentence_is_there_has_its_lines_and_its_length() -> None:
    for text, code in (("  ", "template_empty"), ("a\nb", "template_lines"), ("x" * 4001, "template_long"), ("a\u202eb", "text_unprintable")):  # fmt: skip
        with pytest.raises(Refusal) as caught:
            read_texts("notice", "letter", "en", {"letter.greeting": text})
        assert caught.value.code == code


def test_every_requirement_of_every_pack_is_either_met_or_asked_for() -> None:
    asked = 0
    for code in CODES:
        try:
            value = law(code).required_wording().value
        except NotAnswered:
            assert required(code) == ()
            continue
        listed = value if isinstance(value, list) else []
        assert [r.text for r in required(code)] == listed
        asked += len(listed)
    assert asked > 10


def test_the_standard_words_say_what_sweden_and_england_want_and_not_what_france_does() -> None:
    for code, language in (
        ("SE", "sv"),
        ("SE", "en"),
        ("GB", "en"),
        ("DE", "de"),
        ("HK", "zh-Hant"),
    ):
        for kind in KINDS:
            assert lacking(kind, language, code, {}, {}) == (), (code, kind)
    missing = lacking("notice", "en", "FR", {}, {})
    assert any("L111-8" in r.text for r in missing) and all(r.own for r in missing)


def test_a_demand_without_its_ground_or_rate_lacks_what_the_law_wants() -> None:
    bare = {"letter.notice.opening": "Please pay {total} to {creditor}."}
    assert [r.text for r in lacking("notice", "sv", "SE", bare, {})] == [
        "creditor name and ground of the claim"
    ]
    no_rate = {"letter.segment": "{number}: {interest}"}
    assert len(lacking("notice", "sv", "SE", no_rate, {})) == 1


def test_the_own_sentences_of_a_country_are_only_those_it_asks_for() -> None:
    texts = [r.text for r in required("FR") if r.own]
    legal = read_legal("FR", dict.fromkeys(texts, "Our sentence for {creditor}."))
    assert lacking("notice", "en", "FR", {}, legal) == ()
    with pytest.raises(Refusal):
        read_legal("FR", {"something else": "x"})
    with pytest.raises(Refusal):
        read_legal("FR", {texts[0]: "{{ x }}"})


@pytest.mark.parametrize(
    ("text", "coding", "length", "count"),
    [
        ("x" * 160, "GSM-7", 160, 1), ("x" * 161, "GSM-7", 161, 2), ("x" * 306, "GSM-7", 306, 2),
        ("x" * 307, "GSM-7", 307, 3), ("€" * 80, "GSM-7", 160, 1), ("付" * 70, "UCS-2", 70, 1),
        ("付" * 71, "UCS-2", 71, 2), ("å" * 160, "GSM-7", 160, 1), ("x" * 159 + "ł", "UCS-2", 160, 3),
        ("😀" * 35, "UCS-2", 70, 1),
    ],
)  # fmt: skip
def test_lt15_parts_of_a_text_message(text: str, coding: str, length: int, count: int) -> None:
    found = parts_of(text)
    assert (found.coding, found.length, found.count) == (coding, length, count)


def test_lt15_a_text_too_long_and_a_landline_are_refused() -> None:
    with pytest.raises(Refusal) as caught:
        read_texts("reminder", "sms", "en", {"sms.text": "x" * 1601})
    assert caught.value.code == "sms_long"
    assert mobile("070-123 45 67", "SE") == "+46701234567"
    assert mobile("+46 8 123 45 67", "SE") == "" == mobile("nobody", "SE")
