"""Django's system checks and our own, those for production included."""

from collections.abc import Iterator

from django.core.checks import ERROR, CheckMessage, Tags
from django.core.checks.registry import registry
from django.db import DEFAULT_DB_ALIAS

from portal.doctor.registry import (
    Finding,
    database_problem,
    error,
    examines,
    ok,
    warning,
)


@examines("System checks")
def look_at_checks() -> Iterator[Finding]:
    found = [each for each in _messages() if not each.is_silenced()]
    for message in sorted(found, key=lambda each: -each.level):
        tell = error if message.level >= ERROR else warning
        yield tell(f"{message.id}: {message.msg}", message.hint or "")
    if not found:
        yield ok("none finds anything, those for production included")


def _messages() -> Iterator[CheckMessage]:
    """As `check --deploy` does; those of the database only where it answers."""
    checks = registry.get_checks(include_deployment_checks=True)
    databases = [DEFAULT_DB_ALIAS]
    if database_problem():
        checks = [each for each in checks if Tags.database not in each.tags]
        databases = []
    for check in checks:
        yield from check(app_configs=None, databases=databases)
