"""The open pages: price, registration, agreement."""

from django.urls import path

from recoup.web.public.views import (
    agreement,
    enquiry,
    handbook,
    invitation,
    mail,
    quote,
    register,
    signing,
    survey,
)

app_name = "public"
urlpatterns = [
    path("", quote.home, name="home"),
    path("quote/", quote.answer, name="answer"),
    path("quote/<str:token>/", quote.kept, name="quote"),
    path("law/", handbook.index, name="law"),
    path("law/<slug:code>/", handbook.page, name="law_country"),
    path("register/", register.register, name="register"),
    path("enquiry/", enquiry.enquiry, name="enquiry"),
    path("enquiry/thanks/", enquiry.thanks, name="enquiry_thanks"),
    path("mail/<str:token>/", mail.preferences, name="mail"),
    path("mail/<str:token>/stop/<slug:purpose>/", mail.stop, name="mail_stop"),
    path("survey/<str:token>/", survey.survey, name="survey"),
    path("verify/", signing.verify, name="verify"),
    path("sign/<str:token>/", signing.signing, name="signing"),
    path("sign/<str:token>/<str:paper>.pdf", signing.signing_paper, name="signing_paper"),
    path("agreements/<str:token>/signatory/", signing.send, name="signatory"),
    path("invitations/<str:token>/", invitation.invitation, name="invitation"),
    path("agreements/<str:token>/", agreement.agreement, name="agreement"),
    path("agreements/<str:token>/<str:paper>.pdf", agreement.download, name="agreement_paper"),
]
