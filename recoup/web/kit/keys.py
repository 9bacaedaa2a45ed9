"""API keys as the portal and the desk show them: a list, a form, the token once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recoup.kernel.ids import new_id
from recoup.kernel.refusal import Refusal
from recoup.keys.models import ApiKey
from recoup.keys.operations import make_key, revoke_key
from recoup.keys.rules import HOUSE_ONLY, SAID, Scope
from recoup.parties.models import Division
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import Place

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class KeyForm(forms.Form):
    """`once` is the form's own: sent twice it makes one key."""

    name = forms.CharField(
        label=gettext_lazy("Name of the key"), max_length=80, help_text=gettext_lazy("The program that uses the key, such as “Accounting”.")
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"), widget=forms.CheckboxSelectMultiple
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Valid until"), required=False, widget=DAY, help_text=gettext_lazy("Blank: until it is revoked.")
    )  # fmt: skip
    divisions = forms.MultipleChoiceField(
        label=gettext_lazy("Only these divisions"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: all of your company."),
    )  # fmt: skip
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, place: Place, named: Sequence[Division] = (), **more: Any
    ) -> None:
        super().__init__(*args, **more)
        if named:
            self.fields["divisions"].choices = [(str(row.id), str(row)) for row in named]  # type: ignore[attr-defined]
        else:
            del self.fields["divisions"]
        offered = [s for s in Scope if is_offered(s, place)]
        self.fields["scopes"].choices = [(s.value, f"{_(SAID[s])} ({s.value})") for s in offered]  # type: ignore[attr-defined]
        self.fields["once"].initial = new_id


def is_offered(scope: Scope, place: Place) -> bool:
    """A sandbox's days pass for its keys only; what is the house's alone no client is offered."""
    if scope == Scope.SANDBOX:
        return place.agency.sandbox
    return place.client_id is None or scope not in HOUSE_ONLY


@dataclass(frozen=True, slots=True)
class Shown:
    """A key in the list: its state as a word with a tone, what it may do in words."""

    key: ApiKey
    state: str
    tone: str
    scopes: list[str]
    live: bool
    divisions: list[str]


def keys_of(place: Place, divisions: Sequence[Division] = ()) -> list[Shown]:
    """The client's keys, or the agency's own; those in use first, the newest first."""
    rows = ApiKey.objects.filter(agency=place.agency, client_id=place.client_id).order_by("-id")[
        :200
    ]
    names = {row.id: row.name for row in divisions}
    return sorted((shown(row, place, names) for row in rows), key=lambda one: not one.live)


def named_of(place: Place) -> list[Division]:
    """The client's divisions; none of the agency itself."""
    if place.client_id is None:
        return []
    rows = Division.objects.filter(agency=place.agency, client_id=place.client_id)
    return list(rows.order_by("name", "id"))


def shown(row: ApiKey, place: Place, names: Mapping[UUID, str]) -> Shown:
    state, tone = _("in use"), "money"
    if row.leaked_at is not None:
        state, tone = _("was sent in an address: make a new one"), "danger"
    expired = row.expires_on is not None and row.expires_on <= place.now.date()
    if row.revoked_at is not None or expired:
        state, tone = (_("revoked") if row.revoked_at else _("expired")), ""
    said = [_(SAID[Scope(s)]) for s in row.scopes if s in set(Scope)]
    divisions = [names[id] for id in row.divisions if id in names]
    return Shown(row, state, tone, said, row.revoked_at is None and not expired, divisions)


def made(request: HttpRequest, place: Place, named: Sequence[Division] = ()) -> tuple[KeyForm, str]:
    """Make the key a form asks for; the token, blank with the form's errors otherwise."""
    form = KeyForm(request.POST, place=place, named=named)
    if not form.is_valid():
        return form, ""
    said = form.cleaned_data
    try:
        _key, token = make_key(
            agency=place.agency, client=place.client_id, name=said["name"], scopes=said["scopes"],
            expires_on=said["expires_on"], id=said["once"],
            divisions=[UUID(one) for one in said.get("divisions", [])], by=place.actor, at=place.now,
        )  # fmt: skip
    except Refusal as refusal:
        field = refusal.params.get("field")
        form.add_error(field if field in form.fields else None, refusal_text(refusal))
        return form, ""
    return KeyForm(place=place, named=named), token


def revoked(place: Place, id: UUID) -> None:
    """Raises 404 for a key of somebody else, `Refusal` for one revoked already."""
    key = get_object_or_404(ApiKey, id=id, agency=place.agency, client_id=place.client_id)
    revoke_key(key=key, by=place.actor, at=place.now)
