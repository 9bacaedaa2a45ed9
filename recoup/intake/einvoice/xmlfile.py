"""Bytes to a hardened XML tree, also where the declared encoding is wrong."""

import re

from lxml import etree

from recoup.intake.einvoice.reading import Notice, notice
from recoup.kernel.refusal import N_, Refusal
from recoup.kernel.xml import parse_xml

DECLARATION = re.compile(rb"\s*<\?xml[^>]{0,200}?\?>", re.DOTALL)
ENCODING = re.compile(rb"encoding\s*=\s*[\"']\s*([A-Za-z0-9._-]{1,40})\s*[\"']")
# Embedded documents are not read here, and a text over 10 MB would stop the hardened parser.
EMBEDDED = re.compile(
    rb"(<(?:[\w.-]+:)?(?:EmbeddedDocumentBinaryObject|AttachmentBinaryObject|Attachment)\b[^<>]*>)"
    rb"[A-Za-z0-9+/=\s]{100000,}(?=</)"
)
XINCLUDE = "{http://www.w3.org/2001/XInclude}"
BYTE_ORDER = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def root_of(content: bytes, *, file: str) -> tuple[etree._Element, tuple[Notice, ...]]:
    """The root element and what had to be assumed about the encoding.

    Raises `Refusal` `xml_doctype`, `xml_broken`, `xml_include` (XInclude).
    """
    declared = declared_encoding(content)
    actual = actual_encoding(content, declared)
    notices: tuple[Notice, ...] = ()
    if actual:
        notices = (notice(
            "encoding_wrong",
            N_("The file says its text is %(declared)s, but it is %(actual)s; check names and addresses."),
            declared=declared or "UTF-8", actual=actual,
        ),)  # fmt: skip
        content = DECLARATION.sub(b"", content.decode(actual).lstrip("\ufeff").encode(), count=1)
    try:
        root = parse_xml(EMBEDDED.sub(rb"\1", content), file=file)
    except LookupError as error:
        raise Refusal("xml_broken", N_("%(file)s is not well-formed XML: %(reason)s."),
                      file=file, reason=str(error)) from None  # fmt: skip
    if next(root.iter(XINCLUDE + "*"), None) is not None:
        raise Refusal("xml_include", N_("%(file)s asks to include other files (XInclude), which is "
                                        "never accepted."), file=file)  # fmt: skip
    return root, notices


def declared_encoding(content: bytes) -> str | None:
    head = DECLARATION.match(content[3:400] if content[:3] == b"\xef\xbb\xbf" else content[:400])
    found = ENCODING.search(head[0]) if head else None
    return found[1].decode("ascii") if found else None


def actual_encoding(content: bytes, declared: str | None) -> str | None:
    """The encoding to read with where the declared one is contradicted by the bytes, else None.

    Text that is sound UTF-8 and not plain ASCII is UTF-8, whatever single-byte set was declared:
    by chance that hardly ever happens. Bytes that are no UTF-8 are read as Windows-1252.
    """
    for mark, name in BYTE_ORDER.items():
        if content.startswith(mark):
            agrees = (declared or name).lower().startswith(name[:5])
            return None if agrees or not decodes(content, name) else name
    if b"\0" in content[:4] or content.isascii():
        unknown = declared is not None and not decodes(b"", declared)
        return "utf-8" if unknown and content.isascii() and b"\0" not in content[:4] else None
    if decodes(content, "utf-8"):
        return None if (declared or "utf-8").lower() in ("utf-8", "utf8") else "utf-8"
    if (declared or "utf-8").lower() in ("utf-8", "utf8", "us-ascii"):
        return "cp1252" if decodes(content, "cp1252") else None
    return None


def decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except (UnicodeError, LookupError, ValueError):
        return False
    return True
