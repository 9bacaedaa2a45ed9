"""What a client keeps beside its books when a case has ended: with what its claims were settled, or that
they were not. Facts only: what the tax law makes of them is another's to say."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from recoup.kernel.money import Money
from recoup.paper import figures
from recoup.paper.complete import require, require_sum
from recoup.paper.documents.closing_report import Outcome, StepTaken
from recoup.paper.documents.statement import section, statement
from recoup.paper.languages import Language, language_of
from recoup.paper.parts import Address, Page, Paper, Person, Sender, paper, references
from recoup.paper.tables import table
from recoup.paper.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """`amount` is negative for a credit note."""

    ref: str
    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledRow:
    """`way`: to_us, to_you, waived."""

    on: date
    way: str
    amount: Money
    principal: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """principal = recovered + given_up + left. `written_off`: it says that the rest was not recovered."""

    paper_id: str
    case_number: str
    written_on: date
    sender: Sender
    recipient: Address
    contact: Person
    debtor: str
    outcome: Outcome
    written_off: bool
    opened_on: date
    closed_on: date
    claims: tuple[ClaimRow, ...]
    settled: tuple[SettledRow, ...]
    principal: Money
    recovered: Money
    given_up: Money
    left: Money
    steps: tuple[StepTaken, ...]


def certificate(data: Certificate, *, language: str, at: datetime) -> Paper:
    """Raises `Refusal` `sum_differs` when claims, payments and what is left do not add up."""
    require(data)
    require_sum(data.principal, [claim.amount for claim in data.claims], field="principal")
    require_sum(data.principal, [data.recovered, data.given_up, data.left], field="principal")
    words, spoken = Wording(language), language_of(language)
    kind = "write_off" if data.written_off else "offset"
    subject = words.say(f"books.{kind}", debtor=data.debtor)
    info = references(
        words, spoken, on=data.written_on, reference=data.case_number, debtor=data.debtor,
        contact=data.contact.name, phone=data.contact.phone,
    )  # fmt: skip
    title = f"{words.say('books.title')} {data.case_number}"
    page = Page(title, subject, data.paper_id, data.case_number, data.sender, data.recipient, info)
    body = _body(data, words, spoken, kind)
    return paper("statement", page, body, language=language, at=at, name="certificate")


def _body(data: Certificate, words: Wording, spoken: Language, kind: str) -> dict[str, Any]:
    def say(key: str, **gaps: str) -> str:
        return words.say(f"books.{key}", **gaps)

    currency = data.principal.currency
    opening = say(
        f"{kind}_opening", debtor=data.debtor, start=figures.day(data.opened_on, spoken),
        end=figures.day(data.closed_on, spoken), outcome=words.say(f"closing.{data.outcome.value}"),
    )  # fmt: skip
    claims = [[c.ref, figures.short(c.due_on, spoken), figures.plain(c.amount, spoken)] for c in data.claims]  # fmt: skip
    sums = [
        ["", say(label), figures.plain(amount, spoken)]
        for label, amount in (("total", data.principal), ("recovered", data.recovered), ("given_up", data.given_up), ("left", data.left))
    ]  # fmt: skip
    parts = [
        section(say("invoices"), table=table([say("invoice"), say("due"), f"{say('amount')} {currency}"], "llr", claims, sums, wide=1)),
        section(say("payments"), *([] if data.settled else [say("nothing")]), table=_settled(data, say, spoken, currency)),
    ]  # fmt: skip
    if data.written_off and data.steps:
        rows = [[figures.short(step.on, spoken), step.what] for step in data.steps]
        columns = [words.say("table.day"), words.say("table.what")]
        parts.append(section(say("done"), table=table(columns, "ll", rows, wide=1)))
    shown = data.left if data.written_off else data.recovered
    ask = {"label": say("left" if data.written_off else "recovered"), "amount": figures.money(shown, spoken)}  # fmt: skip
    return statement(
        [opening], parts, ask=ask, after=[say("note")],
        closing=[words.say("acceptance.greeting"), f"{data.contact.name}, {data.sender.name}"],
    )  # fmt: skip


def _settled(data: Certificate, say: Any, spoken: Language, currency: str) -> dict[str, Any] | None:
    if not data.settled:
        return None
    rows = [
        [figures.short(s.on, spoken), say(s.way), figures.plain(s.amount, spoken), figures.plain(s.principal, spoken)]
        for s in data.settled
    ]  # fmt: skip
    heads = [say("day"), say("way"), f"{say('amount')} {currency}", say("principal")]
    return table(heads, "llrr", rows, wide=1)
