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


class NotRegular(OSError):
    """The path leads to a pipe, a device, a socket or a folder: reading it may never end."""


def file_content(path: Path, at_most: int = -1) -> bytes:
    """Return what a regular file holds.

    Args:
        path: the file; a link is followed.
        at_most: how many bytes to read; all if negative.

    Raises:
        NotRegular: when it is a pipe, a device, a socket or a folder.
        OSError: when it cannot be read, or when all of it is larger than `LARGEST`.
    """
    check_regular(path)
    with open(os.open(path, READ_ONLY), "rb") as stream:
        # What was checked may have been replaced since.
        size = _regular_size(os.fstat(stream.fileno()), path)
        limit = at_most if at_most >= 0 else LARGEST + 1
        data = stream.read(min(limit, size + 1)) if at_most >= 0 or size <= LARGEST else b""
        if len(data) > size:
            # It has grown, or is a file of the system: some of these call themselves empty and have no end.
            data += stream.read(limit - len(data))
        if at_most < 0 and max(size, len(data)) > LARGEST:
            raise OSError(errno.EFBIG, f"it is larger than {LARGEST // 1024 // 1024} MB", str(path))
        return data


def bounded_content(path: Path, limit: int) -> bytes:
    """Return all that a regular file holds.

    Args:
        path: the file; a link is followed.
        limit: how many bytes it may have.

    Raises:
        NotRegular: when it is a pipe, a device, a socket or a folder.
        OSError: when it cannot be read, or is larger.
    """
    data = file_content(path, limit + 1)
    if len(data) > limit:
        size = f"{limit // 1024 // 1024} MB" if limit >= 1024 * 1024 else f"{limit} bytes"
        raise OSError(errno.EFBIG, f"it is larger than {size}", str(path))
    return data


def check_regular(path: Path) -> int:
    """See that a path leads to a regular file, without opening it: to open a device can have an effect.

    Returns:
        How many bytes it has.

    Raises:
        NotRegular: when it is a pipe, a device, a socket or a folder.
        OSError: when it is not there.
    """
    return _regular_size(os.stat(path), path)


def _regular_size(status: os.stat_result, path: Path) -> int:
    kinds = (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    kind = next((name for is_kind, name in kinds if is_kind(status.st_mode)), "")
    if kind or not stat.S_ISREG(status.st_mode):
        raise NotRegular(errno.EINVAL, f"it is {kind or 'special'}, not a regular file", str(path))
    return status.st_size


def is_larger_than_text(path: Path) -> bool:
    """Whether a file is too large to be looked into, and neither Python nor text: a disk image, for example.

    Raises:
        OSError: when it cannot be read.
    """
    return path.stat().st_size > LARGEST and not any(large_pieces(path))


def large_pieces(path: str | os.PathLike[str]) -> Iterator[bytes]:
    """The beginning of a file too large to be held, piece by piece: as much as is held of others.

    Nothing where it is no text by its first bytes, nor Python by name. Each piece begins with the end of the one
    before, so that a word is whole in one of them.

    Raises:
        OSError: when it cannot be read.
    """
    with open(os.open(path, READ_ONLY), "rb") as stream:
        # Not until nothing comes any more: some files have terabytes, some of the system have no end.
        left = LARGEST - _PIECE
        piece = stream.read(_PIECE)
        if b"\0" in piece and not is_python(os.path.basename(path), b""):
            return
        while piece:
            yield piece
            new = stream.read(min(left, _LARGE_PIECE))
            left -= len(new)
            piece = piece[-_PIECE:] + new if new else b""


def is_path(text: str) -> bool:
    """Whether a file could go by that name: a text that a program wrote may be no name for the system at all."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False
