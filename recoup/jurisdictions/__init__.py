"""What the law of each country says about collecting commercial debt. Pure: no Django, no clock.

`law(code)` answers questions; `recoup.jurisdictions.owed.owed(request)` says what a debtor owes.
"""

from recoup.jurisdictions.rules import CODES

__all__ = ["CODES", "Law", "law"]


def __getattr__(name: str) -> object:
    # Loaded when asked for: `recoup owed` needs no calendar and no time zones.
    if name in ("Law", "law"):
        from recoup.jurisdictions import laws

        return getattr(laws, name)
    raise AttributeError(name)
