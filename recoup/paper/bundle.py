"""Many papers as one: index, bookmarks, a number on every page. Pure (pikepdf, no clock, no network)."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf
from pikepdf import Dictionary, Name, OutlineItem

FONT = Name("/RecoupPageNumber")


@dataclass(frozen=True, slots=True)
class Piece:
    """One paper of a bundle; `section` groups the bookmarks, `day` stands in the index."""

    section: str
    title: str
    day: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a piece stands: its first and last page, counted from 1."""

    piece: Piece
    first: int
    last: int


def readable(content: bytes) -> int | None:
    """How many pages a PDF has; None for what is no PDF that can be opened without a password."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return len(pdf.pages)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError):
        return None


def placed(pieces: Sequence[Piece], *, start: int) -> list[Placed]:
    """The pages of each piece, the first piece beginning on page `start`."""
    found, page = [], start
    for piece in pieces:
        pages = readable(piece.content) or 0
        found.append(Placed(piece, page, page + pages - 1))
        page += pages
    return found


def joined(cover: bytes, pieces: Sequence[Piece], *, title: str) -> bytes:
    """Cover and pieces in one file, every page numbered `p / n`, with bookmarks by section."""
    with pikepdf.open(io.BytesIO(cover)) as out:
        for attached in (
            "/AcroForm",
            "/StructTreeRoot",
            "/MarkInfo",
            "/Metadata",
            "/OutputIntents",
        ):
            if attached in out.Root:
                del out.Root[attached]
        starts = placed(pieces, start=len(out.pages) + 1)
        for piece in pieces:
            with pikepdf.open(io.BytesIO(piece.content)) as source:
                out.pages.extend(source.pages)
        number(out)
        outline(out, starts, title)
        made = io.BytesIO()
        out.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
        return made.getvalue()


def number(pdf: pikepdf.Pdf) -> None:
    font = pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type1,
            BaseFont=Name.Helvetica,
            Encoding=Name.WinAnsiEncoding,
        )
    )
    count = len(pdf.pages)
    for n, page in enumerate(pdf.pages, 1):
        if "/Annots" in page.obj:  # fields and signatures of single papers mean nothing here
            del page.obj["/Annots"]
        page.add_resource(font, Name.Font, FONT, replace_existing=True)
        left, bottom, right, _ = (float(x) for x in page.cropbox)
        text = f"{n} / {count}"
        x = right - 22 - 4.2 * len(text)
        stamp = f"Q q 1 1 1 rg {x - 3:.1f} {bottom + 7:.1f} {4.2 * len(text) + 6:.1f} 11 re f 0.1 0.14 0.19 rg BT {FONT} 8 Tf {x:.1f} {bottom + 10:.1f} Td ({text}) Tj ET Q"
        page.contents_add(b"q\n", prepend=True)
        page.contents_add(f"\n{stamp}\n".encode())
        assert right > left


def outline(pdf: pikepdf.Pdf, starts: Sequence[Placed], title: str) -> None:
    with pdf.open_outline() as tree:
        tree.root.append(OutlineItem(title, 0))
        section: OutlineItem | None = None
        for one in starts:
            if section is None or section.title != one.piece.section:
                section = OutlineItem(one.piece.section, one.first - 1)
                tree.root.append(section)
            section.children.append(OutlineItem(f"{one.piece.title} ({one.first})", one.first - 1))
