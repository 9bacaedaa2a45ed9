"""Every address of the product: one front door per audience."""

import contextlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path

from recoup.web.kit.middleware import place_of


def healthz(request: HttpRequest) -> HttpResponse:
    """Says that the process answers; the database is asked by `recoup prove`."""
    return HttpResponse("ok\n", content_type="text/plain")


def home(request: HttpRequest) -> HttpResponse:
    """After log-in: to the front door of the person's role."""
    place = place_of(request)
    if place.staff:
        return HttpResponseRedirect("/desk/")
    return HttpResponseRedirect("/client/" if place.client_id else "/")


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("home/", home, name="home"),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("client/", include("recoup.web.client.urls")),
    path("desk/", include("recoup.web.desk.urls")),
    path("d/", include("recoup.web.debtor.urls")),
    path("hooks/", include("recoup.web.hooks.urls")),
    path("api/", include("recoup.web.api.urls")),
    path("", include("recoup.web.public.urls")),
]
if settings.DEBUG or settings.DEMO:
    with contextlib.suppress(ModuleNotFoundError):
        urlpatterns.append(path("kit/", include("recoup.web.kit.urls")))
