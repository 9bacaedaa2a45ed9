"""A quote's answer prepared for the page: amounts as Money, sentences in the reader's language."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from recoup.jurisdictions.owed import question
from recoup.kernel.money import Money
from recoup.web.kit.components import Series, Why
from recoup.web.kit.formats import country_text, money_text, percent_text
from recoup.web.public.words import country_in_sentence, say

Doc = dict[str, Any]


def shown(answer: Doc, asked: Doc) -> Doc:
    """Rows for public/answer.html; does no arithmetic that the answer has not done."""
    currency = answer["currency"]

    def money(text: str) -> Money:
        return Money(Decimal(text), currency)

    commission, expected = answer["commission"], answer["expected"]
    return {
        "asked": asked | {"amount": money(asked["amount"])},
        "rate_card": answer["rate_card"], "currency": currency,
        "valid_until": date.fromisoformat(answer["valid_until"]),
        "commission": commission | {
            "rate": Decimal(commission["rate"]), "amount": money(commission["amount"]),
            "minimum": money(commission["minimum"]), "legal_rate": Decimal(commission["legal_rate"]),
        },
        "bands": _bands(answer["bands"], money) if "bands" in answer else None,
        "price_why": _price_why(answer, asked, money),
        "set_up_fee": money(answer["set_up_fee"]), "set_up_clause": answer["set_up_clause"],
        "vat": _vat(answer["vat"]),
        "charged": _charged(answer["charged_to_debtor"], currency),
        "expected": expected | {
            "recovery": Decimal(expected["recovery"]), "low": Decimal(expected["low"]),
            "high": Decimal(expected["high"]), "amount": money(expected["amount"]),
        },
        "expected_why": _expected_why(answer, expected),
        "waiting": [
            {"days": w["days"], "rate": Decimal(w["commission_rate"]), "recovery": Decimal(w["recovery"]),
             "net": money(w["net"])}
            for w in answer["waiting"]
        ],
        "wait_labels": [str(w["days"]) for w in answer["waiting"]],
        "wait_series": [Series(_("Reaches you"), [max(Decimal(0), Decimal(w["net"])) for w in answer["waiting"]])],
        "documents": [say(s) for s in answer["documents"]],
        "next_steps": [say(s) for s in answer["next_steps"]],
        "why": [say(s) for s in answer["why"]],
    }  # fmt: skip


def _price_why(answer: Doc, asked: Doc, money: Any) -> Why:
    commission = answer["commission"]
    return Why(
        title=_("How the price comes about"),
        rows=[
            (_("Claim"), money(asked["amount"])), (_("Past due, days"), Decimal(answer["age_days"])),
            (_("From"), country_text(asked["creditor"])), (_("Against a debtor in"), country_text(asked["debtor"])),
            (_("Clauses"), commission["clause"]), (_("Commission"), percent_text(Decimal(commission["rate"]))),
        ],
        total=(_("If all is collected"), money(commission["amount"])),
        rule=_("Rate card"), version=answer["rate_card"],
    )  # fmt: skip


def _bands(bands: Doc, money: Any) -> Doc:
    """Rows of the card: (upper limit or None, [(rate, whether it is the asked cell)])."""
    rows = [
        (limit, [(Decimal(rate), (n, m) == (bands["size"], bands["age"])) for m, rate in enumerate(row)])
        for n, (limit, row) in enumerate(zip([*map(money, bands["limits"]), None], bands["rates"], strict=True))
    ]  # fmt: skip
    return {"ages": bands["ages"], "last_age": bands["ages"][-1], "rows": rows, "last": money(bands["limits"][-1]),
            "cross_border": Decimal(bands["cross_border"]), "abroad": bands["abroad"], "legal": Decimal(bands["legal"])}  # fmt: skip


def _vat(vat: Doc) -> Doc:
    rate = None if vat["rate"] is None else Decimal(vat["rate"])
    return {"rate": rate, "reason": say(vat["reason"]), "clause": vat["clause"]}


def _charged(charged: Doc, currency: str) -> Doc:
    place = {
        "country": country_in_sentence(charged["jurisdiction"]),
        "slug": charged["jurisdiction"].lower(),
        "established": charged["established"],
    }
    if not charged["established"]:
        return place | {"because": say(charged["because"]) if charged["because"] else ""}
    own = charged["compensation"]
    rows = [
        (_("Your claim"), Money(Decimal(charged["principal"]), currency)),
        (_("Interest until today"), Money(Decimal(charged["interest"]), currency)),
        (_("Fixed compensation"), Money(Decimal(own["open"]), own["currency"])),
        (_("Cost of the first demand"), Money(Decimal(charged["costs"]), currency)),
    ]
    return place | {
        "rows": [row for n, row in enumerate(rows) if n < 2 or row[1]], "total": Money(Decimal(charged["total"]), currency),
        "apart": own["currency"] != currency and Decimal(own["open"]) > 0,
        "per_day": Money(Decimal(charged["per_diem"]), currency),
        "provisional": charged["provisional"],
        "why": Why(
            title=_("What the law adds"), rows=rows,
            total=(_("Owed in all"), Money(Decimal(charged["total"]), currency)),
            steps=[say(s) for s in charged["why"]], rule=_("Law of %(country)s") % {"country": place["country"]}, source=_sources(charged),
        ),
        "not_answered": [_("Not answered: %(question)s") % {"question": question(one, _)} for one in charged["not_answered"]],
    }  # fmt: skip


def _sources(charged: Doc) -> str:
    found = [s["source"] for s in charged["segments"]] + [
        c["source"] for c in charged["cost_lines"]
    ]
    if charged["compensation"].get("source"):
        found.append(charged["compensation"]["source"])
    return "; ".join(dict.fromkeys(str(each) for each in found if each))


def _expected_why(answer: Doc, expected: Doc) -> Why:
    basis = expected["basis"]
    return Why(
        title=_("Where the expectation comes from"),
        rows=[(_("Past due, days"), Decimal(answer["age_days"])),
              (_("Likely"), percent_text(Decimal(expected["recovery"]))),
              (_("Range"), f"{percent_text(Decimal(expected['low']))} – {percent_text(Decimal(expected['high']))}")],
        steps=[_(basis["recovery"]), _(basis["factors"]), _(basis["range"]), _(basis["days"])],
        rule=_("Rate card, clause %(clause)s") % {"clause": expected["clause"]}, version=answer["rate_card"],
    )  # fmt: skip


def price_line(answer: Doc) -> str:
    """One line for the registration page: `12.5 % · 2,300.00 EUR if all is collected`."""
    commission = answer["commission"]
    amount = money_text(Decimal(commission["amount"]), answer["currency"])
    rate = percent_text(Decimal(commission["rate"]))
    return _("%(rate)s commission, %(amount)s if all is collected") % {
        "rate": rate,
        "amount": amount,
    }
