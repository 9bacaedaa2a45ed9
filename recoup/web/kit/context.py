"""What every page needs: language, theme, and the slots front doors fill."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from recoup.web.kit.formats import html_lang

THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of a navigation: `label` is translated, `url` is a path, `icon` one of the sprite's.

    `count` is shown when not zero; `tone` "needs" makes it amber; `key` is a keyboard shortcut.
    It is the current one on its own path and below it (not below when `exact`), and below `under`.
    """

    label: Any
    url: str
    icon: str = ""
    count: int = 0
    tone: str = ""
    key: str = ""
    under: tuple[str, ...] = ()
    exact: bool = False


def kit(request: HttpRequest) -> dict[str, Any]:
    """`{theme, html_lang, language, languages}` for kit/base.html; a front door's own context
    processor or view adds `nav` (a list of `NavItem`, or of `(heading, [NavItem])`), `search_url`."""
    theme = request.COOKIES.get("theme", "")
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "theme": theme if theme in THEMES else "",
        "language": language,
        "html_lang": html_lang(language),
        "languages": [(code, name, html_lang(code)) for code, name in settings.LANGUAGES],
        "viewing": getattr(getattr(request, "place", None), "viewing", False),
    }
