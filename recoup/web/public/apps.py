from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "recoup.web.public"
    label = "web_public"
