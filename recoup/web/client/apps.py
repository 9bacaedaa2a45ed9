from django.apps import AppConfig


class ClientConfig(AppConfig):
    name = "recoup.web.client"
    label = "web_client"
