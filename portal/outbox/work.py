"""The worker's part: sends what is due."""

import logging
from contextlib import closing
from typing import Any

from django.core.mail import mailers
from django.tasks import task

from portal.models import Letter
from portal.outbox.delivery import deliver, put_off, take
from portal.outbox.failures import is_about_server
from portal.queue import enqueue_once

logger = logging.getLogger(__name__)

# In one go: other tasks get their turn between.
BATCH = 100


@task
def send_due() -> None:
    """Called by two workers at once, each letter is sent by one of them."""
    due = Letter.objects.due().order_by("due_at", "pk")
    keys = list(due.values_list("pk", flat=True)[: BATCH + 1])
    with closing(mailers.default) as mail:
        for key in keys[:BATCH]:
            if not _send(key, mail):
                # The others are spared their tries; `watch` looks again soon.
                return
    if len(keys) > BATCH:
        enqueue_once(send_due)


def _send(key: int, mail: Any) -> bool:
    """False if no other letter could be sent now either."""
    letter = take(key)
    if letter is None:
        return True
    try:
        deliver(letter, mail)
    except Exception as error:
        # What a mail server says may hold the letter, and so its secret.
        logger.warning("Letter %s was not sent: %s.", key, type(error).__name__)
        put_off(letter, error)
        return not is_about_server(error)
    return True
