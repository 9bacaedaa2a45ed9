"""How far the law is known: each series and when it is due; values entered, and confirmed by another."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from recoup.jurisdictions.laws import all_laws, series_status
from recoup.jurisdictions.overlay import using
from recoup.jurisdictions.series import SeriesStatus
from recoup.kernel.refusal import N_, Refusal
from recoup.lawbook.models import PublishedRate
from recoup.lawbook.operations import confirm_rate, enter_rate
from recoup.lawbook.queries import entered, overlay_of
from recoup.web.desk import rights
from recoup.web.desk.acting import carried_out, tried
from recoup.web.desk.forms import DAY, DeskForm
from recoup.web.desk.frame import show
from recoup.web.kit.derivations import phrase
from recoup.web.kit.middleware import Place, staff_place

YOURS = Refusal(
    "same_person",
    N_("You entered this value yourself: somebody else must look it up and confirm it."),
)
FIELDS = {"rate.from": "first", "rate.to": "last", "rate.value": "value"}
# When a series is published, as the packs say it.
REFRESH = (
    N_("1 January"), N_("1 January and 1 July"), N_("1 January, 1 April, 1 July and 1 October"),
    N_("every third 1 April"), N_("monthly"), N_("on each change of the policy rate"),
    N_("when the statute changes"),
)  # fmt: skip


class RateForm(DeskForm):
    prefix = "rate"
    series = forms.ChoiceField(label=gettext_lazy("Series"))
    first = forms.DateField(label=gettext_lazy("Valid from"), widget=DAY)
    last = forms.DateField(
        label=gettext_lazy("Known until"), required=False, widget=DAY,
        help_text=gettext_lazy("Only for series that are published when they change."),
    )  # fmt: skip
    value = forms.CharField(
        label=gettext_lazy("Value"),
        max_length=40,
        help_text=gettext_lazy("As published, such as 1.27"),
    )
    source = forms.CharField(label=gettext_lazy("Published in"), max_length=300)
    link = forms.URLField(
        label=gettext_lazy("Address of the page"), max_length=500, assume_scheme="https"
    )
    supersedes = forms.ModelChoiceField(
        PublishedRate.objects.none(), label=gettext_lazy("Corrects"), required=False,
        empty_label=gettext_lazy("nothing: a new value"),
    )  # fmt: skip
    because = forms.CharField(
        label=gettext_lazy("Why the earlier value is wrong"), required=False, max_length=500
    )

    def __init__(
        self, *args: Any, names: list[str], rows: list[PublishedRate], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields["series"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
        open_rows = [row.id for row in rows if not hasattr(row, "superseded_by")]
        self.fields["supersedes"].queryset = PublishedRate.objects.filter(id__in=open_rows)  # type: ignore[attr-defined]

    def refuse(self, refusal: Refusal) -> None:
        """At the field that is wrong, under the name it has on the page."""
        name = FIELDS.get(str(refusal.params.get("field")))
        if name is None:
            super().refuse(refusal)
        else:
            label = str(self.fields[name].label)
            self.add_error(name, phrase(refusal.text, {**refusal.params, "field": label}))


@dataclass(frozen=True, slots=True)
class Row:
    """`codes` are the countries whose answers rest on the series."""

    status: SeriesStatus
    codes: str
    unit: str
    how: str


@dataclass(frozen=True, slots=True)
class Entered:
    """`state`: counts, waits or replaced; `why_not` this person may not confirm it."""

    rate: PublishedRate
    state: str
    why_not: Refusal | None


@require_safe
def law(request: HttpRequest) -> HttpResponse:
    return shown(request, staff_place(request))


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    place = allowed(request)
    rows = list(entered(place.agency.id))
    form = RateForm(request.POST, names=[row.status.name for row in statuses(place)], rows=rows)

    def act() -> None:
        data = form.cleaned_data
        enter_rate(
            agency=place.agency.id, series=data["series"], first=data["first"], last=data["last"],
            value=data["value"], source=data["source"], link=data["link"],
            supersedes=data["supersedes"], because=data["because"], by=place.actor, at=place.now,
        )  # fmt: skip

    if carried_out(form, act):
        return redirect(reverse("desk:law") + "#entered")
    return shown(request, place, form)


@require_POST
def confirm(request: HttpRequest, id: UUID) -> HttpResponse:
    place = allowed(request)
    rate = get_object_or_404(PublishedRate, id=id, agency_id=place.agency.id)
    done = _("Confirmed: it counts from now on.")
    tried(request, lambda: confirm_rate(rate=rate, by=place.actor, at=place.now), done)
    return redirect(reverse("desk:law") + "#entered")


def allowed(request: HttpRequest) -> Place:
    place = staff_place(request)
    if rights.why_not(place, "law"):
        raise Http404
    return place


def shown(request: HttpRequest, place: Place, form: RateForm | None = None) -> HttpResponse:
    rows, values = statuses(place), list(entered(place.agency.id))
    names = [row.status.name for row in rows if row.status.next_refresh]
    return show(
        request, place, "desk/law.html", status=422 if form else 200, rows=rows,
        stale=sum(row.status.stale for row in rows), why_not=rights.why_not(place, "law"),
        without=[one for one in all_laws() if not one.series_names()],
        entered=[told(place, value) for value in values],
        form=form or RateForm(names=names, rows=values),
    )  # fmt: skip


def statuses(place: Place) -> list[Row]:
    """With what this agency has confirmed, the stale ones first: as `recoup law status` says it."""
    with using(overlay_of(place.agency.id)):
        found = series_status(today=place.now.date())
    users: dict[str, list[str]] = {}
    for one in all_laws():
        for name in one.series_names():
            users.setdefault(name, []).append(one.code)
    return [
        Row(
            status, ", ".join(users[status.name]),
            _("percent") if status.unit == "percent" else status.unit,
            _(status.refresh) if status.refresh in REFRESH else status.refresh,
        )
        for status in found
    ]  # fmt: skip


def told(place: Place, rate: PublishedRate) -> Entered:
    if hasattr(rate, "superseded_by"):
        return Entered(rate, "replaced", None)
    if hasattr(rate, "confirmation"):
        return Entered(rate, "counts", None)
    mine = YOURS if rate.entered_by == place.actor.id else None
    return Entered(rate, "waits", rights.why_not(place, "law") or mine)
