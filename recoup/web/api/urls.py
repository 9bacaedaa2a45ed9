"""/api/: the reference; /api/v1/: the API."""

from django.urls import include, path

from recoup.web.api.api import addresses
from recoup.web.api.views import openapi, reference

app_name = "api"
urlpatterns = [
    path("", reference, name="reference"),
    path("v1/openapi.json", openapi, name="openapi"),
    path("v1/", include(addresses())),
]
