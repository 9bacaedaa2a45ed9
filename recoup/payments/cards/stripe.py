"""Stripe Checkout: hosted page, signed webhooks.

https://docs.stripe.com/api/checkout/sessions/create, https://docs.stripe.com/webhooks/signature,
https://docs.stripe.com/currencies#zero-decimal (read as known; no account was used here).
"""

import hashlib
import hmac
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from recoup.kernel.money import Money, places
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.cards.facts import Event, Order, Session

API = "https://api.stripe.com/v1/"
TOLERANCE = 300  # seconds between signing and receiving
TIMEOUT = 15
LARGEST_BODY = 1_000_000
# Stripe counts these otherwise than ISO 4217 has decimals.
ODD = frozenset(("ISK", "UGX", "HUF", "TWD", "BHD", "JOD", "KWD", "OMR", "TND", "MGA"))
STATES = {
    "checkout.session.completed": "", "checkout.session.async_payment_succeeded": "paid",
    "checkout.session.async_payment_failed": "failed", "checkout.session.expired": "expired",
    "charge.dispute.created": "charged_back",
}  # fmt: skip


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """The key goes to the provider's own address and nowhere else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Stripe:
    """Pure but for `call`."""

    name = "stripe"

    def __init__(self, key: str, secret: str) -> None:
        self.key, self.secret = key, secret

    def open(self, order: Order) -> Session:
        found = self.call("checkout/sessions", form_of(order), order.key)
        return Session(str(found["id"]), str(found["url"]))

    def ask(self, session: str) -> Event:
        found = self.call(f"checkout/sessions/{urllib.parse.quote(session, safe='')}")
        state = "expired" if found.get("status") == "expired" else state_of_session(found)
        return event_of_session(f"asked:{session}:{state}", "asked", state, found)

    def read(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> Event:
        verify(raw, headers.get("Stripe-Signature", ""), self.secret, now)
        try:
            document = json.loads(raw)
            return event_of(document)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refusal(
                "event_broken", N_("The event cannot be read: %(reason)s."), reason=str(error)[:80]
            ) from None

    def call(self, path: str, form: dict[str, str] | None = None, key: str = "") -> dict[str, Any]:
        """One request; the same `key` again gives the same answer. Raises `Refusal` `provider_silent`
        (nobody knows whether it arrived: ask again with the same key), `provider_refused`."""
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        headers = {"Authorization": f"Bearer {self.key}"} | (
            {"Idempotency-Key": key} if key else {}
        )
        request = urllib.request.Request(API + path, data=data, headers=headers)  # noqa: S310
        try:
            opener = urllib.request.build_opener(NoRedirects())
            with opener.open(request, timeout=TIMEOUT) as answer:
                found = json.loads(answer.read(LARGEST_BODY))
        except urllib.error.HTTPError as error:
            raise Refusal("provider_refused", N_("The card provider refused the payment (%(found)s)."), found=str(error.code)) from None  # fmt: skip
        except (OSError, ValueError):
            raise Refusal(
                "provider_silent",
                N_("The card provider does not answer just now; please try again."),
            ) from None
        if not isinstance(found, dict):
            raise Refusal(
                "provider_silent",
                N_("The card provider does not answer just now; please try again."),
            )
        return found


def form_of(order: Order) -> dict[str, str]:
    """The request's form. Raises `Refusal` `card_currency`."""
    names = {"agency": order.agency, "payment": order.payment}
    return {
        "mode": "payment", "client_reference_id": order.payment, "success_url": order.done_url,
        "cancel_url": order.back_url, "expires_at": str(int(order.until.timestamp())),
        "locale": {"zh-hant": "zh-HK", "zh-hans": "zh"}.get(order.language, order.language),
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": order.amount.currency.lower(),
        "line_items[0][price_data][unit_amount]": str(minor(order.amount)),
        "line_items[0][price_data][product_data][name]": order.what,
        **{f"metadata[{k}]": v for k, v in names.items()},
        **{f"payment_intent_data[metadata][{k}]": v for k, v in names.items()},
    }  # fmt: skip


def minor(amount: Money) -> int:
    if amount.currency in ODD:
        raise Refusal(
            "card_currency", N_("%(found)s cannot be paid by card here."), found=amount.currency
        )
    return int(amount.rounded().amount.scaleb(places(amount.currency)))


def major(units: Any, currency: Any) -> Money | None:
    if not isinstance(units, int) or not isinstance(currency, str) or currency.upper() in ODD:
        return None
    code = currency.upper()
    return Money(Decimal(units).scaleb(-places(code)), code)


def verify(raw: bytes, header: str, secret: str, now: datetime) -> None:
    """HMAC-SHA256 over the instant, a point and the bytes as they came; any of several `v1` may fit (while a
    secret is changed). Raises `Refusal` `event_not_signed`, `event_old`."""
    parts = [part.partition("=")[::2] for part in header.split(",")]
    stamps = [value for name, value in parts if name.strip() == "t"]
    signatures = [value.strip() for name, value in parts if name.strip() == "v1"]
    if (
        len(stamps) != 1
        or not stamps[0].isascii()
        or not stamps[0].isdigit()
        or len(stamps[0]) > 12
        or not signatures
    ):
        raise Refusal("event_not_signed", N_("The event carries no signature."))
    wanted = sign(raw, stamps[0], secret)
    if not any(hmac.compare_digest(wanted.encode(), each.encode()) for each in signatures):
        raise Refusal("event_not_signed", N_("The event's signature does not fit."))
    if abs(now.timestamp() - int(stamps[0])) > TOLERANCE:
        raise Refusal("event_old", N_("The event was signed too long ago."))


def sign(raw: bytes, stamp: str, secret: str) -> str:
    return hmac.new(secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()


def event_of(document: dict[str, Any]) -> Event:
    id, kind, found = str(document["id"]), str(document["type"]), document["data"]["object"]
    if kind == "charge.dispute.created":
        names = found.get("metadata") or {}
        return Event(
            id, kind, "charged_back", str(names.get("agency", "")), str(names.get("payment", "")),
            charge=str(found.get("payment_intent") or ""), amount=major(found.get("amount"), found.get("currency")),
        )  # fmt: skip
    state = STATES.get(kind, "")
    if kind == "checkout.session.completed":
        state = state_of_session(found)
    return event_of_session(id, kind, state, found)


def state_of_session(found: dict[str, Any]) -> str:
    """`unpaid` after the page was completed: the money is under way (a bank debit, a wallet)."""
    if found.get("payment_status") in ("paid", "no_payment_required"):
        return "paid"
    return "pending" if found.get("status") == "complete" else ""


def event_of_session(id: str, kind: str, state: str, found: dict[str, Any]) -> Event:
    names = found.get("metadata") or {}
    return Event(
        id, kind, state, str(names.get("agency", "")), str(names.get("payment", "")), str(found.get("id", "")),
        str(found.get("payment_intent") or ""), major(found.get("amount_total"), found.get("currency")),
    )  # fmt: skip
