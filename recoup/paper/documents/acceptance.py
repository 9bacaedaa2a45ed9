"""The letter that tells a client its case has been accepted, who works on it and what comes next."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from recoup.kernel.money import Money
from recoup.paper import figures
from recoup.paper.complete import require
from recoup.paper.documents.statement import section, statement
from recoup.paper.languages import Language, language_of
from recoup.paper.parts import Address, Page, Paper, Person, Sender, paper, references
from recoup.paper.wording import Wording


class FirstStep(StrEnum):
    LETTER = "letter"
    CALL = "call"
    VISIT = "visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """`clause`: of the rate card, as cited; `needed`: what the client should still send, in the
    letter's language; `percent`: commission."""

    paper_id: str
    case_number: str
    written_on: date
    sender: Sender
    recipient: Address
    debtor: str
    claim: Money
    invoice_numbers: tuple[str, ...]
    manager: Person
    collector: Person
    percent: Decimal
    rate_card_version: str
    clause: str
    first_step: FirstStep
    first_step_on: date
    link: str
    needed: tuple[str, ...] = ()


def acceptance(data: Acceptance, *, language: str, at: datetime) -> Paper:
    """The acceptance letter. Raises `Refusal` as `debtor_letter` does."""
    require(data)
    words, spoken = Wording(language), language_of(language)
    subject = words.say("acceptance.subject", debtor=data.debtor)
    info = references(
        words, spoken, on=data.written_on, reference=data.case_number, debtor=data.debtor,
        contact=data.manager.name, phone=data.manager.phone,
    )  # fmt: skip
    title = f"{words.say('acceptance.title')} {data.case_number}"
    page = Page(title, subject, data.paper_id, data.case_number, data.sender, data.recipient, info)
    body = _body(data, words, spoken)
    return paper("statement", page, body, language=language, at=at, name="acceptance")


def _body(data: Acceptance, words: Wording, spoken: Language) -> dict[str, Any]:
    def say(key: str, **gaps: str) -> str:
        return words.say(f"acceptance.{key}", **gaps)

    known = {"debtor": data.debtor, "collector": data.collector.name, "manager": data.manager.name}
    percent = figures.percent(data.percent, spoken)
    price = say("price_text", percent=percent, version=data.rate_card_version, clause=data.clause)
    rows = [
        [say("debtor"), data.debtor],
        [say("claim"), figures.money(data.claim, spoken)],
        [say("collector"), _person(data.collector)],
        [say("manager"), _person(data.manager)],
        [say("price"), price],
    ]
    if data.invoice_numbers:
        rows.insert(2, [say("invoices"), ", ".join(data.invoice_numbers)])
    step = say(f"next.{data.first_step.value}", day=figures.day(data.first_step_on, spoken))
    parts = [
        section(say("summary"), facts=rows),
        section(say("next.title"), step, say("follow", link=data.link), say("please")),
    ]
    if data.needed:
        parts.append(section(say("needed"), points=list(data.needed)))
    greeting = [say("greeting"), f"{data.manager.name}, {data.sender.name}"]
    return statement(
        [say("opening", **known)], parts, salutation=say("salutation"), closing=greeting
    )


def _person(person: Person) -> str:
    return ", ".join(filter(None, (person.name, person.title, person.phone, person.email)))
