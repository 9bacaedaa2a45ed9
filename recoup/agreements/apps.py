from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "recoup.agreements"
    label = "agreements"
