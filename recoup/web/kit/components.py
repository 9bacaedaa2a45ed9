"""What views hand to the kit's components: plain, frozen, already prepared. No queries, no rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Why:
    """How a figure or a decision came about, for `{% why %}`.

    `rows` are (label, value) pairs: values may be Money, date, Decimal or text. `total` is the last
    pair, ruled off. `steps` are sentences in order. `rule` and `version` name the rule, `source` its
    statute or standard, `source_url` where to read it. Stands in a div, td, dd or li, never in a p:
    its panel is a details element, which would end the paragraph.
    """

    title: str
    rows: Sequence[tuple[str, Any]] = ()
    total: tuple[str, Any] | None = None
    steps: Sequence[str] = ()
    rule: str = ""
    version: str = ""
    source: str = ""
    source_url: str = ""


@dataclass(frozen=True, slots=True)
class File:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case's timeline. `channel` picks the icon (see `CHANNELS`); `internal` entries
    are marked as such; `new` slides in."""

    at: datetime
    channel: str
    what: str
    who: str = ""
    body: str = ""
    outcome: str = ""
    tone: str = ""
    internal: bool = False
    new: bool = False
    files: Sequence[File] = ()
    why: Why | None = None
    id: str = ""

    @property
    def icon(self) -> str:
        return CHANNELS.get(self.channel, ("point", ""))[0]

    @property
    def shade(self) -> str:
        return self.tone or CHANNELS.get(self.channel, ("", ""))[1]


# channel -> icon, tone
CHANNELS = {
    "email": ("mail", ""),
    "letter": ("file-text", ""),
    "call": ("phone", ""),
    "sms": ("message", ""),
    "visit": ("map-pin", ""),
    "message": ("messages", ""),
    "reply": ("arrow-back-up", ""),
    "payment": ("coins", "money"),
    "remittance": ("building-bank", "money"),
    "cost": ("receipt-2", ""),
    "task": ("list-check", ""),
    "note": ("note", ""),
    "document": ("paperclip", ""),
    "submitted": ("file-upload", ""),
    "accepted": ("circle-check", ""),
    "assigned": ("user-check", ""),
    "decision": ("route", ""),
    "denied": ("hand-stop", "needs"),
    "hold": ("player-pause", "needs"),
    "promise": ("heart-handshake", ""),
    "plan": ("calendar-event", ""),
    "dispute": ("message-report", "needs"),
    "agreement": ("writing", ""),
    "legal": ("scale", "legal"),
    "judgment": ("gavel", "legal"),
    "insolvency": ("alert-triangle", "danger"),
    "invoice": ("file-invoice", ""),
    "closed": ("lock", ""),
    "system": ("robot", ""),
}


@dataclass(frozen=True, slots=True)
class Tab:
    label: Any
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """`state` is "done", "now" or "" (still to come)."""

    label: Any
    state: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars: a value for each label, `None` where there is none."""

    name: Any
    values: Sequence[Any]
    tone: str = ""
