"""Which register a file comes from, by what is in it."""

import json
from typing import Any, cast

from recoup.insolvency.notices import bodacc, companies_house, gazette, table
from recoup.insolvency.notices.notice import Reading
from recoup.kernel.refusal import N_, Refusal
from recoup.kernel.xml import parse_xml

LARGEST = 50 * 1024 * 1024
JSON_FORMS = (companies_house, bodacc, gazette)


def read(content: bytes, name: str) -> Reading:
    """The notices in a file. Raises `Refusal`: `notices_no_rows`, `notices_too_large`, `notices_unreadable`,
    `notices_unknown`, and those of XML and of tables."""
    if not content.strip():
        raise Refusal("notices_no_rows", N_("%(file)s has no rows."), file=name)
    if len(content) > LARGEST:
        raise Refusal("notices_too_large", N_("%(file)s is larger than 50 MB."), file=name)
    start = content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if start == b"<":
        return from_xml(content, name)
    text = decoded(content, name)
    return from_json(text, name) if start in (b"{", b"[") else table.read(text, name)


def decoded(content: bytes, name: str) -> str:
    try:
        return content.decode(
            "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        )
    except UnicodeDecodeError:
        raise Refusal(
            "notices_unreadable", N_("%(file)s cannot be read: %(found)s"), file=name, found="it is not UTF-8"
        ) from None  # fmt: skip


def from_xml(content: bytes, name: str) -> Reading:
    root = parse_xml(content, file=name)
    if root.tag != gazette.ATOM_FEED:
        raise unknown(name)
    return gazette.read_atom(root)


def from_json(text: str, name: str) -> Reading:
    try:
        data: Any = json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Refusal(
            "notices_unreadable", N_("%(file)s cannot be read: %(found)s"), file=name, found=str(error)[:200]
        ) from None  # fmt: skip
    for form in JSON_FORMS:
        if form.is_ours(data):
            try:
                return cast(Reading, form.read(data))
            except (AttributeError, KeyError, TypeError, ValueError):
                raise Refusal(
                    "notices_unreadable", N_("%(file)s cannot be read: %(found)s"), file=name,
                    found="its shape is not that of the register it names",
                ) from None  # fmt: skip
    raise unknown(name)


def refuse_constant(found: str) -> None:
    raise ValueError(f"{found} is no number")


def unknown(name: str) -> Refusal:
    return Refusal(
        "notices_unknown",
        N_("%(file)s is not in a form known here: Companies House, The Gazette, BODACC or a table."), file=name,
    )  # fmt: skip
