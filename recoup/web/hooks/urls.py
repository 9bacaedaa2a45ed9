"""What other systems tell us."""

from django.urls import URLPattern, path

from recoup.web.hooks.views import card

app_name = "hooks"
urlpatterns: list[URLPattern] = [path("card/<slug:name>/", card, name="card")]
