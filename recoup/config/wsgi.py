"""Pages. Loaded before gunicorn forks its workers: routes too, so that no first page waits for them."""

import os

from recoup.kernel.loading import whole

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recoup.config.settings")

with whole():
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()

    from django.db import connections
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018
    connections.close_all()  # a connection is not to be shared by two workers
