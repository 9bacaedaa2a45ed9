"""What every page of the desk has: navigation with counts, search, the house, where events come from."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from recoup.tenancy.restores import open_restore
from recoup.web.desk import rights, undoing, worklist
from recoup.web.kit.context import NavItem
from recoup.web.kit.middleware import Place
from recoup.web.kit.words import word


def show(
    request: HttpRequest, place: Place, template: str, *, status: int = 200,
    counts: dict[str, int] | None = None, **context: Any,
) -> HttpResponse:  # fmt: skip
    """Render a page of the desk in its frame (two queries for the counts, when they are not given)."""
    slots = frame(request, place, counts or worklist.counts(place))
    return render(request, template, slots | context, status=status)


def frame(request: HttpRequest, place: Place, counts: dict[str, int]) -> dict[str, Any]:
    """The slots of kit/desk.html."""
    return {
        "nav": navigation(place, counts), "search_url": reverse("desk:cases"), "quick_url": reverse("desk:quick"), "house": place.agency.name,
        "role_name": word(place.role), "today": place.now.date(),
        "events_origin": events_origin(request), "undo": undoing.shown(request),
        "restored": open_restore(place.agency.id) is not None,
    }  # fmt: skip


def navigation(place: Place, counts: dict[str, int]) -> list[tuple[str, list[NavItem]]]:
    work = [
        NavItem(
            _(view.title), worklist.url(view.name), view.icon, counts[view.name],
            tone="needs" if view.needs else "", key=view.key, exact=True,
        )
        for view in worklist.VIEWS.values()
    ]  # fmt: skip
    house = [
        NavItem(_("Cases"), reverse("desk:cases"), "briefcase", key="g c"),
        NavItem(_("Clients"), reverse("desk:clients"), "building", key="g k"),
    ]
    if rights.why_not(place, "money") is None:
        house.append(NavItem(_("Money"), "/desk/money/", "wallet", key="g m"))
    house.append(NavItem(_("Enquiries"), reverse("desk:enquiries"), "message", key="g q"))
    house.append(NavItem(_("Screening"), reverse("desk:screening"), "zoom-check", key="g s"))
    house.append(NavItem(_("Files kept apart"), reverse("desk:quarantine"), "lock", key="g x"))
    house.append(NavItem(_("Review rules"), reverse("desk:review_rules"), "list-check", key="g z"))
    house.append(NavItem(_("Danger signals"), reverse("desk:signals"), "bell", key="g d"))
    house.append(NavItem(_("Legal"), reverse("desk:legal"), "gavel", key="g j"))
    house.append(NavItem(_("Insolvency"), reverse("desk:insolvency"), "alert-triangle", key="g y"))
    house.append(NavItem(_("Prices"), reverse("desk:prices"), "percentage", key="g p"))
    house.append(NavItem(_("Plans"), reverse("desk:plans"), "route", key="g n"))
    house.append(NavItem(_("Letters"), reverse("desk:templates"), "file-text", key="g f"))
    house.append(NavItem(_("Gate"), reverse("desk:gate"), "shield-check", key="g g"))
    house.append(NavItem(_("Visits"), reverse("desk:route"), "map-pin", key="g v"))
    if rights.why_not(place, "assign") is None:
        house.append(NavItem(_("Team"), reverse("desk:board"), "users", key="g b"))
    if rights.why_not(place, "team") is None:
        house.append(NavItem(_("Supervision"), reverse("desk:supervision"), "eye", key="g u"))
        house.append(NavItem(_("Reports"), reverse("desk:reports"), "chart-bar", key="g o"))
        house.append(NavItem(_("Retention"), reverse("desk:retention"), "lock"))
        house.append(NavItem(_("Restored"), reverse("desk:restored"), "history"))
    house.append(NavItem(_("Law"), reverse("desk:law"), "scale", key="g l"))
    if place.role in rights.ALWAYS:
        house.append(NavItem(_("API keys"), reverse("desk:api"), "api"))
    return [(_("Work"), work), (_("House"), house)]


def events_origin(request: HttpRequest) -> str:
    """Where the page opens its event stream: empty behind a proxy, another port without one."""
    if not settings.EVENTS_PORT:
        return ""
    host = urlsplit(f"//{request.get_host()}").hostname
    return f"{request.scheme}://{host}:{settings.EVENTS_PORT}"
