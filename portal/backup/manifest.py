"""What a backup says of itself."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from portal.backup.problems import BackupError

PRODUCT = "Reading Room"
# Changes when this code could no longer read what an older one wrote.
FORMAT = 1


@dataclass(frozen=True)
class Part:
    """One file in a backup."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """`rows` are the counts of each table; `head` is the last seal of history."""

    made_at: str
    engine: str
    engine_version: str
    migrations: list[list[str]]
    rows: dict[str, int]
    head: str
    parts: list[Part]
    product: str = PRODUCT
    format: int = FORMAT

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        """Raises BackupError for whatever this code did not write."""
        try:
            values = json.loads(text)
            _refuse_foreign(values)
            parts = [Part(**part) for part in values.pop("parts")]
            made = cls(**values, parts=parts)
            _refuse_other_types(made)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BackupError("The manifest of this backup is damaged.") from error
        return made


def _refuse_foreign(values: dict[str, Any]) -> None:
    if values.get("product") != PRODUCT:
        raise BackupError(f"This is no backup of {PRODUCT}.")
    if int(values["format"]) > FORMAT:
        raise BackupError(
            "A newer version of the portal made this backup. Restore it with that one."
        )


def _refuse_other_types(made: Manifest) -> None:
    kinds = {"migrations": list, "rows": dict, "parts": list, "format": int}
    for field in fields(made):
        if not isinstance(getattr(made, field.name), kinds.get(field.name, str)):
            raise TypeError(field.name)
    for part in made.parts:
        if not (isinstance(part.name, str) and isinstance(part.size, int)):
            raise TypeError(part)
