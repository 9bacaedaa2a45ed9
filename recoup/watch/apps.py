from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "recoup.watch"
    label = "watch"
