"""`python -m tests.architecture.migrations_complete`: exit 1 when a model has changed without its migration,
or when two migrations of a room follow the same one."""

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


def forked() -> dict[str, list[str]]:
    """Rooms with more than one last migration, and which."""
    conflicts = MigrationLoader(None, ignore_no_migrations=True).detect_conflicts()
    return {label: sorted(names) for label, names in conflicts.items()}


if __name__ == "__main__":
    if forks := forked():
        sys.exit(f"two migrations follow the same one: {forks} (put one after the other)")
    if labels := missing():
        sys.exit(f"models without their migration: {', '.join(labels)} (recoup makemigrations)")
