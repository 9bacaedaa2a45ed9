"""The system's Chromium on one installation of the product per test session.

`RECOUP_SHOTS=directory` keeps a picture of every page visited, at 1440 and 390 pixels.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.installation import Installation
from tests.browser.looking import Person

ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium() -> str | None:
    """The system's browser."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """Running from the first page to the last; Ctrl-C leaves nothing behind."""
    if chromium() is None:
        pytest.skip("no Chromium is installed")
    made = Installation()
    try:
        made.up()
        yield made
        assert made.interrupt() == 0, made.tail()
        assert not made.gone(), "Ctrl-C leaves no process behind"
    finally:
        made.remove()


@pytest.fixture(scope="module")
def browser(installation: Installation) -> Iterator[Browser]:
    """For one module only: while Playwright runs, its thread may not use Django's database."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        yield opened
        opened.close()


@pytest.fixture
def person(
    browser: Browser, installation: Installation, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Person]]:
    """Somebody with a browser of their own: `person("Karin")`. Whatever a page complains of fails the test."""
    met: list[Person] = []
    shots = os.environ.get("RECOUP_SHOTS")

    def meet(name: str, *, width: int = 1440) -> Person:
        met.append(
            Person(name, browser, installation.origin, width, Path(shots) if shots else None)
        )
        return met[-1]

    yield meet
    complaints = [text for one in met for text in one.complaints]
    for one in met:
        one.leave()
    if failed(request.node):
        print(f"\n--- the installation's log\n{installation.tail()}")
    assert not complaints, "\n".join(complaints)


def failed(item: pytest.Item) -> bool:
    return any(report.failed for report in getattr(item, "reports", []))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    item.reports = [*getattr(item, "reports", []), report]
    return report
