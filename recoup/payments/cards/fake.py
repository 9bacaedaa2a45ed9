"""A card provider with a memory, for tests and for trying the pages out: Stripe's shapes without its network."""

import json
from datetime import datetime
from typing import Any

from recoup.payments.cards.facts import Event, Order, Session
from recoup.payments.cards.stripe import Stripe, event_of_session, minor, sign, state_of_session


class FakeStripe(Stripe):
    """Remembers each session by its idempotency key and signs the events it sends. `calls` counts requests."""

    def __init__(self, secret: str = "signs") -> None:  # noqa: S107
        super().__init__("sk_test", secret)
        self.sessions: dict[str, dict[str, Any]] = {}
        self.by_key: dict[str, str] = {}
        self.calls = 0
        self.events = 0

    def open(self, order: Order) -> Session:
        self.calls += 1
        known = self.by_key.setdefault(order.key, f"cs_{len(self.by_key) + 1}")
        self.sessions.setdefault(
            known,
            {
                "id": known, "status": "open", "payment_status": "unpaid", "amount_total": minor(order.amount),
                "currency": order.amount.currency.lower(), "payment_intent": known.replace("cs_", "pi_"),
                "metadata": {"agency": order.agency, "payment": order.payment},
            },
        )  # fmt: skip
        return Session(known, f"https://checkout.stripe.com/c/pay/{known}")

    def ask(self, session: str) -> Event:
        self.calls += 1
        found = self.sessions[session]
        state = "expired" if found["status"] == "expired" else state_of_session(found)
        return event_of_session(f"asked:{session}:{state}", "asked", state, found)

    def completes(self, session: str, *, paid: bool = True) -> dict[str, Any]:
        """The debtor finishes the page; returns the event's document."""
        self.sessions[session] |= {
            "status": "complete",
            "payment_status": "paid" if paid else "unpaid",
        }
        return self.document("checkout.session.completed", self.sessions[session])

    def later(self, session: str, kind: str) -> dict[str, Any]:
        """`async_payment_succeeded`, `async_payment_failed` or `expired`."""
        changes: dict[str, Any] = {
            "async_payment_succeeded": {"payment_status": "paid"}, "expired": {"status": "expired"},
        }.get(kind, {})  # fmt: skip
        self.sessions[session] |= changes
        return self.document(f"checkout.session.{kind}", self.sessions[session])

    def charges_back(self, session: str) -> dict[str, Any]:
        found = self.sessions[session]
        return self.document(
            "charge.dispute.created",
            {"payment_intent": found["payment_intent"], "amount": found["amount_total"], "currency": found["currency"]},
        )  # fmt: skip

    def document(self, kind: str, found: dict[str, Any]) -> dict[str, Any]:
        self.events += 1
        return {"id": f"evt_{self.events}", "type": kind, "data": {"object": dict(found)}}

    def signed(self, document: dict[str, Any], at: datetime) -> tuple[bytes, str]:
        """The bytes and the header as the provider sends them."""
        raw = json.dumps(document, separators=(",", ":")).encode()
        stamp = str(int(at.timestamp()))
        return raw, f"t={stamp},v1={sign(raw, stamp, self.secret)}"
