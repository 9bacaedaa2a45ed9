from django.apps import AppConfig


class DebtorConfig(AppConfig):
    name = "recoup.web.debtor"
    label = "web_debtor"
