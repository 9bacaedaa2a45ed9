from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "recoup.consent"
    label = "consent"
