from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "recoup.surveys"
    label = "surveys"
