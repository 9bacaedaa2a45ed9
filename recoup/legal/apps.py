from django.apps import AppConfig


class LegalConfig(AppConfig):
    name = "recoup.legal"
    label = "legal"
