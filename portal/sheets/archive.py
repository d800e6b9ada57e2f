"""The zip archive that an xlsx or ods file is, opened as if its maker were hostile."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from portal.sheets.deadline import Deadline
from portal.sheets.limits import MIB, Limits, describe_bytes
from portal.sheets.problems import SheetError

ENCRYPTED_FLAG = 0x1
CHUNK = 64 * 1024
# The list of its parts is what zipfile reads at once, and a table has few parts.
LONGEST_READ = MIB
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# Small files may repeat themselves as much as they like.
RATIO_MATTERS_FROM = 16 * MIB
DAMAGED = (
    "The file is damaged: {detail}. Open it in the program that made it, save it "
    "again and send that."
)
PROTECTED = (
    "The file is protected with a password, so it cannot be read. Save it without a "
    "password."
)


def damaged(detail: str) -> SheetError:
    return SheetError.about(DAMAGED.format(detail=detail))


class _FrugalFile(io.FileIO):
    """An archive can declare a list of parts as long as the file, and zipfile would
    read it into memory before it looks at it."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            size = LONGEST_READ
        if size > LONGEST_READ:
            raise ValueError("more than an archive of a table needs at once")
        return super().read(size) or b""


class Archive:
    """Parts are found by name without regard to case, as spreadsheets find them."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._file = _FrugalFile(path)
        self._deadline = Deadline(limits)
        try:
            self._entries = self._read_entries(limits)
        except BaseException:
            self._file.close()
            raise

    def _read_entries(self, limits: Limits) -> dict[str, zipfile.ZipInfo]:
        with _reports_damage():
            self._zip = zipfile.ZipFile(self._file)
            entries = self._zip.infolist()
        _check_count(len(entries), limits)
        _check_entries(entries, limits)
        found = {_key(entry.filename): entry for entry in entries}
        if len(found) < len(entries):
            raise damaged("two of its parts have the same name")
        return found

    def close(self) -> None:
        self._zip.close()
        self._file.close()

    @property
    def names(self) -> list[str]:
        return list(self._entries)

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._entries

    def chunks(self, name: str) -> Iterator[bytes]:
        """Unpack one part piece by piece. No more comes out than the archive
        declares, because zipfile stops there and then compares the checksum."""
        entry = self._entries.get(_key(name))
        if entry is None:
            raise damaged(f"its part {name} is missing")
        with _reports_damage():
            part = self._zip.open(entry)
        with part:
            while chunk := _read_chunk(part):
                self._deadline.check()
                yield chunk

    def size_of(self, name: str) -> int:
        """Bytes of a part when it is unpacked, as the archive declares them; else 0."""
        entry = self._entries.get(_key(name))
        return entry.file_size if entry else 0

    def holds(self, name: str, words: bytes) -> bool:
        """Whether a part, if there is one of this name, has these words in it."""
        if name not in self:
            return False
        tail = b""
        for chunk in self.chunks(name):
            if words in tail + chunk:
                return True
            tail = chunk[-len(words) :]
        return False


def _read_chunk(part: IO[bytes]) -> bytes:
    # The reader's own errors, raised while it has the chunk, are none of an archive.
    with _reports_damage():
        return part.read(CHUNK)


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _check_count(count: int, limits: Limits) -> None:
    if count > limits.parts:
        raise SheetError.about(
            f"The file has {count:,} parts inside; at most {limits.parts:,} are read."
        )


def _check_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > limits.unpacked_bytes:
        raise SheetError.about(
            f"The file unpacks to {describe_bytes(unpacked)}; at most "
            f"{describe_bytes(limits.unpacked_bytes)} are read."
        )
    if unpacked > RATIO_MATTERS_FROM and unpacked > packed * limits.ratio:
        raise SheetError.about(
            f"The file unpacks to {describe_bytes(unpacked)}, more than "
            f"{limits.ratio} times its size, which no table does. Copy only the table "
            "into a new workbook."
        )
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        raise SheetError.about(PROTECTED)
    if any(entry.compress_type not in METHODS for entry in entries):
        raise damaged("a part is packed in a way that spreadsheets do not use")


@contextmanager
def _reports_damage() -> Iterator[None]:
    """The standard library answers a damaged archive with any of these."""
    try:
        yield
    except SheetError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        IndexError,
        NotImplementedError,
        OSError,
        OverflowError,
        RuntimeError,
        ValueError,
    ) as error:
        raise damaged("a part of it cannot be unpacked") from error
