from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "recoup.outbox"
    label = "outbox"
