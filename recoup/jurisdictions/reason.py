"""One sentence of a *Why?*, kept with its gaps so that front doors can translate it. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Reason(NamedTuple):
    """One sentence: an English text with named gaps, marked by `N_` where it is written."""

    code: str
    text: str
    params: Mapping[str, Any] = NOTHING

    def sentence(self, translated: str | None = None) -> str:
        """The sentence with its gaps filled; `translated` is the text in the reader's language."""
        return (self.text if translated is None else translated) % self.params
