"""The debtor's pages: a link opens them, no account."""

from django.urls import path

from recoup.web.debtor.views import entry, home, pay, plan, say, statement

app_name = "debtor"
urlpatterns = [
    path("", home.home, name="home"),
    path("enter/", entry.enter, name="enter"),
    path("leave/", entry.leave, name="leave"),
    path("pay/", pay.pay, name="pay"),
    path("statement/", statement.page, name="statement"),
    path("statement.pdf", statement.paper, name="statement_pdf"),
    path("plan/", plan.plan, name="plan"),
    path("plan/sign/", plan.signed, name="plan_sign"),
    path("promise/", say.promise, name="promise"),
    path("wrong/", say.wrong, name="wrong"),
    path("talk/", say.talk, name="talk"),
    path("letters/<uuid:id>/", home.letter, name="letter"),
    path("<str:token>/", entry.opened, name="open"),
]
