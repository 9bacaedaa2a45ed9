import pytest

from recoup.kernel.refusal import Refusal
from recoup.paper.languages import LANGUAGES
from recoup.paper.wording import FOLDER, GAP, fill, flat, words_of


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_and_the_same_gaps(language: str) -> None:
    english, mine = words_of("en"), words_of(language)
    assert set(mine) == set(english)
    differing = {
        key
        for key in english
        if set(GAP.findall(str(mine[key]))) != set(GAP.findall(str(english[key])))
    }
    assert not differing


def test_there_is_a_file_for_each_language_and_no_other() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(LANGUAGES)


@pytest.mark.parametrize("language", ["sv", "de", "zh-Hant", "zh-Hans"])
def test_nothing_but_proper_names_was_left_in_english(language: str) -> None:
    english, mine = words_of("en"), words_of(language)
    left = {key for key in english if mine[key] == english[key]}
    allowed = {
        "pay.iban",
        "pay.bic",
        "pay.bank",
        "pay.bankgiro",
        "pay.plusgiro",
        "sheet.version",
        "sheet.period",
    }
    allowed |= {
        "table.in_currency",
        "rate.between",
        "mail.subject",
        "own.mail.subject",
        "mandate.iban",
        "mandate.bic",
    }
    assert left <= allowed


@pytest.mark.parametrize(
    ("language", "foreign"),
    [("zh-Hant", "们请应证账户发票还这书"), ("zh-Hans", "們請應證賬戶發還這書")],
)
def test_chinese_is_written_in_one_script(language: str, foreign: str) -> None:
    both = set("户") if language == "zh-Hant" else set()
    simplified = set(foreign) - both - set("票")
    assert not simplified & set((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))


def test_gaps_are_filled_in_one_pass() -> None:
    assert fill("{a} and {b}", {"a": "{b}", "b": "{a}"}) == "{b} and {a}"


@pytest.mark.parametrize("value", ["", "  ", None])
def test_a_gap_without_a_value_is_refused(value: str) -> None:
    with pytest.raises(Refusal) as caught:
        fill("Dear {name}", {"name": value})
    assert caught.value.code == "value_missing"


def test_an_empty_wording_is_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"a\.b"):
        flat({"a": {"b": " "}})


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_document_takes_the_words_of_another(language: str) -> None:
    """A key that stands twice in one file is read once, the later, without a word."""
    lines = (FOLDER / f"{language}.yaml").read_text(encoding="utf-8").splitlines()
    keys = [line.split(":")[0] for line in lines if line and line[0].isalpha()]
    assert len(keys) == len(set(keys))
