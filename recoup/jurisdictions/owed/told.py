"""Reasons and open questions in a reader's language: the text, and the words of the trade in its gaps. Pure.

`translate` is given whole English texts; what it does not know comes back as it is.
"""

from collections.abc import Callable

from recoup.jurisdictions.reason import Reason
from recoup.kernel.refusal import N_

Translate = Callable[[str], str]
WORDS = {
    "reminder": N_("reminder"), "demand": N_("demand"), "instalment_plan": N_("instalment plan"),
    "court_fee": N_("court fee"), "lawyer": N_("lawyer"), "other": N_("other"),
    "costs": N_("costs"), "compensation": N_("compensation"), "interest": N_("interest"),
    "principal": N_("principal"),
}  # fmt: skip
COMMA = N_(", ")  # between the words of a list
QUESTIONS = {
    "late_interest": N_("Interest for late payment"), "compensation": N_("Fixed compensation"),
    "limitation": N_("When a claim is too old"), "contract_rate": N_("An agreed rate"),
    "costs": N_("Costs of collection"),
}  # fmt: skip
# What the packs and the rooms beside say after the colon; a test holds the packs' notes against this list.
KNOWN = (
    N_("limits"),
    N_("three times the legal rate, below which no rate may be agreed; that series is not held"),
    N_("the total cap for so large a principal"),
    N_("whether a business debtor owes them"),
    N_("Without an agreed rate the market rate at the time of the transaction applies, capped; a court sets it."),
    N_("The legal rate (Selic less IPCA, monthly, plus IPCA) is not held as a series."),
    N_("Only registered micro and small suppliers have a statutory rate (three times the bank rate), and the bank rate is not held as a series."),
    N_("A court may award the 1-year LPR at breach plus 30 to 50 percent; the lower end is counted, up to 1.5 times may be claimed."),
    N_("Whether the rate stays as it was at default is not established; each year is counted at its own rate."),
    N_("Interest that a court would award for breach of contract; there is no statutory right to charge it before a suit."),
)  # fmt: skip


def told(reason: Reason, translate: Translate) -> str:
    """The sentence of a reason."""
    params = {key: _in_gap(key, value, translate) for key, value in reason.params.items()}
    return translate(reason.text) % params


def question(text: str, translate: Translate) -> str:
    """One of `not_answered`: its subject, and what of it is open."""
    subject, colon, rest = text.partition(": ")
    if subject not in QUESTIONS:
        return text
    return translate(QUESTIONS[subject]) + (f": {remark(rest, translate)}" if colon else "")


def remark(text: str, translate: Translate) -> str:
    """What a pack says in its own words, translated where it is known."""
    return translate(text) if text in KNOWN else text


def in_order(parts: str, translate: Translate) -> str:
    """The parts a payment goes to, as `Reason`s name them."""
    return translate(COMMA).join(translate(WORDS.get(one, one)) for one in parts.split(", "))


def _in_gap(key: str, value: object, translate: Translate) -> object:
    if not isinstance(value, str):
        return value
    if key == "kind":
        return translate(WORDS.get(value, value))
    if key == "note":
        return remark(value, translate)
    return in_order(value, translate) if key == "order" else value
