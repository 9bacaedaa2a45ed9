"""The handbook: every country in every language, what is missing said so, one question to the database."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recoup.jurisdictions.laws import law
from recoup.jurisdictions.rules import CODES
from recoup.web.public.handbook_words import PARTS, QUESTIONS

DAY = datetime(
    2026, 11, 21, 9, tzinfo=UTC
)  # rates are held for it, whatever the machine's clock says
LANGUAGES = ["en", "sv", "de", "zh-hant", "zh-hans"]


@pytest.fixture(autouse=True)
def the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recoup.web.kit.middleware.now_of", lambda agency, now: DAY)


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def get(client: Client, path: str, language: str = "en") -> Any:
    client.cookies["django_language"] = language
    return client.get(path)


@pytest.mark.parametrize("code", CODES)
def test_each_country_has_its_page_with_every_question(
    house: Any, client: Client, code: str
) -> None:
    response = get(client, f"/law/{code.lower()}/")
    assert response.status_code == 200
    html, own = response.content.decode(), law(code)
    for fact in own.facts():
        assert f'id="{fact.name.replace(".", "-")}"' in html
    missing = sum(fact.value is None for fact in own.facts())
    assert html.count("Not answered: nobody has established it.") == missing
    levels = [int(n) for n in re.findall(r"<h([1-6])", html.split("<main", 1)[1])]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_index_and_a_country(
    house: Any, client: Client, language: str
) -> None:
    assert get(client, "/law/", language).status_code == 200
    assert get(client, "/law/us-ny/", language).status_code == 200


def test_every_question_has_a_label_and_every_part_a_title() -> None:
    names = {fact.name for code in CODES for fact in law(code).facts()}
    assert {name.partition(".")[0] for name in names} == set(PARTS)
    assert {name.partition(".")[2] for name in names} == set(QUESTIONS)


def test_germany_says_rate_tariff_and_source(house: Any, client: Client) -> None:
    shown = text(get(client, "/law/de/"))
    for part in ("10.52%", "40.00", "BGB §§ 247, 288(1)-(2)", "DE_BASISZINSSATZ", "Court fee"):
        assert part in shown, part
    assert "DE_BASISZINSSATZ" not in text(get(client, "/law/fr/"))


def test_addresses_are_links(house: Any, client: Client) -> None:
    assert 'href="https://' in get(client, "/law/fr/").content.decode().split("</header>", 1)[1]


@pytest.mark.parametrize("path", ["/law/xx/", "/law/XX/", "/law/us/", "/law/de_/"])
def test_another_country_is_not_found(house: Any, client: Client, path: str) -> None:
    assert get(client, path).status_code == 404


def test_a_country_typed_in_capitals_leads_to_its_one_address(house: Any, client: Client) -> None:
    moved = get(client, "/law/US-NY/")
    assert (moved.status_code, moved["Location"]) == (301, "/law/us-ny/")


def test_the_pages_ask_the_database_no_more_than_the_front_page_of_any_visitor(
    house: Any, client: Client
) -> None:
    counts = []
    for path in ("/law/", "/law/de/", "/law/ae/"):
        with CaptureQueriesContext(connection) as seen:
            assert get(client, path).status_code == 200
        counts.append(len(seen))
        assert len([q for q in seen if "lawbook" in q["sql"]]) == 1
        assert not [q for q in seen if "cases_" in q["sql"]]
    assert len(set(counts)) == 1 and counts[0] <= 6, counts


def test_codes_are_told_in_words_and_sentences_stay_english(house: Any, client: Client) -> None:
    page = get(client, "/law/de/", "sv")
    for part in (
        "referensränta plus påslag",
        "varje halvår",
        "ingen källa angiven",
        "21 nov. 2026",
    ):
        assert part in text(page), part
    assert not re.search(r"base_plus_margin|half_yearly|yes_capped", text(page))
    assert '<span lang="en">day after the calendar due date' in page.content.decode()
