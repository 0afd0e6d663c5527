"""Reading what may not be what it seems: files that never end, and names that no file has."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ik_migrate.files.filetypes import is_python

READ_ONLY = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
"""How files are opened: without waiting for somebody who writes to it, should it be a pipe."""

LARGEST = 64 * 1024 * 1024
"""Bytes. No file of more is looked into: nobody wrote it, and its syntax tree would fill the memory."""
_PIECE = 64 * 1024
_LARGE_PIECE = 8 * 1024 * 1024


def file_content(path: Path, at_most: int = -1) -> bytes:
    """What an ordinary file holds.

    Args:
        path: the file; a link is followed.
        at_most: how many bytes to read; all if negative.

    Raises:
        OSError: when it can't be read, or is a pipe, a device or a folder, or when all of it is larger than `LARGEST`.
    """
    with open(os.open(path, READ_ONLY), "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is not an ordinary file", str(path))
        if at_most < 0 and status.st_size > LARGEST:
            raise OSError(errno.EFBIG, f"it is larger than {LARGEST // 1024 // 1024} MB", str(path))
        return stream.read(at_most)


def is_larger_than_text(path: Path) -> bool:
    """Whether a file is too large to be looked into, and neither Python nor text: a picture of a disk, say.

    Raises:
        OSError: when it can't be read.
    """
    return path.stat().st_size > LARGEST and not any(large_pieces(path))


def large_pieces(path: str | os.PathLike[str]) -> Iterator[bytes]:
    """A file too large to be held, piece by piece: nothing where it is no text by its first bytes, nor Python by name.

    Each piece begins with the end of the one before, so that a word is whole in one of them.

    Raises:
        OSError: when it can't be read.
    """
    with open(os.open(path, READ_ONLY), "rb") as stream:
        piece = stream.read(_PIECE)
        if b"\0" in piece and not is_python(os.path.basename(path), b""):
            return
        while piece:
            yield piece
            new = stream.read(_LARGE_PIECE)
            piece = piece[-_PIECE:] + new if new else b""


def is_path(text: str) -> bool:
    """Whether a file could go by that name: a text that a program wrote may be no name for the system at all."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False
