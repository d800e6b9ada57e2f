"""One worker's hold on an export."""

import time
import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from portal.models import ExportJob

# Without a heartbeat for so long, a worker is taken for dead. Packing a workbook of a
# million rows is one long step.
LEASE = timedelta(minutes=2)
# So often the worker says how far it is, in seconds; each time is a small write.
BEAT = 0.5


class LeaseLost(Exception):
    """The job was cancelled, or another worker has it: hand nothing over."""


class Lease:
    def __init__(self, job: ExportJob) -> None:
        self.job = job
        self._beaten = time.monotonic()

    @classmethod
    def take(cls, job_id: Any) -> "Lease | None":
        """Take the job if nobody living has it. What a dead one did counts nothing."""
        token, now = uuid.uuid4(), timezone.now()
        is_free = Q(state=ExportJob.State.WAITING) | Q(heartbeat_at__lt=now - LEASE)
        taken = ExportJob.objects.working().filter(is_free, pk=job_id)
        if not taken.update(
            state=ExportJob.State.RUNNING,
            lease=token,
            started_at=now,
            heartbeat_at=now,
            attempts=F("attempts") + 1,
            done=0,
        ):
            return None
        return cls(ExportJob.objects.get(pk=job_id))

    def count(self, batches: Iterable[list[int]]) -> Iterator[list[int]]:
        """The same batches; tells the job how many rows have been asked for."""
        done = 0
        for batch in batches:
            yield batch
            done += len(batch)
            if time.monotonic() - self._beaten > BEAT:
                self.keep(done=done)

    def keep(self, **values: Any) -> None:
        """Save these values, and that the worker lives; raises LeaseLost."""
        mine = ExportJob.objects.filter(
            pk=self.job.pk, state=ExportJob.State.RUNNING, lease=self.job.lease
        )
        if not mine.update(heartbeat_at=timezone.now(), **values):
            raise LeaseLost
        self._beaten = time.monotonic()

    def end(self, state: str, **values: Any) -> None:
        self.keep(state=state, finished_at=timezone.now(), **values)
