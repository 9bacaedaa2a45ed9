"""Rules about files. Pure."""

import re
import unicodedata
from pathlib import PurePosixPath


def display_name(name: str) -> str:
    """A file's name fit to be shown and offered for download: no path, no control or direction
    characters, at most 120 characters; never used as a path (HOSTILE UP10)."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/"))
    plain = PurePosixPath(plain).name
    plain = "".join(c for c in plain if unicodedata.category(c)[0] != "C")
    plain = re.sub(r"\s+", " ", plain).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) <= 8:
        return f"{stem[: 119 - len(ending)]}.{ending}" if stem else f"document.{ending}"
    return plain[:120] or "document"
