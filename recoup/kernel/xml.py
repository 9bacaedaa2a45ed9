"""The one entry point for XML from outside. Pure; wraps lxml, hardened.

Any DOCTYPE refuses the whole file: with entities left unresolved a value would silently vanish,
with entities resolved a file could be read (OWASP ASVS 5.0 1.5.1).
"""

from pathlib import Path
from typing import BinaryIO

from lxml import etree

from recoup.kernel.refusal import N_, Refusal

LIMIT = 200 * 1024 * 1024


def parse_xml(content: bytes, *, file: str) -> etree._Element:
    """The root element of `content`.

    Raises `Refusal` `xml_doctype` for any document type declaration and `xml_broken` for anything
    that is not one well-formed document (truncated, trailing garbage, deeper than 256 levels).
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = str(error).split(" (<string>", 1)[0]
        if b"<!DOCTYPE" in content[:4096] or "entit" in reason.lower():
            raise doctype(file) from None
        raise Refusal(
            "xml_broken",
            N_("%(file)s is not well-formed XML: %(reason)s."),
            file=file,
            reason=reason,
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise doctype(file)
    return root


def doctype(file: str) -> Refusal:
    return Refusal(
        "xml_doctype",
        N_("%(file)s contains a document type declaration, which is never accepted."),
        file=file,
    )


def local_name(element: etree._Element) -> str:
    """The tag without its namespace."""
    return str(etree.QName(element).localname)


def schema_of(path: Path | BinaryIO) -> etree.XMLSchema:
    """A compiled XSD from a file shipped with the product."""
    return etree.XMLSchema(etree.parse(path))
