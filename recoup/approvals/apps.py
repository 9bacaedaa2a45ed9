from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "recoup.approvals"
    label = "approvals"
