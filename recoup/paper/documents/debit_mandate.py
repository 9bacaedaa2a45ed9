"""The SEPA direct debit mandate as a paper: what was signed, word for word, by whom and when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from recoup.paper import figures
from recoup.paper.complete import require
from recoup.paper.documents.statement import section, statement
from recoup.paper.languages import Language, language_of
from recoup.paper.parts import Address, Page, Paper, Sender, Signature, paper, references
from recoup.paper.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """`text`: the scheme's own paragraphs as they were shown, in the paper's language. `bic`: None where the IBAN
    finds the bank."""

    paper_id: str
    reference: str
    case_number: str
    creditor_id: str
    creditor: Sender
    debtor: Address
    holder: str
    iban: str
    bic: str | None = None
    signed_on: date
    text: tuple[str, ...]
    signed: Signature


def debit_mandate(data: Mandate, *, language: str, at: datetime) -> Paper:
    """The mandate with its signature. Raises `Refusal` as `debtor_letter` does."""
    require(data)
    words, spoken = Wording(language), language_of(language)
    title = f"{words.say('mandate.title')} {data.reference}"
    info = references(words, spoken, on=data.signed_on, reference=data.case_number)
    page = Page(
        title,
        words.say("mandate.title"),
        data.paper_id,
        data.reference,
        data.creditor,
        data.debtor,
        info,
    )
    return paper(
        "statement", page, _body(data, words, spoken), language=language, at=at, name="mandate"
    )


def _body(data: Mandate, words: Wording, spoken: Language) -> dict[str, Any]:
    def say(key: str) -> str:
        return words.say(f"mandate.{key}")

    house = ", ".join([data.creditor.name, *data.creditor.lines])
    account = [
        [say("holder"), data.holder], [say("iban"), figures.grouped(data.iban)],
        *([[say("bic"), data.bic]] if data.bic else []),
    ]  # fmt: skip
    creditor = [
        [say("reference"), data.reference], [say("creditor"), house], [say("creditor_id"), data.creditor_id],
        [say("kind"), say("recurrent")],
    ]  # fmt: skip
    signed = [
        [say("name"), data.signed.name], [say("at"), figures.instant(data.signed.at, spoken)],
        [say("evidence"), data.signed.evidence],
    ]  # fmt: skip
    return statement(
        list(data.text),
        [
            section(say("creditor_part"), facts=creditor), section(say("account_part"), facts=account),
            section(say("signature"), facts=signed, small=[say("kept")]),
        ],
    )  # fmt: skip
