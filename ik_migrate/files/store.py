"""What files hold and will hold, kept out of memory until somebody asks."""

from __future__ import annotations

import io
import weakref
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from ik_migrate.results import FileResult

_IN_MEMORY_AT_MOST = 4 * 1024 * 1024


@dataclass(frozen=True)
class Stored:
    """A stretch of bytes in a store.

    Args:
        store: where they are.
        start: offset of the first.
        length: how many they are.
    """

    store: Store
    start: int
    length: int

    def read(self) -> bytes:
        """The bytes."""
        return self.store.read(self.start, self.length)


class Store:
    """Keeps the contents of files in memory as long as they are few, then in a temporary file without a name."""

    def __init__(self) -> None:
        self._file: IO[bytes] = io.BytesIO()
        self._end = 0

    def keep(self, result: FileResult) -> FileResult:
        """The same result, its contents kept here.

        Raises:
            OSError: when there is no room for them.
        """
        before, after = result.before, result.after
        kept = self._put(before)
        return replace(result, before=kept, after=kept if after == before else self._put(after))

    def _put(self, data: bytes) -> Stored:
        if isinstance(self._file, io.BytesIO) and self._end + len(data) > _IN_MEMORY_AT_MOST:
            self._move_to_disk(self._file.getvalue())
        self._write(self._end, data)
        start, self._end = self._end, self._end + len(data)
        return Stored(self, start, len(data))

    def _move_to_disk(self, data: bytes) -> None:
        import tempfile

        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._write(0, data)

    def _write(self, start: int, data: bytes) -> None:
        self._file.seek(start)
        try:
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            import tempfile

            folder = tempfile.gettempdir()
            reason = f"{error.strerror}, in the folder for temporary files, {folder}; TMPDIR names another"
            raise OSError(error.errno, reason) from None

    def read(self, start: int, length: int) -> bytes:
        """What was kept from one offset on."""
        self._file.seek(start)
        return self._file.read(length)
