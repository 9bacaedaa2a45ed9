"""Who works for the client: invite, give a role, let out. Only its administrator does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from recoup.journeys.people import (
    give_role,
    invite_person,
    let_in,
    let_out,
    limit_to,
    withdraw_invitation,
)
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.divisions import divisions_of
from recoup.parties.models import Division
from recoup.tenancy.models import Invitation, Member
from recoup.tenancy.roles import CLIENT_ROLES, LIMITED_ROLES, Role
from recoup.web.client.frame import client_of, frame, settings_tabs
from recoup.web.kit.formats import html_lang, refusal_text
from recoup.web.kit.middleware import Place, client_place
from recoup.web.kit.words import word

MAY = {
    Role.CLIENT_SUBMITTER: gettext_lazy("hands over cases"),
    Role.CLIENT_APPROVER: gettext_lazy("decides on plans, settlements and court"),
    Role.CLIENT_FINANCE: gettext_lazy("sees remittances and invoices"),
    Role.CLIENT_ADMINISTRATOR: gettext_lazy("all of it, and who works here"),
}
ONLY_ADMINISTRATOR = N_(
    "Only an administrator of your company changes who works here; you are %(role)s."
)


class InviteForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    email = forms.EmailField(label=gettext_lazy("E-mail"))
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    divisions = forms.MultipleChoiceField(
        label=gettext_lazy("Only these divisions"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: all of your company."),
    )  # fmt: skip

    def __init__(
        self, data: QueryDict | None = None, *, named: list[Division], **more: Any
    ) -> None:
        super().__init__(data, auto_id="invite_%s", **more)
        if named:
            self.fields["divisions"].choices = [(str(row.id), str(row)) for row in named]  # type: ignore[attr-defined]
        else:
            del self.fields["divisions"]
        offered = [(role.value, f"{word(role)}: {may}") for role, may in MAY.items()]
        self.fields["role"].choices = offered  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")


@dataclass(frozen=True, slots=True)
class PersonRow:
    member: Member
    roles: list[tuple[str, str]]
    me: bool
    divisions: list[tuple[Division, bool]]

    @property
    def limited(self) -> list[Division]:
        return [one for one, here in self.divisions if here]

    @property
    def may_be(self) -> bool:
        """Whether the person's role can be limited."""
        return self.member.role in LIMITED_ROLES


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    return shown(request, client_place(request))


def shown(
    request: HttpRequest, place: Place, form: InviteForm | None = None, status: int = 200
) -> HttpResponse:
    client = client_of(place)
    named = list(divisions_of(client))
    form = form or InviteForm(initial={"role": Role.CLIENT_SUBMITTER}, named=named)
    members = Member.objects.filter(agency=place.agency, client_id=client.id).select_related("user")
    roles = [(role.value, word(role)) for role in MAY]
    waiting = Invitation.objects.filter(
        agency=place.agency,
        client_id=client.id,
        accepted_at=None,
        withdrawn_at=None,
        expires_at__gt=place.now,
    )
    return render(request, "client/people.html", frame(request, place, client) | {
        "rows": [PersonRow(m, roles, m.user_id == place.actor.id, [(one, one.id in m.divisions) for one in named]) for m in members.order_by("-active", "user__name", "id")],
        "named": named,
        "waiting": [(one, word(one.role), [d for d in named if d.id in one.divisions]) for one in waiting.order_by("-made_at")],
        "tabs": settings_tabs(place, "people"), "form": form, "why_not": why_not(place), "roles": [(word(role), may) for role, may in MAY.items()],
    }, status=status)  # fmt: skip


def why_not(place: Place) -> Refusal | None:
    if place.role == Role.CLIENT_ADMINISTRATOR:
        return None
    return Refusal("administrator_only", ONLY_ADMINISTRATOR, role=word(place.role))


@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    place = client_place(request, Role.CLIENT_ADMINISTRATOR)
    form = InviteForm(request.POST, named=list(divisions_of(client_of(place))))
    if form.is_valid():
        given = form.cleaned_data
        try:
            invite_person(
                agency=place.agency, client=client_of(place), email=given["email"], name=given["name"],
                role=Role(given["role"]), language=html_lang(), by=place.actor, at=place.now,
                divisions=[UUID(one) for one in given.get("divisions", [])],
            )  # fmt: skip
        except Refusal as refusal:
            field = refusal.params.get("field")
            form.add_error(field if field in form.fields else None, refusal_text(refusal))
        else:
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": given["email"]})  # fmt: skip
            return redirect("client:people")
    return shown(request, place, form, 422)


@require_POST
def role(request: HttpRequest, id: UUID) -> HttpResponse:
    place = client_place(request, Role.CLIENT_ADMINISTRATOR)
    member = person(place, id)
    asked = request.POST.get("role", "")
    if asked not in CLIENT_ROLES:
        messages.error(request, _("Please choose a role."))
        return redirect("client:people")
    return tried(
        request, lambda: give_role(member=member, role=Role(asked), by=place.actor, at=place.now),
        _("%(name)s is now %(role)s, and signs in again.") % {"name": member.user, "role": word(asked)},
    )  # fmt: skip


@require_POST
def limit(request: HttpRequest, id: UUID) -> HttpResponse:
    """To the ticked divisions; to none in particular where none is ticked."""
    place = client_place(request, Role.CLIENT_ADMINISTRATOR)
    member, client = person(place, id), client_of(place)
    known = {str(row.id): row.id for row in divisions_of(client)}
    ticked = [known[one] for one in request.POST.getlist("divisions") if one in known]
    return tried(
        request, lambda: limit_to(client=client, member=member, divisions=ticked, by=place.actor, at=place.now),
        _("Saved: %(name)s signs in again and sees what you ticked.") % {"name": member.user},
    )  # fmt: skip


@require_POST
def out(request: HttpRequest, id: UUID) -> HttpResponse:
    place = client_place(request, Role.CLIENT_ADMINISTRATOR)
    member = person(place, id)
    return tried(request, lambda: let_out(member=member, by=place.actor, at=place.now),
                 _("%(name)s is signed out everywhere and may sign in no more.") % {"name": member.user})  # fmt: skip


@require_POST
def back(request: HttpRequest, id: UUID) -> HttpResponse:
    place = client_place(request, Role.CLIENT_ADMINISTRATOR)
    member = person(place, id)
    return tried(request, lambda: let_in(member=member, by=place.actor, at=place.now),
                 _("%(name)s may sign in again.") % {"name": member.user})  # fmt: skip


@require_POST
def withdraw(request: HttpRequest, id: UUID) -> HttpResponse:
    place = client_place(request, Role.CLIENT_ADMINISTRATOR)
    row = get_object_or_404(Invitation, id=id, agency=place.agency, client_id=place.client_id)
    return tried(
        request,
        lambda: withdraw_invitation(agency=place.agency, client=client_of(place), id=row.id, by=place.actor, at=place.now),
        _("The invitation to %(email)s is withdrawn.") % {"email": row.email},
    )  # fmt: skip


def person(place: Place, id: UUID) -> Member:
    """One of the client's own people: staff are visible to a client, but not its to change."""
    found = Member.objects.select_related("user").filter(
        agency=place.agency, client_id=place.client_id
    )
    return get_object_or_404(found, id=id)


def tried(request: HttpRequest, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        with transaction.atomic():
            act()
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
    else:
        messages.success(request, said)
    return redirect("client:people")
