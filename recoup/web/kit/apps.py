from django.apps import AppConfig


class KitConfig(AppConfig):
    """What every front door shares: looks, words, formats, language and theme."""

    name = "recoup.web.kit"
    label = "kit"
