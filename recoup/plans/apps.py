from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "recoup.plans"
    label = "plans"
