"""Acknowledgement of debt with a payment plan, or a settlement: what is owed, what is paid when, what
follows, and what signing means in law."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from recoup.kernel.money import Money
from recoup.paper import figures
from recoup.paper.complete import require, require_sum
from recoup.paper.documents.debtor_letter import pay_box
from recoup.paper.documents.statement import section, statement
from recoup.paper.languages import Language, language_of
from recoup.paper.parts import Address, Page, Paper, Person, Sender, Signature, paper, references
from recoup.paper.payment import Payment
from recoup.paper.tables import in_currency, table
from recoup.paper.wording import Wording, missing


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalmentRow:
    number: int
    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What an acknowledgement does to limitation: the law's name in the paper's language, its source."""

    country: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPlan:
    """`owed` with `interest_to_come` less `given_up` makes the instalments. `kind`: instalments or
    settlement; `free`: interest of the plan's time is not asked for; `effect`: None where the law is not
    established; `signed`: None on the offer."""

    paper_id: str
    kind: str
    plan_number: str
    case_number: str
    written_on: date
    as_of: date
    until: date
    sender: Sender
    recipient: Address
    contact: Person
    creditor: str
    debtor: str
    invoices: tuple[str, ...]
    principal: Money
    interest: Money
    compensation: Money
    costs: Money
    owed: Money
    interest_to_come: Money
    given_up: Money
    instalments: tuple[InstalmentRow, ...]
    grace_days: int
    accelerates: bool
    free: bool
    payment: Payment
    link: str
    penalty: Decimal | None = None
    effect: Effect | None = None
    signed: Signature | None = None


def payment_plan(data: PaymentPlan, *, language: str, at: datetime) -> Paper:
    """The paper, signed or to be signed. Raises `Refusal` `sum_differs` and as `debtor_letter` does."""
    require(data)
    if not data.instalments:
        raise missing("instalments")
    require_sum(
        data.owed, [data.principal, data.interest, data.compensation, data.costs], field="owed"
    )
    total = data.owed + data.interest_to_come - data.given_up
    require_sum(total, [row.amount for row in data.instalments], field="instalments")
    words, spoken = Wording(language), language_of(language)
    title = words.say(f"plan.{data.kind}.title")
    subject = words.say("plan.subject", title=title, creditor=data.creditor)
    info = references(
        words, spoken, on=data.written_on, reference=data.plan_number, on_behalf_of=data.creditor,
        contact=data.contact.name, phone=data.contact.phone,
    )  # fmt: skip
    page = Page(
        f"{title} {data.plan_number}", subject, data.paper_id, data.plan_number, data.sender,
        data.recipient, info,
    )  # fmt: skip
    return paper("statement", page, _body(data, total, words, spoken), language=language, at=at, name="plan")  # fmt: skip


def _body(data: PaymentPlan, total: Money, words: Wording, spoken: Language) -> dict[str, Any]:
    def say(key: str, **gaps: str) -> str:
        return words.say(f"plan.{key}", **gaps)

    def money(value: Money) -> str:
        return figures.money(value, spoken)

    day = figures.day(data.as_of, spoken)
    parties = {
        "debtor": data.debtor,
        "creditor": data.creditor,
        "invoices": ", ".join(data.invoices),
    }
    parts = [
        section(say("claim"), say("acknowledges", total=money(data.owed), day=day, **parties), facts=_claim(data, words, spoken)),
        section(say("schedule"), table=_schedule(data, total, words, spoken)),
        section(say("terms"), points=_terms(data, words, spoken)),
        section(say("effect"), *_effect(data, words)),
    ]  # fmt: skip
    if data.signed is not None:
        parts.append(section(say("signature"), facts=_signature(data.signed, words, spoken)))
    else:
        until = figures.day(data.until, spoken)
        parts.append(section(say("signature"), say("to_sign", until=until, link=data.link)))
    first = data.instalments[0]
    ask = {
        "label": say("first", day=figures.day(first.due_on, spoken)),
        "amount": money(first.amount),
    }
    opening = say(f"{data.kind}.opening", agency=data.sender.name, **parties)
    return statement(
        [opening], parts, ask=ask, pay=pay_box(data.payment, first.amount, words, link=data.link),
        closing=[words.say("letter.greeting"), f"{data.contact.name}, {data.sender.name}"],
    )  # fmt: skip


def _claim(data: PaymentPlan, words: Wording, spoken: Language) -> list[list[str]]:
    named = (
        "principal",
        "interest",
        "compensation",
        "costs",
        "owed",
        "interest_to_come",
        "given_up",
    )
    always = ("principal", "owed")
    rows = []
    for name in named:
        value: Money = getattr(data, name)
        if value or name in always:
            shown = -value if name == "given_up" else value
            rows.append([words.say(f"plan.{name}"), figures.money(shown, spoken)])
    return rows


def _schedule(data: PaymentPlan, total: Money, words: Wording, spoken: Language) -> dict[str, Any]:
    rows = [
        [figures.whole(row.number, spoken), figures.weekday(row.due_on, spoken), figures.plain(row.amount, spoken)]
        for row in data.instalments
    ]  # fmt: skip
    head = [words.say("plan.number"), words.say("table.due"), words.say("table.amount")]
    head[2] = in_currency(head[2], total.currency, words)
    last = [words.say("table.total"), "", figures.plain(total, spoken)]
    return table(head, "llr", rows, [last], wide=1)


def _terms(data: PaymentPlan, words: Wording, spoken: Language) -> list[str]:
    def say(key: str, **gaps: str) -> str:
        return words.say(f"plan.{key}", **gaps)

    found = [say("rests")]
    if data.kind == "settlement":
        found.append(say("given_up_when", amount=figures.money(data.given_up, spoken)) if data.given_up else say("free"))  # fmt: skip
    elif data.free:
        found.append(say("free"))
    else:
        found.append(say("interest_by_law"))
    grace = figures.whole(data.grace_days, spoken)
    found.append(say("accelerates" if data.accelerates or len(data.instalments) == 1 else "two_missed", days=grace))  # fmt: skip
    if data.penalty:
        found.append(say("penalty", percent=figures.percent(data.penalty, spoken)))
    return [*found, say("early")]


def _effect(data: PaymentPlan, words: Wording) -> list[str]:
    if data.effect is None:
        return [words.say("plan.effect_unknown")]
    return [words.say("plan.effect_text", country=data.effect.country, source=data.effect.source)]


def _signature(signed: Signature, words: Wording, spoken: Language) -> list[list[str]]:
    return [
        [words.say("plan.signed_by"), f"{signed.name}, {signed.title}" if signed.title else signed.name],
        [words.say("plan.signed_at"), figures.instant(signed.at, spoken)],
        [words.say("plan.evidence"), signed.evidence],
    ]  # fmt: skip
