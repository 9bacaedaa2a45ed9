"""The catalogues, and the tool that keeps them."""

import os

import pytest
from babel.messages.catalog import Catalog

from recoup.console import messages


def found_in(tmp_path, **files: str) -> dict[str, object]:
    root = tmp_path / "room"
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_html", ".html").replace("_py", ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return {messages.key(m): m for m in messages.words(messages.collect(root))}


def test_words_are_found_in_code_and_templates(tmp_path):
    found = found_in(
        tmp_path,
        rules_py='x = N_("One "\n       "sentence.")\ny = ngettext("%(n)d day", "%(n)d days", 2)\n',
        templates__page_html='<div>\n      {% translate "Pay now" %}\n  {% button _("Send it") %}\n'
        "{% blocktranslate with a=b %}Dear {{ a }}{% endblocktranslate %}"
        '{% translate "Next" context "page" %}',
        tests__test_py='_("Not this")',
    )
    assert set(found) == {
        "One sentence.",
        "%(n)d day",
        "Pay now",
        "Send it",
        "Dear %(a)s",
        "page\x04Next",
    }


def test_every_sentence_of_the_product_is_translated_and_keeps_its_gaps():
    template = messages.collect()
    assert len(messages.words(template)) > 200
    wrong = [f"{language}: {fault}" for language in messages.LANGUAGES
             for fault in messages.faults(messages.read(language), template)]  # fmt: skip
    assert wrong == []


def catalogue(*rows: tuple[str, str]) -> Catalog:
    made = Catalog(locale="sv", fuzzy=False)
    for english, swedish in rows:
        made.add(english, swedish)
    return made


def faults(ours: Catalog, *english: str) -> list[str]:
    return list(messages.faults(ours, catalogue(*((text, "") for text in english))))


def test_check_names_what_is_missing_empty_fuzzy_stale_or_lost_a_gap():
    assert faults(catalogue(), "A") == ["not in the catalogue: 'A'"]
    assert faults(catalogue(("A", "")), "A") == ["untranslated: 'A'"]
    assert faults(catalogue(("A", "B"))) == ["no longer in the product: 'A'"]
    assert faults(catalogue(("%(a)s owes", "%(b)s är skyldig")), "%(a)s owes") == [
        "gaps differ: '%(a)s owes' → '%(b)s är skyldig'"
    ]
    assert faults(catalogue(("%(a)s owes", "är skyldig %(a)s")), "%(a)s owes") == []
    doubtful = catalogue(("A", "B"))
    doubtful.get("A").flags.add("fuzzy")
    assert faults(doubtful, "A") == ["fuzzy: 'A'"]


def test_a_plural_form_may_leave_the_number_out_but_not_add_a_gap():
    ours, template = Catalog(locale="sv", fuzzy=False), Catalog(fuzzy=False)
    ours.add(("%(n)d day", "%(n)d days"), ("en dag", "%(n)d dagar"))
    template.add(("%(n)d day", "%(n)d days"), ("", ""))
    assert list(messages.faults(ours, template)) == []
    ours.get("%(n)d day").string = ("en dag", "%(x)d dagar")
    assert len(list(messages.faults(ours, template))) == 1


def test_wrong_usage_is_said():
    assert messages.run(["translate"]) == 2
    assert messages.run(["todo", "fr"]) == 2


def test_a_reader_never_meets_half_a_compiled_catalogue(tmp_path, monkeypatch):
    """Compiling that breaks half-way leaves what was there, and the file is one or the other whole."""
    place = tmp_path / "sv" / "LC_MESSAGES"
    place.mkdir(parents=True)
    monkeypatch.setattr(messages, "LOCALES", tmp_path)
    monkeypatch.setattr(messages, "LANGUAGES", ("sv",))
    messages.write("sv", catalogue(("A", "B")))
    assert messages.compile_all() == 0
    whole = (place / "django.mo").read_bytes()

    def breaks(fileobj, _catalog):
        fileobj.write(whole[:20])
        raise OSError("no space left")

    monkeypatch.setattr(messages, "write_mo", breaks)
    os.utime(place / "django.po", (2e9, 2e9))
    with pytest.raises(OSError, match="no space"):
        messages.compile_all()
    assert (place / "django.mo").read_bytes() == whole


def test_a_catalogue_is_compiled_when_its_words_are_newer(monkeypatch, tmp_path):
    monkeypatch.setattr(messages, "LOCALES", tmp_path)
    monkeypatch.setattr(messages, "LANGUAGES", ("sv",))
    messages.write("sv", catalogue(("One", "Ett")))
    made = messages.path_of("sv").with_suffix(".mo")
    messages.compile_all()
    first = made.read_bytes()
    made.write_bytes(b"as it was")
    messages.compile_all()
    assert made.read_bytes() == b"as it was", "nothing changed: nothing is made"
    messages.write("sv", catalogue(("One", "Ett")))
    os.utime(messages.path_of("sv"), (2e9, 2e9))
    messages.compile_all()
    assert made.read_bytes() == first
