"""One POST, one operation: its refusal becomes a sentence, and nothing of it stays half done."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from recoup.cases.models import Case
from recoup.kernel.refusal import Refusal
from recoup.web.desk.forms import DeskForm
from recoup.web.kit.derivations import phrase
from recoup.web.kit.middleware import Place


def case_or_404(place: Place, number: str) -> Case:
    """The case with all that a page or an operation needs of it, in one query."""
    case = (
        Case.objects.filter(agency_id=place.agency.id, number=number)
        .select_related(
            "client__account_manager__user",
            "debtor",
            "collector__user",
            "agreement__rate_card",
            "division",
        )
        .first()
    )
    if case is None:
        raise Http404
    return case


def carried_out(form: DeskForm, act: Callable[[], Any]) -> bool:
    """Do it when the form is sound; a refusal stands in the form afterwards."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            act()
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


def tried(request: HttpRequest, act: Callable[[], Any], done: str) -> bool:
    """Do what a single button asks; says `done`, or the refusal's sentence."""
    try:
        with transaction.atomic():
            act()
    except Refusal as refusal:
        messages.error(request, phrase(refusal.text, refusal.params))
        return False
    messages.success(request, done)
    return True


def say_first_wrong(request: HttpRequest, form: DeskForm) -> None:
    """For small forms that are not shown again: the first thing wrong, as a message."""
    for field, errors in form.errors.items():
        label = form.fields[field].label if field in form.fields else ""
        messages.error(request, f"{label}: {errors[0]}" if label else str(errors[0]))
        return
    messages.error(request, _("Please try again."))
