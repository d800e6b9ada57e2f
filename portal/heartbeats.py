"""Signs of life: which workers run, as far as the database knows.

A worker that has a job in hand gives signs of life for that job, too (see
`portal.imports.lease`); these are for the times between.
"""

import os
import socket
from datetime import timedelta

from django.utils import timezone

from portal.models import Heartbeat

# What was silent for so long does not come back.
KEEP = timedelta(days=1)


def beat() -> None:
    """Say that this process lives."""
    Heartbeat.objects.update_or_create(
        process=_this_process(), defaults={"beat_at": timezone.now()}
    )


def end() -> None:
    """Say that this process is about to end."""
    Heartbeat.objects.filter(process=_this_process()).delete()


def newest() -> Heartbeat | None:
    return Heartbeat.objects.order_by("-beat_at").first()


def silence() -> timedelta | None:
    """How long ago a worker gave a sign of life; None when none ever did."""
    last = newest()
    return None if last is None else timezone.now() - last.beat_at


def forget() -> None:
    """Of those that were killed, and could not say that they end."""
    Heartbeat.objects.filter(beat_at__lt=timezone.now() - KEEP).delete()


def _this_process() -> str:
    return f"{socket.gethostname()[:80]}, process {os.getpid()}"
