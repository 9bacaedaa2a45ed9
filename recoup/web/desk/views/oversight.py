"""What a supervisor looks at; each figure opens into its cases."""

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.contact.models import ContactAttempt
from recoup.contact.operations.quality import QUESTIONS, check_quality
from recoup.contact.outcomes import OUTCOMES
from recoup.strategy.oversight import (
    FIGURES,
    denials_by_reason,
    newest_first,
    productivity,
    quality_sample,
)
from recoup.surveys.queries import satisfaction
from recoup.web.desk import worklist
from recoup.web.desk.acting import tried
from recoup.web.desk.filters import PER_PAGE, is_uuid
from recoup.web.desk.frame import show
from recoup.web.desk.worklist import LOADED, SHOWN
from recoup.web.kit.derivations import phrase
from recoup.web.kit.middleware import staff_place

DAYS = 28


@require_safe
def supervision(request: HttpRequest) -> HttpResponse:
    """The figures, the denials by reason, the work of each collector, the sample to look at."""
    place = staff_place(request, "none")
    agency, today = place.agency.id, place.now.date()
    since = place.now - timedelta(days=DAYS)
    figures = [
        {"name": f.name, "title": _(f.title), "means": _(f.means), "count": f.cases(agency, today)[:SHOWN].count()}
        for f in FIGURES.values()
    ]  # fmt: skip
    sample = [
        {"attempt": a, "outcome": _(OUTCOMES[a.outcome].label) if a.outcome in OUTCOMES else a.outcome}
        for a in quality_sample(agency, today)
    ]  # fmt: skip
    return show(
        request, place, "desk/supervision.html", figures=figures, most=SHOWN, days=DAYS,
        denied=[{"text": phrase(d.because, d.params), "count": d.count} for d in denials_by_reason(agency, since)],
        people=productivity(agency, since, place.now), sample=sample,
        questions=[(k, _(v)) for k, v in QUESTIONS.items()],
        satisfaction=satisfaction(agency, place.now - timedelta(days=365)),
    )  # fmt: skip


@require_safe
def figure(request: HttpRequest, name: str) -> HttpResponse:
    """The cases behind a figure, newest first."""
    place = staff_place(request, "none")
    if name not in FIGURES:
        raise Http404
    found = newest_first(FIGURES[name].cases(place.agency.id, place.now.date()))
    after = request.GET.get("after", "")
    if after:
        if not is_uuid(after):
            raise BadRequest("no such place in the list")
        found = found.filter(id__lt=after)
    rows = list(found.prefetch_related(*LOADED)[: PER_PAGE + 1])
    return show(
        request, place, "desk/figure.html", title=_(FIGURES[name].title), means=_(FIGURES[name].means),
        rows=worklist.case_rows(place, rows[:PER_PAGE]), after=after,
        onwards=rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None,
    )  # fmt: skip


@require_POST
def check(request: HttpRequest, id: UUID) -> HttpResponse:
    """Marks for one contact of the sample."""
    place = staff_place(request, "none")
    found = get_object_or_404(ContactAttempt, id=id, agency_id=place.agency.id)
    marks = {k: int(request.POST[k]) for k in QUESTIONS if request.POST.get(k) in ("0", "1", "2")}
    note = request.POST.get("note", "")[:1000]
    tried(request, lambda: check_quality(attempt=found, marks=marks, note=note, by=place.actor, at=place.now), _("Kept."))  # fmt: skip
    return redirect("desk:supervision")
