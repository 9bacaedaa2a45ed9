"""The shape of letters to clients and of statements: an opening, sections, a closing. Pure."""

from typing import Any


def section(
    title: str | None, *texts: str, table: dict[str, Any] | None = None,
    facts: list[list[str]] | None = None, points: list[str] | None = None,
    small: list[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "title": title, "texts": list(texts), "table": table, "facts": facts or [],
        "points": points or [], "small": small or [],
    }  # fmt: skip


def statement(
    opening: list[str], parts: list[dict[str, Any]], *, salutation: str | None = None,
    ask: dict[str, str] | None = None, pay: dict[str, Any] | None = None,
    after: list[str] | None = None, closing: list[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The data of `statement.typ`; `ask` is the highlighted label and amount."""
    return {
        "salutation": salutation, "opening": opening, "ask": ask, "parts": parts, "pay": pay,
        "after": after or [], "closing": closing or [],
    }  # fmt: skip
