"""Bank XML in bounded memory: hardened streaming over lxml, and elements folded to plain dicts. Pure.

The same hardening as recoup.kernel.xml, which cannot stream: any DOCTYPE or processing instruction
refuses the whole file, nothing is resolved and nothing is fetched.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, TypeAlias

from lxml import etree

from recoup.kernel.refusal import N_, Refusal
from recoup.kernel.xml import doctype

Node: TypeAlias = dict[str, list[Any]]

MESSAGE = re.compile(r"(?:camt\.05[234]|pain\.002)\.001\.([0-9]{2})(?![0-9])", re.ASCII)
MESSAGES = {
    "BkToCstmrAcctRpt": ("camt.052", "Rpt"),
    "BkToCstmrStmt": ("camt.053", "Stmt"),
    "BkToCstmrDbtCdtNtfctn": ("camt.054", "Ntfctn"),
    "CstmrPmtStsRpt": ("pain.002", ""),
    "pain.002": ("pain.002", ""),
}
VERSION_1 = re.compile(r"V[0-9]{2}$")
NEWEST = {"camt.052": 13, "camt.053": 13, "camt.054": 13, "pain.002": 15}


class Message:
    """Which message a document is: `name` camt.053, `format` camt.053.001.08, its namespace, its unit."""

    def __init__(self, name: str, unit: str, format: str, namespace: str | None) -> None:
        self.name, self.unit, self.format, self.namespace = name, unit, format, namespace

    def tag(self, local: str) -> str:
        return f"{{{self.namespace}}}{local}" if self.namespace else local


def events(
    content: bytes, file: str, tags: tuple[str, ...] | None, on: tuple[str, ...]
) -> Iterator[tuple[str, Any]]:
    """`(event, element)` of the document; raises `Refusal` for what is not one well-formed document."""
    context: Any = etree.iterparse(
        BytesIO(content), events=(*on, "pi"), tag=tags, resolve_entities=False, no_network=True,
        load_dtd=False, dtd_validation=False, huge_tree=False, recover=False, remove_comments=True,
        remove_pis=False,
    )  # fmt: skip
    try:
        for event, element in context:
            if event == "pi":
                raise instruction(file, str(element.target))
            yield event, element
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        if b"<!DOCTYPE" in content[:4096]:
            raise doctype(file) from None
        log = context.error_log
        reason = log[0].message.strip() if len(log) else str(error)
        raise Refusal(
            "xml_broken",
            N_("%(file)s is not well-formed XML: %(reason)s."),
            file=file,
            reason=reason,
        ) from None


def instruction(file: str, target: str) -> Refusal:
    return Refusal(
        "xml_instruction",
        N_("%(file)s contains a processing instruction (%(found)s), which a bank file never has."),
        file=file, found=target,
    )  # fmt: skip


def recognise(content: bytes, file: str) -> Message:
    """The message in `content`. Raises `Refusal` `bankfile_unknown` or `bankfile_version`."""
    document = None
    for at, (_, element) in enumerate(events(content, file, None, ("start",))):
        if at == 0 and element.getroottree().docinfo.internalDTD is not None:
            raise doctype(file)
        namespace, _, name = element.tag.rpartition("}")  # as it stands: “:” is no name to QName
        if document is not None:
            return message(name, document, file)
        if name == "Document":
            document = namespace[1:]
        if at > 200:
            break
    raise unknown(file, "" if document is None else document)


def message(local: str, namespace: str, file: str) -> Message:
    known = MESSAGES.get(VERSION_1.sub("", local)) or MESSAGES.get(local[:8])
    if known is None:
        raise unknown(file, f"{local} {namespace}".strip())
    name, unit = known
    if not namespace:
        return Message(name, unit, name, None)
    found = MESSAGE.search(namespace)
    if not found or not found[0].startswith(name) or not 1 <= int(found[1]) <= NEWEST[name]:
        raise Refusal(
            "bankfile_version",
            N_("%(file)s declares “%(found)s”, which is no known version of %(name)s."),
            file=file, found=namespace, name=name,
        )  # fmt: skip
    return Message(name, unit, found[0], namespace)


def unknown(file: str, found: str) -> Refusal:
    return Refusal(
        "bankfile_unknown",
        N_("%(file)s is neither camt.052, camt.053, camt.054, pain.002, MT940 nor MT942 (found “%(found)s”)."),
        file=file, found=found[:120],
    )  # fmt: skip


def fold(element: Any, skip: frozenset[str] = frozenset()) -> Node:
    """The children by local name, in order; a leaf is its text, an amount `(text, currency)`."""
    node: Node = {}
    for child in element:
        tag = child.tag
        name = tag[tag.rfind("}") + 1 :]
        if name in skip:
            continue
        if len(child):
            value: Any = fold(child)
        elif child.attrib and "Ccy" in child.attrib:
            value = ((child.text or "").strip(), child.get("Ccy"))
        else:
            value = (child.text or "").strip()
        if name in node:
            node[name].append(value)
        else:
            node[name] = [value]
    return node


Flat: TypeAlias = dict[str, list[str]]
LOCAL: dict[str, str] = {}


def flatten(element: Any) -> Flat:
    """Every leaf by its path of local names, `A/B/C`, in order; an amount's currency at `A/B@Ccy`."""
    flat: Flat = {}
    _flatten(element, "", flat)
    return flat


def _flatten(element: Any, prefix: str, flat: Flat) -> None:
    for child in element:
        tag = child.tag
        path = prefix + (LOCAL.get(tag) or local(tag))
        if len(child):
            _flatten(child, path + "/", flat)
            continue
        value = child.text
        value = value.strip() if value else ""
        if path in flat:
            flat[path].append(value)
        else:
            flat[path] = [value]
        if path.endswith("Amt"):
            flat.setdefault(path + "@Ccy", []).append(child.get("Ccy") or "")


def local(tag: str) -> str:
    """The local name, remembered: a file has a few dozen tags and millions of elements."""
    name = tag[tag.rfind("}") + 1 :]
    if len(LOCAL) < 5000:
        LOCAL[tag] = name
    return name


def first(of: Flat, *paths: str) -> str | None:
    """The first text that is not empty, at the first of `paths` that has one."""
    for path in paths:
        found = of.get(path)
        if found and found[0]:
            return found[0]
    return None


def flat_money(of: Flat, path: str) -> tuple[str, str] | None:
    """`(text, currency)` of the amount at `path`."""
    found = of.get(path)
    return (found[0], of[path + "@Ccy"][0]) if found else None


def forget(element: Any) -> None:
    """Free an element that has been read, and its like before it."""
    element.clear()
    before = element.getprevious()
    if before is not None and before.tag == element.tag:
        element.getparent().remove(before)


def node(of: Node, *path: str) -> Node:
    """The first node at `path`, or an empty one."""
    for name in path:
        inner = of.get(name)
        if not inner or not isinstance(inner[0], dict):
            return {}
        of = inner[0]
    return of


def text(of: Node, *path: str) -> str | None:
    """The first text at `path`, None where there is none."""
    of = node(of, *path[:-1])
    found = of.get(path[-1])
    if not found:
        return None
    value = found[0]
    if isinstance(value, tuple):
        value = value[0]
    return value if isinstance(value, str) and value else None


def money(of: Node, *path: str) -> tuple[str, str] | None:
    """`(text, currency)` of the amount at `path`."""
    found = node(of, *path[:-1]).get(path[-1])
    return found[0] if found and isinstance(found[0], tuple) else None
