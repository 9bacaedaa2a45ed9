"""The reports as a workbook by e-mail, to those who subscribed and whose day has come."""

import tempfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import override

from recoup.files.operations import keep
from recoup.journeys.mail import mail_person
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import N_
from recoup.outbox.models import Message
from recoup.reports.models import Subscription
from recoup.reports.operations import claim_due
from recoup.tenancy.context import apply, limited_to, scope
from recoup.tenancy.models import Agency

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# (subscription, day, where to write): the door's own wording of labels.
Writer = Callable[[Subscription, date, Path], int]


def send_reports(*, agency: Agency, on: date, write: Writer, at: datetime) -> list[Message]:
    """Each once, however late: the next is due after `on`, and its key says for which day it was."""
    with scope(agency.id):
        due = list(Subscription.objects.filter(agency_id=agency.id, next_on__lte=on).order_by("id").select_related("member__user"))  # fmt: skip
    return [m for s in due if (m := send_one(agency, s, on, write, at)) is not None]


def send_one(
    agency: Agency, subscription: Subscription, on: date, write: Writer, at: datetime
) -> Message | None:
    with scope(agency.id):
        due = subscription.next_on
        if not claim_due(subscription=subscription, on=on) or not subscription.member.active:
            return None
        content = written(subscription, on, write)
        document = keep(
            agency=agency.id, content=content, name=f"reports-{on}.xlsx", media_type=XLSX, kind="report",
            title=f"Reports {on}", client=subscription.client_id, by=SYSTEM, at=at,
            audience="client" if subscription.client_id else "internal",
        )  # fmt: skip
        user = subscription.member.user
        return mail_person(
            agency=agency, recipient=user.email, language=user.language, key=f"reports:{subscription.id}:{due}",
            template="reports", subject=N_("Reports of %(on)s"),
            paragraphs=[N_("The reports of %(on)s are attached as a workbook."),
                        N_("You can read them, and stop this e-mail, here: %(link)s")],
            params={"on": on, "link": f"{settings.ORIGIN}/{'client' if subscription.client_id else 'desk'}/reports/"},
            attachments=[document.id], client=subscription.client_id, at=at,
        )  # fmt: skip


def written(subscription: Subscription, on: date, write: Writer) -> bytes:
    """In the reader's language, with what row security shows to that client."""
    with (
        tempfile.TemporaryDirectory() as folder,
        override(subscription.member.user.language),
        scope(subscription.agency_id, client=subscription.client_id),
    ):
        apply(limited_to(subscription.member.divisions))
        path = Path(folder) / "reports.xlsx"
        write(subscription, on, path)
        return path.read_bytes()
