"""The file formats that the portal reads and writes."""

from enum import Enum


class SheetFormat(Enum):
    """One format; its value is the ending of the file's name, without the dot."""

    CSV = "csv"
    TSV = "tsv"
    XLSX = "xlsx"
    ODS = "ods"
    JSON = "json"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def content_type(self) -> str:
        return _CONTENT_TYPES[self]

    @property
    def delimiter(self) -> str | None:
        """What stands between two cells, in the formats that are plain text."""
        return _DELIMITERS.get(self)


_LABELS = {
    SheetFormat.CSV: "CSV",
    SheetFormat.TSV: "TSV",
    SheetFormat.XLSX: "Excel workbook",
    SheetFormat.ODS: "OpenDocument spreadsheet",
    SheetFormat.JSON: "JSON",
}
_CONTENT_TYPES = {
    SheetFormat.CSV: "text/csv",
    SheetFormat.TSV: "text/tab-separated-values",
    SheetFormat.XLSX: (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ),
    SheetFormat.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    SheetFormat.JSON: "application/json",
}
_DELIMITERS = {SheetFormat.CSV: ",", SheetFormat.TSV: "\t"}


def describe_accepted() -> str:
    """All formats in one phrase, to end a refusal with."""
    return ", ".join(f"{each.label} (.{each.value})" for each in SheetFormat)
