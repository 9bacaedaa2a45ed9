"""The agency's own API keys, for its administrator."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from recoup.kernel.refusal import Refusal
from recoup.web.desk.frame import show
from recoup.web.kit import keys
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import staff_place


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("token")
def api(request: HttpRequest) -> HttpResponse:
    """POST makes a key, whose token stands on the answer and nowhere else."""
    place = staff_place(request, "administrator")
    form, token = keys.KeyForm(place=place), ""
    if request.method == "POST":
        form, token = keys.made(request, place)
    wrong = request.method == "POST" and not token
    return show(
        request, place, "desk/api.html", status=422 if wrong else 200, keys=keys.keys_of(place), key_form=form,
        token=token, make_url=reverse("desk:api"), revoke_url="desk:key_revoke",
    )  # fmt: skip


@require_POST
def key_revoke(request: HttpRequest, id: UUID) -> HttpResponse:
    place = staff_place(request, "administrator")
    try:
        keys.revoked(place, id)
        messages.success(request, _("The key is revoked."))
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
    return redirect("desk:api")
