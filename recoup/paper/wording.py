"""The words of every document, one file per language with the same keys. Pure.

Gaps are `{name}`, filled in one pass, so that braces inside a value stay what they are.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from recoup.kernel.refusal import N_, Refusal
from recoup.paper.languages import language_of

FOLDER = Path(__file__).parent / "wording"
GAP = re.compile(r"\{([a-z_]+)\}")


def flat(tree: dict[str, Any], before: str = "") -> dict[str, str | list[str]]:
    """`{"a": {"b": "x"}}` → `{"a.b": "x"}`; lists of sentences stay lists."""
    found: dict[str, str | list[str]] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            found |= flat(value, f"{before}{key}.")
        elif (isinstance(value, list) and all(isinstance(v, str) for v in value)) or (
            isinstance(value, str) and value.strip()
        ):
            found[before + key] = value
        else:
            raise ValueError(f"wording {before}{key} is {value!r}, not words")
    return found


@cache
def words_of(language: str) -> dict[str, str | list[str]]:
    return flat(yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8")))


def fill(text: str, gaps: dict[str, str]) -> str:
    """`text` with its gaps filled. Raises `Refusal` `value_missing` for a gap without a value."""

    def value(match: re.Match[str]) -> str:
        found = gaps.get(match[1])
        if not isinstance(found, str) or not found.strip():
            raise missing(match[1])
        return found

    return GAP.sub(value, text)


def missing(field: str) -> Refusal:
    return Refusal(
        "value_missing", N_("The document was not written: “%(field)s” is missing."), field=field
    )


class Wording:
    """`say(key, **gaps)` in one language; `own` are a house's own sentences for some of the keys, whose gaps
    may be any of `known` too. An unknown key is a mistake of ours: `KeyError`.

    Raises `Refusal` `language_unknown`.
    """

    def __init__(
        self, language: str, own: Mapping[str, str] | None = None, known: Mapping[str, str] | None = None
    ) -> None:  # fmt: skip
        standard = words_of(language_of(language).code)
        self._words: Mapping[str, str | list[str]] = {**standard, **own} if own else standard
        self._known = dict(known or {})

    def say(self, key: str, **gaps: str) -> str:
        text = self._words[key]
        assert isinstance(text, str), key
        return fill(text, self._known | gaps)

    def each(self, key: str, **gaps: str) -> list[str]:
        """A list of sentences or paragraphs."""
        texts = self._words[key]
        assert isinstance(texts, list), key
        return [fill(text, gaps) for text in texts]
