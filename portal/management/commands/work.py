"""The worker of long jobs."""

from argparse import ArgumentParser
from typing import Any

from django_tasks_db.management.commands import db_worker

from portal.watching import Watch


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
        watch = Watch()
        watch.start()
        try:
            super().handle(**options)
        finally:
            watch.end()
