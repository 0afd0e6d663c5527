"""A process that works on one file after the other, as the process that started it says."""

from __future__ import annotations

import os
import sys
import traceback
from threading import Thread
from time import sleep
from typing import IO

from ik_migrate.engine.executor import SerialExecutor
from ik_migrate.engine.garbage import no_garbage_collection
from ik_migrate.engine.transport import receive, send


def main() -> None:
    """Do what comes in on standard input, and answer on standard output, until nothing comes any more."""
    Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever else is printed must not get in between.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        with no_garbage_collection():
            _work(requests, answers)
    except (EOFError, OSError):
        # The parent process has ended, or does not need this one any longer.
        os._exit(0)


def _leave_with(parent: int) -> None:
    """End this process when the one that started it was killed: over a large file it would not notice for long."""
    while os.getppid() == parent:
        sleep(1)
    os._exit(0)


def _work(requests: IO[bytes], answers: IO[bytes]) -> None:
    crew = SerialExecutor(receive(requests))
    while True:
        task, arguments = receive(requests)
        try:
            answer = getattr(crew, task)(*arguments)
        except Exception as error:
            if os.environ.get("IK_MIGRATE_DEBUG"):
                traceback.print_exc()
            send(answers, (False, f"{type(error).__name__}: {error}"))
        else:
            send(answers, (True, answer))
