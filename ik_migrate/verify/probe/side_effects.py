"""Logs, tasks and connections of the project, which do nothing here."""

from __future__ import absolute_import, division, unicode_literals

import io
import logging
import logging.config
import os


def shield_logging():
    """No log file is created or written to, whatever the settings say."""
    logging.config.dictConfig = logging.config.fileConfig = lambda *arguments, **options: None
    logging.FileHandler._open = lambda handler: io.open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def shield_tasks():
    """Images are made here and now, never by a worker."""
    try:
        from imagekit.cachefiles import backends
    except ImportError:  # ImageKit 2: its task is started when an instance is saved, and none is
        return
    waiting = [backends.CachedFileBackend]
    while waiting:
        backend = waiting.pop()
        waiting.extend(backend.__subclasses__())
        for name in ("schedule_generation", "_schedule_generation"):
            if name in vars(backend):
                setattr(backend, str(name), lambda self, file, force=False: self.generate_now(file, force=force))


def close_network():
    """Refuse new connections to other machines."""
    import socket

    original = socket.socket.connect

    def connect(self, address, *rest):
        if self.family != getattr(socket, "AF_UNIX", None):
            raise IOError("the probe opens no connection")
        return original(self, address, *rest)

    socket.socket.connect = connect
