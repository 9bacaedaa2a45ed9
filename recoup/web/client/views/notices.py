"""How somebody wants to be told what happens in their company's cases."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from recoup.consent.operations import say, subscriber_of
from recoup.consent.queries import may_mail
from recoup.consent.rules import CHOSEN, PURPOSES
from recoup.kernel.refusal import Refusal
from recoup.notices.operations import choose, notice_of
from recoup.notices.rules import How
from recoup.tenancy.context import scope
from recoup.web.client.frame import client_of, frame, settings_tabs
from recoup.web.kit.address import address_of
from recoup.web.kit.formats import html_lang, refusal_text
from recoup.web.kit.middleware import Place, client_place

PURPOSE = "updates"
CHOICES = {
    How.AT_ONCE: (gettext_lazy("At once"), gettext_lazy("One e-mail within a minute of what happens; what happens together comes together.")),
    How.DAILY: (gettext_lazy("Daily"), gettext_lazy("Each morning, if anything has happened.")),
    How.WEEKLY: (gettext_lazy("Weekly"), gettext_lazy("On Monday morning, if anything has happened.")),
    How.NONE: (gettext_lazy("Never"), gettext_lazy("You look here when you like. Questions that need your company's decision are still sent to its own address.")),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    place = client_place(request)
    assert place.member is not None
    email = place.member.user.email
    if request.method == "POST":
        try:
            chosen = choose(member=place.member, how=request.POST.get("how", ""), by=place.actor, at=place.now)  # fmt: skip
        except Refusal as refusal:
            messages.error(request, refusal_text(refusal))
        else:
            if chosen.how != How.NONE:
                start_again(request, place, email)
            messages.success(request, _("Saved."))
        return redirect("client:notices")
    with scope(place.agency.id):
        stopped = not may_mail(agency=place.agency.id, address=email, purpose=PURPOSE)
    known = notice_of(place.member, at=place.now)
    return render(request, "client/notices.html", frame(request, place, client_of(place)) | {
        "choices": [(how, label, about, known.how == how) for how, (label, about) in CHOICES.items()],
        "email": email, "stopped": stopped and known.how != How.NONE, "tabs": settings_tabs(place, "notices"),
    })  # fmt: skip


def start_again(request: HttpRequest, place: Place, email: str) -> None:
    """A choice made here takes back what an unsubscribe link has said before."""
    with scope(place.agency.id):
        if may_mail(agency=place.agency.id, address=email, purpose=PURPOSE):
            return
        known = PURPOSES[PURPOSE]
        who = subscriber_of(agency=place.agency.id, address=email, at=place.now)
        say(subscriber=who, purpose=PURPOSE, given=True, wording=f"{_(known.name)}. {_(known.about)} {_(CHOSEN)}",
            language=html_lang(), source="portal", ip=address_of(request), by=place.actor, at=place.now)  # fmt: skip
