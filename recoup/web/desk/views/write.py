"""A letter, e-mail or text message now: which step, in whose words, what the gate says."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from recoup.contact.rules import gate
from recoup.contact.sms import parts_of
from recoup.journeys.letter import words_of_letter
from recoup.journeys.write_now import write_now, written_steps
from recoup.kernel.refusal import Refusal
from recoup.web.desk.acting import case_or_404
from recoup.web.desk.case_page import facts_of
from recoup.web.desk.frame import show
from recoup.web.desk.rights import RIGHTS
from recoup.web.kit.derivations import phrase, verdict_text
from recoup.web.kit.middleware import staff_place
from recoup.web.kit.words import word


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, number: str) -> HttpResponse:
    """GET: each written step of the plan with its ways, words and the gate's answer. POST: one of them, now."""
    place = staff_place(request, *RIGHTS["call"])
    case = case_or_404(place, number)
    if request.method == "POST":
        try:
            with transaction.atomic():
                done = write_now(
                    agency=place.agency, case=case, step=str(request.POST.get("step", "")), by=place.actor, at=place.now
                )  # fmt: skip
        except Refusal as refusal:
            messages.error(request, phrase(refusal.text, refusal.params))
            return redirect("desk:write", number)
        if done.denied is not None:
            messages.error(request, verdict_text(done.denied))
            return redirect("desk:write", number)
        ways = ", ".join(word(c) for c in done.channels)
        messages.success(request, _("On its way: %(ways)s.") % {"ways": ways})
        return redirect("desk:case", number)
    known = facts_of(place, case)
    offered = []
    for step in written_steps(known):
        words = words_of_letter(
            place.agency, known, step.letter or "notice", step.written, place.now.date()
        )
        verdicts = [(c, gate(known.gate_facts(c, step), place.now)) for c in step.written]
        offered.append({
            "name": step.name, "word": word(step.name), "kind": word(f"letter_{step.letter}"), "days": step.answer_days,
            "announces": word(step.consequence) if step.consequence else "",
            "ways": [
                {"word": word(c), "ok": v.ok, "why": "" if v.ok else verdict_text(v), "version": said_words(words[c].label)}
                for c, v in verdicts
            ],
            "why_not": "" if any(v.ok for _c, v in verdicts) else verdict_text(verdicts[0][1]),
            "parts": parts_of(words["sms"].say("sms.text", case.debtor.language, SAMPLE)) if "sms" in step.written else None,
        })  # fmt: skip
    return show(
        request, place, "desk/write.html", case=case, offered=offered, price=settings.SMS_PRICE
    )


def said_words(label: str) -> str:
    """Whose words: a released version by its name, else the standard ones."""
    return _("standard words") if label.startswith("standard ") else label


SAMPLE = dict.fromkeys(
    ("creditor", "agency", "debtor", "total", "collector", "title"), "x" * 18
) | {"deadline": "x" * 16, "link": "x" * 60, "case": "x" * 13, "ground": "x" * 20, "collector_phone": "x" * 15,
     "collector_email": "x" * 25, "code": "x" * 13, "reference": "x" * 20, "today": "x" * 16}  # fmt: skip
