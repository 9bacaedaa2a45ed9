"""The debtor's pages: a link opens them, no account."""

from django.urls import path

from recoup.web.debtor.views import (
    card,
    debit,
    dispute,
    entry,
    home,
    notices,
    pay,
    plan,
    say,
    statement,
)

app_name = "debtor"
urlpatterns = [
    path("", home.home, name="home"),
    path("enter/", entry.enter, name="enter"),
    path("sure/", entry.sure, name="sure"),
    path("leave/", entry.leave, name="leave"),
    path("pay/", pay.pay, name="pay"),
    path("pay/card/", card.begin, name="card"),
    path("pay/card/back/", card.back, name="card_back"),
    path("debit/", debit.debit, name="debit"),
    path("debit/end/", debit.end, name="debit_end"),
    path("statement/", statement.page, name="statement"),
    path("statement.pdf", statement.paper, name="statement_pdf"),
    path("plan/", plan.plan, name="plan"),
    path("plan/sign/", plan.signed, name="plan_sign"),
    path("promise/", say.promise, name="promise"),
    path("wrong/", dispute.wrong, name="wrong"),
    path("wrong/invoice/", dispute.invoice, name="wrong_invoice"),
    path("disputes/<uuid:id>/", dispute.room, name="dispute"),
    path("paid/", notices.paid, name="paid"),
    path("not-us/", notices.not_us, name="not_us"),
    path("insolvent/", notices.insolvent, name="insolvent"),
    path("call/", notices.call, name="call"),
    path("details/", notices.details, name="details"),
    path("talk/", say.talk, name="talk"),
    path("letters/<uuid:id>/", home.letter, name="letter"),
    path("<str:token>/", entry.opened, name="open"),
]
