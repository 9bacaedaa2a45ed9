"""What to say on the telephone, by language: how to begin, and the answers to what one usually hears.

Pure data in `guides/<language>.yaml`, the same entries in each; every answer leads to one act at the
desk. Nothing in it threatens, or says what nobody has authorised.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "guides"
LANGUAGES = ("en", "sv", "de", "zh-Hant", "zh-Hans")
# What an answer leads to: an outcome of the call, or another act of the case's page.
ACTS = ("wants_copy", "disputes", "promised", "wants_plan", "call_back", "paid_already", "will_answer",
        "refuses", "wrong_person")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """`heard` is what the debtor says, `say` the reply, `ask` what to find out, `then` the act."""

    code: str
    heard: str
    say: str
    ask: str
    then: str


@dataclass(frozen=True, slots=True)
class Guide:
    language: str
    begin: tuple[str, ...]
    close: str
    answers: tuple[Answer, ...]


@lru_cache(maxsize=8)
def guide(language: str) -> Guide:
    """The guide in a language; English for one that has none."""
    code = language if language in LANGUAGES else nearest(language)
    doc: dict[str, Any] = yaml.safe_load((FOLDER / f"{code}.yaml").read_text(encoding="utf-8"))
    answers = tuple(Answer(code=str(k), **v) for k, v in doc["answers"].items())
    return Guide(code, tuple(doc["begin"]), str(doc["close"]), answers)


def nearest(language: str) -> str:
    wanted = language.lower()
    return next((one for one in LANGUAGES if one.lower() == wanted), "") or next(
        (one for one in LANGUAGES if one == wanted.split("-")[0]), "en"
    )
