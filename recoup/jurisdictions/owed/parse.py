"""A request from a JSON document. Strict: unknown keys, other types and odd figures are refused. Pure."""

import re
from decimal import Decimal
from typing import Any

from recoup.jurisdictions.owed.request import (
    CLAIMS,
    COSTS,
    DESIGNATIONS,
    INTEREST,
    Claim,
    Cost,
    Interest,
    Payment,
    Request,
)
from recoup.jurisdictions.rules import BUCKETS, COMPOUNDINGS, DAY_COUNTS, ROUNDINGS, folder_of
from recoup.jurisdictions.series import NAME, series
from recoup.kernel.days import parse_day
from recoup.kernel.money import CURRENCIES, parse_amount
from recoup.kernel.refusal import N_, Refusal

RATE = re.compile(r"[0-9]{1,4}(\.[0-9]{1,6})?", re.ASCII)
TOP = {
    "jurisdiction", "currency", "as_of", "as_of_counted", "payment_day_counted", "day_count",
    "rounding", "interest", "series", "claims", "payments", "costs", "allocation",
}  # fmt: skip
MOST = 10_000
MOST_TOGETHER = 1_000_000


def parse_request(doc: Any) -> Request:
    """The request in a document as docs/reference and CONTRACT describe it.

    Raises `Refusal`: `not_an_object`, `unknown_key`, `missing`, `not_text`, `not_a_choice`, amounts
    and days that are not plain, `jurisdiction_unknown`, `currency_unknown`, `currency_mixed`,
    `series_unknown`, `ref_twice`.
    """
    _object(doc, TOP, "request")
    code = _text(_needed(doc, "jurisdiction", "request"), "jurisdiction")
    folder_of(code)
    currency = _text(_needed(doc, "currency", "request"), "currency")
    if currency not in CURRENCIES:
        raise _refusal("currency_unknown", N_("%(field)s: “%(found)s” is not an ISO 4217 code."),
                       "currency", currency)  # fmt: skip
    claims = tuple(_claim(c, currency, f"claims[{i}]") for i, c in enumerate(_list(doc, "claims")))
    if not claims:
        raise _refusal("missing", N_("%(field)s is missing."), "claims", None)
    _no_twins(claims)
    refs = {claim.ref for claim in claims}
    payments = _list(doc, "payments")
    costs = _list(doc, "costs")
    if len(claims) * (len(payments) + len(costs)) > MOST_TOGETHER:
        raise _refusal("too_many", N_("%(field)s: too many claims for so many payments."), "claims",
                       str(len(claims)))  # fmt: skip
    interest = parse_interest(doc.get("interest"))
    return Request(
        jurisdiction=code, currency=currency,
        as_of=parse_day(_needed(doc, "as_of", "request"), field="as_of"), claims=claims,
        payments=tuple(_payment(p, currency, refs, f"payments[{i}]") for i, p in enumerate(payments)),
        costs=tuple(_cost(c, currency, f"costs[{i}]") for i, c in enumerate(costs)),
        interest=interest, series=_series(doc, interest),
        as_of_counted=_flag(doc, "as_of_counted"),
        payment_day_counted=_flag(doc, "payment_day_counted"),
        day_count=_maybe(doc, "day_count", DAY_COUNTS), rounding=_maybe(doc, "rounding", ROUNDINGS),
        allocation=_order(doc),
    )  # fmt: skip


def _claim(doc: Any, currency: str, where: str) -> Claim:
    _one_currency(doc, currency, where)
    _object(doc, {"ref", "amount", "due", "interest_from", "kind", "credits", "arose_on"}, where)
    return Claim(
        ref=_text(_needed(doc, "ref", where), f"{where}.ref"),
        amount=_amount(doc, currency, where, least=1),
        due=parse_day(_needed(doc, "due", where), field=f"{where}.due"),
        interest_from=_day(doc, "interest_from", where), arose_on=_day(doc, "arose_on", where),
        kind=_choice(doc.get("kind", "invoice"), CLAIMS, f"{where}.kind"),
        credits=_text(doc["credits"], f"{where}.credits") if "credits" in doc else None,
    )  # fmt: skip


