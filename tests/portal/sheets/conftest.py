"""Short ways to ask what a file is read as, or why it is refused."""

import pytest

from portal.sheets import (
    DEFAULT_LIMITS,
    Reading,
    SheetError,
    open_sheet,
)
from tests.sheets import read_sheet


@pytest.fixture
def refuse():
    """Reads a file that must be refused, and returns the error."""

    def read(data, filename="people.csv", **options):
        data = data.encode() if isinstance(data, str) else data
        with pytest.raises(SheetError) as caught:
            read_sheet(data, filename, **options)
        return caught.value

    return read


@pytest.fixture
def cells():
    """Reads a file and returns its rows as lists of texts."""

    def read(data, filename="people.csv", **options):
        data = data.encode() if isinstance(data, str) else data
        return [row.cells for row in read_sheet(data, filename, **options).rows]

    return read


@pytest.fixture
def opened(tmp_path):
    """Opens a file with these wishes; returns the sheet and its rows."""

    def read(data, filename="people.csv", limits=DEFAULT_LIMITS, **wishes):
        path = tmp_path / "file"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        with open_sheet(path, filename, limits, Reading(**wishes)) as sheet:
            return sheet, list(sheet.rows())

    return read
