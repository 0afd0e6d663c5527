"""Reading what may not be what it seems: files that never end, and names that no file has."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

READ_ONLY = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
"""How files are opened: without waiting for somebody who writes to it, should it be a pipe."""


def file_content(path: Path, at_most: int = -1) -> bytes:
    """What an ordinary file holds.

    Args:
        path: the file; a link is followed.
        at_most: how many bytes to read; all if negative.

    Raises:
        OSError: when it can't be read, or is a pipe, a device or a folder.
    """
    with open(os.open(path, READ_ONLY), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is not an ordinary file", str(path))
        return stream.read(at_most)


def is_path(text: str) -> bool:
    """Whether a file could go by that name: a text that a program wrote may be no name for the system at all."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False
