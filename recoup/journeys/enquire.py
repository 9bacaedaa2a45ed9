"""A visitor asks, and wants to be called: kept with what was agreed to, a task at the desk, a confirmation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from recoup.agreements.operations import day_at
from recoup.agreements.queries import quote_by
from recoup.cases.models import Task
from recoup.cases.operations import add_task, finish_task
from recoup.consent.operations import say, subscriber_of
from recoup.enquiries.models import Enquiry
from recoup.enquiries.operations import answer_enquiry, take_enquiry
from recoup.enquiries.rules import call_time, zone_named
from recoup.journeys.mail import mail_person
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency
from recoup.tenancy.roles import Role

CALL = N_("Call %(who)s at %(phone)s: %(here)s here, %(there)s there")
WRITE = N_("Answer the enquiry of %(who)s")
STAYS = N_("The enquiry stays on the list of enquiries until somebody has answered it.")
THANKS = (
    N_("We have your enquiry"),
    N_("Thank you for asking %(house)s. Your enquiry has reached us."),
)
CALLED = N_("We call you on %(day)s at %(time)s (%(zone)s), at %(phone)s.")
ANSWERED = N_("We answer within one business day.")


@dataclass(frozen=True, slots=True)
class Asking:
    """What the form says. `call_on` and `call_time` by the visitor's clock, both blank for no call;
    `wordings`: each purpose agreed to with the words as they were shown."""

    key: UUID
    name: str
    company: str
    email: str
    phone: str
    language: str
    time_zone: str
    call_on: str
    call_time: str
    message: str
    quote: str
    wordings: dict[str, str]
    ip: str


@transaction.atomic
def enquire(*, agency: Agency, asking: Asking, by: Actor, at: datetime) -> Enquiry:
    """Take an enquiry, once per key: the consents with their words, the task with its hour, the mail.

    Raises `Refusal` `consent_needed`, and those of `call_time` and `take_enquiry`; then nothing is kept.
    """
    if "follow_up" not in asking.wordings:
        raise Refusal(
            "consent_needed", N_("Without this we may not answer you."), field="follow_up"
        )
    zone_named(asking.time_zone)
    wanted = bool(asking.call_on or asking.call_time)
    call_at = (
        call_time(asking.call_on, asking.call_time, asking.time_zone, now=at) if wanted else None
    )
    with scope(agency.id):
        row, fresh = take_enquiry(
            agency=agency.id, key=asking.key, name=asking.name, company=asking.company, email=asking.email,
            phone=asking.phone, language=asking.language, time_zone=asking.time_zone, call_at=call_at,
            message=asking.message, quote=quote_by(agency.id, asking.quote), by=by, at=at,
        )  # fmt: skip
        if fresh:
            agreed(agency, asking, row, by, at)
            task(agency, row, by, at)
            confirm(agency, row, at)
    return row


def agreed(agency: Agency, asking: Asking, row: Enquiry, by: Actor, at: datetime) -> None:
    who = subscriber_of(agency=agency.id, address=row.email, at=at)
    for purpose, wording in asking.wordings.items():
        say(subscriber=who, purpose=purpose, given=True, wording=wording, language=asking.language,
            source="enquiry", ip=asking.ip, by=by, at=at)  # fmt: skip


def task(agency: Agency, row: Enquiry, by: Actor, at: datetime) -> None:
    here, there = clocks(agency, row)
    params = {"who": str(row), "phone": row.phone, "here": here, "there": there}
    add_task(
        agency=agency.id, key=task_key(row), kind="enquiry", sentence=CALL if row.call_at else WRITE, params=params,
        role=Role.ACCOUNT_MANAGER, default=STAYS, by=by, at=at,
        due_on=day_at(agency, row.call_at) if row.call_at else day_at(agency, at) + timedelta(days=1),
    )  # fmt: skip


def clocks(agency: Agency, row: Enquiry) -> tuple[str, str]:
    """The hour of the call by the agency's clock and by the visitor's."""
    if row.call_at is None:
        return "", ""

    def told(zone: str) -> str:
        return f"{row.call_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"  # type: ignore[union-attr]

    return told(agency.time_zone), told(row.time_zone)


def confirm(agency: Agency, row: Enquiry, at: datetime) -> None:
    there = row.call_at.astimezone(ZoneInfo(row.time_zone)) if row.call_at else None
    mail_person(
        agency=agency, recipient=row.email, language=row.language, key=f"enquiry:{row.id}", template="enquiry",
        subject=THANKS[0], paragraphs=(THANKS[1], CALLED if there else ANSWERED), purpose="follow_up", at=at,
        params={"house": agency.name, "zone": row.time_zone, "phone": row.phone,
                "day": there.date() if there else "", "time": f"{there:%H:%M}" if there else ""},
    )  # fmt: skip


@transaction.atomic
def answer(*, agency: Agency, enquiry: Enquiry, outcome: str, by: Actor, at: datetime) -> None:
    """Somebody has answered; the task is done. Raises `Refusal` as `answer_enquiry`."""
    answer_enquiry(enquiry=enquiry, outcome=outcome, by=by, at=at)
    found = Task.objects.filter(agency_id=agency.id, key=task_key(enquiry), done_at=None).first()
    if found is not None:
        finish_task(task=found, outcome="answered", by=by, at=at)


def task_key(row: Enquiry) -> str:
    return f"enquiry:{row.id}"
