"""What visitors asked, the next call first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from recoup.enquiries.models import Enquiry
from recoup.journeys.enquire import answer as answer_enquiry
from recoup.web.desk import rights
from recoup.web.desk.acting import carried_out
from recoup.web.desk.forms import DeskForm, area
from recoup.web.desk.frame import show
from recoup.web.kit.formats import deadline_text, time_text
from recoup.web.kit.middleware import Place, staff_place

PER_PAGE = 30


class AnswerForm(DeskForm):
    prefix = "answer"
    outcome = forms.CharField(
        label=gettext_lazy("What came of it"), max_length=1000, widget=area(2)
    )


@dataclass(frozen=True, slots=True)
class EnquiryRow:
    """`here` and `there`: the hour of the call by our clock and by theirs."""

    enquiry: Enquiry
    here: str
    there: str
    late: bool
    form: AnswerForm | None


@require_safe
def enquiries(request: HttpRequest) -> HttpResponse:
    return shown(request, staff_place(request))


def shown(
    request: HttpRequest, place: Place, wrong: tuple[UUID, AnswerForm] | None = None
) -> HttpResponse:
    rows = Enquiry.objects.filter(agency_id=place.agency.id).select_related("quote")
    order = (
        F("answered_at").desc(nulls_first=True),
        F("call_at").asc(nulls_last=True),
        "made_at",
        "id",
    )
    page = Paginator(rows.order_by(*order), PER_PAGE).get_page(request.GET.get("page"))
    return show(
        request, place, "desk/enquiries.html", status=422 if wrong else 200, page=page,
        rows=[row(place, one, wrong) for one in page], not_mine=rights.why_not(place, "enquiries"),
    )  # fmt: skip


def row(place: Place, one: Enquiry, wrong: tuple[UUID, AnswerForm] | None) -> EnquiryRow:
    form = wrong[1] if wrong and wrong[0] == one.id else AnswerForm(auto_id=f"answer_{one.id}_%s")
    late = one.answered_at is None and one.call_at is not None and one.call_at < place.now
    here, there = (hour(one.call_at, zone) for zone in (place.agency.time_zone, one.time_zone))
    return EnquiryRow(one, here, there, late, None if one.answered_at else form)


def hour(at: datetime | None, zone: str) -> str:
    """Day and hour by the clock of a zone, as the reader writes them."""
    if at is None:
        return ""
    with timezone.override(ZoneInfo(zone)):
        return f"{deadline_text(timezone.localdate(at))} {time_text(at)}"


@require_POST
def answer(request: HttpRequest, id: UUID) -> HttpResponse:
    """Somebody has called or written."""
    place = staff_place(request)
    if rights.why_not(place, "enquiries"):
        raise Http404
    enquiry = get_object_or_404(Enquiry, id=id, agency_id=place.agency.id)
    form = AnswerForm(request.POST, auto_id=f"answer_{enquiry.id}_%s")

    def act() -> None:
        answer_enquiry(
            agency=place.agency,
            enquiry=enquiry,
            outcome=form.cleaned_data["outcome"],
            by=place.actor,
            at=place.now,
        )

    if carried_out(form, act):
        return redirect("desk:enquiries")
    return shown(request, place, (enquiry.id, form))
