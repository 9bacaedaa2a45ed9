"""Where pages are served, by one rule for every process and every sentence about it."""

import pytest

from recoup.config.home import PROJECT, web_port


@pytest.mark.parametrize(
    ("given", "port"),
    [
        ({}, "8000"),
        ({"PORT": "8300"}, "8300"),
        ({"RECOUP_PORT": "8400"}, "8400"),
        ({"PORT": "5100", "RECOUP_PORT": "8400"}, "8400"),
        ({"PORT": "8300", "RECOUP_PORT": ""}, "8300"),
    ],
)
def test_the_port_of_the_pages_is_what_was_asked_for(
    given: dict[str, str], port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PORT", "RECOUP_PORT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert web_port() == port


def test_nobody_reads_the_port_by_another_rule() -> None:
    reading = [
        path
        for path in (PROJECT / "recoup").rglob("*.py")
        if "tests" not in path.parts and 'environ.get("PORT' in path.read_text(encoding="utf-8")
    ]
    assert [path.name for path in reading] == ["home.py"]
