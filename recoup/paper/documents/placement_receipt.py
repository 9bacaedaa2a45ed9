"""The confirmation of a placement: what was received, with the list of its cases and their sums."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from recoup.kernel.money import Money
from recoup.paper import figures
from recoup.paper.complete import require
from recoup.paper.documents.statement import section, statement
from recoup.paper.languages import Language, language_of
from recoup.paper.parts import Address, Page, Paper, Person, Sender, paper, references
from recoup.paper.tables import table
from recoup.paper.wording import Wording


@dataclass(frozen=True, slots=True)
class PlacedCase:
    number: str
    debtor: str
    lines: int
    claim: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementReceipt:
    """`cases` are the first of `count`; `totals` are of all, one for each currency."""

    paper_id: str
    number: str
    file_name: str
    written_on: date
    sender: Sender
    recipient: Address
    manager: Person
    rows: int
    accepted: int
    rejected: int
    duplicates: int
    count: int
    totals: tuple[Money, ...]
    cases: tuple[PlacedCase, ...]
    link: str


def placement_receipt(data: PlacementReceipt, *, language: str, at: datetime) -> Paper:
    """The confirmation as a sealed paper. Raises `Refusal` as `debtor_letter` does."""
    require(data)
    words, spoken = Wording(language), language_of(language)
    subject = words.say("placement.subject", number=data.number)
    info = references(
        words, spoken, on=data.written_on, reference=data.number, contact=data.manager.name, phone=data.manager.phone,
    )  # fmt: skip
    page = Page(subject, subject, data.paper_id, data.number, data.sender, data.recipient, info)
    return paper(
        "statement", page, _body(data, words, spoken), language=language, at=at, name="placement"
    )


def _body(data: PlacementReceipt, words: Wording, spoken: Language) -> dict[str, Any]:
    def say(key: str, **gaps: str) -> str:
        return words.say(f"placement.{key}", **gaps)

    facts = [
        [say("file"), data.file_name], [say("rows"), str(data.rows)], [say("accepted"), str(data.accepted)],
        [say("rejected"), str(data.rejected)], [say("duplicates"), str(data.duplicates)], [say("cases"), str(data.count)],
        *([say("total"), figures.money(total, spoken)] for total in data.totals),
    ]  # fmt: skip
    rows = [
        [case.number, case.debtor, str(case.lines), figures.money(case.claim, spoken)]
        for case in data.cases
    ]
    head = [words.say("table.case"), words.say("table.debtor"), say("lines"), say("claim")]
    more = (
        [say("more", count=str(data.count - len(data.cases)), link=data.link)]
        if data.count > len(data.cases)
        else []
    )
    parts = [
        section(say("summary"), facts=facts),
        section(say("list"), *more, table=table(head, "llrr", rows, wide=1)),
        section(None, say("next"), say("follow", link=data.link)),
    ]
    closing = [words.say("acceptance.greeting"), f"{data.manager.name}, {data.sender.name}"]
    return statement(
        [say("opening")], parts, salutation=words.say("acceptance.salutation"), closing=closing
    )
