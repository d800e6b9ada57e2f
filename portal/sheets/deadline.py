"""How long reading one file may take."""

import time

from portal.sheets.limits import Limits
from portal.sheets.problems import SheetError


class Deadline:
    """Begins when it is made; whoever reads asks it between pieces."""

    def __init__(self, limits: Limits) -> None:
        self._seconds = limits.seconds
        self._ends = time.monotonic() + limits.seconds

    def check(self) -> None:
        if time.monotonic() > self._ends:
            raise SheetError.about(
                f"Reading the file took more than {self._seconds:,} seconds. Copy only "
                "the table into a new file, or split it."
            )
