from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "recoup.files"
    label = "files"
