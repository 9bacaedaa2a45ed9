from django.apps import AppConfig


class InsolvencyConfig(AppConfig):
    name = "recoup.insolvency"
    label = "insolvency"
