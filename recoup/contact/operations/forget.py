"""What was said is emptied when its time is over, inside the caller's transaction."""

from typing import Any

from recoup.contact.models import ContactAttempt, PrintedLetter, VisitPhoto, VisitReport
from recoup.outbox.models import Message
from recoup.outbox.operations import forget_message


def forget_note(attempt: ContactAttempt) -> dict[str, Any]:
    """The note of a call or a visit, and what a visit's report says; what they held."""
    held: dict[str, Any] = {"note": attempt.note}
    ContactAttempt.objects.filter(id=attempt.id).exclude(note="").update(note="")
    names = ("said", "met", "met_role")
    report = VisitReport.objects.filter(attempt=attempt).first()
    if report is not None and any(getattr(report, name) for name in names):
        held |= {name: getattr(report, name) for name in names}
        VisitReport.objects.filter(id=report.id).update(**dict.fromkeys(names, ""))
    return held


def forget_letter(message: Message) -> dict[str, Any]:
    """Whom a letter, an e-mail or a text message went to and what it said; what it held."""
    PrintedLetter.objects.filter(message=message).update(recipient="")
    return forget_message(message)


def photos_of(attempt: ContactAttempt) -> list[str]:
    """The files of a visit's photographs."""
    rows = VisitPhoto.objects.filter(report__attempt=attempt)
    return list(rows.values_list("document__sha256", flat=True))
