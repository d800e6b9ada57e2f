"""The zip archive that an xlsx or ods file is, opened as if its maker were hostile."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from portal.sheets.limits import Limits, describe_bytes
from portal.sheets.problems import SheetError

ENTRY_MAGIC = b"PK\x01\x02"
ENCRYPTED_FLAG = 0x1
CHUNK = 256 * 1024
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
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


class Archive:
    """Parts are found by name without regard to case, as spreadsheets find them."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        _check_count(data.count(ENTRY_MAGIC), limits)
        with _reports_damage():
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            entries = self._zip.infolist()
        _check_count(len(entries), limits)
        _check_entries(entries, limits)
        self._entries = {_key(entry.filename): entry for entry in entries}
        if len(self._entries) < len(entries):
            raise damaged("two of its parts have the same name")

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
        with _reports_damage(), self._zip.open(entry) as part:
            while chunk := part.read(CHUNK):
                yield chunk

    def read(self, name: str) -> bytes:
        return b"".join(self.chunks(name))


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _check_count(count: int, limits: Limits) -> None:
    if count > limits.parts:
        raise SheetError.about(
            f"The file has {count:,} parts inside; at most {limits.parts:,} are read."
        )


def _check_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes:
        raise SheetError.about(
            f"The file unpacks to {describe_bytes(unpacked)}; at most "
            f"{describe_bytes(limits.unpacked_bytes)} are read."
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
