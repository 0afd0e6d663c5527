"""Writing files so that each is whole at any moment: the old one or the new one, whatever comes in between.

The new file is made beside the old one and moved over it. As long as it is being made it is locked, so that
a later run can tell it from what a run that was killed has left behind, and take only the latter away.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from ik_migrate.files.filetypes import UNFINISHED
from ik_migrate.files.reading import file_content

# Windows locks a file for as long as it is open, all by itself.
if sys.platform != "win32":
    import fcntl

_UNFINISHED = re.compile(rf"\..+\.[a-z0-9_]{{8}}{re.escape(UNFINISHED)}", re.DOTALL)
# What may be secret in a file is nobody else's to read before the file has the mode that it shall have.
_PRIVATE = 0o600


class ChangedOnDisk(Exception):
    """The file is not what it was when it was read."""


@dataclass(frozen=True)
class Lost:
    """What of a file besides its content could not be kept.

    Args:
        names: how many other names (hard links) it had, which still hold the old content.
        owner: whether it has another owner or group now.
        attributes: whether extended attributes or access control lists are lost.
    """

    names: int = 0
    owner: bool = False
    attributes: bool = False

    def __str__(self) -> str:
        said = []
        if self.names:
            other = "one other name" if self.names == 1 else f"{self.names} other names"
            said.append(f"it had {other} (hard links): there, the old text remains")
        if self.owner:
            said.append("its owner or group could not be kept")
        if self.attributes:
            said.append("its access control list or extended attributes could not be kept")
        return "; ".join(said)


def replace_file(path: Path, before: bytes, after: bytes) -> Lost:
    """Put ``after`` in the place of ``before``, whole or not at all, keeping all else about the file.

    A link is followed, not replaced. A file without any write permission is left unchanged, even for root.

    Returns:
        What could not be kept.

    Raises:
        ChangedOnDisk: when the file no longer holds ``before``.
        OSError: when it cannot be written; the old file is then untouched.
    """
    target = Path(os.path.realpath(path))
    status = target.stat()
    if not status.st_mode & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "it is read-only", str(path))
    with new_file(target) as stream:
        stream.write(after)
        _complete(stream)
        lost = _made_alike(stream.name, target, status)
        if file_content(target, len(before) + 1) != before:
            raise ChangedOnDisk("it was changed by someone else since it was read")
        os.replace(stream.name, target)
    return lost


def create_file(path: Path, data: bytes) -> None:
    """Write a file that does not exist yet, whole or not at all.

    Raises:
        ChangedOnDisk: when there is such a file by now.
        OSError: when it cannot be written.
    """
    with new_file(path, 0o666) as stream:
        stream.write(data)
        _complete(stream)
        if path.exists() or path.is_symlink():
            raise ChangedOnDisk("it was created by someone else since the run started")
        os.replace(stream.name, path)


@contextlib.contextmanager
def new_text_file(target: Path) -> Iterator[IO[str]]:
    """A stream of text, UTF-8, that takes the place of a file when all has been written, or becomes one.

    What runs that were killed have left beside it is taken away.

    Args:
        target: the file, no link.

    Raises:
        OSError: when it cannot be written; the old file is then untouched.
    """
    try:
        status = target.stat()
    except FileNotFoundError:
        status = None
    remove_unfinished(target.parent)
    # As any new file is: with what the umask and the folder leave of it.
    with new_file(target, 0o666 if status is None else _PRIVATE) as stream:
        text = io.TextIOWrapper(stream, "utf-8", newline="\n")
        yield text
        text.detach()
        _complete(stream)
        if status is not None:
            _made_alike(stream.name, target, status)
        os.replace(stream.name, target)


def create_copy(path: Path, data: bytes, original: Path) -> None:
    """Make a file that is not there yet, whole or not at all, with all that another one has but its content.

    Args:
        path: the file to make.
        data: what it shall hold.
        original: whose owner, mode, times and attributes it gets, as far as it may have them.

    Raises:
        FileExistsError: when there is one.
        OSError: when it cannot be written.
    """
    status = original.stat()
    with new_file(path) as stream:
        stream.write(data)
        _complete(stream)
        _made_alike(stream.name, original, status)
        os.utime(stream.name, ns=(status.st_atime_ns, status.st_mtime_ns))
        try:
            os.link(stream.name, path)
        except FileExistsError:
            raise
        except OSError:
            # No hard links on this file system. What is there may be overwritten by a hair's breadth only.
            if os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
            os.replace(stream.name, path)


def remove_unfinished(folder: Path) -> list[Path]:
    """Take away what runs that were killed have left in a folder; nothing of a run that is still at work.

    Only files count that are named as this module names them, belong to this user, and are locked by nobody.
    """
    removed = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _UNFINISHED.fullmatch(entry.name) and entry.is_file(follow_symlinks=False) and _remove_if_dead(entry):
                removed.append(Path(entry.path))
    return removed


def _remove_if_dead(entry: os.DirEntry[str]) -> bool:
    try:
        status = entry.stat(follow_symlinks=False)
        if hasattr(os, "geteuid") and os.geteuid() not in {0, status.st_uid}:
            return False
        if sys.platform == "win32":
            os.unlink(entry.path)
        else:
            handle = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(entry.path)
            finally:
                os.close(handle)
    except OSError:
        # It is locked, was removed, or cannot be removed: another run or user owns it.
        return False
    return True


@contextlib.contextmanager
def new_file(target: Path, mode: int = _PRIVATE) -> Iterator[IO[bytes]]:
    """A file beside ``target`` to be written, that goes by the stream's ``name``; gone afterwards unless it was moved.

    Args:
        target: whose place it shall take.
        mode: its permissions, of which the umask takes away.

    Raises:
        OSError: when it cannot be made or written.
    """
    # A name may have 255 bytes, and ours comes in addition.
    stem = os.fsdecode(os.fsencode(target.name)[:200])
    name = os.path.join(target.parent, f".{stem}.{os.urandom(4).hex()}{UNFINISHED}")
    stream: IO[bytes] | None = None
    try:
        while stream is None:
            stream = _locked_file(name, mode)
        # Kept open, and so locked, until it has its final name.
        yield stream
    finally:
        # Ctrl-C may have come when there was the file and not yet its stream.
        if stream is not None:
            _let_go(stream)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        if stream is not None:
            stream.close()


def _complete(stream: IO[bytes]) -> None:
    """Have all that was written on the disk, so that the file can be moved."""
    stream.flush()
    os.fsync(stream.fileno())
    _let_go(stream)


def _let_go(stream: IO[bytes]) -> None:
    """Close a file where an open one can be neither moved nor removed."""
    if sys.platform == "win32":
        stream.close()


def _locked_file(name: str, mode: int) -> IO[bytes] | None:
    """A new file, locked; None where another run has taken it for a leftover before it was."""
    stream = open(name, "xb", opener=partial(os.open, mode=mode))  # noqa: SIM115
    if sys.platform == "win32":
        return stream
    with contextlib.suppress(OSError):
        # Not every file system has locks.
        fcntl.flock(stream, fcntl.LOCK_EX)
    if os.fstat(stream.fileno()).st_nlink:
        return stream
    stream.close()
    return None


def _made_alike(name: str, old: Path, status: os.stat_result) -> Lost:
    """Give a new file all that the old one has but its content.

    Args:
        name: the new file.
        old: the old one.
        status: that of the old one.

    Returns:
        What could not be kept.
    """
    owner = _keep_owner(name, status)
    attributes = _keep_attributes(old, name)
    mode = stat.S_IMODE(status.st_mode)
    # A program that runs with its owner's rights must not run with somebody else's.
    os.chmod(name, mode if owner else mode & 0o777)
    return Lost(max(0, status.st_nlink - 1), not owner, not attributes)


def _keep_owner(name: str, status: os.stat_result) -> bool:
    """Give a file its predecessor's owner: root, in a container for instance, would take it over."""
    if not hasattr(os, "chown"):
        return True
    own = os.stat(name)
    if (status.st_uid, status.st_gid) != (own.st_uid, own.st_gid):
        try:
            os.chown(name, status.st_uid, status.st_gid)
        except OSError:
            return False
    return True


def _keep_attributes(old: Path, new: str) -> bool:
    """Copy extended attributes, of which access control lists are made on Linux."""
    if not hasattr(os, "listxattr"):
        return True
    kept = True
    try:
        names = os.listxattr(old)
    except OSError:
        # The file system has none.
        return True
    for name in names:
        try:
            value = os.getxattr(old, name)
            if name not in os.listxattr(new) or os.getxattr(new, name) != value:
                os.setxattr(new, name, value)
        except OSError:
            kept = False
    return kept
