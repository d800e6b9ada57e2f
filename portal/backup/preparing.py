"""Makes what was read from a backup fit to be used, and proves that it is."""

from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection

from portal.backup.engines import engine
from portal.backup.facts import row_counts
from portal.backup.manifest import Manifest
from portal.backup.problems import BackupError, OnStep
from portal.checks.history import has_waiting_migrations
from portal.history import guard
from portal.history.seal import head
from portal.history.verify import verify
from portal.models import Heartbeat


def prepare(manifest: Manifest, accept_findings: bool, on_step: OnStep) -> None:
    """Called while the default connection shows it, and nobody else sees it yet."""
    # Other tables than a moment ago, with other keys.
    ContentType.objects.clear_cache()
    on_step("Checking the database", 0, 0)
    _refuse_damage(manifest)
    if has_waiting_migrations(connection):
        on_step("Migrating", 0, 0)
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    guard.install(connection)
    _forget_who_was_there()
    _refuse_findings(accept_findings, on_step)


def _refuse_damage(manifest: Manifest) -> None:
    if found := engine().problems():
        raise BackupError(f"The database in this backup is damaged: {found[0]}.")
    rows = row_counts(connection)
    for table in sorted(rows.keys() | manifest.rows.keys()):
        told, there = manifest.rows.get(table), rows.get(table)
        if told != there:
            raise BackupError(
                f"{table} has {there} rows, and the manifest says {told}."
            )
    last = head()
    if manifest.head != str(last or ""):
        raise BackupError("The seals of history are not those of the manifest.")


def _forget_who_was_there() -> None:
    """Nobody goes on with a session that may have been ended since, no worker of then
    is alive, and what was counted or kept at hand is of another database."""
    Session.objects.all().delete()
    Heartbeat.objects.all().delete()
    for cache in caches.all():
        cache.clear()


def _refuse_findings(accept_findings: bool, on_step: OnStep) -> None:
    findings = verify(on_step=on_step)
    if findings and not accept_findings:
        told = "; ".join(
            f"{each.about} {each.problem} ({each.count})" for each in findings
        )
        raise BackupError(
            f"Its history does not hold: {told}. Its rows were changed after the "
            "backup was made, or were so before. With --accept-findings it is "
            "restored nevertheless."
        )
