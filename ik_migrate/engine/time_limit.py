"""A limit to the time that the work on one file takes: code can be made up that keeps a rule busy for years."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 60
"""Of processor time, for any file."""
_BYTES_PER_SECOND = 5_000
# What is raised in a destructor is lost, so it is raised again.
_AGAIN = 1


class TakesTooLong(Exception):
    """The work was not done in time."""


@contextmanager
def time_limit(size: int, seconds: float = SECONDS) -> Iterator[None]:
    """Interrupt what is done inside when it takes far longer than code that people write.

    What counts is the processor's time, so a busy machine makes no difference. Without effect outside of the main
    thread, and on Windows, where nothing can interrupt Python.

    Args:
        size: how many bytes are worked on.
        seconds: of processor time, to which some are added for the size.

    Raises:
        TakesTooLong: when it is interrupted.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    seconds += size / _BYTES_PER_SECOND

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise TakesTooLong

    before = signal.signal(signal.SIGVTALRM, interrupt)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
