"""The Gazette (thegazette.co.uk): the feed of a search as Atom or JSON, one notice as JSON or JSON-LD."""

import re
from typing import Any

from lxml import etree

from recoup.insolvency.notices.notice import Notice, Reading, day_in, kind_of
from recoup.insolvency.states import NoticeKind

SOURCE = "gazette"
ATOM = "{http://www.w3.org/2005/Atom}"
FACETS = "{https://www.thegazette.co.uk/facets}"
ATOM_FEED = f"{ATOM}feed"
# Notice codes of corporate insolvency; the others are told by their words.
CODES = {
    "2410": NoticeKind.ADMINISTRATION, "2441": NoticeKind.LIQUIDATION, "2442": NoticeKind.LIQUIDATION,
    "2443": NoticeKind.LIQUIDATION, "2450": NoticeKind.PETITION, "2452": NoticeKind.LIQUIDATION,
}  # fmt: skip
NUMBER = re.compile(
    r"Company (?:Number|No\.?|Registration Number)[:\s]*([A-Z]{0,2}\d{6,8})\b", re.IGNORECASE
)
POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b")


def is_ours(data: Any) -> bool:
    if not isinstance(data, dict):
        return False
    return any(k in data for k in ("entry", "f:notice-code", "hasNoticeID", "f:total")) or (
        "thegazette.co.uk" in str(data.get("@id", ""))
    )


def read(data: dict[str, Any]) -> Reading:
    """JSON: a feed (one entry is no list), or one notice."""
    if "hasNoticeID" in data or "thegazette.co.uk" in str(data.get("@id", "")):
        return Reading(SOURCE, (linked(data),))
    if "entry" in data or "f:total" in data:
        entries = data.get("entry") or []
        entries = entries if isinstance(entries, list) else [entries]
        total = data.get("f:total")
        return Reading(
            SOURCE, tuple(entry_of(one) for one in entries), int(total) if total else None
        )
    return Reading(SOURCE, (entry_of(data),))


def linked(data: dict[str, Any]) -> Notice:
    about: Any = data.get("isAbout") or {}
    about = about[0] if isinstance(about, list) and about else about
    id, code = str(data.get("hasNoticeID") or ""), str(data.get("hasNoticeCode") or "")
    published = day_in(data.get("datePublished"))
    return Notice(
        SOURCE, id or str(data.get("@id")), kind_by(code, str(data.get("text") or "")), f"code {code}",
        company=str(about.get("name") or ""), number=str(about.get("companyNumber") or ""), country="GB",
        notice_id=id, code=code, published_on=published, event_on=published,
        reference=str(data.get("caseNumber") or ""), court=str(data.get("court") or ""), url=str(data.get("@id") or ""),
    )  # fmt: skip


def entry_of(one: dict[str, Any]) -> Notice:
    category = one.get("category") or {}
    category = category[0] if isinstance(category, list) and category else category
    term = str(category.get("@term") or "") if isinstance(category, dict) else ""
    links = one.get("link") or []
    links = links if isinstance(links, list) else [links]
    url = next((str(x.get("@href")) for x in links if isinstance(x, dict) and x.get("@href")), "")
    return notice(
        id=str(one.get("id") or ""), title=str(one.get("title") or ""), text=plain(one.get("content")),
        code=str(one.get("f:notice-code") or ""), term=term, published=one.get("published"), url=url,
    )  # fmt: skip


def read_atom(root: etree._Element) -> Reading:
    total = root.findtext(f"{FACETS}total")
    found = tuple(
        notice(
            id=entry.findtext(f"{ATOM}id") or "", title=entry.findtext(f"{ATOM}title") or "",
            text=plain(content_of(entry)),
            code=entry.findtext(f"{FACETS}notice-code") or "", term="", published=entry.findtext(f"{ATOM}published"),
            url=next((x.get("href", "") for x in entry.findall(f"{ATOM}link") if x.get("rel") != "self"), ""),
        )
        for entry in root.findall(f"{ATOM}entry")
    )  # fmt: skip
    return Reading(SOURCE, found, int(total) if total and total.isdigit() else None)


def content_of(entry: etree._Element) -> str:
    found = entry.find(f"{ATOM}content")
    return "" if found is None else " ".join(str(text) for text in found.itertext())


def notice(
    *, id: str, title: str, text: str, code: str, term: str, published: Any, url: str
) -> Notice:
    number, postcode, day = NUMBER.search(text), POSTCODE.search(text), day_in(published)
    kind = kind_of(term) if term else kind_by(code, text)
    return Notice(
        SOURCE, id.rsplit("/", 1)[-1] or f"{title}:{day}:{code}", kind, term or text[:200] or f"code {code}",
        company=title, number=number[1].upper() if number else "", country="GB", notice_id=id.rsplit("/", 1)[-1],
        code=code, published_on=day, event_on=day, postcode=postcode[1] if postcode else "", url=url, text=text[:2000],
    )  # fmt: skip


def kind_by(code: str, text: str) -> NoticeKind:
    """By its words first: a code may stand for the neighbour of what the text tells."""
    told = kind_of(text) if text else NoticeKind.UNCLEAR
    return told if told != NoticeKind.UNCLEAR else CODES.get(code, NoticeKind.UNCLEAR)


def plain(content: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", str(content or ""))).strip()
