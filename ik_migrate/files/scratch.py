"""Temporary folders that no run leaves behind for good, however it ends.

`scratch_folder` removes its folder when the block ends, also by an exception or a signal. A process that is killed
cannot do that, so each folder holds a lock file, locked as long as its run lives: the next run that needs a scratch
folder removes those of this user that nobody locks. A lock, unlike a process number, holds across containers that share
the folder for temporary files.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from ik_migrate.files.signals import postpone_signals
from ik_migrate.model.errors import IkMigrateError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PREFIX = "ik-migrate-scratch-"
"""What the names of scratch folders begin with."""
LOCK = "ik-migrate.lock"
"""The file in each scratch folder that is locked as long as its run lives."""
MARK = b"scratch folder of ik-migrate; removed when its run has ended\n"
"""What the lock file says. Folders without it are not ours."""

_CONTENT = "content"
# A folder has this name until it has its lock.
_NEW_PREFIX = "ik-migrate-new-"
_NEW_SECONDS = 3600
_ATTEMPTS = 3
_OPEN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class LeftBehind(IkMigrateError):
    """A scratch folder cannot be removed.

    Args:
        folder: the folder.
        error: why it cannot.
    """

    def __init__(self, folder: Path, error: OSError) -> None:
        reason = error.strerror or str(error)
        super().__init__(f"cannot remove the temporary folder {folder}: {reason}. Remove it yourself.")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield an empty folder that only this user can read; it is removed when the block ends.

    Raises:
        OSError: when the folder cannot be created.
        LeftBehind: when it cannot be removed.
    """
    _remove_abandoned_once()
    created: tuple[Path, int] | None = None
    try:
        with postpone_signals():
            created = _create()
        yield created[0] / _CONTENT
    finally:
        if created is not None:
            with postpone_signals():
                _remove(*created)


def remove_abandoned() -> list[Path]:
    """Remove the scratch folders of runs that were killed, and return them.

    Only folders count that are named as this module names them, belong to this user and hold a lock file with our mark
    that nobody locks. Links are not followed. A folder that cannot be removed is left for a later run.
    """
    removed = []
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if not entry.name.startswith((PREFIX, _NEW_PREFIX)):
                continue
            with suppress(OSError, LeftBehind):
                if entry.is_dir(follow_symlinks=False) and _remove_if_abandoned(Path(entry.path)):
                    removed.append(Path(entry.path))
    return removed


@lru_cache(maxsize=1)
def _remove_abandoned_once() -> None:
    remove_abandoned()


def _create() -> tuple[Path, int]:
    """Create a scratch folder; return it with the handle that locks it."""
    new = Path(tempfile.mkdtemp(prefix=_NEW_PREFIX))
    folder = new.with_name(PREFIX + new.name.removeprefix(_NEW_PREFIX))
    lock = -1
    try:
        lock = os.open(new / LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL | _OPEN, 0o600)
        with suppress(OSError):
            # Not every file system has locks. Without one, no run removes what this one may leave.
            _take(lock)
        os.write(lock, MARK)
        (new / _CONTENT).mkdir(mode=0o700)
        # Only now can another run find it.
        os.rename(new, folder)
    except BaseException:
        if lock >= 0:
            os.close(lock)
        shutil.rmtree(new, ignore_errors=True)
        raise
    return folder, lock


def _take(lock: int) -> None:
    """Lock a file.

    Raises:
        OSError: when another process has locked it, or there are no locks.
    """
    if sys.platform == "win32":
        os.lseek(lock, 0, os.SEEK_SET)
        msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _remove_if_abandoned(folder: Path) -> bool:
    """Remove a folder whose run has ended; return whether there was one.

    Raises:
        OSError: when it is locked or cannot be looked at.
        LeftBehind: when it cannot be removed.
    """
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or (hasattr(os, "geteuid") and status.st_uid != os.geteuid()):
        return False
    is_unfinished = folder.name.startswith(_NEW_PREFIX) and time.time() - status.st_mtime > _NEW_SECONDS
    if is_unfinished and not os.path.lexists(folder / LOCK):
        # Killed between two system calls. Fails where somebody has put something in.
        os.rmdir(folder)
        return True
    lock = os.open(folder / LOCK, os.O_RDWR | _OPEN)
    is_ours = False
    try:
        is_ours = stat.S_ISREG(os.fstat(lock).st_mode) and (is_unfinished or os.read(lock, len(MARK) + 1) == MARK)
        if is_ours:
            _take(lock)
    except OSError:
        is_ours = False
    finally:
        if not is_ours:
            os.close(lock)
    if is_ours:
        _remove(folder, lock)
    return is_ours


def _remove(folder: Path, lock: int) -> None:
    """Remove a scratch folder that this process has locked, its lock file last: a removal that is killed can go on.

    Raises:
        LeftBehind: when it cannot be removed.
    """
    try:
        try:
            _remove_tree(folder / _CONTENT)
        finally:
            # Windows removes no file that is open.
            os.close(lock)
        _remove_tree(folder)
    except OSError as error:
        raise LeftBehind(folder, error) from None


def _remove_tree(folder: Path) -> None:
    """Remove a folder with all that is in it; nothing where it does not exist.

    A process that was just ended may still be removing the same files, and may have taken permissions away. A link is
    removed, and never followed.
    """
    if os.path.islink(folder):
        os.unlink(folder)
        return
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            shutil.rmtree(folder)
            return
        except OSError:
            if not os.path.lexists(folder):
                return
            if attempt == _ATTEMPTS:
                raise
            _make_writable(folder)


def _make_writable(folder: Path) -> None:
    """Let this user remove what is in a folder and those below it."""
    waiting = [str(folder)]
    while waiting:
        place = waiting.pop()
        with suppress(OSError):
            os.chmod(place, 0o700)
            with os.scandir(place) as entries:
                waiting += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
