"""The events process: Django is set up, then one small ASGI application."""

import os

from recoup.kernel.loading import whole

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recoup.config.settings")

with whole():
    import django

    django.setup()

    from recoup.web.events.asgi import application

__all__ = ["application"]
