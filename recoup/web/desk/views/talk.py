"""Messages with the client about one case, from the house's side."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recoup.journeys.talk import File, talk
from recoup.kernel.refusal import Refusal
from recoup.talks.operations import see
from recoup.talks.queries import talk_of
from recoup.talks.rules import Side
from recoup.web.desk.acting import case_or_404
from recoup.web.desk.frame import show
from recoup.web.kit.middleware import staff_place
from recoup.web.kit.talk import TalkForm


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, number: str) -> HttpResponse:
    place = staff_place(request)
    case = case_or_404(place, number)
    form = TalkForm(request.POST, request.FILES) if request.method == "POST" else TalkForm()
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        files = [File(f.name or "", f.read()) for f in said["enclosed"]]
        try:
            with transaction.atomic():
                talk(case=case, side=Side.HOUSE, text=said["text"], files=files, key=said["key"],
                     by=place.actor, at=place.now)  # fmt: skip
            messages.success(request, _("Sent to %(client)s.") % {"client": case.client.name})
            return redirect("desk:talk", number)
        except Refusal as refusal:
            form.refuse(refusal)
    return show(
        request, place, "desk/talk.html", status=422 if form.errors else 200, case=case, form=form,
        lines=talk_of(case, Side.HOUSE),
    )  # fmt: skip


@require_safe
def lines(request: HttpRequest, number: str) -> HttpResponse:
    """The conversation alone, fetched again when something happens."""
    case = case_or_404(staff_place(request), number)
    return render(request, "kit/parts/talk.html", {"lines": talk_of(case, Side.HOUSE), "document_root": "/desk/documents/"})  # fmt: skip


@require_POST
def seen(request: HttpRequest, number: str) -> HttpResponse:
    place = staff_place(request)
    case = case_or_404(place, number)
    if place.member is not None:
        see(case=case, member=place.member, side=Side.HOUSE, at=place.now)
    return HttpResponse(status=204) if request.headers.get("HX-Request") else redirect("desk:talk", number)  # fmt: skip
