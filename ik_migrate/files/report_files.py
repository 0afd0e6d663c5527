"""Reports and baselines: files that this tool itself reads and writes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ik_migrate.files.writing import new_text_file


def content(path: Path) -> bytes:
    """What a file or a pipe holds.

    Raises:
        OSError: when it can't be read, or is a device: some have no end.
    """
    if stat.S_ISCHR(path.stat().st_mode):
        raise OSError("it is a device")
    return path.read_bytes()


@contextmanager
def new_text(path: Path) -> Iterator[IO[str]]:
    """A stream of text, UTF-8, that takes the place of ``path`` when all has been written.

    What is no ordinary file, ``/dev/stderr`` or a pipe, is written to as it is.

    Raises:
        OSError: when it can't be written.
    """
    if path.exists() and not path.is_file():
        with open(path, "w", encoding="utf-8", newline="\n") as stream:
            yield stream
        return
    with new_text_file(Path(os.path.realpath(path))) as stream:
        yield stream
