"""The whole answer to a visitor: price, what the debtor pays, what may come back, what to do. Pure."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from recoup.agreements.rules.asked import Asked
from recoup.agreements.rules.charged import charged_to_debtor
from recoup.agreements.rules.commission import Commission, commission
from recoup.agreements.rules.expectation import Expected, expected, waiting
from recoup.agreements.rules.sentences import Sentence
from recoup.agreements.rules.terms import Terms
from recoup.agreements.rules.vat import vat_rate
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, NotKnown

Doc = dict[str, Any]
DOCUMENTS = (
    Sentence("invoice", N_("The invoice, best as an e-invoice (XML, or PDF with XML inside)")),
    Sentence("contract", N_("The order or the contract, and your terms if they were agreed")),
    Sentence("delivery", N_("Proof that you delivered or performed")),
    Sentence("letters", N_("Reminders you sent and what the debtor answered")),
)
DISPUTE = Sentence("dispute", N_("What the debtor objects to, and your answer"))


def quote(terms: Terms, asked: Asked, *, version: str, agency_country: str, on: date) -> Doc:
    """The answer as JSON (docs/algorithms/commission.md): amounts as text, rates in percent.

    `commission.amount` is what would be earned if all of the amount were collected. Raises `Refusal`
    `currency_not_in_card`.
    """
    currency, age = asked.amount.currency, max(0, (on - asked.due).days)
    prices = terms.prices(currency)
    earned = commission(
        terms, collected=asked.amount, claim=asked.amount, age_days=age,
        cross_border=asked.cross_border, phase="amicable",
    )  # fmt: skip
    likely = expected(terms, asked, age)
    charged = charged_to_debtor(asked, on)
    waits = waiting(terms, asked, age)
    return {
        "rate_card": version, "currency": currency, "age_days": age, "on": on.isoformat(),
        "valid_until": (on + timedelta(days=terms.valid_days)).isoformat(),
        "commission": {
            "rate": text(earned.rate), "amount": figure(earned.amount), "band": earned.band,
            "clause": earned.clause, "by_minimum": earned.minimum,
            "minimum": figure(prices.minimum), "minimum_clause": terms.clauses["minimum"],
            "legal_rate": text(earned.rate + terms.phases["legal"]),
            "legal_clause": terms.clauses["legal"],
        },
        "bands": _bands(terms, asked, age),
        "set_up_fee": figure(prices.set_up), "set_up_clause": terms.clauses["set_up"],
        "vat": _vat(agency_country, asked.creditor, on, terms.clauses["vat"]),
        "charged_to_debtor": charged,
        "expected": _expected(terms, likely, asked.amount),
        "waiting": [
            {"days": w.days, "commission_rate": text(w.rate), "recovery": text(w.recovery),
             "collected": figure(w.collected), "net": figure(w.net)}
            for w in waits
        ],
        "documents": [s.as_json() for s in (*DOCUMENTS, *((DISPUTE,) if asked.disputed else ()))],
        "next_steps": [s.as_json() for s in _next_steps(asked)],
        "why": [s.as_json() for s in _why(terms, asked, version, earned, likely, charged, on)],
    }  # fmt: skip


def _bands(terms: Terms, asked: Asked, age: int) -> Doc:
    """The card's table in the asked currency, with the asked cell; the points are added to each rate."""
    prices = terms.prices(asked.amount.currency)
    return {
        "limits": [str(limit) for limit in prices.limits], "ages": list(terms.ages),
        "rates": [[text(rate) for rate in row] for row in terms.rates],
        "size": terms.size(asked.amount), "age": terms.age(age),
        "cross_border": text(terms.cross_border), "abroad": asked.cross_border,
        "legal": text(terms.phases["legal"]), "clause": terms.clauses["commission"],
    }  # fmt: skip


def text(value: Decimal) -> str:
    """A rate without idle noughts: 12, 9.5."""
    return f"{value.normalize():f}"


def figure(money: Money) -> str:
    return str(money.rounded().amount)


def _vat(agency_country: str, creditor: str, on: date, clause: str) -> Doc:
    """For a company with a VAT number: who it is comes with the registration."""
    try:
        vat = vat_rate(agency_country, creditor, "stated at registration", on=on, clause=clause)
    except NotKnown as unknown:
        reason = Sentence(unknown.code, unknown.text, unknown.params)
        return {"rate": None, "code": "not_known", "clause": None, "reason": reason.as_json()}
    reason = Sentence(vat.code, vat.reason)
    return {"rate": text(vat.percent), "code": vat.code, "clause": vat.clause, "reason": reason.as_json(),
            "source": vat.source}  # fmt: skip


