"""The events process: Django is set up, then one small ASGI application."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recoup.config.settings")

import django

django.setup()

from recoup.web.events.asgi import application  # noqa: E402

__all__ = ["application"]
