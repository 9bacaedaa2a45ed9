"""A visitor asks, and names the hour at which we call."""

from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from recoup.agreements.queries import quote_by
from recoup.consent.rules import WORDINGS
from recoup.journeys.enquire import Asking, enquire
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import Refusal
from recoup.parties.rules import time_zone_of
from recoup.web.kit.address import address_of, neighbourhood
from recoup.web.kit.formats import html_lang
from recoup.web.kit.limits import limited, too_often
from recoup.web.kit.middleware import Place, place_of
from recoup.web.public.forms import beside
from recoup.web.public.limits import ENQUIRIES
from recoup.web.public.shown import price_line
from recoup.web.public.words import told


class EnquiryForm(forms.Form):
    """Who asks, what, and when to call."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    quote = forms.CharField(required=False, max_length=43, widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    company = forms.CharField(
        label=gettext_lazy("Company"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    message = forms.CharField(
        label=gettext_lazy("What is it about?"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    call_on = forms.CharField(
        label=gettext_lazy("Call me on"),
        max_length=20,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    call_time = forms.CharField(
        label=gettext_lazy("at"),
        max_length=10,
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "step": "900"}),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("by the clock of"))
    follow_up = forms.BooleanField(required=False)
    news = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict | None = None, *, house: str, **more: Any) -> None:
        super().__init__(data, auto_id="enquiry_%s", **more)
        zones = sorted(
            z
            for z in available_timezones()
            if "/" in z and not z.startswith(("Etc/", "SystemV/", "posix/", "right/"))
        )
        offered = [(zone, zone.replace("_", " ")) for zone in ("UTC", *zones)]
        self.fields["time_zone"].choices = offered  # type: ignore[attr-defined]
        self.fields["time_zone"].widget.attrs["data-own-zone"] = ""
        self.wordings = {purpose: _(text) % {"house": house} for purpose, text in WORDINGS.items()}
        for purpose, wording in self.wordings.items():
            self.fields[purpose].label = wording
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")
        self.fields["email"].error_messages["invalid"] = _("This is not an e-mail address.")

    def asking(self, ip: str) -> Asking:
        given = self.cleaned_data
        key: UUID = given["key"]
        return Asking(
            key=key, name=given["name"], company=given["company"], email=given["email"], phone=given["phone"],
            language=html_lang(), time_zone=given["time_zone"], call_on=given["call_on"], call_time=given["call_time"],
            message=given["message"], quote=given["quote"], ip=ip,
            wordings={purpose: text for purpose, text in self.wordings.items() if given.get(purpose)},
        )  # fmt: skip

    def refuse(self, refusal: Refusal) -> None:
        field = refusal.params.get("field")
        if field in self.fields:
            self.add_error(field, beside(self.fields[field].label, refusal))
        else:
            self.add_error(None, told(refusal))


@require_http_methods(["GET", "HEAD", "POST"])
def enquiry(request: HttpRequest) -> HttpResponse:
    place = place_of(request)
    if request.method != "POST":
        return page(
            request, place, EnquiryForm(house=place.agency.name, initial=start(request, place))
        )
    form, who = (
        EnquiryForm(request.POST, house=place.agency.name),
        neighbourhood(address_of(request)),
    )
    if not form.is_valid():
        return page(request, place, form)
    if not ENQUIRIES.take(who, place.now):
        seconds = ENQUIRIES.wait(who, place.now)
        form.add_error(None, told(too_often(seconds)))
        return limited(page(request, place, form), seconds)
    try:
        enquire(
            agency=place.agency,
            asking=form.asking(address_of(request)),
            by=place.actor,
            at=place.now,
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return page(request, place, form)
    return redirect("public:enquiry_thanks")


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "public/enquiry_thanks.html", {"house": place_of(request).agency.name})


def start(request: HttpRequest, place: Place) -> dict[str, Any]:
    quote = quote_by(place.agency.id, request.GET.get("quote", ""))
    zone = time_zone_of(quote.asked["creditor"]) if quote else ""
    return {
        "key": new_id(),
        "quote": quote.token if quote else "",
        "time_zone": zone or place.agency.time_zone,
    }


def page(request: HttpRequest, place: Place, form: EnquiryForm) -> HttpResponse:
    token = form["quote"].value() or ""
    quote = quote_by(place.agency.id, str(token))
    context = {
        "form": form,
        "house": place.agency.name,
        "quote": quote,
        "price": price_line(quote.answer) if quote else "",
    }
    return render(request, "public/enquiry.html", context, status=422 if form.errors else 200)
