"""Contact stops with all of a debtor's cases, and what a person has to do is put before them."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from recoup.cases.models import Case, Hold
from recoup.cases.operations import (
    add_task,
    lift_hold,
    move_case,
    plan_next_look,
    put_on_hold,
)
from recoup.cases.operations.tasks import finish_all
from recoup.cases.states import HoldKind, Stage
from recoup.insolvency.models import Estate, PublishedNotice
from recoup.insolvency.operations import open_estate
from recoup.insolvency.queries import cases_of
from recoup.journeys.mail import mail_client, portal_link
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_
from recoup.parties.models import Debtor
from recoup.tenancy.models import Agency
from recoup.tenancy.roles import Role

STAYED = N_("insolvency proceedings %(estate)s")
TO_LEGAL = "insolvency of the debtor"
FILE_IT = N_("File the claim of case %(case)s in the insolvency of %(debtor)s (%(estate)s)")
FIND_DAY = N_("Find out the last day to file in the insolvency of %(debtor)s (%(estate)s): no rule for %(country)s is established here")  # fmt: skip
ASKED_AGAIN = N_("It stays first on the legal officer's list.")
LOST = N_("After the last day the claim may be shut out or come last.")


@transaction.atomic
def stay_debtor(
    *, agency: Agency, debtor: Debtor, kind: str, opened_on: date, notice: PublishedNotice | None = None,
    by: Actor, at: datetime,
) -> Estate:  # fmt: skip
    """Contact stops at once with every case of the debtor, the cases go to the legal officer, and the
    claim waits to be filed. Again for the same debtor it only adds what is missing."""
    estate, fresh = open_estate(
        debtor=debtor, kind=kind, opened_on=opened_on, notice=notice,
        country=notice.country if notice and notice.country else debtor.country, by=by, at=at,
    )  # fmt: skip
    for case in cases_of(debtor.id):
        stay_case(agency, case, estate, by, at)
    if fresh and estate.file_by is None:
        ask_for_the_day(agency, estate, by, at)
    return estate


def stay_case(agency: Agency, case: Case, estate: Estate, by: Actor, at: datetime) -> None:
    because = STAYED % {"estate": estate.number}
    standing = Hold.objects.filter(case=case, lifted_at=None)
    for hold in standing.filter(kind=HoldKind.NOTICE):
        lift_hold(hold=hold, because=because, by=by, at=at)
    if standing.filter(kind=HoldKind.INSOLVENCY).exists():
        return
    put_on_hold(case=case, kind=HoldKind.INSOLVENCY, because=because, until=None, by=by, at=at)
    for kind in ("call", "callback", "evaluate"):
        finish_all(case=case, kind=kind, outcome="insolvency", by=by, at=at)
    if case.stage in (Stage.CONTACT, Stage.EVALUATION):
        move_case(case=case, was=case.stage, now=Stage.LEGAL, because=TO_LEGAL, by=by, at=at)
        plan_next_look(case=case, on=None)
    ask_to_file(case, estate, by, at)
    tell_client(agency, case, estate, at)


def ask_to_file(case: Case, estate: Estate, by: Actor, at: datetime) -> None:
    due = estate.file_by - timedelta(days=14) if estate.file_by else at.date() + timedelta(days=7)
    add_task(
        agency=case.agency_id, key=f"proof:{estate.id}:{case.id}", kind="file_proof", sentence=FILE_IT,
        params=named(estate) | {"case": case.number}, role=Role.LEGAL_OFFICER, due_on=max(due, at.date()),
        default=LOST, case=case, by=by, at=at,
    )  # fmt: skip


def ask_for_the_day(agency: Agency, estate: Estate, by: Actor, at: datetime) -> None:
    add_task(
        agency=agency.id, key=f"file-by:{estate.id}", kind="filing_deadline", sentence=FIND_DAY,
        params=named(estate) | {"country": estate.country}, role=Role.LEGAL_OFFICER,
        due_on=at.date() + timedelta(days=2), default=ASKED_AGAIN, by=by, at=at,
    )  # fmt: skip


def named(estate: Estate) -> dict[str, Any]:
    return {"estate": estate.number, "debtor": estate.debtor.name}


def tell_client(agency: Agency, case: Case, estate: Estate, at: datetime) -> None:
    mail_client(
        agency=agency, client=case.client, key=f"insolvency:{estate.id}:{case.id}", template="insolvency", purpose="updates",
        subject=N_("Case %(number)s: the debtor is insolvent"),
        paragraphs=[
            N_("Insolvency proceedings have been opened or asked for against %(debtor)s, your debtor in case %(number)s."),
            N_("We have stopped all contact and file your claim in the proceedings. Please send us any security you hold, and deliver nothing more without payment in advance."),
            N_("You can follow it here: %(link)s"),
        ],
        params={"debtor": case.debtor.name, "number": case.number, "link": portal_link(case.number)},
        case=case.id, at=at,
    )  # fmt: skip
