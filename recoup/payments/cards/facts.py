"""What a card provider is asked and what it says, whoever it is. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from recoup.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Order:
    """One payment to be asked for. `key` makes it one at the provider however often it is asked; `agency` and
    `payment` come back with each event. `until`: when the provider's page closes."""

    key: str
    agency: str
    payment: str
    amount: Money
    what: str
    language: str
    until: datetime
    done_url: str
    back_url: str


@dataclass(frozen=True, slots=True)
class Session:
    """The provider's page for one payment."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class Event:
    """What became of a payment. `state`: pending, paid, failed, expired, charged_back, or "" for what says
    nothing about one; `charge`: the provider's name for the payment itself."""

    id: str
    kind: str
    state: str
    agency: str = ""
    payment: str = ""
    session: str = ""
    charge: str = ""
    amount: Money | None = None


class Provider(Protocol):
    """A card provider. Never called inside a transaction."""

    name: str

    def open(self, order: Order) -> Session:
        """The page to pay on. Raises `Refusal` `card_currency`, `provider_silent`, `provider_refused`."""

    def ask(self, session: str) -> Event:
        """What has become of a payment by now. Raises `Refusal` as `open`."""

    def read(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> Event:
        """An event, its signature checked on the bytes as they came. Raises `Refusal` `event_not_signed`,
        `event_old`, `event_broken`."""
