"""Which reports there are, and how cases are grouped in each."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from recoup.kernel.refusal import N_


class Every(StrEnum):
    WEEK = "week"
    MONTH = "month"


AGES = (0, 31, 61, 91, 181, 366)  # days; each band ends the day before the next


@dataclass(frozen=True, slots=True)
class Grouping:
    """`key`: an SQL expression over a case's facts, as text; `house`: not for clients, `client`: for them only."""

    name: str
    title: str
    head: str
    means: str
    key: str
    house: bool = False
    client: bool = False
    only: str = "true"


def banded(days: str) -> str:
    """The first day of the band, as text; 'none' where nothing is known."""
    whens = " ".join(f"WHEN {days} < {after} THEN '{first}'" for first, after in pairwise(AGES))  # fmt: skip
    return f"CASE WHEN {days} IS NULL THEN 'none' {whens} ELSE '{AGES[-1]}' END"


GROUPINGS = {
    g.name: g
    for g in (
        Grouping("placement", N_("By month of placement"), N_("Placed in"),
                 N_("What was handed over in a month, and what has come in of it since."), "to_char(month, 'YYYY-MM')"),
        Grouping("age", N_("By age of the debt"), N_("Days overdue when placed"),
                 N_("How old the oldest invoice was when the case was handed over: what waiting costs."), banded("age")),
        Grouping("country", N_("By country"), N_("Country of the debtor"),
                 N_("Where the debtors are."), "country"),
        Grouping("division", N_("By division"), N_("Division"),
                 N_("What each part of the company handed over and got."), "coalesce(division_id::text, 'none')", client=True),
        Grouping("client", N_("By client"), N_("Client"),
                 N_("What each client handed over and got."), "client_id::text", house=True),
        Grouping("collector", N_("By collector"), N_("Collector"),
                 N_("Cases by who has them now. Says as much about what they were given as about their work."),
                 "coalesce(collector_id::text, 'none')", house=True),
        Grouping("ageing", N_("Ageing of what is open"), N_("Days overdue today"),
                 N_("Open cases by the age of their oldest invoice today."), banded("(%(today)s::date - first_due)"),
                 only="stage NOT IN ('closed', 'declined')"),
    )
}  # fmt: skip

# Steps of the funnel: each counts the cases of which the condition is true.
FUNNEL = (
    ("placed", N_("Placed"), "true"),
    ("accepted", N_("Accepted"), "stage <> 'submitted'"),
    ("contacted", N_("Contacted"), "attempts > 0"),
    ("reached", N_("Right person reached"), "reached"),
    ("promised", N_("Promise or plan"), "promised"),
    ("paid", N_("Something paid"), "collected > 0"),
    (
        "paid_in_full",
        N_("Paid in full"),
        "code IN ('paid', 'paid_and_rest_waived', 'plan_completed', 'settled')",
    ),
)
OTHERS = {
    "funnel": (N_("Funnel"), N_("How far the cases have come.")),
    "contacts": (N_("Contact, promise, payment"), N_("Of the contacts of a month: who was reached, who promised, who kept it.")),
    "cost": (N_("Cost of recovery"), N_("Commission and contacts for what was collected.")),
    "forecast": (N_("Forecast"), N_("What the open cases are expected to bring in, with its range.")),
}  # fmt: skip
NAMES = (*GROUPINGS, *OTHERS)
