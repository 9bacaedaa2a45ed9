"""Undo, for ten seconds, where nothing has left the house: a hold put on is lifted, a call put off comes
back, a task done is open again. What was written is never rewritten: the undoing is an act of its own.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from recoup.cases.models import Hold, Task
from recoup.cases.operations import lift_hold
from recoup.cases.operations.tasks import reopen_task
from recoup.kernel.refusal import N_, Refusal
from recoup.web.kit.middleware import Place

KEY = "desk_undo"
WITHIN = timedelta(seconds=30)  # ten on the screen, and the way there


def offer(request: HttpRequest, place: Place, kind: str, id: UUID, text: str) -> None:
    """The next page shows it as a toast."""
    request.session[KEY] = {"kind": kind, "id": str(id), "text": text, "at": place.now.isoformat()}


def shown(request: HttpRequest) -> dict[str, Any] | None:
    """What kit/base.html shows; offered once."""
    found = request.session.get(KEY)
    if not found or found.get("shown"):
        return None
    request.session[KEY] = found | {"shown": True}
    return {"text": found["text"], "url": reverse("desk:undo")}


def undo(request: HttpRequest, place: Place) -> None:
    """Take back what was offered last. Raises `Refusal` `undo_nothing`, `undo_late`, and those of the
    operations."""
    found = request.session.pop(KEY, None)
    if not found:
        raise Refusal("undo_nothing", N_("There is nothing to undo."))
    if place.now - datetime.fromisoformat(found["at"]) > WITHIN:
        raise Refusal("undo_late", N_("It is too late to undo this."))
    if found["kind"] == "hold":
        hold = Hold.objects.filter(id=found["id"], agency_id=place.agency.id).first()
        if hold is not None:
            lift_hold(hold=hold, because=_("undone"), by=place.actor, at=place.now)
    if found["kind"] == "task":
        task = Task.objects.filter(id=found["id"], agency_id=place.agency.id).first()
        if task is not None:
            reopen_task(task=task, by=place.actor, at=place.now)
