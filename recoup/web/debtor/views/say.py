"""What a debtor tells us: a day to pay, what is wrong, anything else. Each is in force at once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from recoup.cases.models import ClaimLine
from recoup.journeys.dispute import dispute
from recoup.journeys.promise_to_pay import latest_day, promise_to_pay
from recoup.journeys.write_to_us import write_to_us
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.web.debtor.forms import PromiseForm, TalkForm, WrongForm
from recoup.web.debtor.here import Here, debtor_page
from recoup.web.debtor.views.home import frame, promise_of
from recoup.web.kit.formats import day_text, money_text, refusal_text

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
def wrong(request: HttpRequest, here: Here) -> HttpResponse:
    lines = {str(line.id): line for line in here.case.lines.order_by("due_on", "ref")}
    form = WrongForm(given(request), lines=[(id, named(line, here)) for id, line in lines.items()])  # fmt: skip
    if request.method == "POST" and form.is_valid():
        line = lines.get(form.cleaned_data["line"])
        if line is None:
            raise Http404
        try:
            dispute(
                case=here.case, line=line, text=form.cleaned_data["text"], by=here.by, at=here.now
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Thank you. We look into %(ref)s and do not remind you until you have our answer.") % {"ref": line.ref})  # fmt: skip
            return redirect("debtor:home")
    return shown(request, here, "debtor/wrong.html", form)


def named(line: ClaimLine, here: Here) -> str:
    amount = money_text(Money(line.amount, here.case.currency).rounded())
    return _("%(ref)s, %(amount)s, due on %(day)s") % {
        "ref": line.ref, "amount": amount, "day": day_text(line.due_on),
    }  # fmt: skip


@both
@debtor_page
def talk(request: HttpRequest, here: Here) -> HttpResponse:
    form = TalkForm(given(request))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            write_to_us(case=here.case, text=told["text"], phone=told["phone"], key=told["key"], by=here.by, at=here.now)  # fmt: skip
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Thank you. Your message is with us, and we answer on the next working day."))  # fmt: skip
            return redirect("debtor:home")
    return shown(request, here, "debtor/talk.html", form)


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
