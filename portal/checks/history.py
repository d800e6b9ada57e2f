"""Whether every change is recorded, and stays recorded."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

from portal.history import guard
from portal.history.snapshot import is_tracked

# The portal's own tables are what tells of changes: jobs, change sets, reviews.
TELLS_OF_CHANGES = "portal"


def has_waiting_migrations(database: BaseDatabaseWrapper) -> bool:
    executor = MigrationExecutor(database)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@register(Tags.database)
def check_history_is_guarded(**kwargs: Any) -> list[CheckMessage]:
    """Without its triggers, history can be rewritten, and nobody is told."""
    missing = guard.missing(connection)
    # `migrate` runs this check first; what it is about to put up must not stop it.
    if not missing or has_waiting_migrations(connection):
        return []
    return [
        Error(
            "History can be rewritten: the database lacks these triggers: "
            f"{', '.join(missing)}.",
            hint="Put them back with: manage.py migrate --skip-checks",
            id="portal.E002",
        )
    ]


@register()
def check_history_settings(**kwargs: Any) -> list[CheckMessage]:
    wrong = []
    if not getattr(settings, "SIMPLE_HISTORY_ENABLED", True):
        wrong.append("SIMPLE_HISTORY_ENABLED is off: no change is recorded")
    if getattr(settings, "SIMPLE_HISTORY_EDIT", False):
        wrong.append("SIMPLE_HISTORY_EDIT is on: pages offer to rewrite history")
    return [
        Error(f"{each}.", hint="Remove the setting.", id="portal.E004")
        for each in wrong
    ]


@register()
def check_revert_settings(**kwargs: Any) -> list[CheckMessage]:
    """These only hide a button of pages that the portal does not have."""
    return [
        Warning(
            f"{name} is set, and protects nothing.",
            hint="Remove it. Who may revert is a matter of rights here.",
            id="portal.W003",
        )
        for name in (
            "SIMPLE_HISTORY_REVERT_DISABLED",
            "SIMPLE_HISTORY_ENFORCE_HISTORY_MODEL_PERMISSIONS",
        )
        if hasattr(settings, name)
    ]


@register(Tags.models)
def check_models_are_tracked(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"Changes of {model._meta.label} are not recorded.",
            hint="Make it a TrackedModel with `history = TrackedHistory()`.",
            obj=model,
            id="portal.E005",
        )
        for model in domain_models()
        if not is_tracked(model)
    ]


def domain_models() -> list[type[Model]]:
    """What the portal's apps keep, without the history rows themselves."""
    labels = [each for each in settings.PORTAL_APPS if each != TELLS_OF_CHANGES]
    models = [
        each for label in labels for each in apps.get_app_config(label).get_models()
    ]
    return [each for each in models if not hasattr(each, "history_object")]
