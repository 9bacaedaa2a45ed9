"""From what bears interest (statute, contract, series) to the table of rates. Pure."""

from datetime import date
from functools import lru_cache

from recoup.jurisdictions.formulas import rates
from recoup.jurisdictions.formulas.rates import RateTable
from recoup.jurisdictions.overlay import Overlay, current
from recoup.jurisdictions.owed.request import Interest
from recoup.jurisdictions.rules import rules
from recoup.jurisdictions.series import series
from recoup.kernel.refusal import N_, NotAnswered


def rate_table(code: str, interest: Interest, name: str | None) -> RateTable | None:
    """The rates that apply; None where no interest runs. Raises `Refusal`, `NotAnswered`."""
    return _rate_table(code, interest, name, current())


@lru_cache(maxsize=256)
def _rate_table(code: str, interest: Interest, name: str | None, _: Overlay) -> RateTable | None:
    """Kept by the overlay too, since the series are read with it."""
    rule = rules(code).interest
    at_default = rule["fixing"] == "at_default"
    if interest.kind == "none":
        return None
    if interest.kind == "fixed":
        assert interest.rate is not None
        return rates.fixed(interest.rate, source="contract")
    if interest.kind == "over_base":
        base = name or rule.get("base") or rule.get("over_base")
        if base is None:
            raise NotAnswered(
                "base_not_answered",
                N_("No base rate is established for %(found)s; name a series to use."),
                field="interest", found=code,
            )  # fmt: skip
        assert interest.margin is not None
        margins = [(date.min, interest.margin)]
        return rates.base_plus_margin(
            series(base), margins, at_default=False, source="contract", up_to_half=False
        )
    if name is not None:
        return rates.whole(series(name), at_default=at_default)
    return rates.statutory(rule)
