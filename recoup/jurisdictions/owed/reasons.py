"""The sentences of *Why?*: one each, with gaps that a translation fills in its own order. Pure."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from recoup.jurisdictions.formulas.rates import RateRow, RateTable
from recoup.jurisdictions.formulas.tariffs import Charge
from recoup.jurisdictions.owed.request import Claim, Cost, Interest, Payment, Request
from recoup.jurisdictions.reason import Reason
from recoup.jurisdictions.rules import Rules
from recoup.jurisdictions.series import Row
from recoup.kernel.refusal import N_

KINDS = {
    "base_plus_margin": N_("Statutory interest is the base rate plus a margin (%(source)s)."),
    "base_times": N_("Statutory interest is the base rate with a mark-up (%(source)s)."),
    "series": N_("Statutory interest is the published rate (%(source)s)."),
    "none_as_of_right": N_(
        "There is no late-payment statute: without a contract clause interest is not owed as of right,"
        " only what a court may award."
    ),
    "not_answered": N_("No statutory rate is held for this country, so no interest is counted."),
}
FIXED = N_(
    "Statutory interest stays at the rate of the first day of default for the life of the debt (%(source)s)."
)
WITH_DAY = N_("Days are counted %(day_count)s with %(as_of)s as an interest day.")
WITHOUT_DAY = N_("Days are counted %(day_count)s with %(as_of)s not an interest day.")
ROUNDING = {
    "sum": N_("The segments of a claim are added and rounded once."),
    "segment": N_("Each segment is rounded, then they are added."),
}


def interest(law: Rules, terms: Interest, series: str | None, table: RateTable | None) -> Reason:
    """By what the claims bear interest."""
    rule = law.interest
    if terms.kind == "none":
        return Reason("interest_none", N_("No interest is claimed."))
    if terms.kind == "fixed":
        return Reason(
            "interest_fixed",
            N_("Interest runs at the contract's %(rate)s %% a year."), {"rate": str(terms.rate)},
        )  # fmt: skip
    if terms.kind == "over_base":
        return Reason(
            "interest_over_base",
            N_("Interest runs at the contract's %(margin)s points over the base rate."),
            {"margin": str(terms.margin)},
        )
    if series is not None:
        return Reason(
            "interest_series", N_("Interest runs at the rates of the series %(series)s."),
            {"series": series},
        )  # fmt: skip
    kind = rule["kind"]
    if table is not None and table.at_default:
        return Reason("interest_at_default", FIXED, {"source": rule["source"]})
    if table is None:
        return Reason(f"interest_{kind}", KINDS[kind])
    return Reason(f"interest_{kind}", KINDS[kind], {"source": rule["source"]})


def entered(row: RateRow) -> Reason:
    """A value that stands beside the pack, because somebody entered it and somebody else confirmed it."""
    value = row.rate if row.base is None else row.base
    return _entered(row.series or "", date.fromordinal(row.first), value, row.source)


def entered_amount(name: str, row: Row) -> Reason:
    return _entered(name, row.first, row.value, row.source)


def _entered(name: str, first: date, value: Decimal, source: str) -> Reason:
    return Reason(
        "entered_value",
        N_("The value %(value)s of %(series)s from %(first)s was entered and confirmed beside the pack (%(source)s)."),
        {"value": f"{value:f}", "series": name, "source": source, "first": first.isoformat()},
    )  # fmt: skip


def note(text: str) -> Reason:
    return Reason("note", "%(note)s", {"note": text})


@lru_cache(maxsize=512)
def days(day_count: str, counted: bool, as_of: date) -> Reason:
    text = WITH_DAY if counted else WITHOUT_DAY
    return Reason("days", text, {"day_count": day_count, "as_of": as_of.isoformat()})


def rounding(name: str) -> Reason:
    return Reason(f"rounding_{name}", ROUNDING[name])


def order(law: Rules, request: Request, parts: tuple[str, ...]) -> Reason:
    """In which order payments are used, and who says so."""
    params = {"order": ", ".join(parts), "source": law.allocation["source"]}
    if request.allocation is not None:
        return Reason("order_stated", N_("Payments go to %(order)s, as was asked for."), params)
    if "costs" in law.allocation["order"]:
        return Reason("order", N_("Payments go to %(order)s (%(source)s)."), params)
    text = N_(
        "Payments go to %(order)s (%(source)s); the law names no place for costs, so they come last."
    )
    return Reason("order_without_costs", text, params)


def provisional() -> Reason:
    return Reason(
        "provisional", N_("A rate used here is provisional: its publication has not been read.")
    )


def limited(law: Rules, lost: Decimal, currency: str) -> Reason:
    """Interest that the law does not grant, because it had reached the unpaid capital."""
    rule = law.interest["most"]
    return Reason(
        "interest_limited",
        N_("Interest stops while it equals the unpaid capital; %(amount)s %(currency)s beyond is not owed (%(source)s; %(verified)s)."),
        {"amount": str(lost), "currency": currency, "source": rule["source"],
         "verified": rule["verified"]},
    )  # fmt: skip


def contract_rule(rule: dict[str, Any]) -> Reason:
    """What the law says of agreed rates, as it was found."""
    return Reason("contract_rule", N_("On agreed rates: %(note)s (%(source)s; %(verified)s)."),
                  {"note": rule["text"], "source": rule["source"], "verified": rule["verified"]})  # fmt: skip


def contract_compounding(rule: dict[str, Any]) -> Reason:
    text = N_(
        "Interest on interest was agreed, which the law there does not allow: a lawyer must say whether it stands (%(source)s)."
    )
    return Reason("contract_compounding", text, {"source": rule["source"]})


def contract_rate_high(rule: dict[str, Any], rate: Decimal, limit: Decimal) -> Reason:
    text = N_(
        "The agreed rate of %(rate)s %% is above %(limit)s %%: a lawyer must say whether it stands (%(source)s)."
    )
    return _contract_rate("contract_rate_high", text, rule, rate, limit)


def contract_rate_low(rule: dict[str, Any], rate: Decimal, limit: Decimal) -> Reason:
    text = N_(
        "The agreed rate of %(rate)s %% is below %(limit)s %%: a lawyer must say whether it stands (%(source)s)."
    )
    return _contract_rate("contract_rate_low", text, rule, rate, limit)


def _contract_rate(
    code: str, text: str, rule: dict[str, Any], rate: Decimal, limit: Decimal
) -> Reason:
    return Reason(
        code, text,
        {"rate": f"{rate.normalize():f}", "limit": f"{limit.normalize():f}", "source": rule["source"]},
    )  # fmt: skip


def not_yet_due(claim: Claim) -> Reason:
    return Reason(
        "not_yet_due", N_("%(ref)s is not yet overdue (due %(due)s): it counts without interest."),
        {"ref": claim.ref, "due": claim.due.isoformat()},
    )  # fmt: skip


def payment_later(payment: Payment) -> Reason:
    return Reason(
        "payment_later", N_("The payment of %(on)s comes after the day and is left out."),
        {"on": payment.on.isoformat()},
    )  # fmt: skip


def cost_later(cost: Cost) -> Reason:
    return Reason(
        "cost_later", N_("The cost “%(kind)s” of %(on)s comes after the day and is left out."),
        {"kind": cost.kind, "on": cost.on.isoformat()},
    )  # fmt: skip


def credit_note_later(claim: Claim) -> Reason:
    return Reason(
        "credit_note_later", N_("The credit note %(ref)s of %(on)s comes after the day and is left out."),
        {"ref": claim.ref, "on": (claim.interest_from or claim.due).isoformat()},
    )  # fmt: skip


def credit_left(claim: Claim, amount: Decimal, currency: str) -> Reason:
    return Reason(
        "credit_left",
        N_("%(amount)s %(currency)s of the credit note %(ref)s found no open principal."),
        {"ref": claim.ref, "amount": str(amount), "currency": currency},
    )


def overpaid(amount: Decimal, currency: str) -> Reason:
    return Reason(
        "overpaid", N_("%(amount)s %(currency)s was paid beyond what was owed and is not allocated."),
        {"amount": str(amount), "currency": currency},
    )  # fmt: skip


def compensation(law: Rules, claim: Claim, amount: Decimal, currency: str) -> Reason:
    return Reason(
        "compensation", N_("%(ref)s: fixed compensation of %(amount)s %(currency)s (%(source)s)."),
        {"ref": claim.ref, "amount": f"{amount:f}", "currency": currency,
         "source": law.compensation["source"]},
    )  # fmt: skip


def exchange_day(claim: Claim, day: date) -> Reason:
    return Reason(
        "exchange_day",
        N_(
            "%(ref)s: the compensation is converted at the mid rate of %(day)s and is not in the total."
        ),
        {"ref": claim.ref, "day": day.isoformat()},
    )


def other_currency(amount: Decimal, currency: str) -> Reason:
    return Reason(
        "other_currency", N_("%(amount)s %(currency)s is in another currency and is not in the total."),
        {"amount": f"{amount:f}", "currency": currency},
    )  # fmt: skip


def tariff(cost: Cost, charge: Charge, currency: str) -> Reason:
    params = {"kind": cost.kind, "on": cost.on.isoformat(), "amount": f"{charge.amount:f}",
              "currency": currency, "source": charge.source}  # fmt: skip
    if charge.capped == "count":
        text = N_("“%(kind)s” of %(on)s: nothing more may be charged so often (%(source)s).")
    elif charge.capped == "days":
        text = N_(
            "“%(kind)s” of %(on)s: nothing may be charged so soon after the last (%(source)s)."
        )
    else:
        text = N_("“%(kind)s” of %(on)s: the tariff is %(amount)s %(currency)s (%(source)s).")
    return Reason("tariff", text, params)


def paid_soon(cost: Cost, rule: dict[str, Any]) -> Reason:
    return Reason(
        "paid_soon",
        N_("“%(kind)s” of %(on)s: paid within %(days)s days, so only the factor of %(factor)s is due (%(source)s)."),
        {"kind": cost.kind, "on": cost.on.isoformat(), "days": rule["simple"]["paid_within_days"],
         "factor": rule["simple"]["factor"], "source": rule["source"]},
    )  # fmt: skip


def cost_capped(cost: Cost, amount: Decimal, source: str) -> Reason:
    return Reason(
        "cost_capped", N_("“%(kind)s” of %(on)s: at most %(amount)s may be charged (%(source)s)."),
        {"kind": cost.kind, "on": cost.on.isoformat(), "amount": f"{amount:f}", "source": source},
    )  # fmt: skip


def contract_only(law: Rules, cost: Cost) -> Reason:
    return Reason(
        "contract_only",
        N_("“%(kind)s” of %(on)s is owed only if the contract says so (%(source)s)."),
        {"kind": cost.kind, "on": cost.on.isoformat(), "source": law.costs["source"]},
    )
