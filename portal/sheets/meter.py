"""How much of a file has been read, so that somebody who waits can be told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO


@dataclass
class Meter:
    """Counts what passes, or asks an open file; `size` is what there is in all."""

    size: int = 0
    passed: int = 0
    file: IO[bytes] | None = None

    @property
    def share(self) -> float:
        """From 0 to 1; 0 where it cannot be told."""
        done = self.passed
        if self.file is not None:
            done = self.size if self.file.closed else self.file.tell()
        return min(1.0, done / self.size) if self.size else 0.0

    def counted(self, chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
        """These chunks, of a part of so many bytes."""
        self.size, self.passed = size, 0
        for chunk in chunks:
            self.passed += len(chunk)
            yield chunk
