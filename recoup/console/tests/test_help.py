"""The command line tells what it can do, without a database."""

import pytest

from recoup.console import PURE, WITH_DATABASE, main


def test_help_names_every_command_and_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    told = dict(
        line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines() if line[:2] == "  "
    )
    assert set(told) == PURE.keys() | WITH_DATABASE.keys()
    assert all(len(does) > 10 for does in told.values())


@pytest.mark.parametrize("name", ["owed", "up", "bench", "serve", "bankfile"])
def test_a_command_without_a_parser_shows_its_own_words(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"`recoup {name}")
