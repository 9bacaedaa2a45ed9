from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "recoup.contact"
    label = "contact"
