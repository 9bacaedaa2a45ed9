"""The living page of the kit; included by config.urls when DEBUG or KIT_PAGE."""

from django.urls import path

from recoup.web.kit.views import page

app_name = "kit"
urlpatterns = [
    path("", page, name="page"),
    path("<slug:layout>/", page, name="layout"),
]
