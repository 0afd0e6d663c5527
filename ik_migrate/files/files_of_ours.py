"""Reports and baselines: files that this tool itself reads and writes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


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
    """
    mode = path.stat().st_mode if path.exists() else None
    if mode is not None and not stat.S_ISREG(mode):
        with open(path, "w", encoding="utf-8", newline="\n") as stream:
            yield stream
        return
    target = Path(os.path.realpath(path))
    name = target.with_name(f".{target.name}.{os.getpid()}.ik-migrate")
    try:
        # Not a file of `tempfile`, which nobody else may read: this one gets the mode of any new file.
        with open(name, "x", encoding="utf-8", newline="\n") as stream:
            yield stream
        if mode is not None:
            os.chmod(name, stat.S_IMODE(mode))
        os.replace(name, target)
    except BaseException:
        name.unlink(missing_ok=True)
        raise
