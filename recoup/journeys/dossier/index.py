"""The page of a dossier for people, in the language of the international trade: it must be readable in
thirty years, so it needs nothing but itself."""

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any

from recoup.cases.models import Case
from recoup.dossier.form import Part

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#1b2326;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.25rem 0}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #dde3e4;vertical-align:top}
td.n,th.n{text-align:right}code{font-size:.8em;overflow-wrap:anywhere}.q{color:#5b676b}a{color:#0b5d63}
@media(max-width:40rem){.s{display:block;overflow-x:auto}}
"""


def index_page(
    case: Case, owing: dict[str, Any], events: Sequence[dict[str, Any]],
    documents: Sequence[dict[str, Any]], parts: Sequence[Part], at: datetime,
) -> bytes:  # fmt: skip
    body = [
        f"<h1>Case {escape(case.number)}</h1>",
        f"<p>{escape(case.client.name)} against {escape(case.debtor.name)}</p>",
        f"<p class=q>Case file made by {escape(case.agency.name)} on {at:%Y-%m-%d %H:%M} UTC. Stage: {escape(case.stage)}.</p>",
        *owed_part(owing),
        "<h2>What happened</h2>", table(("When (UTC)", "What", "By", "Place in the chain"), events_rows(events)),
        "<h2>Documents</h2>", table(("Document", "Made", "By"), [
            (link(d["path"], d["title"]), escape(d["made_at"][:16].replace("T", " ")), escape(d["by"])) for d in documents
        ]),
        "<h2>All files</h2>", table(("File", "Holds", "SHA-256"), [
            (link(p.path, p.path), escape(p.what), f"<code>{p.sha256}</code>") for p in parts
        ]),
        "<h2>How to check this file</h2>",
        "<p>With Recoup, without any database: <code>recoup verify FILE</code>. With any other tool: compare the SHA-256 of each file with <code>manifest.json</code>, and check the signature:</p>",
        "<p><code>openssl x509 -in certificate/seal.crt -pubkey -noout &gt; seal.pub</code><br><code>openssl dgst -sha256 -verify seal.pub -signature manifest.sig manifest.json</code></p>",
        "<p class=q>The seal is the agency's own. Compare the certificate of its authority with the one that the agency gives you by another way.</p>",
    ]  # fmt: skip
    text = f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Case {escape(case.number)}</title><style>{STYLE}</style>'  # fmt: skip
    return (text + "\n".join(body) + "</html>").encode()


def owed_part(owing: dict[str, Any]) -> list[str]:
    if "total" not in owing:
        sentence = owing.get("not_known", {}).get("message", "")
        return ["<h2>What is owed</h2>", f"<p>{escape(sentence)}</p>"]
    currency = owing["currency"]
    sums = [(escape(name.capitalize()), figure(owing[name], currency)) for name in ("principal", "interest", "costs", "total")]  # fmt: skip
    sums.insert(2, ("Compensation", figure(owing["compensation"]["amount"], owing["compensation"]["currency"])))  # fmt: skip
    segments = [
        (escape(s["claim"]), f"{s['from']} – {s['to']}", escape(str(s["days"])), figure(s["principal"], currency),
         escape(f"{s['rate']} %"), figure(s["interest"], currency), escape(str(s["source"] or "")))
        for s in owing["segments"]
    ]  # fmt: skip
    why = "".join(f"<p class=q>{escape(one)}</p>" for one in owing["why"])
    return [
        f"<h2>What is owed on {escape(owing['as_of'])}</h2>", table(("Part", "Amount"), sums, right=(1,)),
        "<h2>Interest</h2>",
        table(("Claim", "Days", "Number", "On", "Rate", "Interest", "Source"), segments, right=(2, 3, 4, 5)), why,
    ]  # fmt: skip


def events_rows(events: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [
        (escape(row["event"]["at"][:16].replace("T", " ")), escape(spoken(row["event"]["kind"])),
         escape(row["event"]["by"][2]), str(row["seq"]))
        for row in events
    ]  # fmt: skip


def spoken(kind: str) -> str:
    """CaseAccepted: Case accepted."""
    return re.sub(r"(?<=[a-z])([A-Z])", lambda m: " " + m[1].lower(), kind)


def figure(amount: str, currency: str) -> str:
    return f"{escape(amount)} {escape(currency)}"


def link(path: str, text: str) -> str:
    return f'<a href="{escape(path)}">{escape(text)}</a>'


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Cells are HTML already."""
    mark = [" class=n" if n in right else "" for n in range(len(heads))]
    top = "".join(f"<th{mark[n]} scope=col>{escape(h)}" for n, h in enumerate(heads))
    body = "".join("<tr>" + "".join(f"<td{mark[n]}>{c}" for n, c in enumerate(r)) for r in rows)
    return f"<div class=s><table><tr>{top}{body}</table></div>"
