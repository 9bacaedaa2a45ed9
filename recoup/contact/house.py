"""The agency's own rules of contact, stricter than the law where it wants to be. Pure data with reading."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, time
from typing import Any

from recoup.kernel.days import parse_day
from recoup.kernel.refusal import N_, Refusal

CHANNELS = ("letter", "email", "sms", "call", "visit")
WRITTEN = ("letter", "email", "sms")


@dataclass(frozen=True, slots=True)
class House:
    """`calls_in_week`: to one debtor in seven days (7 is the strictest published preset, US Regulation F,
    12 CFR 1006.14, used for all); `quiet_after_talk`: days without a call after somebody was spoken to
    (Regulation F: 7); `written_in_day`, `written_in_week`: papers to one debtor; `most_demands`: formal
    demands for one claim (the Swedish branch code's one); hours only narrow the law's; `closed_on`: days
    on which nobody is contacted; `without`: channels not used in a country; `least_*`: what must at
    least be owed for a letter or a call, in the case's currency."""

    version: str = "0"
    calls_in_day: int = 3
    calls_in_week: int = 7
    quiet_after_talk: int = 0
    written_in_day: int = 1
    written_in_week: int = 3
    most_demands: int = 1
    calls_from: time | None = None
    calls_to: time | None = None
    closed_on: tuple[date, ...] = ()
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    least_letter: int = 0
    least_call: int = 0

    def as_rules(self) -> dict[str, Any]:
        """JSON values as they are kept."""
        found = asdict(self)
        del found["version"]
        return found | {
            "calls_from": said(self.calls_from), "calls_to": said(self.calls_to),
            "closed_on": [day.isoformat() for day in self.closed_on],
            "without": {country: list(names) for country, names in self.without.items()},
        }  # fmt: skip


STANDARD_HOUSE = House()
RANGES = {
    "calls_in_day": (0, 20), "calls_in_week": (0, 50), "quiet_after_talk": (0, 60), "written_in_day": (1, 5),
    "written_in_week": (1, 20), "most_demands": (1, 10), "least_letter": (0, 10**6), "least_call": (0, 10**6),
}  # fmt: skip


def house_of(version: str, rules: Mapping[str, Any]) -> House:
    """The rules as kept. Raises `Refusal` `house_rule_unknown`, `house_rule_wrong` naming the field."""
    if unknown := sorted(set(rules) - {f.name for f in fields(House)}):
        raise Refusal(
            "house_rule_unknown", N_("There is no house rule “%(found)s”."), found=unknown[0]
        )
    values: dict[str, Any] = {name: whole(name, rules[name]) for name in RANGES if name in rules}
    opens, closes = (hour(rules.get(name), name) for name in ("calls_from", "calls_to"))
    if opens and closes and opens >= closes:
        raise wrong("calls_to", rules["calls_to"])
    return House(
        version=version, calls_from=opens, calls_to=closes, closed_on=days(rules.get("closed_on", ())),
        without=countries(rules.get("without", {})), **values,
    )  # fmt: skip


def whole(name: str, found: Any) -> int:
    least, most = RANGES[name]
    if isinstance(found, bool) or not isinstance(found, int) or not least <= found <= most:
        raise wrong(name, found)
    return found


def hour(text: Any, name: str) -> time | None:
    if not text:
        return None
    try:
        return time.fromisoformat(text)
    except (TypeError, ValueError):
        raise wrong(name, text) from None


def days(texts: Iterable[Any]) -> tuple[date, ...]:
    return tuple(sorted({parse_day(text, field="closed_on") for text in texts}))


def countries(found: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    for country, names in found.items():
        if len(country) != 2 or not country.isalpha() or set(names) - set(CHANNELS):
            raise wrong("without", country)
    return {country.upper(): tuple(names) for country, names in found.items()}


def wrong(name: str, found: Any) -> Refusal:
    return Refusal(
        "house_rule_wrong", N_("“%(found)s” cannot be the house rule %(field)s."), field=name, found=str(found)[:60]
    )  # fmt: skip


def said(at: time | None) -> str:
    return at.isoformat("minutes") if at else ""
