"""The open pages: price, registration, agreement."""

from django.urls import path

from recoup.web.public.views import agreement, handbook, quote, register

app_name = "public"
urlpatterns = [
    path("", quote.home, name="home"),
    path("quote/", quote.answer, name="answer"),
    path("quote/<str:token>/", quote.kept, name="quote"),
    path("law/", handbook.index, name="law"),
    path("law/<slug:code>/", handbook.page, name="law_country"),
    path("register/", register.register, name="register"),
    path("agreements/<str:token>/", agreement.agreement, name="agreement"),
    path("agreements/<str:token>/<str:paper>.pdf", agreement.download, name="agreement_paper"),
]
