"""The log: one event a line (EN07), and nothing breaks when it cannot be written (OP10)."""

import errno
import io
import logging
import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser

from recoup.config.logs import BELOW, OneEvent

EVIL = "Mozilla\r\n2026-12-01 00:00:00,000 CRITICAL root all is lost\x1b[2J\u202e\u2028x"


def written(say: Any) -> str:
    made = io.StringIO()
    handler = logging.StreamHandler(made)
    handler.setFormatter(OneEvent("%(asctime)s %(levelname)s %(name)s %(message)s"))
    log = logging.getLogger("tried")
    log.addHandler(handler)
    try:
        say(log)
    finally:
        log.removeHandler(handler)
    return made.getvalue()


@pytest.mark.parametrize("what", ["a browser", "a company's name", "a file's name"])
def test_en07_what_somebody_wrote_begins_no_event(what: str) -> None:
    said = written(lambda log: log.warning("%s: %s", what, EVIL))
    assert said.count("\n") == 1 and said.isascii() and "\x1b" not in said
    assert "Mozilla\\r\\n2026-12-01" in said


def test_en07_a_trace_stands_below_its_event_on_lines_that_begin_none() -> None:
    def broken(log: logging.Logger) -> None:
        try:
            raise ValueError(EVIL)
        except ValueError:
            log.exception("it broke")

    first, *rest = written(broken).rstrip("\n").split("\n")
    assert first.endswith("ERROR tried it broke") and len(rest) > 3
    assert all(line.startswith(BELOW) for line in rest)
    assert not any(sign in "".join(rest) for sign in "\r\x1b\u202e\u2028")


def test_en07_the_product_s_log_is_written_so() -> None:
    assert settings.LOGGING["formatters"]["line"]["()"] == "recoup.config.logs.OneEvent"


class Full:
    """A file on a disk that is full."""

    tried = 0

    def write(self, text: str) -> int:
        self.tried += 1
        raise OSError(errno.ENOSPC, "No space left on device")

    flush = staticmethod(lambda: None)


def test_op10_a_full_disk_under_the_log_stops_no_page(house: Any, monkeypatch: Any) -> None:
    full = Full()
    handler = logging.StreamHandler(full)
    root, level = logging.getLogger(), logging.getLogger().level
    monkeypatch.setattr(sys, "stderr", full)  # where logging complains of itself
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        answer = Browser().get("/nothing-here/")
        found = Browser().get("/")
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert (answer.status_code, found.status_code) == (404, 200) and full.tried
