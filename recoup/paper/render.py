"""Typesetting: a template and its data become PDF bytes (typst). No clock, no network.

Data travel as JSON in a string of the main file, so nothing in them is ever markup. The same data and
the same `at` give the same bytes. Compilers are kept: fonts are read once per process, templates are
evaluated once, and so is typst's library, which inputs by `sys.inputs` would build anew for each paper.
"""

import json
import re
import threading
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from recoup.kernel.refusal import N_, Refusal
from recoup.paper.languages import language_of

FOLDER = Path(__file__).parent
TEMPLATES = FOLDER / "templates"
Standard = Literal["a-2a", "a-3a", "a-2b", "a-3b", "ua-1"]
STANDARDS: tuple[Standard, ...] = ("a-2a", "ua-1")
UNSHOWN = re.compile(r'the text `"(.+?)"` could not be displayed')
_kept = threading.local()


@cache
def fonts() -> typst.Fonts:
    """Inter (in this room) and Noto Sans CJK (wheel); never the machine's own, so paper looks the
    same everywhere and a character without a glyph is noticed."""
    import manimgx_fonts_cjk

    cjk = Path(manimgx_fonts_cjk.__file__).parent
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False,
        font_paths=[str(FOLDER / "fonts"), str(cjk)],
    )  # fmt: skip


def compiler() -> typst.Compiler:
    """One for each thread: a compiler cannot be entered twice at once."""
    if not hasattr(_kept, "compiler"):
        _kept.compiler = typst.Compiler(
            root=str(TEMPLATES), font_paths=fonts(), ignore_system_fonts=True
        )
    found: typst.Compiler = _kept.compiler
    return found


def render(
    template: str, data: dict[str, Any], *, language: str, at: datetime,
    standards: Sequence[Standard] = STANDARDS,
) -> bytes:  # fmt: skip
    """The PDF of `templates/<template>.typ` with `data`, dated `at` (aware).

    `standards` are typst's names: PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1) by default.
    Raises `Refusal` `glyph_missing` when a character cannot be shown by our fonts, and
    `text_unprintable` for control, private-use or direction-changing characters.
    """
    content = compiled(template, data, language, at, format="pdf", pdf_standards=list(standards))
    assert isinstance(content, bytes)
    return content


def picture(template: str, data: dict[str, Any], *, language: str, at: datetime) -> bytes:
    """The first page as a PNG, to be looked at on a screen; refused as `render` is."""
    content = compiled(template, data, language, at, format="png", ppi=110.0)
    return content[0] if isinstance(content, list) else content


def compiled(
    template: str, data: dict[str, Any], language: str, at: datetime, **how: Any
) -> bytes | list[bytes]:
    if at.tzinfo is None:
        raise ValueError("at must be aware")
    spoken = language_of(language)
    known = {"lang": spoken.lang, "region": spoken.region, "face": spoken.face, "han": spoken.han}
    text = json.dumps(known | data, ensure_ascii=False, sort_keys=True)
    refuse_unprintable(text)
    try:
        content = compiler().compile(
            input=main(template, unicodedata.normalize("NFC", text)),
            timestamp=at.astimezone(UTC).replace(microsecond=0), **how,
        )  # fmt: skip
    except typst.TypstError as error:
        raise _translated(error) from None
    assert content is not None
    return content


def main(template: str, data: str) -> bytes:
    """A file that hands `data`, a JSON text, to a template. In a string only a backslash and a quotation mark
    mean anything; the call stands on a line of its own, so that a complaint about it quotes no data."""
    quoted = data.replace("\\", "\\\\").replace('"', '\\"')
    lines = (
        f'#import "{template}.typ": document',
        f'#let d = json(bytes("{quoted}"))',
        "#document(d)",
    )
    return "\n".join(lines).encode()


def refuse_unprintable(text: str) -> None:
    """Raises `Refusal` `text_unprintable`; line breaks arrive escaped by JSON and are refused too."""
    for character in set(text) - PRINTABLE:
        if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") or character in BIDI:
            raise unprintable(character)
    if escaped := ESCAPED.search(text.replace("\\\\", "")):
        raise unprintable(escaped[0])


PRINTABLE = frozenset(map(chr, range(0x20, 0x7F)))
# U+202A–202E, U+2066–2069 and marks can make a name read as another (UTS 39, Trojan Source).
BIDI = {chr(c) for c in (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}
ESCAPED = re.compile(r"\\(?:[bfnrt]|u[0-9a-f]{4})")


def unprintable(character: str) -> Refusal:
    code = f"U+{ord(character):04X}" if len(character) == 1 else character
    return Refusal(
        "text_unprintable",
        N_("The document was not written: a text contains the unprintable character %(found)s."),
        found=code,
    )


def _translated(error: typst.TypstError) -> Exception:
    unshown = UNSHOWN.findall(error.diagnostic)
    if not unshown:
        return RuntimeError(f"typst: {error.message}\n{error.diagnostic}")
    characters = ", ".join(dict.fromkeys(unshown))
    return Refusal(
        "glyph_missing",
        N_("The document was not written: our fonts cannot show “%(found)s”."),
        found=characters,
    )
