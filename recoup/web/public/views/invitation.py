"""An invited person chooses a name and a password and is in."""

from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from recoup.agreements.queries import TOKEN
from recoup.journeys.people import invitation_of, join
from recoup.kernel.refusal import N_, Refusal
from recoup.web.kit.address import address_of, neighbourhood
from recoup.web.kit.limits import limited, too_often
from recoup.web.kit.middleware import Place, place_of
from recoup.web.kit.words import word
from recoup.web.public.limits import INVITATIONS
from recoup.web.public.views.register import BACKEND
from recoup.web.public.words import told

SOMEBODY = N_(
    "You are signed in as %(who)s. Sign out first: the invitation is for whoever its e-mail was sent to."
)


class JoinForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"), max_length=200, strip=False,
        help_text=gettext_lazy("At least 15 characters: four or five words that you remember are best."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The form behind the link; whoever is signed in already cannot take it for themselves."""
    place = place_of(request)
    who = neighbourhood(address_of(request))
    if not INVITATIONS.left(who, place.now):
        seconds = INVITATIONS.wait(who, place.now)
        return limited(closed(request, place, too_often(seconds)), seconds)
    try:
        found, client = invitation_of(
            agency=place.agency, token=token if TOKEN.fullmatch(token) else "", at=place.now
        )
    except Refusal as refusal:
        INVITATIONS.take(who, place.now)
        return closed(request, place, refusal)
    if place.member is not None:
        return closed(
            request, place, Refusal("signed_in_already", SOMEBODY, who=place.actor.name), 409
        )
    form = JoinForm(request.POST or None, auto_id="join_%s", initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            user = join(agency=place.agency, token=token, name=given["name"], password=given["password"],
                        language=get_language() or "en", at=place.now)  # fmt: skip
        except Refusal as refusal:
            field = refusal.params.get("field")
            form.add_error(field if field in form.fields else None, told(refusal))
        else:
            login(request, user, backend=BACKEND)
            return redirect("home")
    context = {"form": form, "house": place.agency.name, "company": client.name, "email": found.email,
               "role": word(found.role), "by": found.by_name}  # fmt: skip
    return render(request, "public/invitation.html", context, status=422 if form.errors else 200)


def closed(request: HttpRequest, place: Place, because: Refusal, status: int = 404) -> HttpResponse:
    context = {"house": place.agency.name, "over": told(because), "title": _("Invitation")}
    return render(request, "public/invitation.html", context, status=status)
