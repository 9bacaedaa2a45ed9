from django.apps import AppConfig


class EventlogConfig(AppConfig):
    name = "recoup.eventlog"
    label = "eventlog"
