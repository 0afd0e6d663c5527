"""The folder for temporary files, and its end."""

from __future__ import absolute_import, division, unicode_literals

import os
import shutil
import signal
import tempfile
import threading
import time

SCRATCH = "ik-migrate-scratch-"
NEW_SCRATCH = "ik-migrate-new-"
LOCK = "ik-migrate.lock"
MARK = b"scratch folder of ik-migrate; removed when its run has ended\n"
"""How scratch folders are recognised; see ``files/scratch.py``, which recognises those made here."""


def raise_ending_signals():
    """Let SIGTERM and SIGHUP raise an exception, so that temporary files are removed."""

    def obey(number, frame):
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, obey)


def end_with_parent(folder):
    """Remove a folder and end the process when the one that started it was killed; it would be noticed late."""
    if not hasattr(os, "getppid"):
        return
    parent = os.getppid()
    sleep = time.sleep

    def watch():
        while os.getppid() == parent:
            sleep(1)
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    watcher = threading.Thread(target=watch)
    watcher.daemon = True
    watcher.start()


def make_scratch():
    """A folder for temporary files on a machine where ik-migrate has made none; those of killed runs are removed.

    Returns the folder to be removed, and the one in it to be used.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        folder = tempfile.mkdtemp(prefix=NEW_SCRATCH)
        return folder, folder
    for name in os.listdir(tempfile.gettempdir()):
        if name.startswith(SCRATCH):
            remove_abandoned(os.path.join(tempfile.gettempdir(), name), fcntl)
    new = tempfile.mkdtemp(prefix=NEW_SCRATCH)
    folder = os.path.join(os.path.dirname(new), SCRATCH + os.path.basename(new)[len(NEW_SCRATCH) :])
    # Open, and so locked, until the process ends.
    lock = os.open(os.path.join(new, LOCK), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    is_locked(lock, fcntl)
    os.write(lock, MARK)
    os.mkdir(os.path.join(new, "content"), 0o700)
    os.rename(new, folder)
    return folder, os.path.join(folder, "content")


def remove_abandoned(folder, fcntl):
    """Remove a scratch folder of this user that no process has locked."""
    try:
        if os.path.islink(folder) or os.lstat(folder).st_uid != os.geteuid():
            return
        lock = os.open(os.path.join(folder, LOCK), os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if os.read(lock, len(MARK) + 1) == MARK and is_locked(lock, fcntl):
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
    except (IOError, OSError):  # it was removed, or is not one of ours
        return


def is_locked(handle, fcntl):
    """Lock a file; whether this process has the lock then. Some file systems have none."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (IOError, OSError):
        return False
    return True
