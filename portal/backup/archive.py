"""The zip file of a backup: written once, and read with suspicion."""

import errno
import hashlib
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from portal.backup.manifest import Manifest, Part
from portal.backup.problems import BackupError, OnStep

PIECE = 1024 * 1024
MANIFEST, DATABASE = "manifest.json", "database"
# One line for each migration, table and waiting file; more is no manifest.
MANIFEST_MAX = 64 * PIECE
# Nothing else is ever written to a disk, so no name leads out of its folder.
PART_NAME = re.compile(
    r"database|(?:imports|exports)/[0-9a-f-]{36}(?:\.upload|\.keys)?"
)
# What `zipfile` says to bytes that are no zip file, or are one no more.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    RuntimeError,
    ValueError,
)


class ArchiveWriter:
    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(
            file, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=1
        )

    def add(self, name: str, source: IO[bytes], on_step: OnStep, total: int) -> Part:
        digest, size = hashlib.sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as target:
            while piece := source.read(PIECE):
                target.write(piece)
                digest.update(piece)
                size += len(piece)
                on_step(f"Packing {name}", size, total)
        return Part(name, size, digest.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        self._zip.writestr(MANIFEST, manifest.to_json())
        self._zip.close()


class Archive:
    """A backup that is being read; whatever is wrong with it is a BackupError."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._zip = file
        self.manifest = Manifest.from_json(self._manifest())
        self._refuse_other_parts()

    def verify(self, on_step: OnStep) -> None:
        """Read every part to its end, and compare it with the manifest."""
        for part in self.manifest.parts:
            for _piece in self._pieces(part, on_step):
                pass

    def extract(self, part: Part, target: IO[bytes], on_step: OnStep) -> None:
        for piece in self._pieces(part, on_step):
            target.write(piece)

    def part(self, name: str) -> Part:
        return next(part for part in self.manifest.parts if part.name == name)

    def _manifest(self) -> bytes:
        if MANIFEST not in self._zip.namelist():
            raise BackupError("This is no backup: it has no manifest.")
        if self._zip.getinfo(MANIFEST).file_size > MANIFEST_MAX:
            raise BackupError("The manifest of this backup is too long.")
        with _damage_told():
            return self._zip.read(MANIFEST)

    def _refuse_other_parts(self) -> None:
        told = [part.name for part in self.manifest.parts]
        if sorted([*told, MANIFEST]) != sorted(self._zip.namelist()):
            raise BackupError("This backup holds other files than its manifest says.")
        if strange := [name for name in told if not PART_NAME.fullmatch(name)]:
            raise BackupError(f"This backup holds a file of a strange name: {strange}.")
        if DATABASE not in told:
            raise BackupError("This backup holds no database.")

    def _pieces(self, part: Part, on_step: OnStep) -> Iterator[bytes]:
        """Never more than the manifest says, whatever the zip file would unpack to."""
        digest, size = hashlib.sha256(), 0
        with _damage_told(), self._zip.open(part.name) as source:
            while piece := source.read(PIECE):
                digest.update(piece)
                size += len(piece)
                if size > part.size:
                    break
                on_step(f"Reading {part.name}", size, part.size)
                yield piece
        if (size, digest.hexdigest()) != (part.size, part.sha256):
            raise BackupError(f"This backup is damaged: «{part.name}» is not as made.")


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    if not path.is_file():
        raise BackupError(f"There is no file {path}.")
    with _damage_told():
        file = zipfile.ZipFile(path)
    with file:
        yield Archive(file)


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except DAMAGED as error:
        raise BackupError(f"The file is damaged, or no backup: {error}.") from error
    except OSError as error:
        # It leads to a place before its own beginning.
        if error.errno != errno.EINVAL:
            raise
        raise BackupError("The file is damaged, or no backup.") from error
