"""The worker of long jobs."""

import logging
import signal
import time
from argparse import ArgumentParser
from typing import Any

from django.db import InterfaceError, OperationalError, connection, connections
from django_tasks_db.management.commands import db_worker

from portal.sqlite import will_pass
from portal.watching import Watch

logger = logging.getLogger(__name__)

# In seconds, before it looks again for a database that was busy or away.
WAIT = 5.0


class Command(db_worker.Command):
    help = (
        "Carry out what pages have queued (imports, exports, large reverts, letters), "
        "until Ctrl-C, and take up again what a worker that died left behind. Several "
        "of these at once, also on several machines, do no harm."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        # The reloader, on by default in development, kills tasks in the middle.
        parser.set_defaults(reload=False, queue_name="*")

    def handle(self, *args: Any, **options: Any) -> None:
        # A wrong address, or a database that was never made, is told at once.
        connection.ensure_connection()
        watch = Watch()
        watch.start()
        try:
            while not self.works_to_the_end(**options):
                time.sleep(WAIT)
        finally:
            watch.end()

    def works_to_the_end(self, **options: Any) -> bool:
        """False when the database was busy or away: that is no reason to end.

        The task in hand, if there was one, is taken up again as that of a worker that
        died.
        """
        try:
            super().handle(**options)
        except (OperationalError, InterfaceError) as error:
            if options["batch"] or not will_pass(error):
                raise
            logger.warning("The worker waits for the database: %s", error)
            connections.close_all()
            return is_asked_to_end()
        return True


def is_asked_to_end() -> bool:
    """By a signal to the worker, whose method answers it until the second one."""
    worker = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return not getattr(worker, "running", False)
