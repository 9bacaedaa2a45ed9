"""The client's portal."""

from django.urls import path

from recoup.web.client.views import case, cases, dashboard, documents, money, statement, submit

app_name = "client"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("latest/", dashboard.latest, name="latest"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<str:number>/", case.story, name="case"),
    path("cases/<str:number>/story/", case.story_fragment, name="case_story"),
    path("cases/<str:number>/money/", case.money, name="case_money"),
    path("cases/<str:number>/documents/", case.documents, name="case_documents"),
    path("cases/<str:number>/statement/", statement.page, name="statement"),
    path("cases/<str:number>/statement.pdf", statement.paper, name="statement_pdf"),
    path("submit/", submit.upload, name="submit"),
    path("submit/<uuid:key>/", submit.claim, name="claim"),
    path("documents/<uuid:id>/", documents.document, name="document"),
    path("money/", money.money, name="money"),
]
