from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "recoup.screening"
    label = "screening"
