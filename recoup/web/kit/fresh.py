"""What moves money or takes much away asks again who is there: an old session alone does not do it."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

SECONDS = 300
View = Callable[..., HttpResponse]


def is_fresh(request: HttpRequest) -> bool:
    """Whether a password, a passkey or a code was given within the last five minutes."""
    if not request.user.is_authenticated:
        return False
    given = [one.get("at", 0) for one in get_authentication_records(request, request.user)]
    return bool(given) and time.time() - max(given) < SECONDS


def fresh_factor(back: str, *, reading: bool = False) -> Callable[[View], View]:
    """Ask again before a POST (`reading`: before any request), and lead back to `back`, where the same is
    pressed once more. Who may not do it at all is told nothing else than before: the view comes first for
    anybody who is not logged in."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            asks = reading or request.method not in ("GET", "HEAD")
            if not asks or not request.user.is_authenticated or is_fresh(request):
                return view(request, *args, **kwargs)
            messages.info(
                request, _("Please show once more that it is you; then do the same again.")
            )
            return HttpResponseRedirect(
                f"{reverse('account_reauthenticate')}?{urlencode({'next': reverse(back)})}"
            )

        return guarded

    return decorate
