"""A process that does one piece of work in a child of its own, and kills it where it is told to.

Reads a line of JSON {"work", "agency", "now", "fault", "kill_after", "file"} and answers with the child's wait
status. Forking from a process without connections or threads costs a few milliseconds, so that
hundreds of deaths fit into a minute.
"""

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
KILLED = -signal.SIGKILL


def work(name: str, agency: str, now: datetime, file: str) -> None:
    from uuid import UUID

    from recoup.jobs.dispatch import work_outbox
    from recoup.jobs.webhooks import work_webhooks
    from recoup.journeys.collect import take_bank_file
    from recoup.journeys.day import run_day
    from recoup.journeys.reminders import remind
    from recoup.journeys.remit import remit
    from recoup.kernel.actor import SYSTEM
    from recoup.tenancy.context import scope
    from recoup.tenancy.models import Agency

    if name != "outbox":
        house = Agency.objects.get(id=agency)
    if name == "day":
        run_day(agency=house, on=now.date(), by=SYSTEM, at=now)
    elif name == "api":
        work_api(file)
    elif name == "remind":
        remind(agency=house, on=now.date(), by=SYSTEM, at=now)
    elif name in ("notices", "to_law"):
        work_law(name, house, now, file)
    elif name in ("offer", "sign"):
        work_plan(name, house, now, file)
    elif name in ("receive", "place", "undo"):
        work_placement(name, house, now, file)
    elif name == "webhooks":
        work_webhooks(agency=house, clock=lambda: now)
    elif name == "remit":
        remit(agency=house, on=now.date(), by=SYSTEM, at=now)
    elif name == "bank":
        content = Path(file).read_bytes()
        with scope(agency):
            take_bank_file(agency=house, content=content, name="a.xml", by=SYSTEM, at=now)
    else:
        work_outbox(agency=UUID(agency), now=now)


def work_api(file: str) -> None:
    """A case handed over through the API: {"token", "key", "body"} in `file`."""
    from django.test import Client

    order = json.loads(Path(file).read_text())
    head = {"authorization": f"Bearer {order['token']}", "idempotency-key": order["key"]}
    Client(headers=head, SERVER_NAME="localhost").post(
        "/api/v1/cases", order["body"], content_type="application/json"
    )


def work_plan(name: str, house: Any, now: datetime, id: str) -> None:
    """A plan of three months offered on the case `id`, or the plan `id` signed."""
    from recoup.cases.models import Case
    from recoup.journeys.plans import offer, sign
    from recoup.kernel.actor import SYSTEM
    from recoup.plans.models import Plan
    from recoup.plans.rules import Terms
    from recoup.plans.states import PlanKind
    from recoup.tenancy.context import scope

    terms = Terms(kind=PlanKind.INSTALMENTS, first_on=now.date(), count=3)
    if name == "offer":
        with scope(house.id):
            case = Case.objects.get(id=id)
        offer(agency=house, case=case, terms=terms, by_debtor=True, by=SYSTEM, at=now)
        return
    with scope(house.id):
        plan = Plan.objects.get(id=id)
    sign(
        agency=house, plan=plan, signatory="Max Müller", ticked=("owes", "authority"), ip="192.0.2.1",
        browser="t", by=SYSTEM, at=now,
    )  # fmt: skip


def work_law(name: str, house: Any, now: datetime, what: str) -> None:
    """A file of notices (its path) taken, or the case `what` taken to law with its form."""
    from recoup.cases.models import Case
    from recoup.journeys.insolvency.take import take_notices
    from recoup.journeys.legal import bundle, course
    from recoup.kernel.actor import SYSTEM
    from recoup.tenancy.context import scope

    with scope(house.id):
        if name == "notices":
            take_notices(agency=house, content=Path(what).read_bytes(), name="n.csv", by=SYSTEM, at=now)  # fmt: skip
            return
        case = Case.objects.select_related(
            "client__account_manager__user", "debtor", "collector__user", "agency", "agreement__rate_card"
        ).get(id=what)  # fmt: skip
        made = course.go_to_law(
            agency=house, case=case, route="claim", lawyer=None, because="No answer", by=SYSTEM, at=now
        )  # fmt: skip
        bundle.make_bundle(agency=house, proceeding=made, by=SYSTEM, at=now)


