"""What all tests of the debtor's pages stand on."""

import pytest

from recoup.web.debtor.tests.cast import make_world


@pytest.fixture
def world(db):
    return make_world()
