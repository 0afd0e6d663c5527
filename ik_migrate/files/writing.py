"""Writing files so that each is whole at any moment: the old one or the new one, whatever comes in between.

The new file is made beside the old one and moved over it. As long as it is being made it is locked, so that
a later run can tell it from what a run that was killed has left behind, and take only the latter away.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ik_migrate.files.filetypes import UNFINISHED

# Windows locks a file for as long as it is open, all by itself.
if sys.platform != "win32":
    import fcntl

_UNFINISHED = re.compile(rf"\..+\.[a-z0-9_]{{8}}{re.escape(UNFINISHED)}")


class ChangedOnDisk(Exception):
    """The file is not what it was when it was read."""


@dataclass(frozen=True)
class Lost:
    """What of a file besides its content could not be kept.

    Args:
        names: how many other names (hard links) it had, which still hold the old content.
        owner: whether it has another owner or group now.
        attributes: whether extended attributes or access control lists are gone.
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

    A link is followed, not replaced. A file without any write permission is left alone, whoever asks: root too.

    Returns:
        What could not be kept.

    Raises:
        ChangedOnDisk: when the file no longer holds ``before``.
        OSError: when it can't be written; the old file is then untouched.
    """
    target = Path(os.path.realpath(path))
    status = target.stat()
    mode = stat.S_IMODE(status.st_mode)
    if not mode & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "it is read-only", str(path))
    with _new_file(target, after) as name:
        owner = _keep_owner(name, status)
        attributes = _keep_attributes(target, name)
        # A program that runs with its owner's rights must not run with somebody else's.
        os.chmod(name, mode if owner else mode & 0o777)
        if target.read_bytes() != before:
            raise ChangedOnDisk("it was changed by someone else since it was read")
        os.replace(name, target)
    return Lost(max(0, status.st_nlink - 1), not owner, not attributes)


def create_file(path: Path, data: bytes) -> None:
    """Make a file that is not there yet, whole or not at all.

    Raises:
        FileExistsError: when there is one.
        OSError: when it can't be written.
    """
    with _new_file(path, data) as name:
        try:
            os.link(name, path)
        except FileExistsError:
            raise
        except OSError:
            # No hard links on this file system. What is there may be overwritten by a hair's breadth only.
            if os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
            os.replace(name, path)


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
        # It is locked, or gone, or can't be removed: all of them somebody else's business.
        return False
    return True


@contextlib.contextmanager
def _new_file(target: Path, data: bytes) -> Iterator[str]:
    """A file beside ``target`` with this content; gone afterwards unless it was moved."""
    handle, name = _locked_file(target)
    # Kept open, and so locked, until it has its final name.
    with os.fdopen(handle, "wb") as stream:
        try:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
            if sys.platform == "win32":
                # Windows moves no file that is open.
                stream.close()
            yield name
        finally:
            Path(name).unlink(missing_ok=True)


def _locked_file(target: Path) -> tuple[int, str]:
    """A new file beside ``target``, locked: its descriptor and its path."""
    # A name may have 255 bytes, and ours comes in addition.
    stem = os.fsdecode(os.fsencode(target.name)[:200])
    while True:
        handle, name = tempfile.mkstemp(prefix=f".{stem}.", suffix=UNFINISHED, dir=target.parent)
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                # Not every file system has locks.
                fcntl.flock(handle, fcntl.LOCK_EX)
        if sys.platform == "win32" or os.fstat(handle).st_nlink:
            return handle, name
        # Another run took it for a leftover before it was locked.
        os.close(handle)


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
