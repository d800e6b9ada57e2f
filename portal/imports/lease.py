"""One worker's hold on a job."""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import Any

from django.db import DatabaseError, InterfaceError, connections
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from portal.models import ImportJob

logger = logging.getLogger(__name__)

# Without a heartbeat for so long, a worker is taken for dead.
LEASE = timedelta(seconds=30)
# In seconds; a step over a million rows takes longer than the lease.
BEAT = 10.0

type OnProgress = Callable[[ImportJob], None]


class LeaseLost(Exception):
    """The job was cancelled, or another worker has it: write nothing more for it."""


class Lease:
    """`on_progress` is called with the job each time that it has come further."""

    def __init__(self, job: ImportJob, on_progress: OnProgress | None = None) -> None:
        self.job = job
        self._on_progress = on_progress
        self._state = job.state
        self._token = job.lease

    @classmethod
    def take(cls, job_id: Any, on_progress: OnProgress | None = None) -> "Lease | None":
        """Take the job if a worker is wanted for it, and nobody living has it."""
        token, now = uuid.uuid4(), timezone.now()
        taken = (
            ImportJob.objects.working()
            .filter(Q(lease=None) | Q(heartbeat_at__lt=now - LEASE), pk=job_id)
            .update(
                lease=token,
                heartbeat_at=now,
                started_at=Coalesce("started_at", Now()),
                attempts=F("attempts") + 1,
            )
        )
        if not taken:
            return None
        return cls(ImportJob.objects.get(pk=job_id, lease=token), on_progress)

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Give a sign of life again and again, from a thread beside the work."""
        is_over = Event()
        thread = Thread(target=self._beat, args=[is_over], daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()

    def _beat(self, is_over: Event) -> None:
        while not is_over.wait(BEAT):
            try:
                self._its().update(heartbeat_at=timezone.now())
            except (DatabaseError, InterfaceError) as error:
                # On SQLite, while the commit writes: nobody else can take the job then.
                logger.debug("Import %s: no heartbeat: %s", self.job.pk, error)
            finally:
                connections.close_all()

    def keep(self, **values: Any) -> None:
        """Save how far the job is; call it in the transaction of what was written.

        Raises LeaseLost, so that what was written is rolled back.
        """
        values = {"heartbeat_at": timezone.now(), "attempts": 0, **values}
        if not self._its().update(**values):
            raise LeaseLost
        for name, value in values.items():
            setattr(self.job, name, value)
        if self._on_progress is not None:
            self._on_progress(self.job)

    def end(self, state: str, **values: Any) -> None:
        """Leave the job in this state; raises LeaseLost like `keep`."""
        now = timezone.now()
        if state in ImportJob.TERMINAL:
            values["finished_at"] = now
        self.keep(state=state, lease=None, **values)

    def lock(self) -> None:
        """Hold the job's row until the end of the transaction."""
        if not self._its().select_for_update().exists():
            raise LeaseLost

    def _its(self) -> Any:
        return ImportJob.objects.filter(
            pk=self.job.pk, state=self._state, lease=self._token
        )
