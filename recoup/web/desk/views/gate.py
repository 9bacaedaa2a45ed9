"""What the gate permitted and denied, why, and the house's own rules; and how far the day is lived."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.contact.house import CHANNELS, RANGES, STANDARD_HOUSE, House
from recoup.contact.models import Denial, HouseRules
from recoup.contact.operations import set_house_rules
from recoup.contact.queries import denials_by_reason, house_rules, permits_by_channel
from recoup.kernel.days import parse_day
from recoup.kernel.refusal import N_, Refusal
from recoup.strategy.models import DayRun
from recoup.web.desk import rights
from recoup.web.desk.frame import show
from recoup.web.kit.derivations import phrase
from recoup.web.kit.middleware import Place, staff_place
from recoup.web.kit.words import word

SPANS = (1, 7, 30, 90)
LABELS = {
    "calls_in_day": N_("Calls to one debtor in a day"), "calls_in_week": N_("Calls to one debtor in seven days"),
    "quiet_after_talk": N_("Days of rest after somebody was spoken to"),
    "written_in_day": N_("Messages to one debtor in a day"), "written_in_week": N_("Messages to one debtor in seven days"),
    "most_demands": N_("Formal demands for one claim"), "least_letter": N_("Letters only from this amount on"),
    "least_call": N_("Calls only from this amount on"),
}  # fmt: skip


@require_safe
def gate(request: HttpRequest) -> HttpResponse:
    """Permits and denials of a span of days, by reason; the last denials; the rules of the house."""
    return shown(request, staff_place(request))


def shown(
    request: HttpRequest,
    place: Place,
    given: dict[str, Any] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    asked = request.GET.get("days", "30")
    days = int(asked) if asked in map(str, SPANS) else 30
    since, until = place.now - timedelta(days=days), place.now + timedelta(seconds=1)
    reasons = denials_by_reason(place.agency.id, since, until)
    permits = permits_by_channel(place.agency.id, since, until)
    latest = Denial.objects.filter(agency_id=place.agency.id, at__gte=since).select_related(
        "case__debtor", "debtor"
    )
    house = house_rules(place.agency.id, place.now.date())
    return show(
        request, place, "desk/gate_report.html", status=422 if refusal else 200, days=days, spans=SPANS,
        permitted=sum(permits.values()), denied=sum(r["denials"] for r in reasons),
        permits=[(capfirst(word(c)), n) for c, n in permits.items()],
        reasons=[r | {"word": capfirst(word(r["code"])), "by": word(r["channel"])} for r in reasons],
        latest=[
            {"row": d, "why": phrase(d.because, d.params), "by": word(d.channel)}
            for d in latest.order_by("-at")[:25]
        ],
        fields=fields(house, given), house=house, versions=HouseRules.objects.filter(agency_id=place.agency.id).order_by("-version")[:10],
        hours=hours(house, given), without=without(house, given), closed_on=closed(house, given),
        refusal=phrase(refusal.text, refusal.params) if refusal else "", given=given or {},
        why_not=rights.why_not(place, "plans"), today_iso=place.now.date().isoformat(),
        runs=DayRun.objects.filter(agency_id=place.agency.id).order_by("-on")[:7],
    )  # fmt: skip


def fields(house: House, given: dict[str, Any] | None) -> list[dict[str, Any]]:
    return [
        {
            "name": name, "label": _(LABELS[name]), "least": least, "most": most,
            "value": (given or {}).get(name, getattr(house, name)), "standard": getattr(STANDARD_HOUSE, name),
        }
        for name, (least, most) in RANGES.items()
    ]  # fmt: skip


def hours(house: House, given: dict[str, Any] | None) -> dict[str, str]:
    kept = house.as_rules()
    return {name: (given or kept).get(name) or "" for name in ("calls_from", "calls_to")}


def without(house: House, given: dict[str, Any] | None) -> str:
    if given:
        return str(given.get("without_text", ""))
    return "\n".join(f"{c}: {', '.join(names)}" for c, names in house.without.items())


def closed(house: House, given: dict[str, Any] | None) -> str:
    if given:
        return str(given.get("closed_text", ""))
    return "\n".join(day.isoformat() for day in house.closed_on)


@require_POST
def rules(request: HttpRequest) -> HttpResponse:
    """A new version of the house's rules."""
    place = staff_place(request)
    if rights.why_not(place, "plans"):
        raise Http404
    given: dict[str, Any] = {
        name: request.POST.get(name, "").strip() for name in (*RANGES, "calls_from", "calls_to")
    }
    given |= {
        "without_text": request.POST.get("without", ""), "closed_text": request.POST.get("closed_on", ""),
        "because": request.POST.get("because", ""), "valid_from": request.POST.get("valid_from", ""),
    }  # fmt: skip
    try:
        set_house_rules(
            agency=place.agency.id, rules=read(given), because=given["because"], by=place.actor, at=place.now,
            valid_from=parse_day(given["valid_from"], field="valid_from"),
        )  # fmt: skip
    except Refusal as refusal:
        return shown(request, place, given, refusal)
    return redirect(reverse("desk:gate") + "#house")


def read(given: dict[str, Any]) -> dict[str, Any]:
    """The posted words as rules; what is no number stays a word and is refused by name."""
    numbers = {
        name: int(given[name]) if given[name].isascii() and given[name].isdigit() and len(given[name]) < 9 else given[name]
        for name in RANGES
    }  # fmt: skip
    return numbers | {
        "calls_from": given["calls_from"], "calls_to": given["calls_to"],
        "closed_on": given["closed_text"].split(), "without": countries(given["without_text"]),
    }  # fmt: skip


def countries(text: str) -> dict[str, tuple[str, ...]]:
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        country, colon, names = line.partition(":")
        several = tuple(n.strip() for n in names.split(",") if n.strip())
        if not colon or not several or set(several) - set(CHANNELS):
            raise Refusal(
                "house_rule_wrong", N_("“%(found)s” cannot be the house rule %(field)s."), field="without", found=line[:60]
            )  # fmt: skip
        found[country.strip().upper()] = several
    return found
