"""Law and insolvency killed at each fault point: a notice is acted on whole or not at all, a proceeding is
opened once, and what is run again does nothing twice.

`ROUNDS` (environment) says how often each point is killed; two by default.
"""

import os
import secrets

import pytest

from recoup.cases.models import Case, Hold, Task
from recoup.cases.tests.cast import add_debtor, at_work, line, sign_up
from recoup.files.models import Document
from recoup.insolvency.models import Estate, NoticeFile, PublishedNotice
from recoup.legal.models import Deadline, Proceeding
from recoup.outbox.models import Message
from recoup.parties.models import Debtor
from recoup.tenancy.context import scope
from recoup.watch.models import Signal
from tests.faults.zygote import KILLED

pytestmark = pytest.mark.kills
ROUNDS = int(os.environ.get("ROUNDS", "2"))
TAKING = ("files.stored", "notices.kept", "notices.acted_on")
OPENING = ("legal.opened", "files.stored")


@pytest.fixture
def house(committed_house):
    with scope(committed_house.id):
        committed_house.standing = sign_up(committed_house)
    return committed_house


def a_case(house, n):
    with scope(house.id):
        own = add_debtor(house, f"Werft {secrets.token_hex(4)} GmbH", "")
        return at_work(house.standing, key=f"k{n}", debtor=own, lines=[line(f"RE-{n}-{secrets.token_hex(4)}", "900.00")])  # fmt: skip


def test_a_notice_killed_anywhere_is_acted_on_whole_by_taking_the_file_again(house, do, tmp_path):
    for n in range(ROUNDS * len(TAKING)):
        point, case = TAKING[n % len(TAKING)], a_case(house, n)
        with scope(house.id):
            number = f"HRB{secrets.randbelow(10**7):07}"
            Debtor.objects.filter(id=case.debtor_id).update(
                registration_number=number, country="DE"
            )
            before = PublishedNotice.objects.count(), Estate.objects.count(), Signal.objects.count()
        file = tmp_path / f"{n}.csv"
        file.write_text(
            f"company;number;country;kind;event_on\nX;{number};DE;Insolvency;2026-11-{n + 1:02}\n"
        )
        assert do("notices", file, point) == KILLED, point
        with scope(house.id):
            after = PublishedNotice.objects.count(), Estate.objects.count(), Signal.objects.count()
            assert after == before, "nothing half done"
            assert not Hold.objects.filter(case=case, kind="insolvency").exists()
        assert do("notices", file) == 0 and do("notices", file) == 0
        with scope(house.id):
            assert NoticeFile.objects.filter(notices=1).count() == n + 1
            assert Hold.objects.filter(case=case, kind="insolvency", lifted_at=None).count() == 1
            assert (
                Message.objects.filter(case_id=case.id, payload__template="insolvency").count() == 1
            )


def test_a_proceeding_killed_anywhere_is_opened_once_by_going_again(house, do):
    for n in range(ROUNDS * len(OPENING)):
        point, case = OPENING[n % len(OPENING)], a_case(house, n)
        assert do("to_law", case.id, point) == KILLED, point
        with scope(house.id):
            assert not Proceeding.objects.filter(case=case).exists(), "nothing half made"
            assert Case.objects.get(id=case.id).stage == "contact"
            assert not Task.objects.filter(case=case, kind="legal_deadline").exists()
        assert do("to_law", case.id) == 0
        with scope(house.id):
            made = Proceeding.objects.get(case=case)
            assert Deadline.objects.filter(proceeding=made).count() == Task.objects.filter(case=case, kind="legal_deadline").count()  # fmt: skip
            assert Document.objects.filter(case_id=case.id, kind="bundle").count() == 1
