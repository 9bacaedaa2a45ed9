"""The client's portal."""

from django.urls import path

from recoup.web.client.views import (
    api,
    case,
    cases,
    dashboard,
    documents,
    dossier,
    money,
    people,
    placements,
    plan,
    report,
    signals,
    statement,
    submit,
)

app_name = "client"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("latest/", dashboard.latest, name="latest"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<str:number>/", case.story, name="case"),
    path("cases/<str:number>/story/", case.story_fragment, name="case_story"),
    path("cases/<str:number>/money/", case.money, name="case_money"),
    path("cases/<str:number>/documents/", case.documents, name="case_documents"),
    path("cases/<str:number>/dossier/", dossier.dossier, name="dossier"),
    path("cases/<str:number>/report/", report.report, name="report"),
    path("open-items/", report.open_items, name="open_items"),
    path("cases/<str:number>/plan/", plan.plan, name="plan"),
    path("cases/<str:number>/statement/", statement.page, name="statement"),
    path("cases/<str:number>/statement.pdf", statement.paper, name="statement_pdf"),
    path("submit/", submit.upload, name="submit"),
    path("submit/<uuid:key>/", submit.claim, name="claim"),
    path("placements/", placements.placements, name="placements"),
    path("placements/template.xlsx", placements.template_file, name="template"),
    path("placements/<str:number>/", placements.placement, name="placement"),
    path("placements/<str:number>/state/", placements.placement_state, name="placement_state"),
    path(
        "placements/<str:number>/corrections.csv", placements.corrections_file, name="corrections"
    ),
    path("placements/<str:number>/undo/", placements.undo, name="undo_placement"),
    path("documents/<uuid:id>/", documents.document, name="document"),
    path("mandate/", plan.mandate, name="mandate"),
    path("money/", money.money, name="money"),
    path("api/", api.api, name="api"),
    path("api/keys/<uuid:id>/revoke/", api.key_revoke, name="key_revoke"),
    path("api/webhooks/", api.webhook_add, name="webhook_add"),
    path("api/webhooks/<uuid:id>/", api.webhook, name="webhook"),
    path("api/webhooks/<uuid:id>/test/", api.webhook_test, name="webhook_test"),
    path("api/webhooks/<uuid:id>/switch/", api.webhook_switch, name="webhook_switch"),
    path("api/webhooks/<uuid:id>/rotate/", api.webhook_rotate, name="webhook_rotate"),
    path("api/webhooks/<uuid:id>/delete/", api.webhook_delete, name="webhook_delete"),
    path(
        "api/webhooks/<uuid:id>/again/", api.webhook_replay_expired, name="webhook_replay_expired"
    ),
    path(
        "api/webhooks/<uuid:id>/<uuid:delivery>/again/", api.webhook_replay, name="webhook_replay"
    ),
    path("signals/", signals.signals, name="signals"),
    path("signals/<uuid:id>/", signals.debtor, name="signal_debtor"),
    path("signals/<uuid:id>/observed/", signals.observed, name="observed"),
    path("signals/<uuid:id>/watch/", signals.watching, name="watching"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<uuid:id>/role/", people.role, name="person_role"),
    path("people/<uuid:id>/out/", people.out, name="person_out"),
    path("people/<uuid:id>/in/", people.back, name="person_in"),
    path("people/invitations/<uuid:id>/withdraw/", people.withdraw, name="invitation_withdraw"),
]
