"""The debt collection agreement with the rate card as its appendix."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any

from recoup.kernel.money import Money
from recoup.paper import figures
from recoup.paper.complete import require
from recoup.paper.documents.contract import Parties, Tongues, clause, prevails, signature_block
from recoup.paper.languages import Language
from recoup.paper.parts import Page, Paper, Signature, country_name, paper
from recoup.paper.tables import table
from recoup.paper.wording import Wording, missing


class Method(StrEnum):
    """NET: fees are deducted before remittance; GROSS: all is remitted and fees are invoiced."""

    NET = "net"
    GROSS = "gross"


class FeeKind(StrEnum):
    SET_UP = "set_up"
    MINIMUM = "minimum"
    WITHDRAWAL = "withdrawal"


class PointsKind(StrEnum):
    CROSS_BORDER = "cross_border"
    LEGAL = "legal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Commission `percent` on what is recovered of claims from `size_from` up to `size_to`, aged
    from `days_from` up to `days_to` when placed; None: open at that end, and then the other end is
    what it must exceed. `clause`: its number in the card."""

    percent: Decimal
    size_from: Money | None = None
    size_to: Money | None = None
    days_from: int | None = None
    days_to: int | None = None
    clause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InCurrency:
    """What the card says in another currency than the bands'."""

    limits: tuple[Money, ...]
    set_up: Money
    minimum: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCard:
    """`points`: percentage points added to a band, with their clause; `fee_clauses`: in the order
    of `fees`; `others`: the same card in other currencies."""

    version: str
    valid_from: date
    bands: tuple[Band, ...]
    fees: tuple[tuple[FeeKind, Money], ...] = ()
    fee_clauses: tuple[str, ...] = ()
    vat_clause: str | None = None
    points: tuple[tuple[PointsKind, Decimal, str], ...] = ()
    others: tuple[InCurrency, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementTerms:
    """`remitted_within`: business days; `notice`: days; `law_country`: ISO 3166; `court`: city."""

    paper_id: str
    number: str
    version: str
    effective_on: date
    parties: Parties
    rate_card: RateCard
    method: Method
    remitted_within: int
    notice: int
    law_country: str
    court: str
    signed_by_client: Signature | None = None
    signed_by_agency: Signature | None = None


CLAUSES = (
    "assignment", "agency", "client", "authority", "fees", "money", "vat", "secrecy", "term",
    "changes", "law",
)  # fmt: skip


def agreement(data: AgreementTerms, *, language: str, at: datetime) -> Paper:
    """The agreement in `language` with English abreast. Raises `Refusal` as `debtor_letter` does."""
    require(data)
    if not data.rate_card.bands:
        raise missing("rate_card.bands")
    tongues = Tongues(language)
    words, spoken = tongues.mine
    title = tongues.joined(lambda w, _: w.say("agreement.title"))
    info = [
        (words.say("sheet.number"), data.number), (words.say("sheet.version"), data.version),
        (words.say("sheet.date"), figures.day(data.effective_on, spoken)),
    ]  # fmt: skip
    page = Page(
        f"{words.say('agreement.title')} {data.number}", title, data.paper_id, data.number,
        data.parties.agency, data.parties.client, info, posted=False,
    )  # fmt: skip
    return paper("agreement", page, _body(data, tongues), language=language, at=at)


def reading(data: AgreementTerms, *, language: str) -> dict[str, Any]:
    """What the paper says, for a page: intro, clauses, note, appendix, each with its English."""
    return _body(data, Tongues(language))


def _body(data: AgreementTerms, tongues: Tongues) -> dict[str, Any]:
    gaps = data.parties.gaps()
    intro, intro_english = tongues.pair(lambda w, _: w.say("agreement.intro", **gaps))
    note, note_english = prevails(tongues)
    return {
        "intro": intro, "intro_english": intro_english,
        "clauses": [_clause(name, data, tongues) for name in CLAUSES],
        "note": note if tongues.english else None, "note_english": note_english,
        "signatures": [
            signature_block("client", data.parties.client.name, data.signed_by_client, tongues),
            signature_block("agency", data.parties.agency.name, data.signed_by_agency, tongues),
        ],
        "appendix": _appendix(data.rate_card, tongues),
    }  # fmt: skip


def _clause(name: str, data: AgreementTerms, tongues: Tongues) -> Any:
    days = data.notice if name == "term" else data.remitted_within
    return clause(f"agreement.{name}", tongues, lambda w, s: _gaps(data, days, w, s))


def _gaps(data: AgreementTerms, days: int, words: Wording, spoken: Language) -> dict[str, str]:
    return {
        "version": data.rate_card.version, "day": figures.day(data.effective_on, spoken),
        "method": words.say(f"agreement.{data.method.value}"),
        "country": country_name(data.law_country, spoken), "city": data.court,
        "days": figures.whole(days, spoken),
    }  # fmt: skip


def _appendix(card: RateCard, tongues: Tongues) -> list[dict[str, Any]]:
    def label(key: str) -> str:
        return tongues.joined(lambda w, _: w.say(key))

    head = tongues.joined(
        lambda w, s: w.say(
            "agreement.appendix", version=card.version, day=figures.day(card.valid_from, s)
        )
    )
    spoken = tongues.mine[1]

    def part(
        title: str, heads: list[str], align: str, rows: list[list[str]], clauses: list[str | None]
    ) -> dict[str, Any]:
        """One table under its heading; a first column with the clauses where they are numbered."""
        if any(clauses):
            heads, align = [label("table.clause"), *heads], f"l{align}"
            rows = [[clause or "", *row] for clause, row in zip(clauses, rows, strict=True)]
        wide = 1 if any(clauses) else 0
        return {
            "first": False,
            "title": title,
            "empty": label("rate.none_fees"),
            "table": table(heads, align, rows, wide=wide) if rows else None,
        }

    bands = [
        [
            tongues.joined(partial(size, band)),
            tongues.joined(partial(age, band)),
            figures.percent(band.percent, spoken),
        ]
        for band in card.bands
    ]  # fmt: skip
    heads = [label("table.claim_size"), label("table.claim_age"), label("table.commission")]
    parts = [
        part(head, heads, "llr", bands, [band.clause for band in card.bands]) | {"first": True}
    ]
    if card.points:
        added = [
            [label(f"rate.{kind}"), tongues.joined(partial(points, n))]
            for kind, n, _ in card.points
        ]
        heads = [label("table.what"), label("table.rate")]
        parts.append(
            part(label("agreement.added_title"), heads, "lr", added, [c for *_, c in card.points])
        )
    fees = [[label(f"rate.{kind.value}"), figures.money(m, spoken)] for kind, m in card.fees]
    numbers: list[str | None] = [*card.fee_clauses] or [None] * len(fees)
    if card.vat_clause:
        fees.append([label("agreement.vat.text"), ""])
        numbers.append(card.vat_clause)
    parts.append(
        part(
            label("agreement.fees_title"),
            [label("table.what"), label("table.fee")],
            "lr",
            fees,
            numbers,
        )
    )
    if card.others:
        parts.append(_others(card, label, spoken))
    return parts


def _others(card: RateCard, label: Callable[[str], str], spoken: Language) -> dict[str, Any]:
    """The fees' columns are headed by their clauses."""
    numbers = dict(zip((kind for kind, _ in card.fees), card.fee_clauses, strict=False))
    rows = [
        [each.minimum.currency, *(figures.plain(limit, spoken) for limit in each.limits),
         figures.plain(each.minimum, spoken), figures.plain(each.set_up, spoken)]
        for each in card.others
    ]  # fmt: skip
    blank = [""] * (len(card.others[0].limits) - 1)
    heads = [
        label("table.currency"), label("table.limits"), *blank,
        *(f"{label('table.clause')} {numbers.get(kind, '')}" for kind in (FeeKind.MINIMUM, FeeKind.SET_UP)),
    ]  # fmt: skip
    align = "l" + "r" * (len(heads) - 1)
    return {
        "first": False, "title": label("agreement.currencies_title"), "empty": "",
        "table": table(heads, align, rows, wide=1),
    }  # fmt: skip


def points(number: Decimal, words: Wording, spoken: Language) -> str:
    return words.say("rate.points", number=figures.percent(number, spoken).rstrip("%\u00a0 "))


def size(band: Band, words: Wording, spoken: Language) -> str:
    low, high = (m and figures.money(m, spoken) for m in (band.size_from, band.size_to))
    if low and high:
        return words.say("rate.between", low=low, high=high)
    if high:
        return words.say("rate.up_to", high=high)
    return words.say("rate.above", low=low) if low else words.say("rate.any_size")


def age(band: Band, words: Wording, spoken: Language) -> str:
    if band.days_to is not None:
        low = figures.whole(band.days_from or 0, spoken)
        return words.say("rate.days_between", low=low, high=figures.whole(band.days_to, spoken))
    if band.days_from:
        return words.say("rate.days_above", low=figures.whole(band.days_from, spoken))
    return words.say("rate.any_age")
