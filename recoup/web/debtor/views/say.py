"""What a debtor tells us: a day to pay, what is wrong, anything else. Each is in force at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from recoup.eventlog.models import Event
from recoup.journeys.promise_to_pay import latest_day, promise_to_pay
from recoup.journeys.write_to_us import write_to_us
from recoup.kernel.refusal import Refusal
from recoup.web.debtor.forms import PromiseForm, TalkForm
from recoup.web.debtor.here import Here, debtor_page
from recoup.web.debtor.views.home import frame, promise_of
from recoup.web.kit.formats import day_text, refusal_text
from recoup.web.kit.timeline import told_of

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Word:
    mine: bool
    who: str
    at: datetime
    text: str


both = require_http_methods(["GET", "HEAD", "POST"])


@both
@debtor_page
def promise(request: HttpRequest, here: Here) -> HttpResponse:
    form = PromiseForm(given(request))
    latest = latest_day(here.case, here.today)
    form.fields["on"].widget.attrs |= {"min": here.today.isoformat(), "max": latest.isoformat()}
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"]
        try:
            promise_to_pay(case=here.case, on=on, by=here.by, at=here.now)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Thank you. We have noted that you will pay on %(day)s, and wait until then.") % {"day": day_text(on)})  # fmt: skip
            return redirect("debtor:home")
    more = {"latest": latest, "promise": promise_of(here)}
    return shown(request, here, "debtor/promise.html", form, **more)


@both
@debtor_page
def talk(request: HttpRequest, here: Here) -> HttpResponse:
    form = TalkForm(given(request))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            write_to_us(case=here.case, text=told["text"], key=told["key"], by=here.by, at=here.now)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Thank you. Your message is with us, and we answer on the next working day."))  # fmt: skip
            return redirect("debtor:talk")
    said = thread(here) if here.sure else []
    return shown(request, here, "debtor/talk.html", form, said=said, sure=here.sure)


def thread(here: Here) -> list[Word]:
    """What was written both ways, the oldest first."""
    rows = Event.objects.filter(case_id=here.case.id, kind__in=("DebtorWrote", "DebtorAnswered"))
    return [
        Word(row.kind == "DebtorWrote", row.by_name, row.at, str(told_of(row.data).get("text", "")))
        for row in rows.order_by("at", "id")[:MOST_SHOWN]
    ]


def given(request: HttpRequest) -> QueryDict | None:
    """What was sent, if only nothing."""
    return request.POST if request.method == "POST" else None


def refuse(form: forms.Form, refusal: Refusal) -> None:
    field = refusal.params.get("field")
    form.add_error(field if field in form.fields else None, refusal_text(refusal))


def shown(
    request: HttpRequest, here: Here, template: str, form: forms.Form, **more: Any
) -> HttpResponse:
    context = frame(here) | {"form": form} | more
    return render(request, template, context, status=422 if form.errors else 200)
