from django.urls import URLPattern, URLResolver, include, path

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("money/", include("recoup.web.desk.money.urls")),
]
