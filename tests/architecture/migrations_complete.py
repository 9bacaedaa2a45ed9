"""`python -m tests.architecture.migrations_complete`: exit 1 when a model has changed without its migration."""

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "recoup.config.settings"

import django

django.setup()

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


def missing() -> list[str]:
    """App labels of ours whose models differ from their migrations (no database needed)."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    found = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(
        loader.graph
    )
    ours = {a.label for a in apps.get_app_configs() if a.name.startswith("recoup.")}
    return sorted(ours & set(found))


if __name__ == "__main__":
    if labels := missing():
        sys.exit(f"models without their migration: {', '.join(labels)} (recoup makemigrations)")
