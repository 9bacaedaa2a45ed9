from django.apps import AppConfig


class TalksConfig(AppConfig):
    name = "recoup.talks"
    label = "talks"
