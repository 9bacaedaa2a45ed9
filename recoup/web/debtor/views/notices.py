"""What a debtor gives notice of: paid already, not us, insolvent, call me, our own data. In force at once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from recoup.contact.rules import zone
from recoup.journeys.debtor_says import ask_call, correct_data, say_insolvent, say_not_us, say_paid
from recoup.kernel.refusal import Refusal
from recoup.web.debtor.forms import CallForm, DetailsForm, InsolventForm, NotUsForm, PaidForm
from recoup.web.debtor.here import Here, debtor_page, for_the_sure, typed_before
from recoup.web.debtor.views.say import refuse, shown
from recoup.web.kit.formats import day_text

both = require_http_methods(["GET", "HEAD", "POST"])


def sent(request: HttpRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def kept(request: HttpRequest, form: forms.Form, act: Callable[[dict[str, Any]], str]) -> bool:
    """Do what a sound form says; `act` returns the sentence of thanks. A refusal stands in the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        with transaction.atomic():
            said = act(form.cleaned_data)
    except Refusal as refusal:
        refuse(form, refusal)
        return False
    messages.success(request, said)
    return True


@both
@debtor_page
def paid(request: HttpRequest, here: Here) -> HttpResponse:
    form = PaidForm(*sent(request), currency=here.case.currency)
    form.fields["paid_on"].widget.attrs["max"] = here.today.isoformat()

    def say(told: dict[str, Any]) -> str:
        until = say_paid(case=here.case, by=here.by, at=here.now, **told)
        return _("Thank you. We look for your payment until %(day)s, and do not remind you meanwhile.") % {"day": day_text(until)}  # fmt: skip

    if kept(request, form, say):
        return redirect("debtor:home")
    return shown(request, here, "debtor/paid.html", form)


@both
@debtor_page
def not_us(request: HttpRequest, here: Here) -> HttpResponse:
    form = NotUsForm(*sent(request))

    def say(told: dict[str, Any]) -> str:
        say_not_us(case=here.case, by=here.by, at=here.now, **told)
        return _("Thank you. A person looks into it. Until then we send nothing more.")

    if kept(request, form, say):
        return redirect("debtor:home")
    return shown(request, here, "debtor/not_us.html", form)


@both
@debtor_page
def insolvent(request: HttpRequest, here: Here) -> HttpResponse:
    form = InsolventForm(*sent(request))

    def say(told: dict[str, Any]) -> str:
        told.pop("key")
        say_insolvent(case=here.case, by=here.by, at=here.now, **told)
        return _(
            "Thank you for telling us. Everything rests from now on, and a person looks into it."
        )

    if kept(request, form, say):
        return redirect("debtor:home")
    return shown(request, here, "debtor/insolvent.html", form)


@both
@debtor_page
def call(request: HttpRequest, here: Here) -> HttpResponse:
    there = zone(here.case.debtor.time_zone)
    first = here.now.astimezone(there).date()
    form = CallForm(
        *sent(request), initial={"day": (first + timedelta(days=1)).isoformat(), "time": "10:00"}
    )
    form.fields["day"].widget.attrs["min"] = first.isoformat()
    form.fields["time"].help_text = _("Your own time (%(zone)s).") % {
        "zone": there.key.replace("_", " ")
    }

    def say(told: dict[str, Any]) -> str:
        at = datetime.combine(told["day"], told["time"], there)
        ask_call(case=here.case, phone=told["phone"], name=told["name"], call_at=at.astimezone(UTC),
                 key=told["key"], by=here.by, at=here.now)  # fmt: skip
        return _("Thank you. We call you on %(day)s at %(time)s.") % {"day": day_text(told["day"]), "time": f"{at:%H:%M}"}  # fmt: skip

    if kept(request, form, say):
        return redirect("debtor:home")
    return shown(request, here, "debtor/call.html", form)


@both
@debtor_page
@for_the_sure
def details(request: HttpRequest, here: Here) -> HttpResponse:
    debtor = here.case.debtor
    now = {
        "email": debtor.email, "phone": debtor.phone, "address": "\n".join(debtor.address), "postcode": debtor.postcode,
        "city": debtor.city, "language": debtor.language.lower(),
    }  # fmt: skip
    form = DetailsForm(*sent(request), initial=now | typed_before(request))

    def say(told: dict[str, Any]) -> str:
        changes = told | {"address": told["address"].splitlines()}
        if told["language"] == debtor.language.lower():
            changes["language"] = debtor.language
        changed = correct_data(case=here.case, changes=changes, by=here.by, at=here.now)
        if not changed:
            return _("Nothing was different from what we have.")
        return _("Thank you. This counts from now on.")

    if kept(request, form, say):
        return redirect("debtor:details")
    return shown(request, here, "debtor/details.html", form)