def work_placement(name: str, house: Any, now: datetime, file: str) -> None:
    """A list received and confirmed; the waiting ones placed in small chunks; the newest taken back."""
    from recoup.intake.models import Placement
    from recoup.intake.states import State
    from recoup.journeys import place
    from recoup.journeys.place import run
    from recoup.kernel.actor import SYSTEM
    from recoup.parties.models import Client
    from recoup.tenancy.context import scope

    if name == "receive":
        with scope(house.id):
            made = place.receive_file(
                client=Client.objects.get(), name="list.csv", content=Path(file).read_bytes(), by=SYSTEM, at=now
            )  # fmt: skip
            if made.state == State.READ:
                place.confirm(placement=made, by=SYSTEM, at=now)
    elif name == "place":
        run.CHUNK = 4
        for id in place.waiting_placements(agency=house):
            place.run_placement(agency=house, placement=id, at=now)
    else:
        with scope(house.id):
            newest = Placement.objects.order_by("-number").first()
        if newest.state == State.DONE:
            place.undo_placement(placement=newest, by=SYSTEM, at=now)


def child(order: dict[str, Any]) -> None:
    status = 1
    try:
        if order.get("fault"):
            os.environ["RECOUP_FAULT"] = order["fault"]
        work(
            order["work"],
            order["agency"],
            datetime.fromisoformat(order["now"]),
            order["file"],
        )
        status = 0
    finally:
        os._exit(status)


def reap(pid: int, kill_after: float | None) -> int:
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(pid, signal.SIGKILL)  # not waited for yet, so that the number is still its own
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


WIDTHS = """
import json
from recoup.paper import advances
for weight in (advances.REGULAR, advances.SEMIBOLD):
    advances.width("a", weight)
print(json.dumps(advances._known))
"""


def warm() -> None:
    """What every child would find out anew: the law, the words of papers and how wide their signs are. The typesetter
    is asked by another process and no connection is made: its threads and a connection do not outlive a fork. None
    of it is looked through for garbage in a child, so that its memory stays shared."""
    from recoup.jurisdictions.owed import Claim, Request, owed
    from recoup.paper import advances
    from recoup.paper.wording import words_of

    day = date(2026, 11, 20)
    for code in ("DE", "SE"):
        owed(Request(code, "EUR", day, (Claim("A", Decimal(100), date(2026, 8, 1)),)))
    words_of("en")
    said = subprocess.run([sys.executable, "-c", WIDTHS], capture_output=True, check=True, cwd=ROOT)
    for weight, known in json.loads(said.stdout).items():
        advances._known[int(weight)] |= known
    gc.collect()
    gc.freeze()


def main() -> None:
    import django

    django.setup()
    from django.conf import settings

    settings.MAIL_ROOT, settings.LETTERS_ROOT = Path(sys.argv[1]), Path(sys.argv[2])
    settings.EMAIL_PORT = int(sys.argv[3])
    settings.SECRETS_ROOT, settings.FILES_ROOT = Path(sys.argv[4]), Path(sys.argv[5])
    import recoup.jobs.dispatch
    import recoup.jobs.webhooks
    import recoup.journeys.collect
    import recoup.journeys.day
    import recoup.journeys.place
    import recoup.journeys.plans
    import recoup.journeys.remit  # noqa: F401  imported once, not in every child

    warm()
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            child(order)
        print(reap(pid, order.get("kill_after")), flush=True)


@contextmanager
def zygote(mail: Path, letters: Path, port: int) -> Iterator[Any]:
    """`do(work, agency, now, fault="", kill_after=None) -> exit code` (KILLED when it was killed)."""
    from django.conf import settings

    letters.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.zygote", str(mail), str(letters), str(port),
         str(settings.SECRETS_ROOT), str(settings.FILES_ROOT)], cwd=ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"

    def do(
        work: str,
        agency: Any,
        now: datetime,
        fault: str = "",
        kill_after: float | None = None,
        file: Path | str = "",
    ) -> int:
        order = {"work": work, "agency": str(agency), "now": now.isoformat(), "fault": fault,
                 "kill_after": kill_after, "file": str(file)}  # fmt: skip
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    try:
        yield do
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


if __name__ == "__main__":
    main()
