"""A plain table of notices, for registers without a form of their own: one row each, headings in English.

`company` or `number` must be there; `country`, `kind`, `published_on`, `event_on`, `court`, `reference`,
`city`, `postcode`, `url`, `notice_id` may be.
"""

import csv
import io
from hashlib import sha256

from recoup.insolvency.notices.notice import Notice, Reading, day_in, kind_of
from recoup.kernel.refusal import N_, Refusal

SOURCE = "table"
COLUMNS = (
    "company", "number", "country", "kind", "published_on", "event_on", "court", "reference", "city",
    "postcode", "url", "notice_id",
)  # fmt: skip
NO_PARTY = N_("row %(row)s: neither a company nor a number is given.")
BAD_DAY = N_("row %(row)s: “%(found)s” is no day.")


def read(text: str, name: str) -> Reading:
    """Raises `Refusal` `notices_no_rows`, `notices_columns`. A bad row is left out and named."""
    if not text.strip():
        raise Refusal("notices_no_rows", N_("%(file)s has no rows."), file=name)
    first = text.lstrip("\ufeff").splitlines()[0]
    delimiter = max(",;\t", key=first.count)
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter, strict=False))
    head = [cell.strip().casefold().replace(" ", "_") for cell in rows[0]]
    if not {"company", "number"} & set(head) or len(set(head)) < len(head):
        raise Refusal(
            "notices_columns", N_("%(file)s is no table of notices: it needs a column “company” or “number”, each heading once."),
            file=name, found=", ".join(head)[:120],
        )  # fmt: skip
    if len(rows) == 1:
        raise Refusal("notices_no_rows", N_("%(file)s has no rows."), file=name)
    found: list[Notice] = []
    warnings: list[str] = []
    for row, cells in enumerate(rows[1:], 2):
        one = {h: c.strip() for h, c in zip(head, cells, strict=False) if h in COLUMNS}
        if wrong := fault(one, row):
            warnings.append(wrong)
            continue
        if any(one.values()):
            found.append(noticed(one))
    return Reading(SOURCE, tuple(found), warnings=tuple(warnings))


def fault(one: dict[str, str], row: int) -> str:
    if not one.get("company") and not one.get("number"):
        return NO_PARTY % {"row": row} if any(one.values()) else ""
    for name in ("published_on", "event_on"):
        if one.get(name) and day_in(one[name]) is None:
            return BAD_DAY % {"row": row, "found": one[name][:40]}
    return ""


def noticed(one: dict[str, str]) -> Notice:
    same = "\x1f".join(one.get(name, "") for name in COLUMNS)
    return Notice(
        SOURCE, one.get("notice_id") or sha256(same.encode()).hexdigest()[:24], kind_of(one.get("kind", "")),
        one.get("kind", ""), company=one.get("company", "")[:200], number=one.get("number", "")[:40],
        country=one.get("country", "").upper()[:2], notice_id=one.get("notice_id", ""),
        published_on=day_in(one.get("published_on")), event_on=day_in(one.get("event_on")),
        court=one.get("court", ""), reference=one.get("reference", ""), city=one.get("city", ""),
        postcode=one.get("postcode", ""), url=one.get("url", ""),
    )  # fmt: skip
