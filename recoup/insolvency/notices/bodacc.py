"""BODACC, the official bulletin of France, as its open data gives it. Only `collective` announces
insolvency proceedings; accounts filed (`dpc`) and the rest are kept as what they are."""

import json
from typing import Any

from recoup.insolvency.notices.notice import Notice, Reading, day_in, kind_of
from recoup.insolvency.states import NoticeKind

SOURCE = "bodacc"


def is_ours(data: Any) -> bool:
    if not isinstance(data, dict):
        return False
    results = data.get("results")
    inside = isinstance(results, list) and all(
        isinstance(r, dict) and "familleavis" in r for r in results
    )
    return "familleavis" in data or (inside and "total_count" in data)


def read(data: dict[str, Any]) -> Reading:
    if "results" in data:
        return Reading(
            SOURCE, tuple(record(one) for one in data["results"]), data.get("total_count")
        )
    return Reading(SOURCE, (record(data),))


def record(one: dict[str, Any]) -> Notice:
    judgment = one.get("jugement") or {}
    judgment = json.loads(judgment) if isinstance(judgment, str) else judgment
    said = [str(judgment.get(k) or "") for k in ("complementJugement", "nature", "famille")]
    collective = one.get("familleavis") == "collective"
    kind = kind_of(*said) if collective else NoticeKind.NONE
    register = one.get("registre") or []
    register = register.split(",") if isinstance(register, str) else register
    number = next((n for r in register if (n := "".join(c for c in str(r) if c.isdigit()))), "")
    return Notice(
        SOURCE, str(one.get("id")), kind, " · ".join(s for s in said if s) or str(one.get("familleavis") or ""),
        company=str(one.get("commercant") or ""), number=number, country="FR", notice_id=str(one.get("id") or ""),
        code=str(one.get("familleavis") or ""), published_on=day_in(one.get("dateparution")),
        event_on=day_in(judgment.get("date")), court=str(one.get("tribunal") or ""),
        city=str(one.get("ville") or ""), postcode=str(one.get("cp") or ""), url=str(one.get("url_complete") or ""),
    )  # fmt: skip
