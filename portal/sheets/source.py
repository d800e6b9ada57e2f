"""A file as its format's reader opened it, and the wishes it was opened with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from portal.sheets.formats import SheetFormat
from portal.sheets.meter import Meter
from portal.sheets.problems import SheetError
from portal.sheets.record import Record


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file; what is None is found out.

    `worksheet` is a name, `header_row` is counted as the file counts (from 1),
    `encoding` is one of `ENCODINGS`.
    """

    worksheet: str | None = None
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None

    def refuse_others(self, format: SheetFormat, *fitting: str) -> None:
        """Raise when it says something that has no meaning in this format."""
        for name in ("worksheet", "header_row", "encoding", "delimiter"):
            if name not in fitting and getattr(self, name) is not None:
                raise SheetError.about(
                    f"There is no {name.replace('_', ' ')} to choose in a file that is "
                    f"{format.label}. Leave the choice out."
                )


@dataclass
class Source:
    """`records` starts anew each time it is called. `is_ragged` is for formats in which
    a row ends after its last value; elsewhere a short row has lost its delimiters.
    `columns` is None where they are to be found in the header row."""

    format: SheetFormat
    records: Callable[[], Iterator[Record]]
    columns: list[str] | None = None
    is_ragged: bool = True
    worksheet: str = ""
    worksheets: list[str] = field(default_factory=list)
    encoding: str = ""
    encoding_label: str = ""
    delimiter: str = ""
    notices: list[str] = field(default_factory=list)
    meter: Meter = field(default_factory=Meter)
