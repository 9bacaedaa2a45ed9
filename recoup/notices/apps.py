from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "recoup.notices"
    label = "notices"
