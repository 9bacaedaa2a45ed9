"""`recoup messages extract|compile|check|todo LANG|fill LANG FILE`: the words of the interface.

The catalogues lie in web/kit/locale, one .po per language for the whole product, made and read by
Babel, so that no system's gettext is needed. Keys are the English sentences; `N_` marks those of the
pure floors. `todo` prints what has no translation yet as JSON, `fill` takes the same JSON back.
"""

import copy
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[1]
LOCALES = PACKAGE / "web" / "kit" / "locale"
LANGUAGES = ("en", "sv", "de", "zh_Hant", "zh_Hans")
KEYWORDS: dict[str, Any] = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "N_": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
GAP = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
SKIPPED = {"tests", "migrations", "__pycache__"}
# A fixed day: a catalogue changes only when its words do.
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
USAGE = "usage: recoup messages extract | compile | check | todo LANG | fill LANG FILE"


def run(argv: list[str]) -> int:
    """0 done, 1 something is missing (`check`), 2 wrong usage."""
    match argv:
        case ["extract"]:
            return extract_all()
        case ["compile"]:
            return compile_all()
        case ["check"]:
            return check()
        case ["todo", language] if language in LANGUAGES:
            print(json.dumps(todo(read(language)), ensure_ascii=False, indent=1))
            return 0
        case ["fill", language, file] if language in LANGUAGES:
            return fill(language, json.loads(Path(file).read_text(encoding="utf-8")))
    print(USAGE, file=sys.stderr)
    return 2


def template_messages(fileobj: Any, keywords: Any, tags: Any, options: Any) -> Iterator[Any]:
    """A Babel extractor for Django templates: Django turns its tags into Python calls first."""
    from django.utils.translation.template import templatize

    python = templatize(fileobj.read().decode("utf-8"))
    # The template's indentation means nothing, to Python it would.
    lines = "\n".join(line.strip() for line in python.split("\n"))
    return extract_python(io.BytesIO(lines.encode("utf-8")), keywords, tags, options)


def sources(root: Path) -> Iterator[tuple[Path, Any]]:
    """(file, extraction method) of all code and templates below `root`, tests left out."""
    for path in sorted(root.rglob("*")):
        if SKIPPED & set(path.relative_to(root).parts):
            continue
        if path.suffix == ".py":
            yield path, "python"
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            yield path, template_messages


def collect(root: Path = PACKAGE) -> Catalog:
    """All messages of the code and templates below `root`."""
    catalog = Catalog(project="Recoup", charset="utf-8", creation_date=EPOCH, fuzzy=False)
    for path, method in sources(root):
        with path.open("rb") as fileobj:
            found = list(extract(method, fileobj, KEYWORDS, comment_tags=("Translators:",)))
        for _lineno, message, comments, context in found:
            where = path.relative_to(root.parent).as_posix()
            catalog.add(message, None, [(where, 0)], auto_comments=comments, context=context)
    return catalog


def path_of(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """The language's catalogue; a new empty one if there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Recoup", creation_date=EPOCH, fuzzy=False)
    with path.open("rb") as fileobj:
        return read_po(fileobj, locale=language)


def write(language: str, catalog: Catalog) -> None:
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog.fuzzy = False
    catalog.creation_date = catalog.revision_date = EPOCH
    catalog.header_comment = f"# Recoup, {language}. Made by `recoup messages extract`."
    catalog.last_translator = catalog.language_team = "Recoup"
    out = io.BytesIO()
    write_po(out, catalog, width=100, no_location=False, ignore_obsolete=True, sort_output=True,
             include_lineno=False)  # fmt: skip
    path.write_bytes(out.getvalue())


def extract_all() -> int:
    template = collect()
    for language in LANGUAGES:
        catalog = read(language)
        catalog.update(copy.deepcopy(template), no_fuzzy_matching=True)
        if language == "en":
            for message in words(catalog):
                message.string = message.string if done(message) else message.id
        write(language, catalog)
        missing = len(todo(catalog))
        print(f"{language}: {len(words(catalog))} messages, {missing} to do", file=sys.stderr)
    return 0


def compile_all() -> int:
    for language in LANGUAGES:
        source = path_of(language)
        made = source.with_suffix(".mo")
        if made.exists() and made.stat().st_mtime > source.stat().st_mtime:
            continue
        fresh = made.with_suffix(f".{os.getpid()}.part")
        with fresh.open("wb") as fileobj:
            write_mo(fileobj, read(language))
        fresh.replace(made)  # a running product may be reading it
    return 0


def words(catalog: Catalog) -> list[Message]:
    """The catalogue's messages without its header."""
    return [message for message in catalog if message.id]


def done(message: Message) -> bool:
    return not message.fuzzy and bool(forms(message.string)) and all(forms(message.string))


def key(message: Message) -> str:
    """Context and English sentence in one, as gettext itself joins them."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context}\x04{text}" if message.context else text


def todo(catalog: Catalog) -> dict[str, Any]:
    """What has no translation yet: {key: ""} or {key: ["" for each plural form]}."""
    return {key(m): "" if isinstance(m.id, str) else [""] * catalog.num_plurals
            for m in words(catalog) if not done(m)}  # fmt: skip


def fill(language: str, given: dict[str, Any]) -> int:
    catalog = read(language)
    for message in words(catalog):
        if given.get(key(message)):
            message.string = given[key(message)]
            message.flags.discard("fuzzy")
    write(language, catalog)
    print(f"{language}: {len(todo(catalog))} to do", file=sys.stderr)
    return 0


def gaps(text: str) -> set[str]:
    return set(GAP.findall(text.replace("%%", "")))


def faults(catalog: Catalog, template: Catalog) -> Iterator[str]:
    """One sentence for everything wrong with a language's catalogue."""
    have = {key(message): message for message in words(catalog)}
    for wanted in words(template):
        name = key(wanted)
        message = have.get(name)
        if message is None or type(message.id) is not type(wanted.id):
            yield f"not in the catalogue: {name!r}"
        elif not done(message):
            yield f"{'fuzzy' if message.fuzzy else 'untranslated'}: {name!r}"
        else:
            yield from gap_faults(message)
    for name in have.keys() - {key(message) for message in words(template)}:
        yield f"no longer in the product: {name!r}"


def forms(text: Any) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def gap_faults(message: Message) -> Iterator[str]:
    single = isinstance(message.id, str)
    known = set().union(*(gaps(text) for text in forms(message.id)))
    for text in forms(message.string):
        # A plural form may leave the number out ("one day"), never add a gap.
        if gaps(text) - known or (single and gaps(text) != known):
            yield f"gaps differ: {key(message)!r} → {text!r}"


def check() -> int:
    """Prints every fault; 1 if there is one."""
    template = collect()
    found = [f"{language}: {fault}" for language in LANGUAGES
             for fault in faults(read(language), template)]  # fmt: skip
    print("\n".join(found) or f"{len(words(template))} messages in {len(LANGUAGES)} languages")
    return 1 if found else 0
