"""The power of attorney a client gives the agency, for one case or for all under an agreement."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from recoup.paper import figures
from recoup.paper.complete import require
from recoup.paper.documents.contract import Parties, Tongues, prevails, signature_block
from recoup.paper.languages import Language
from recoup.paper.parts import Page, Paper, Signature, paper
from recoup.paper.wording import Wording, missing


class Power(StrEnum):
    DEMAND = "demand"
    RECEIVE = "receive"
    INSTALMENTS = "instalments"
    SETTLE = "settle"
    COURT_ORDER = "court_order"
    INSOLVENCY = "insolvency"
    DELEGATE = "delegate"


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerOfAttorney:
    """Either `case_number` and `debtor` (one case) or neither (all under `agreement_number`).
    `months` is needed for INSTALMENTS, `settle_from` (percent of the principal) for SETTLE."""

    paper_id: str
    number: str
    agreement_number: str
    parties: Parties
    powers: tuple[Power, ...]
    valid_from: date
    valid_to: date | None = None
    case_number: str | None = None
    debtor: str | None = None
    months: int | None = None
    settle_from: Decimal | None = None
    signed_by_client: Signature | None = None


def power_of_attorney(data: PowerOfAttorney, *, language: str, at: datetime) -> Paper:
    """The power in `language` with English abreast. Raises `Refusal` as `debtor_letter` does."""
    require(data)
    if not data.powers:
        raise missing("powers")
    tongues = Tongues(language)
    words, spoken = tongues.mine
    title = tongues.joined(lambda w, _: w.say("power.title"))
    info = [
        (words.say("sheet.number"), data.number),
        (words.say("sheet.date"), figures.day(data.valid_from, spoken)),
    ]
    page = Page(
        f"{words.say('power.title')} {data.number}", title, data.paper_id, data.number,
        data.parties.agency, data.parties.client, info, posted=False,
    )  # fmt: skip
    return paper("power_of_attorney", page, _body(data, tongues), language=language, at=at)


def reading(data: PowerOfAttorney, *, language: str) -> dict[str, Any]:
    """What the paper says, for a page: opening, powers, limits in `mine` and in `english`."""
    return _body(data, Tongues(language))


def _body(data: PowerOfAttorney, tongues: Tongues) -> dict[str, Any]:
    mine, english = tongues.pair(lambda w, s: _text(data, w, s))
    client = data.parties.client.name
    note, note_english = prevails(tongues)
    return {
        "mine": mine, "english": english, "note": note if tongues.english else None, "note_english": note_english,
        "signatures": [signature_block("client", client, data.signed_by_client, tongues)],
    }  # fmt: skip


def _text(data: PowerOfAttorney, words: Wording, spoken: Language) -> dict[str, Any]:
    gaps = {
        "case": data.case_number or "", "debtor": data.debtor or "",
        "agreement": data.agreement_number,
        "months": figures.whole(data.months, spoken) if data.months else "",
        "percent": figures.percent(data.settle_from, spoken) if data.settle_from else "",
        "start": figures.day(data.valid_from, spoken),
        "end": figures.day(data.valid_to, spoken) if data.valid_to else "",
    }  # fmt: skip
    scope = "power.one_case" if data.case_number or data.debtor else "power.all_cases"
    return {
        "opening": [words.say("power.intro", **data.parties.gaps()), words.say(scope, **gaps)],
        "may": words.say("power.may"),
        "powers": [words.say(f"power.{power.value}", **gaps) for power in data.powers],
        "after": [
            words.say("power.limits"),
            words.say("power.from_until" if data.valid_to else "power.from", **gaps),
        ],
    }
