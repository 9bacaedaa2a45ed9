"""What the kill tests share."""

import pytest

from recoup.cases.tests.cast import AT
from tests.faults.zygote import zygote


@pytest.fixture
def do(house, tmp_path):
    """`do(name, what, point)`: an act of tests/faults/zygote.py on `what` in a process of its own, killed at the
    fault point where one is named."""
    from django.db import connections

    with zygote(tmp_path / "mail", tmp_path / "letters", 9) as work:

        def run(name, what, point=""):
            connections.close_all()
            return work(name, house.id, AT, f"{point}:kill" if point else "", None, str(what))

        yield run
