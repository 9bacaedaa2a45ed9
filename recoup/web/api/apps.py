from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "recoup.web.api"
    label = "web_api"
