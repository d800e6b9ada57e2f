"""What must work for the portal to be ready, as checks of django-health-check."""

import dataclasses
import uuid
from collections.abc import Iterator
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone
from health_check.base import HealthCheck
from health_check.checks import Mail
from health_check.exceptions import ServiceUnavailable

from portal import disk, heartbeats
from portal.checks.history import has_waiting_migrations
from portal.models import Heartbeat
from portal.sqlite import hurried, is_busy

MAIL_TIMEOUT = timedelta(seconds=3)


@dataclasses.dataclass
class PortalCheck(HealthCheck):
    """Looks in the thread of the request, whose connection is open already."""

    async def run(self) -> None:
        try:
            await sync_to_async(self.look)()
        except (DatabaseError, InterfaceError) as error:
            raise ServiceUnavailable("The database does not answer.") from error

    def look(self) -> None:
        raise NotImplementedError


@dataclasses.dataclass
class Writable(PortalCheck):
    """Writes a row, and takes it back."""

    def look(self) -> None:
        try:
            with hurried(), transaction.atomic():
                name = f"probe {uuid.uuid4()}"
                Heartbeat.objects.create(process=name, beat_at=timezone.now())
                transaction.set_rollback(True)
        except DatabaseError as error:
            # Somebody else is writing, so it can be written to.
            if not is_busy(error):
                text = "The database cannot be written to."
                raise ServiceUnavailable(text) from error


@dataclasses.dataclass
class Migrated(PortalCheck):
    def look(self) -> None:
        if has_waiting_migrations(connection):
            raise ServiceUnavailable("Migrations wait.")


@dataclasses.dataclass
class Worker(PortalCheck):
    def look(self) -> None:
        silence = heartbeats.silence()
        if silence is None:
            raise ServiceUnavailable("No worker runs.")
        if silence.total_seconds() > settings.WORKER_SILENT_SECONDS:
            raise ServiceUnavailable(
                f"No worker gave a sign of life for {silence.total_seconds():.0f} "
                "seconds."
            )


@dataclasses.dataclass
class Disk(PortalCheck):
    def look(self) -> None:
        if (free := disk.free_mib()) < settings.MIN_FREE_MIB:
            raise ServiceUnavailable(f"Only {free:,} MiB are free.")


def all_checks() -> Iterator[tuple[str, HealthCheck]]:
    """Each with the name that details call it by."""
    yield "database", Writable()
    yield "migrations", Migrated()
    yield "worker", Worker()
    yield "disk", Disk()
    # Without a server, letters are printed.
    if settings.EMAIL_HOST_NAME:
        yield "mail", Mail(timeout=MAIL_TIMEOUT)