def _payment(doc: Any, currency: str, refs: set[str], where: str) -> Payment:
    _one_currency(doc, currency, where)
    _object(doc, {"on", "amount", "designated", "claim"}, where)
    claim = _text(doc["claim"], f"{where}.claim") if "claim" in doc else None
    if claim is not None and claim not in refs:
        raise _refusal("claim_unknown", N_("%(field)s: there is no claim “%(found)s”."),
                       f"{where}.claim", claim)  # fmt: skip
    return Payment(
        on=parse_day(_needed(doc, "on", where), field=f"{where}.on"),
        amount=_amount(doc, currency, where, least=1),
        designated=_maybe(doc, "designated", DESIGNATIONS, where), claim=claim,
    )  # fmt: skip


def _cost(doc: Any, currency: str, where: str) -> Cost:
    _one_currency(doc, currency, where)
    _object(doc, {"kind", "on", "amount"}, where)
    return Cost(
        kind=_choice(_needed(doc, "kind", where), COSTS, f"{where}.kind"),
        on=parse_day(_needed(doc, "on", where), field=f"{where}.on"),
        amount=_amount(doc, currency, where, least=0) if "amount" in doc else None,
    )


def parse_interest(doc: Any) -> Interest:
    """A contract's clause, None for statutory. Raises `Refusal` as `parse_request` does."""
    if doc is None:
        return Interest()
    _object(doc, {"kind", "rate", "margin", "compounding"}, "interest")
    kind = _choice(_needed(doc, "kind", "interest"), INTEREST, "interest.kind")
    needed = {"fixed": "rate", "over_base": "margin"}.get(kind)
    for key in ("rate", "margin"):
        if key in doc and key != needed:
            raise _refusal(
                "unknown_key", N_("%(field)s is not a key here."), f"interest.{key}", key
            )
    if kind in ("statutory", "none") and "compounding" in doc:
        raise _refusal("unknown_key", N_("%(field)s is not a key here."), "interest.compounding",
                       "compounding")  # fmt: skip
    value = _rate(_needed(doc, needed, "interest"), f"interest.{needed}") if needed else None
    return Interest(
        kind=kind, rate=value if needed == "rate" else None,
        margin=value if needed == "margin" else None,
        compounding=_maybe(doc, "compounding", COMPOUNDINGS, "interest"),
    )  # fmt: skip


def _series(doc: dict[str, Any], interest: Interest) -> str | None:
    if "series" not in doc:
        return None
    name = _text(doc["series"], "series")
    if not NAME.fullmatch(name):
        raise _refusal("series_unknown", N_("There is no series %(found)s."), "series", name)
    if interest.kind in ("fixed", "none"):
        raise _refusal(
            "series_and_rate", N_("%(field)s: a series cannot be used beside a fixed rate or none."),
            "series", name,
        )  # fmt: skip
    if series(name).unit != "percent":
        raise _refusal(
            "series_not_a_rate",
            N_("%(field)s: %(found)s holds amounts, not rates."),
            "series",
            name,
        )
    return name


def _order(doc: dict[str, Any]) -> tuple[str, ...] | None:
    if "allocation" not in doc:
        return None
    order = tuple(
        _choice(one, BUCKETS, f"allocation[{i}]") for i, one in enumerate(_list(doc, "allocation"))
    )
    if not order or len(set(order)) != len(order):
        raise _refusal("order_not_clear", N_("%(field)s must name each part once."), "allocation",
                       ", ".join(order))  # fmt: skip
    return order


def _no_twins(claims: tuple[Claim, ...]) -> None:
    seen: set[str] = set()
    for claim in claims:
        if claim.ref in seen:
            raise _refusal("ref_twice", N_("%(field)s: “%(found)s” stands twice."), "claims.ref",
                           claim.ref)  # fmt: skip
        seen.add(claim.ref)
    for claim in claims:
        if claim.credits is not None and claim.credits not in seen:
            raise _refusal("claim_unknown", N_("%(field)s: there is no claim “%(found)s”."),
                           "claims.credits", claim.credits)  # fmt: skip


