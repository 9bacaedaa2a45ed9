"""What a country says of the rate that the parties agreed. Pure.

No pack takes an agreed rate away: a limit that the rate passes is said, and a person decides.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from recoup.jurisdictions.formulas.rates import statutory
from recoup.jurisdictions.owed import reasons
from recoup.jurisdictions.owed.request import Interest
from recoup.jurisdictions.owed.run import Stretch
from recoup.jurisdictions.reason import Reason
from recoup.jurisdictions.rules import Rules
from recoup.kernel.refusal import NotKnown


def standing(law: Rules, interest: Interest) -> tuple[list[Reason], list[str]]:
    """What holds of every agreed rate there, and what nobody has established."""
    rule = law.contract
    if rule is None:
        return [], ["contract_rate: limits"]
    said, asked = [reasons.contract_rule(rule)], []
    if interest.compounding in ("yearly", "monthly") and rule.get("compounding") == "not_allowed":
        said.append(reasons.contract_compounding(rule))
    if rule.get("limits") == "not_answered":
        asked.append("contract_rate: limits")
    if "not_held" in rule:
        asked.append(f"contract_rate: {rule['not_held']}")
    return said, asked


def passed(law: Rules, stretches: Iterable[Stretch]) -> list[Reason]:
    """The limits that the agreed rate passes on a day it was counted, each said once."""
    rule, said = law.contract or {}, []
    if "most" in rule:
        limit, since = (
            Decimal(rule["most"]),
            date.fromisoformat(rule.get("most_from", "0001-01-01")),
        )
        rates = [one.row.rate for one in stretches if one.end > since.toordinal()]
        if rates and max(rates) > limit:
            said.append(reasons.contract_rate_high(rule, max(rates), limit))
    if "least_share" in rule:
        said += _too_low(law, Decimal(rule["least_share"]), stretches)
    return said


def _too_low(law: Rules, share: Decimal, stretches: Iterable[Stretch]) -> list[Reason]:
    """An agreed rate below a share of the statute's own (Spain, Ley 3/2004 art. 9.1)."""
    table = statutory(law.interest)
    assert table is not None
    for one in stretches:
        try:
            limit = table.row(one.first).rate * share
        except NotKnown:
            continue
        if one.row.rate < limit:
            return [reasons.contract_rate_low(law.contract or {}, one.row.rate, limit)]
    return []
