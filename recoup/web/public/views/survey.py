"""How a case was worked, asked of the client by a link: two questions, no log-in, once."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from recoup.kernel.actor import Actor, ActorKind
from recoup.kernel.refusal import Refusal
from recoup.surveys.operations import LONGEST, answer_survey, by_token
from recoup.tenancy.context import scope
from recoup.web.kit.address import address_of, neighbourhood
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import place_of
from recoup.web.public.limits import SURVEYS


@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    place = place_of(request)
    tries = neighbourhood(address_of(request))
    wrong, done = "", False
    with scope(place.agency.id):
        found = (
            by_token(place.agency.id, token, place.now) if SURVEYS.left(tries, place.now) else None
        )
        if found is not None and request.method == "POST":
            text = request.POST.get("mark", "")
            try:
                answer_survey(
                    survey=found, mark=int(text) if text.isascii() and text.isdigit() and len(text) == 1 else 0,
                    comment=request.POST.get("comment", ""), by=Actor(ActorKind.VISITOR, _("the client")),
                    at=place.now,
                )  # fmt: skip
                done = True
            except Refusal as refusal:
                wrong = refusal_text(refusal)
    if found is None:
        SURVEYS.take(tries, place.now)
        raise Http404
    words = (_("bad"), _("not good"), _("fair"), _("good"), _("very good"))
    return render(request, "public/survey.html", {
        "number": found.case.number, "marks": list(enumerate(words, start=1)), "wrong": wrong, "longest": LONGEST,
        "done": done or (found.answered_at is not None), "chosen": request.POST.get("mark", ""),
        "comment": request.POST.get("comment", ""),
    }, status=422 if wrong and not found.answered_at else 200)  # fmt: skip
