"""The page of a dossier for people, in its reader's language: it must be readable in thirty years and on
any screen, so it needs nothing but itself."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from recoup.cases.models import Case
from recoup.dossier.form import Part
from recoup.eventlog.models import Event
from recoup.jurisdictions.owed import Owed, as_document, told
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.paper import figures
from recoup.paper.languages import Language, spoken_or_english
from recoup.paper.wording import Wording

STYLE = """
:root{color-scheme:light dark;--ink:#1b2326;--quiet:#5b676b;--line:#dde3e4;--link:#0b5d63;--page:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e6ecec;--quiet:#a3b0b2;--line:#364144;--link:#7fd0d2;--page:#14191b}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.25rem 0}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.35rem .8rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600}td.n,th.n{text-align:right;white-space:nowrap}
code,a{overflow-wrap:anywhere}code{font-size:.8em}.q{color:var(--quiet)}a{color:var(--link)}
@media(max-width:40rem){
body{margin:1rem auto}tr:first-child{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
table,tbody,tr,td{display:block}tr{padding:.6rem 0;border-bottom:1px solid var(--line)}
td,td.n{display:grid;grid-template-columns:6.5rem minmax(0,1fr);gap:.75rem;padding:.1rem 0;border:0;text-align:left;white-space:normal}
td::before{content:attr(data-h);color:var(--quiet)}td:empty{display:none}
}
@media print{body{margin:0;max-width:none}a{color:inherit}}
"""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the page: in which language, by what names stages go, how an event is told (what, by whom)."""

    language: str
    word: Callable[[str], str]
    tell: Callable[[Event], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Contents:
    """What the page tells of: the answer to what is owed, the events with their places, the documents."""

    owed: Owed | Refusal
    events: Sequence[tuple[int, Event]]
    documents: Sequence[dict[str, Any]]
    parts: Sequence[Part]


def plain_reader(language: str) -> Reader:
    """Where no front door says how an event is told."""
    return Reader(language, lambda code: code, lambda event: (spoken(event.kind), event.by_name))


def index_page(case: Case, held: Contents, reader: Reader, on: date, at: datetime) -> bytes:
    """The page of `held` for `reader`; what is owed stands as of `on`."""
    language = spoken_or_english(reader.language)
    with override(language.code.lower()):
        title = _("Case %(case)s") % {"case": case.number}
        between = _("%(client)s against %(debtor)s") % {"client": case.client.name, "debtor": case.debtor.name}  # fmt: skip
        made = _("Case file made by %(agency)s on %(when)s. Stage: %(stage)s.") % {
            "agency": case.agency.name, "when": figures.instant(at, language), "stage": reader.word(case.stage),
        }  # fmt: skip
        body = [
            f"<h1>{escape(title)}</h1><p>{escape(between)}</p><p class=q>{escape(made)}</p>",
            *owed_part(held.owed, on, language),
            head(_("What happened")),
            table((_("When (UTC)"), _("What"), _("By"), _("Place in the chain")), events_rows(held.events, reader, language)),
            head(_("Documents")), documents_table(held.documents, language),
            head(_("All files")),
            table((_("File"), _("Holds"), "SHA-256"), [
                (link(p.path, p.path), escape(_(p.what)), f"<code>{p.sha256}</code>") for p in held.parts
            ]),
            *how_to_check(),
        ]  # fmt: skip
    text = f'<!doctype html><html lang="{language.code}"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title><style>{STYLE}</style>'  # fmt: skip
    return (text + "\n".join(body) + "</html>").encode()


def how_to_check() -> tuple[str, ...]:
    tell = _("With Recoup, without any database: %(command)s. With any other tool: compare the SHA-256 of each file with %(manifest)s, and check the signature:")  # fmt: skip
    filled = escape(tell) % {
        "command": "<code>recoup verify FILE</code>",
        "manifest": "<code>manifest.json</code>",
    }
    whose = _("The seal is the agency's own. Compare the certificate of its authority with the one that the agency gives you by another way.")  # fmt: skip
    return (
        head(_("How to check this file")), f"<p>{filled}</p>",
        "<p><code>openssl x509 -in certificate/seal.crt -pubkey -noout &gt; seal.pub</code><br><code>openssl dgst -sha256 -verify seal.pub -signature manifest.sig manifest.json</code></p>",
        f"<p class=q>{escape(whose)}</p>",
    )  # fmt: skip


def owed_part(owed: Owed | Refusal, on: date, language: Language) -> list[str]:
    if isinstance(owed, Refusal):
        return [head(_("What is owed")), f"<p>{escape(owed.sentence(_(owed.text)))}</p>"]
    currency = owed.currency

    def money(amount: Decimal, of: str = currency) -> str:
        return escape(figures.money(Money(amount, of).rounded(), language))

    compensation = as_document(owed)["compensation"]
    sums = [
        (_("Principal"), money(owed.principal)), (_("Interest"), money(owed.interest)),
        (_("Compensation"), money(Decimal(compensation["amount"]), compensation["currency"])),
        (_("Costs"), money(owed.costs)), (_("Total"), money(owed.total)),
    ]  # fmt: skip
    segments = [
        (escape(s.claim), f"{figures.short(s.first, language)} – {figures.short(s.last, language)}", figures.whole(s.days, language),
         money(s.principal), escape(figures.percent(s.rate, language)), money(s.interest), escape(s.source or ""))
        for s in owed.segments
    ]  # fmt: skip
    words = Wording(language.code)
    columns = [
        words.say(f"table.{n}") for n in ("from_to", "days", "principal", "rate", "interest")
    ]
    why = dict.fromkeys(told(reason, _) for reason in owed.why)
    return [
        head(_("What is owed on %(day)s") % {"day": figures.day(on, language)}),
        table((_("Part"), _("Amount")), [(escape(name), amount) for name, amount in sums], right=(1,)),
        head(_("Interest")),
        table((_("Claim"), *columns, _("Source")), segments, right=(2, 3, 4, 5)),
        *(f"<p class=q>{escape(one)}</p>" for one in why),
    ]  # fmt: skip


def events_rows(
    events: Sequence[tuple[int, Event]], reader: Reader, language: Language
) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for place, event in events:
        what, who = reader.tell(event)
        rows.append((stamp(event.at, language), escape(what), escape(who), str(place)))
    return rows


def documents_table(documents: Sequence[dict[str, Any]], language: Language) -> str:
    rows: list[tuple[str, ...]] = [
        (link(d["path"], d["title"]), stamp(datetime.fromisoformat(d["made_at"]), language), escape(d["by"]))
        for d in documents
    ]  # fmt: skip
    return table((_("Document"), _("Made"), _("By")), rows)


def stamp(at: datetime, language: Language) -> str:
    return f"{figures.short(at.date(), language)} {at:%H:%M}"


def spoken(kind: str) -> str:
    """CaseAccepted: Case accepted."""
    return re.sub(r"(?<=[a-z])([A-Z])", lambda m: " " + m[1].lower(), kind)


def head(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def link(path: str, text: str) -> str:
    return f'<a href="{escape(path)}">{escape(text)}</a>'


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Cells are HTML already. Each knows its head: a narrow screen has no room for columns."""
    mark = [" class=n" if n in right else "" for n in range(len(heads))]
    top = "".join(f"<th{mark[n]} scope=col>{escape(h)}" for n, h in enumerate(heads))
    body = "".join(
        "<tr>" + "".join(f'<td{mark[n]} data-h="{escape(heads[n])}">{cell(c)}' for n, c in enumerate(r)) for r in rows
    )  # fmt: skip
    return f"<table><tr>{top}{body}</table>"


def cell(content: str) -> str:
    return f"<span>{content}</span>" if content else ""
