"""Follows every link as every role, without a browser: no page breaks, no link is dead, and nothing on a page in
one language stands there in another.

Every day each role is followed in one of the languages; with `ROUNDS`, each in all of them."""

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import override, trans_real

from recoup.cases.operations import make_debtor_link
from recoup.kernel.actor import SYSTEM
from recoup.tenancy.context import apply, scope
from recoup.tenancy.roles import Role
from tests.architecture.test_matrix import populate, worlds  # noqa: F401  (a fixture)
from tests.cast import just_signed_in

ROUNDS = int(os.environ.get("ROUNDS", "1"))
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
PER_ROUTE = 2 if ROUNDS == 1 else 20
MOST = 150 if ROUNDS == 1 else 2_000
START = {"debtor": "/d/", "anonymous": "/"}
# Leads out of the pages, or is the same page in another language.
ELSEWHERE = ("/static/", "/i18n/", "/accounts/", "/api/", "/kit/", "mailto:", "tel:", "#")
SAID = ("aria-label", "title", "placeholder", "alt")
# Names, not sentences: the same in every language.
NAMES = frozenset(
    (
        "Recoup", "English", "CSV", "PDF", "XLSX", "API", "IBAN", "BIC", "E-mail", "Name",
        *(name for _code, name in settings.LANGUAGES),
        *(str(role).replace("_", " ").title() for role in Role),  # the cast is named by its roles
    )
)  # fmt: skip
LEAST = 6  # signs; shorter words are too often the same in two languages


class Page(HTMLParser):
    """The links of a page and what it says, by text and attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.said: list[str] = []
        self.aside = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag in ("script", "style", "textarea", "code", "pre"):
            self.aside += 1
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self.said += [given[name] for name in SAID if given.get(name)]
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.said.append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "textarea", "code", "pre"):
            self.aside = max(self.aside - 1, 0)

    def handle_data(self, data: str) -> None:
        if not self.aside and data.strip():
            self.said.append(" ".join(data.split()))


def foreign_words(language: str) -> dict[str, set[str]]:
    """Sentences of the other languages that are said otherwise in this one, by the language they are of."""
    with override(language):
        mine = catalogue(language)
    found: dict[str, set[str]] = {}
    right = set(mine.values())
    for other in ("en", *LANGUAGES):
        if other == language:
            continue
        theirs = {m: m for m in mine} if other == "en" else catalogue(other)
        found[other] = {
            said for message, said in theirs.items()
            if plain(said) and said not in right and mine.get(message, said) != said
        }  # fmt: skip
    return found


def catalogue(language: str) -> dict[str, str]:
    every = trans_real.translation(language)._catalog  # type: ignore[attr-defined]
    return {
        str(m): str(said)
        for m, said in every.items()
        if isinstance(m, str) and isinstance(said, str)
    }


def plain(text: str) -> bool:
    """A whole sentence without gaps, long enough to be one language's."""
    least = LEAST if text.isascii() else 4
    return (
        "%" not in text
        and len(text) >= least
        and text not in NAMES
        and bool(re.search(r"\w", text))
    )


def inner(href: str, here: str) -> str | None:
    """The address behind a link when it is one of ours to follow."""
    parts = urlsplit(href)
    if parts.scheme or parts.netloc or href.startswith(ELSEWHERE):
        return None
    path = parts.path or here
    if not path.startswith("/") or path.startswith(ELSEWHERE):
        return None
    return f"{path}?{parts.query}" if parts.query else path


def route_of(address: str) -> str:
    try:
        found = resolve(urlsplit(address).path)
    except Resolver404:
        return "nowhere"
    asked = "?" if "?" in address else ""
    return f"{found.view_name}{asked}"


def crawl(browser: Browser, start: str) -> Iterator[tuple[str, str, object]]:
    """(address, where it was linked, answer) of every page that can be reached, each route a few times."""
    waiting, seen, times = [(start, "the start")], {start}, defaultdict(int)
    asked = 0
    while waiting and asked < MOST:
        address, source = waiting.pop(0)
        response = browser.get(address)
        asked += 1
        if response.streaming:
            b"".join(response.streaming_content)  # type: ignore[arg-type]
        yield address, source, response
        kind = response.headers.get("Content-Type", "")
        if response.status_code in (301, 302):
            targets = [response.headers["Location"]]
        elif kind.startswith("text/html"):
            page = Page()
            page.feed(response.content.decode())
            targets = page.links
        else:
            continue
        for href in targets:
            to = inner(href, urlsplit(address).path)
            if to is None or to in seen or times[route_of(to)] >= PER_ROUTE:
                continue
            seen.add(to)
            times[route_of(to)] += 1
            waiting.append((to, address))


def entered(house: object, one: object, role: str) -> Browser:
    browser = Browser()
    if role == "debtor":
        with scope(house.id):  # type: ignore[attr-defined]
            from recoup.cases.models import Case

            case = Case.objects.get(number=one.objects["case"]["number"])  # type: ignore[attr-defined]
            now = timezone.now()
            token = make_debtor_link(
                case=case, expires_at=now.replace(year=now.year + 1), by=SYSTEM, at=now
            )
            postcode = case.debtor.postcode
        browser.get(f"/d/{token}/")
        browser.post("/d/sure/", {"said": postcode})
    elif role != "anonymous":
        browser.force_login(one.people[role])  # type: ignore[attr-defined]
        just_signed_in(browser)
    return browser


def start_of(role: str) -> str:
    return START.get(role, "/client/" if role.startswith("client_") else "/desk/")


EVERYBODY = ("anonymous", "debtor", *sorted(str(r) for r in Role))


@pytest.mark.parametrize("turn", range(len(EVERYBODY)), ids=EVERYBODY)
def test_every_link_leads_somewhere_and_speaks_one_language(turn, house, worlds):  # noqa: F811
    role = EVERYBODY[turn]
    languages = LANGUAGES if ROUNDS > 1 else [LANGUAGES[turn % len(LANGUAGES)]]
    wrong, pages = [], 0
    for language in languages:
        foreign = foreign_words(language)
        browser = entered(house, worlds[0], role)
        browser.cookies["django_language"] = language
        for address, source, response in crawl(browser, start_of(role)):
            pages += 1
            wrong += judged(address, source, response, language, foreign)
    apply({"agency_id": "", "client_id": "", "case_id": "", "user_id": ""})
    print(f"\n{role}: {pages} pages in {', '.join(languages)}")
    assert pages > 3
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def judged(address, source, response, language, foreign) -> list[str]:
    if response.status_code >= 400:
        return [f"{response.status_code} for {address}, linked on {source}"]
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return []
    if address.startswith("/law/"):
        return []  # the law's answers stand as the packs have them, in English
    page = Page()
    page.feed(response.content.decode())
    return [
        f"{address}: “{text}” is {other}, not {language}"
        for text in page.said for other, words in foreign.items() if text in words
    ]  # fmt: skip
