"""Processes load the product once: without a database, and with nothing open that a fork would share."""

import gc
import subprocess
import sys

from recoup.kernel.loading import whole

LOADED = """
from recoup.config import wsgi
from django.db import connections
from django.urls import get_resolver
assert "url_patterns" in vars(get_resolver()), "routes are loaded before the fork"
assert all(known.connection is None for known in connections.all()), "an open connection would be shared"
import threading
assert threading.active_count() == 1, "a thread does not survive the fork"
"""


def test_the_web_server_is_loaded_whole_and_with_nothing_open() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stderr


def test_collection_goes_on_after_loading_also_when_it_fails() -> None:
    try:
        with whole():
            assert not gc.isenabled()
            raise ImportError
    except ImportError:
        assert gc.isenabled()
    gc.unfreeze()
