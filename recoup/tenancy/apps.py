from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "recoup.tenancy"
    label = "tenancy"
