"""A refusal: the one sentence a person gets when something cannot be done.

Pure. The sentence is an English message with named gaps; front doors translate it with gettext and
fill the gaps, so page, API, log and command line say the same.
"""

from typing import Any


def N_(text: str) -> str:
    """Mark `text` for translation without translating it here (extracted by `make messages`)."""
    return text


class Refusal(Exception):
    """Something was asked that cannot be done; nothing has been changed.

    `code` is stable and machine-readable; `text` is a sentence with `%(name)s` gaps, marked by
    `N_`; `where` holds whichever of file, row, field, found apply; other keywords fill the gaps.
    """

    def __init__(self, code: str, text: str, **params: Any) -> None:
        self.code = code
        self.text = text
        self.params = params
        super().__init__(self.sentence())

    def sentence(self, translated: str | None = None) -> str:
        """The sentence with its gaps filled; `translated` is the text in the reader's language."""
        return (self.text if translated is None else translated) % self.params

    def as_error(self) -> dict[str, Any]:
        """`{"code", "message", "file", "row", "field", "found"}`, only the fields that apply."""
        where: dict[str, Any] = {
            k: self.params[k] for k in ("file", "row", "field", "found") if k in self.params
        }
        return {"code": self.code, "message": self.sentence(), **where}


class NotKnown(Refusal):
    """The law has an answer, but its value for the day asked for is not established or published yet."""


class NotAnswered(Refusal):
    """This country gives no answer to the question; the case goes to a person."""
