"""Finds the parts of an xlsx package that are needed to read one worksheet."""

import posixpath
from dataclasses import dataclass, field

from portal.sheets.archive import Archive, damaged
from portal.sheets.markup import Attributes, each_element
from portal.sheets.problems import SheetError, quote

ROOT = ""
MOST_NAMED = 10


@dataclass
class Relation:
    kind: str
    part: str


@dataclass
class WorksheetEntry:
    name: str
    is_visible: bool
    relation: str


@dataclass
class Package:
    """What the workbook says of its parts. Hidden worksheets are not read."""

    archive: Archive
    worksheets: list[WorksheetEntry] = field(default_factory=list)
    uses_1904_dates: bool = False
    relations: dict[str, Relation] = field(default_factory=dict)

    def find_part(self, kind: str) -> str | None:
        """The part that the workbook relates to in this way, if it has one."""
        for relation in self.relations.values():
            if relation.kind == kind and relation.part in self.archive:
                return relation.part
        return None

    def visible_worksheets(self) -> list[tuple[str, str]]:
        """Name and part of each; charts on a page of their own are none."""
        found = []
        for entry in self.worksheets:
            relation = self.relations.get(entry.relation)
            if entry.is_visible and relation and relation.kind == "worksheet":
                found.append((entry.name, relation.part))
        return found


def open_package(archive: Archive) -> Package:
    documents = _read_relations(archive, ROOT).values()
    workbook = next((r.part for r in documents if r.kind == "officeDocument"), None)
    if workbook is None:
        raise damaged("it does not say where its workbook is")
    package = Package(archive, relations=_read_relations(archive, workbook))

    def handle(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            package.worksheets.append(_make_entry(attributes))
        elif name == "workbookPr":
            package.uses_1904_dates = attributes.get("date1904") in {"1", "true"}

    each_element(archive.chunks(workbook), handle)
    return package


def choose_worksheet(names: list[str], wanted: str | None) -> tuple[int, list[str]]:
    """Place of the worksheet to read among those that are seen, and what to tell."""
    if not names:
        raise SheetError.about("The file has no visible worksheet.")
    if wanted is None:
        return 0, _notices_about(names)
    if wanted not in names:
        raise SheetError.about(
            f"The file has no visible worksheet {quote(wanted)}. It has "
            f"{', '.join(map(quote, names[:MOST_NAMED]))}."
        )
    return names.index(wanted), []


def _notices_about(names: list[str]) -> list[str]:
    if len(names) == 1:
        return []
    return [f"{len(names)} worksheets; only the first, «{names[0]}», was read"]


def _make_entry(attributes: Attributes) -> WorksheetEntry:
    relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
    is_visible = attributes.get("state", "visible") == "visible"
    return WorksheetEntry(attributes.get("name", ""), is_visible, relation)


def _read_relations(archive: Archive, part: str) -> dict[str, Relation]:
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    relations: dict[str, Relation] = {}

    def handle(name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.join("/", folder, attributes.get("Target", ""))
            kind = attributes.get("Type", "").rpartition("/")[2]
            part = posixpath.normpath(target).lstrip("/")
            relations[attributes.get("Id", "")] = Relation(kind, part)

    each_element(archive.chunks(path), handle)
    return relations
