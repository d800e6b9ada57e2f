"""The first rows of a job's file, from which its columns are chosen."""

from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from accounts.imports.mapping.questions import SAMPLE_ROWS
from accounts.imports.people import limits
from portal.imports.storage import stored_file
from portal.models import ImportJob
from portal.sheets import OpenSheet, Reading, open_sheet
from portal.sheets.sheet import column_letter

# Somebody waits for the page, and a web process with them.
SECONDS = 20
SHOWN_CELLS = 4
SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class Sample:
    """`cells` has the texts of each column; titles may be blank, or stand twice."""

    titles: list[str]
    cells: list[list[str]]
    sheet: OpenSheet

    def name_of(self, position: int) -> str:
        return self.titles[position] or _("Column %s") % column_letter(position)

    def shown(self, position: int) -> list[str]:
        """A few different texts to know the column by."""
        found = dict.fromkeys(filter(None, map(str.strip, self.cells[position])))
        return [_cut(text) for text in islice(found, SHOWN_CELLS)]


def read_sample(job: ImportJob, **corrected: Any) -> Sample:
    """Raises SheetError or StoredFileError when the file cannot be used.

    `corrected` is how it is to be read instead, as in `Reading`.
    """
    reading = replace(Reading(**job.reading), **corrected)
    path = stored_file(job)
    quickly = replace(limits(), seconds=SECONDS)
    with open_sheet(path, job.file_name, quickly, reading) as sheet:
        rows = [row.cells for row in islice(sheet.rows(), SAMPLE_ROWS)]
        cells = [[row[at] for row in rows] for at in range(len(sheet.columns))]
        return Sample(list(sheet.columns), cells, sheet)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    short = len(line) <= SHOWN_CHARACTERS
    return line if short else f"{line[:SHOWN_CHARACTERS]}…"
