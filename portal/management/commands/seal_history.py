"""Puts change sets under seal, now or all the time."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections

from portal.history.seal import head, seal_all, seal_new

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Seal the finished change sets that are not sealed yet, in order, so that "
        "`verify_history` tells when one of them is edited or removed. Two of these at "
        "once do no harm."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--watch",
            type=float,
            metavar="SECONDS",
            help="go on, with a pause of this length, until Ctrl-C",
        )
        parser.add_argument(
            "--head",
            action="store_true",
            help="print the last seal, position:digest, to be kept elsewhere; seal "
            "nothing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["head"]:
            self.stdout.write(str(head() or ""))
        elif options["watch"] is None:
            self.stdout.write(f"Sealed: {seal_all()}. The head is {head() or 'none'}.")
        else:
            self.watch(options["watch"])

    def watch(self, pause: float) -> None:
        try:
            seal = seal_all
            while True:
                if attempt(seal):
                    seal = seal_new
                time.sleep(pause)
        except KeyboardInterrupt:
            return


def attempt(seal: Callable[[], int]) -> bool:
    """A database that is busy or away has time: the next round seals the same."""
    try:
        seal()
    except (OperationalError, InterfaceError) as error:
        logger.warning("History was not sealed this time: %s", error)
        return False
    finally:
        close_old_connections()
    return True