def _expected(terms: Terms, likely: Expected, amount: Money) -> Doc:
    return {
        "recovery": text(likely.recovery), "low": text(likely.low), "high": text(likely.high),
        "days": likely.days, "days_low": likely.days_low, "days_high": likely.days_high,
        "amount": figure(amount.times(likely.recovery / 100)),
        "clause": terms.clauses["expectation"], "basis": dict(terms.expectation.basis),
    }  # fmt: skip


def _next_steps(asked: Asked) -> list[Sentence]:
    register = N_(
        "Register your company and sign the agreement and the power of attorney online: about five minutes."
    )
    submit = N_("Hand over the claim: drop the e-invoice and the form fills itself.")
    check = N_("We check it within one business day and accept it, ask, or say why not.")
    write = N_("A collector for %(country)s writes to the debtor in its language, then calls.")
    steps = [Sentence("register", register), Sentence("submit", submit), Sentence("check", check),
             Sentence("write", write, {"country": asked.debtor})]  # fmt: skip
    if asked.disputed:
        steps.append(Sentence("dispute", N_("Because it is disputed, we first settle with you what you answer to the objection.")))  # fmt: skip
    steps.append(Sentence("decide", N_("You see every step as it is taken, and you decide on plans, settlements and court.")))  # fmt: skip
    steps.append(
        Sentence(
            "remit", N_("What comes in is paid out to you less the agreed fees, with a statement.")
        )
    )
    return steps


def _why(
    terms: Terms,
    asked: Asked,
    version: str,
    earned: Commission,
    likely: Expected,
    charged: Doc,
    on: date,
) -> list[Sentence]:
    age = (on - asked.due).days
    return [
        _why_rate(version, earned, asked, age),
        *([Sentence("minimum", N_("The minimum for a case, %(minimum)s, is more than the rate gives (clause %(clause)s)."),
                    {"minimum": terms.prices(asked.amount.currency).minimum, "clause": terms.clauses["minimum"]})]
          if earned.minimum else []),
        Sentence("success", N_("Commission is due only on what is collected; the amount shown is for all of it.")),
        *([Sentence("not_due", N_("The claim falls due on %(due)s: until then no interest runs."), {"due": asked.due})]
          if age < 0 else []),
        _why_charged(charged, asked),
        *_why_limitation(charged, on),
        *_why_expected(terms, asked, likely),
    ]  # fmt: skip


def _why_rate(version: str, earned: Commission, asked: Asked, age: int) -> Sentence:
    across = N_(
        "Rate card %(version)s, clause %(clause)s: %(rate)s %% for %(amount)s, %(days)s days past due, across a border."
    )
    inside = N_(
        "Rate card %(version)s, clause %(clause)s: %(rate)s %% for %(amount)s, %(days)s days past due, within one country."
    )
    return Sentence(
        "rate", across if asked.cross_border else inside,
        {"version": version, "clause": earned.clause, "rate": earned.rate, "amount": asked.amount,
         "days": max(0, age)},
    )  # fmt: skip


def _why_charged(charged: Doc, asked: Asked) -> Sentence:
    if not charged["established"]:
        text = N_(
            "What the law of %(country)s adds is not established here, so nothing is counted: we look it up before we write."
        )
        return Sentence("not_established", text, {"country": asked.debtor})
    text = N_(
        "The debtor's charges follow the law of %(country)s; another law in your contract may give another rate."
    )
    return Sentence("law", text, {"country": asked.debtor})


def _why_limitation(charged: Doc, on: date) -> list[Sentence]:
    limit = charged.get("limitation")
    if not limit or date.fromisoformat(limit["ends_on"]) >= on:
        return []
    text = N_(
        "As far as these facts show, the claim became time-barred on %(day)s (%(source)s). We may have to decline it."
    )
    return [
        Sentence(
            "limitation",
            text,
            {"day": date.fromisoformat(limit["ends_on"]), "source": limit["source"]},
        )
    ]


def _why_expected(terms: Terms, asked: Asked, likely: Expected) -> list[Sentence]:
    found = [
        Sentence("expected", N_("%(rate)s %% is what the house expects of claims of this age (clause %(clause)s), not a promise and not yet our own record: %(basis)s"),
                 {"rate": likely.recovery, "clause": terms.clauses["expectation"],
                  "basis": terms.expectation.basis["recovery"]}),
    ]  # fmt: skip
    if asked.documents is False:
        found.append(Sentence("no_documents", N_("Without documents we expect %(share)s %% of that."),
                              {"share": terms.expectation.without_documents * 100}))  # fmt: skip
    if asked.disputed:
        found.append(Sentence("disputed", N_("For disputed claims we expect %(share)s %% of that, and it takes longer."),
                              {"share": terms.expectation.disputed * 100}))  # fmt: skip
    return found
