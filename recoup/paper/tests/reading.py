"""Reading a PDF back, for tests."""

import io

import pikepdf
import pypdf

from recoup.paper.parts import Paper


def text_of(pdf: bytes) -> str:
    """All text of all pages, with every kind of white space made one blank."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def squeezed(text: str) -> str:
    """Without white space, so that line breaks and grouping do not matter."""
    return "".join(text.replace("\u200b", "").split())


def page_texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def opened(paper: Paper | bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(paper if isinstance(paper, bytes) else paper.content))
