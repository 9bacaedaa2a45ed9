"""One sentence of a *Why?*, kept with its gaps so that front doors can translate it. Pure."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence: an English text with named gaps, marked by `N_` where it is written."""

    code: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)

    def sentence(self, translated: str | None = None) -> str:
        """The sentence with its gaps filled; `translated` is the text in the reader's language."""
        return (self.text if translated is None else translated) % self.params
