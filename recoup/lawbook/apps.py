from django.apps import AppConfig


class LawbookConfig(AppConfig):
    name = "recoup.lawbook"
    label = "lawbook"
