"""The report a client gets when a case is closed: outcome, money, what was done, advice."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from recoup.kernel.money import Money
from recoup.paper import figures
from recoup.paper.complete import require, require_sum
from recoup.paper.documents.statement import section, statement
from recoup.paper.languages import Language, language_of
from recoup.paper.parts import Address, Page, Paper, Person, Sender, paper, references
from recoup.paper.tables import table
from recoup.paper.wording import Wording


class Outcome(StrEnum):
    PAID_IN_FULL = "paid_in_full"
    SETTLED = "settled"
    PARTLY_PAID = "partly_paid"
    WITHDRAWN = "withdrawn"
    UNCOLLECTABLE = "uncollectable"
    INSOLVENT = "insolvent"
    TIME_BARRED = "time_barred"
    DISPUTED = "disputed"
    PLAN_COMPLETED = "plan_completed"
    UNTRACEABLE = "untraceable"
    NO_ASSETS = "no_assets"
    UNECONOMIC = "uneconomic"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken:
    """`what` in the report's language."""

    on: date
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingReport:
    """claimed = principal + interest + compensation + costs = collected + waived + outstanding.
    `fees`: ours, net of VAT; `remitted`: paid to the client."""

    paper_id: str
    case_number: str
    written_on: date
    sender: Sender
    recipient: Address
    contact: Person
    debtor: str
    outcome: Outcome
    opened_on: date
    closed_on: date
    principal: Money
    interest: Money
    compensation: Money
    costs: Money
    collected: Money
    waived: Money
    outstanding: Money
    fees: Money
    remitted: Money
    steps: tuple[StepTaken, ...]
    link: str
    advice: str | None = None

    @property
    def claimed(self) -> Money:
        return self.principal + self.interest + self.compensation + self.costs


def closing_report(data: ClosingReport, *, language: str, at: datetime) -> Paper:
    """The report. Raises `Refusal` `sum_differs` and as `debtor_letter` does."""
    require(data)
    require_sum(data.claimed, [data.collected, data.waived, data.outstanding], field="claimed")
    words, spoken = Wording(language), language_of(language)
    subject = words.say("closing.subject", debtor=data.debtor)
    info = references(
        words, spoken, on=data.written_on, reference=data.case_number, debtor=data.debtor,
        contact=data.contact.name, phone=data.contact.phone,
    )  # fmt: skip
    title = f"{words.say('closing.title')} {data.case_number}"
    page = Page(title, subject, data.paper_id, data.case_number, data.sender, data.recipient, info)
    body = _body(data, words, spoken)
    return paper("statement", page, body, language=language, at=at, name="closing-report")


ABOVE = ("principal", "interest", "compensation", "costs")
BELOW = ("claimed", "collected", "waived", "outstanding")


def _body(data: ClosingReport, words: Wording, spoken: Language) -> dict[str, Any]:
    def say(key: str, **gaps: str) -> str:
        return words.say(f"closing.{key}", **gaps)

    def row(name: str) -> list[str]:
        return [say(name), figures.plain(getattr(data, name), spoken)]

    opening = say(
        "opening", debtor=data.debtor, start=figures.day(data.opened_on, spoken),
        end=figures.day(data.closed_on, spoken), outcome=say(data.outcome.value),
    )  # fmt: skip
    shown = [name for name in ABOVE if name == "principal" or getattr(data, name)]
    kept = [row("fees"), row("remitted")]
    ask = {"label": say("collected"), "amount": figures.money(data.collected, spoken)}
    parts = [
        section(say("money"), table=table(
            [say("money"), data.principal.currency], "lr",
            [row(name) for name in (*shown, *BELOW)], kept,
        )),
    ]  # fmt: skip
    if data.steps:
        rows = [[figures.short(step.on, spoken), step.what] for step in data.steps]
        columns = [words.say("table.day"), words.say("table.what")]
        parts.append(section(say("steps"), table=table(columns, "ll", rows, wide=1)))
    if data.advice:
        parts.append(section(say("advice"), data.advice))
    return statement(
        [opening], parts, ask=ask, after=[say("closing", link=data.link)],
        closing=[words.say("acceptance.greeting"), f"{data.contact.name}, {data.sender.name}"],
    )  # fmt: skip
