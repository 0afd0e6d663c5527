"""Reports and baselines: files that this tool itself reads and writes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ik_migrate.files.reading import bounded_content
from ik_migrate.files.writing import new_text_file

_LARGEST = 256 * 1024 * 1024


def content(path: Path) -> bytes:
    """Return what a report or a baseline holds.

    Raises:
        OSError: when it cannot be read, is not a regular file (some others have no end), or is too large.
    """
    return bounded_content(path, _LARGEST)


@contextmanager
def new_text(path: Path) -> Iterator[IO[str]]:
    """A stream of text, UTF-8, that takes the place of ``path`` when all has been written.

    What is not a regular file, ``/dev/stderr`` or a pipe, is written to as it is.

    Raises:
        OSError: when it cannot be written.
    """
    if path.exists() and not path.is_file():
        with open(path, "w", encoding="utf-8", newline="\n") as stream:
            yield stream
        return
    with new_text_file(Path(os.path.realpath(path))) as stream:
        yield stream
