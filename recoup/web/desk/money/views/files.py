"""Bank files: drop one, see what became of it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from recoup.journeys.collect import take_bank_file
from recoup.payments.models import BankFile, BankLine
from recoup.payments.operations import Taken
from recoup.payments.queries import trust_check, with_left
from recoup.web.desk.acting import carried_out
from recoup.web.desk.money.forms import BankFileForm
from recoup.web.desk.money.frame import money_place, show_money
from recoup.web.desk.money.shown import file_row, file_rows, line_rows, warnings_of
from recoup.web.kit.middleware import Place

LATEST = 25
MOST_LINES = 200


@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """The latest files and a place to drop the next one."""
    place = money_place(request)
    if request.method == "POST":
        return upload(request, place)
    return show_home(request, place, BankFileForm())


def upload(request: HttpRequest, place: Place) -> HttpResponse:
    form = BankFileForm(request.POST, request.FILES)
    taken: list[Taken] = []

    def take() -> None:
        file = form.cleaned_data["file"]
        taken.append(
            take_bank_file(
                agency=place.agency,
                content=file.read(),
                name=file.name,
                by=place.actor,
                at=place.now,
            )
        )

    if not carried_out(form, take):
        return show_home(request, place, form, status=422)
    done = taken[0]
    if done.status == "known":
        messages.info(request, _("This file was taken before; nothing is booked twice."))
    return redirect("desk:money:file", done.file.id)


def show_home(
    request: HttpRequest, place: Place, form: BankFileForm, status: int = 200
) -> HttpResponse:
    files = BankFile.objects.filter(agency_id=place.agency.id).order_by("-taken_at", "-id")[:LATEST]
    return show_money(
        request, place, "home", "home", status=status, form=form, files=file_rows(files),
        checks=trust_check(place.agency.id),
    )  # fmt: skip


@require_safe
def file(request: HttpRequest, id: UUID) -> HttpResponse:
    """What became of a file: counts, remarks, its lines."""
    place = money_place(request)
    found = get_object_or_404(BankFile, id=id, agency_id=place.agency.id)
    kept = BankLine.objects.filter(statement__file=found)
    rows = with_left(kept).order_by("booked_on", "id")[:MOST_LINES]
    return show_money(
        request, place, "file", "home", row=file_row(found), warnings=warnings_of(found),
        lines=line_rows(rows, None), original=reverse("desk:document", args=[found.document_id]),
    )  # fmt: skip
