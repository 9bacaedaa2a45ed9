"""What a file is by its content, never by its name; which kinds are kept; pictures without what they tell of
their maker. Pure."""

import re
import struct

from recoup.kernel.refusal import N_, Refusal

PDF, XML, PNG, JPEG = "application/pdf", "application/xml", "image/png", "image/jpeg"
MOST_PIXELS = 50_000_000
# Beginnings of what is run or unpacked, and how it is called.
NOT_KEPT = (
    (b"MZ", "EXE"), (b"\x7fELF", "ELF"), (b"PK\x03\x04", "ZIP"), (b"PK\x05\x06", "ZIP"), (b"GIF8", "GIF"), (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"), (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7z"), (b"\x1f\x8b", "gzip"), (b"\xd0\xcf\x11\xe0", "OLE"),
    (b"#!", "script"), (b"RIFF", "RIFF"), (b"\xca\xfe\xba\xbe", "class"), (b"BM", "BMP"),
)  # fmt: skip
MARKUP = re.compile(rb"<\s*(?:!doctype\s+html|html|script|svg|iframe|body)\b", re.IGNORECASE)
PNG_HEAD, JPEG_HEAD = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
TOLD = (b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME")


def kind_of(content: bytes, *, file: str) -> str:
    """The media type of a file that may be kept, "" where only its reader can tell (XML in any encoding).

    Raises `Refusal` `file_kind` (a program, an archive, a page, another kind of picture), `file_two_kinds`
    (one file that is two), `picture_too_large`, `picture_broken`.
    """
    if content.startswith(b"%PDF-"):
        refuse_second(content, file)
        return PDF
    if content.startswith(PNG_HEAD):
        refuse_large(*png_size(content, file), file)
        refuse_second(content, file)
        return PNG
    if content.startswith(JPEG_HEAD):
        refuse_large(*jpeg_size(content, file), file)
        refuse_second(content, file)
        return JPEG
    for head, name in NOT_KEPT:
        if content.startswith(head) and name not in ("ZIP",):
            raise not_kept(file, name)
    if (found := MARKUP.search(content[:4096])) is not None:
        raise not_kept(file, found[0].decode("ascii", "replace").strip("< ").upper())
    return ""


def not_kept(file: str, kind: str) -> Refusal:
    text = N_("%(file)s is %(found)s by its content; send it as PDF, XML, PNG or JPEG.")
    return Refusal("file_kind", text, file=file, found=kind)


def refuse_second(content: bytes, file: str) -> None:
    """A PDF or picture with an archive at its end or a page at its beginning is two files in one."""
    tail = content[-70_000:]
    at = tail.rfind(b"PK\x05\x06")
    archive = at >= 0 and len(tail) - at >= 22 and b"PK\x01\x02" in content
    page = MARKUP.search(content[:1024])
    if archive or page:
        raise Refusal(
            "file_two_kinds", N_("%(file)s is two kinds of file in one; such a file is not taken."), file=file
        )  # fmt: skip


def png_size(content: bytes, file: str) -> tuple[int, int]:
    if len(content) < 33 or content[12:16] != b"IHDR":
        raise broken(file)
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def jpeg_size(content: bytes, file: str) -> tuple[int, int]:
    for marker, body in segments(content):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and len(body) >= 5:
            height, width = struct.unpack(">HH", body[1:5])
            return width, height
    raise broken(file)


def segments(content: bytes) -> list[tuple[int, bytes]]:
    """The marked parts of a JPEG before its picture begins."""
    found, at = [], 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        length = struct.unpack(">H", content[at + 2 : at + 4])[0]
        if marker == 0xDA or length < 2:
            break
        found.append((marker, content[at + 4 : at + 2 + length]))
        at += 2 + length
    return found


def broken(file: str) -> Refusal:
    return Refusal("picture_broken", N_("%(file)s is no picture that can be read."), file=file)


def refuse_large(width: int, height: int, file: str) -> None:
    if not width or not height or width * height > MOST_PIXELS:
        text = N_("%(file)s has %(found)s picture points; up to %(most)d million are taken.")
        raise Refusal(
            "picture_too_large",
            text,
            file=file,
            found=f"{width} × {height}",
            most=MOST_PIXELS // 1_000_000,
        )


def shared_copy(content: bytes, media_type: str) -> bytes:
    """The copy that others get: a picture without place, camera and maker, a PDF without who made it with what;
    anything else as it is."""
    if media_type == JPEG:
        return plain_jpeg(content)
    if media_type == PDF:
        return plain_pdf(content)
    return plain_png(content) if media_type == PNG else content


# Who wrote a PDF, with what: in its dictionary of facts, and in its XMP packet.
PDF_FACT = re.compile(
    rb"(/(?:Author|Creator|Company|Manager|LastModifiedBy)\s*)(\((?:\\.|[^\\()]){0,2000}\)|<[0-9A-Fa-f\s]{0,4000}>)"
)
XMP_FACT = re.compile(
    rb"(<(dc:creator|xmp:CreatorTool|pdfx:Company|pdfx:Manager)\b[^>]{0,200}>)(.{0,4000}?)(</\2>)", re.DOTALL
)  # fmt: skip


def plain_pdf(content: bytes) -> bytes:
    """Author, program and company become blanks of the same length, so that every place in the file stays where
    its table says. A signed file is left alone, since a changed one is no longer what was signed; so is what
    stands inside a packed part of the file."""
    if b"/ByteRange" in content:
        return content

    def blank(found: re.Match[bytes]) -> bytes:
        value = found[2]
        return found[1] + value[:1] + b" " * (len(value) - 2) + value[-1:]

    told = PDF_FACT.sub(blank, content)
    return XMP_FACT.sub(lambda m: m[1] + re.sub(rb"[^<>\s](?![^<]*>)", b" ", m[3]) + m[4], told)


def plain_jpeg(content: bytes) -> bytes:
    out, at = bytearray(content[:2]), 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], struct.unpack(">H", content[at + 2 : at + 4])[0]
        if marker == 0xDA or length < 2:
            break
        if marker not in (0xE1, 0xED, 0xFE):  # Exif and XMP, Photoshop, comments
            out += content[at : at + 2 + length]
        at += 2 + length
    return bytes(out) + content[at:]


def plain_png(content: bytes) -> bytes:
    out, at = bytearray(content[:8]), 8
    while at + 12 <= len(content):
        length = struct.unpack(">I", content[at : at + 4])[0]
        if content[at + 4 : at + 8] not in TOLD:
            out += content[at : at + 12 + length]
        if content[at + 4 : at + 8] == b"IEND":
            break  # what stands behind the end is no picture
        at += 12 + length
    return bytes(out)
