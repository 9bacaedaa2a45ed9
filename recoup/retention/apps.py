from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "recoup.retention"
    label = "retention"
