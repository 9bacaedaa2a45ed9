"""What every page of the portal has: navigation, the client's name, where events come from."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.tenancy.roles import Role
from recoup.web.client.waiting import waiting
from recoup.web.kit.components import Tab
from recoup.web.kit.context import NavItem
from recoup.web.kit.middleware import Place
from recoup.web.kit.words import word

DECIDERS = (Role.CLIENT_APPROVER, Role.CLIENT_ADMINISTRATOR)
SUBMITTERS = (Role.CLIENT_SUBMITTER, Role.CLIENT_ADMINISTRATOR)


def frame(request: HttpRequest, place: Place, client: Client) -> dict[str, Any]:
    """The slots of kit/portal.html; one query has been made for `client`, one more counts what waits."""
    waits = waiting(place)
    return {
        "house": client.name, "role_name": word(place.role), "client": client, "today": place.now.date(),
        "may_submit": may_submit(place), "events_origin": events_origin(request),
        "inbox": NavItem(_("Messages"), reverse("client:inbox"), "messages", waits.unread),
        "nav": [
            NavItem(_("Overview"), reverse("client:dashboard"), "layout-dashboard", exact=True),
            NavItem(_("Needs you"), reverse("client:needs"), "list-check", waits.tasks + waits.unread, "needs", under=(reverse("client:approvals"),)),
            NavItem(_("Cases"), reverse("client:cases"), "briefcase"),
            NavItem(_("Submit"), reverse("client:submit"), "file-upload", under=(reverse("client:placements"),)),
            *([] if place.limited else [NavItem(_("Receivables"), reverse("client:watch"), "eye")]),
            NavItem(_("Danger signals"), reverse("client:signals"), "bell"),
            NavItem(_("Money"), reverse("client:money"), "wallet", under=(reverse("client:open_items"),)),
            NavItem(_("Reports"), reverse("client:reports"), "chart-bar"),
            NavItem(_("Settings"), reverse("client:mandate"), "adjustments", under=tuple(reverse(f"client:{name}") for name in SETTINGS)),
        ],
    }  # fmt: skip


SETTINGS = ("authorities", "people", "divisions", "notices", "api")


def settings_tabs(place: Place, now: str) -> list[Tab]:
    """The pages on which a client says how it wants to be served."""
    names = {
        "mandate": _("Plans and settlements"), "authorities": _("Decided in advance"),
        "notices": _("Notifications"), "people": _("People"), "divisions": _("Divisions"),
    }  # fmt: skip
    if place.role == Role.CLIENT_ADMINISTRATOR:
        names["api"] = _("API and webhooks")
    return [Tab(label, reverse(f"client:{name}"), name == now) for name, label in names.items()]


def client_of(place: Place) -> Client:
    return get_object_or_404(Client, id=place.client_id, agency=place.agency)


def may_submit(place: Place) -> Refusal | None:
    """Why this person may not submit cases; None when they may."""
    if place.role in SUBMITTERS:
        return None
    return Refusal(
        "submitters_only",
        N_("Only submitters and administrators of your company can submit cases; you are %(role)s."),
        role=word(place.role),
    )  # fmt: skip


def may_decide(place: Place) -> Refusal | None:
    """Why this person may not decide for the company; None when they may."""
    if place.role in DECIDERS:
        return None
    return Refusal(
        "approvers_only", N_("Only approvers and administrators of your company can decide this; you are %(role)s."),
        role=word(place.role),
    )  # fmt: skip


def may_rule(place: Place) -> Refusal | None:
    """Why this person may not say what holds for all of the company; None when they may."""
    return of_all(place) if place.limited else may_decide(place)


def may_watch(place: Place) -> Refusal | None:
    """Why this person may not say what is open in the company's books: a list of it all tells what was paid,
    of every division; None when they may."""
    return may_submit(place) or of_all(place)


def of_all(place: Place) -> Refusal | None:
    """Why somebody limited to divisions does nothing that holds for all of the company."""
    if not place.limited:
        return None
    return Refusal(
        "limited_to_divisions",
        N_("This holds for all of your company; you are limited to some of its divisions."),
    )


def events_origin(request: HttpRequest) -> str:
    """Where the page opens its event stream: empty behind a proxy, another port without one."""
    if not settings.EVENTS_PORT:
        return ""
    host = urlsplit(f"//{request.get_host()}").hostname
    return f"{request.scheme}://{host}:{settings.EVENTS_PORT}"
