"""The agency's desk."""

from django.urls import URLPattern, URLResolver, include, path

from recoup.web.desk.views import (
    acts,
    case,
    cases,
    clients,
    documents,
    ending,
    law,
    review,
    screening,
    statement,
    work,
)

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", work.work, name="work"),
    path("work/<slug:view>/", work.work, name="work_view"),
    path("preview/<str:number>/", work.preview, name="preview"),
    path("review/<str:number>/", review.review, name="review"),
    path("review/<str:number>/accept/", review.accept, name="accept"),
    path("review/<str:number>/decline/", review.decline, name="decline"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<str:number>/", case.case, name="case"),
    path("cases/<str:number>/timeline/", case.timeline, name="timeline"),
    path("cases/<str:number>/statement/", statement.page, name="statement"),
    path("cases/<str:number>/statement.pdf", statement.paper, name="statement_pdf"),
    path("cases/<str:number>/call/", acts.call, name="call"),
    path("cases/<str:number>/note/", acts.note, name="note"),
    path("cases/<str:number>/hold/", acts.hold, name="hold"),
    path("cases/<str:number>/holds/<uuid:id>/lift/", acts.lift, name="lift"),
    path("cases/<str:number>/assign/", acts.assign, name="assign"),
    path("cases/<str:number>/move/", acts.move, name="move"),
    path("cases/<str:number>/waive/", ending.waive, name="waive"),
    path("cases/<str:number>/close/", ending.close, name="close"),
    path("tasks/<uuid:id>/done/", acts.task_done, name="task_done"),
    path("documents/<uuid:id>/", documents.document, name="document"),
    path("clients/", clients.clients, name="clients"),
    path("clients/<uuid:id>/", clients.client, name="client"),
    path("agreements/<uuid:id>/countersign/", clients.countersign, name="countersign"),
    path("clients/<uuid:id>/know/", screening.know, name="know"),
    path("screening/", screening.screening, name="screening"),
    path("screening/load/", screening.load, name="screening_load"),
    path("screening/hits/<uuid:id>/", screening.decide, name="screening_decide"),
    path("law/", law.law, name="law"),
    path("law/enter/", law.enter, name="law_enter"),
    path("law/<uuid:id>/confirm/", law.confirm, name="law_confirm"),
    path("money/", include("recoup.web.desk.money.urls")),
]
