from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "recoup.keys"
    label = "keys"