def _rate(value: Any, field: str) -> Decimal:
    if not isinstance(value, str) or not RATE.fullmatch(value):
        raise _refusal("rate_not_plain", N_("%(field)s: “%(found)s” is not a plain rate such as 8.5."),
                       field, value)  # fmt: skip
    return Decimal(value)


def _amount(doc: dict[str, Any], currency: str, where: str, *, least: int) -> Decimal:
    field = f"{where}.amount"
    text = _needed(doc, "amount", where)
    if not isinstance(text, str) or len(text) > 80:
        text = _short(text) + "…"  # never plain, and never too long to show
    amount = parse_amount(text, currency, field=field)
    if amount < 0 or (least and not amount):
        raise _refusal("amount_not_positive", N_("%(field)s: “%(found)s” must be more than nothing."),
                       field, doc["amount"])  # fmt: skip
    return amount


def _one_currency(doc: Any, currency: str, where: str) -> None:
    """The currency stands once, at the top. Where a line brings one, another one is named as such."""
    found = doc.get("currency", currency) if isinstance(doc, dict) else currency
    if found != currency:
        raise Refusal(
            "currency_mixed",
            N_("%(field)s: “%(found)s” beside %(currency)s: one request is in one currency."),
            field=f"{where}.currency", found=_short(found), currency=currency,
        )  # fmt: skip


def _object(doc: Any, allowed: set[str], where: str) -> None:
    if not isinstance(doc, dict):
        raise _refusal("not_an_object", N_("%(field)s must be an object."), where, doc)
    for key in doc:
        if key not in allowed:
            raise _refusal(
                "unknown_key", N_("%(field)s is not a key here."), f"{where}.{_short(key)}", key
            )


def _needed(doc: dict[str, Any], key: str, where: str) -> Any:
    if key not in doc:
        field = key if where == "request" else f"{where}.{key}"
        raise _refusal("missing", N_("%(field)s is missing."), field, None)
    return doc[key]


def _list(doc: dict[str, Any], key: str) -> list[Any]:
    found = doc.get(key, [])
    if not isinstance(found, list) or len(found) > MOST:
        raise _refusal("not_a_list", N_("%(field)s must be a list of at most 10,000."), key, None)
    return found


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str) or not value or len(value) > 200:
        raise _refusal("not_text", N_("%(field)s: “%(found)s” must be text."), field, value)
    return value


def _choice(value: Any, allowed: tuple[str, ...], field: str) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise Refusal(
            "not_a_choice", N_("%(field)s: “%(found)s” is none of %(allowed)s."),
            field=field, found=_short(value), allowed=", ".join(allowed),
        )  # fmt: skip
    return value


def _maybe(doc: dict[str, Any], key: str, allowed: tuple[str, ...], where: str = "") -> str | None:
    return _choice(doc[key], allowed, f"{where}.{key}".lstrip(".")) if key in doc else None


def _day(doc: dict[str, Any], key: str, where: str) -> Any:
    return parse_day(doc[key], field=f"{where}.{key}") if key in doc else None


def _flag(doc: dict[str, Any], key: str) -> bool | None:
    if key not in doc:
        return None
    if not isinstance(doc[key], bool):
        raise _refusal("not_a_flag", N_("%(field)s must be true or false."), key, doc[key])
    return bool(doc[key])


def _short(value: Any) -> str:
    return value[:80] if isinstance(value, str) else repr(value)[:80]


def _refusal(code: str, text: str, field: str, found: Any) -> Refusal:
    where: dict[str, Any] = {"field": field}
    if found is not None:
        where["found"] = _short(found)
    elif "%(found)s" in text:
        where["found"] = "null"
    return Refusal(code, text, **where)
