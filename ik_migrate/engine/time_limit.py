"""A limit to the time that the work on one file takes: code can be made up that keeps a rule busy for years."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 60
"""Of processor time, for any Python file."""
TEXT_SECONDS = 20
"""The same for any other file: the longest that is searched has 40 seconds."""
TEXT_BYTES_PER_SECOND = 100_000
_BYTES_PER_SECOND = 10_000
# What is raised in a destructor is lost, so it is raised again.
_AGAIN = 1


class TakesTooLong(Exception):
    """The work was not done in time."""


@contextmanager
def time_limit(size: int, seconds: float | None = None, bytes_per_second: int = _BYTES_PER_SECOND) -> Iterator[None]:
    """Interrupt what is done inside when it takes far longer than code that people write.

    What counts is the processor's time, so a busy machine makes no difference. Without effect outside of the main
    thread, and on Windows, where nothing can interrupt Python.

    Args:
        size: how many bytes are worked on.
        seconds: of processor time, to which some are added for the size; `SECONDS` if None.
        bytes_per_second: how many bytes another second is added for.

    Raises:
        TakesTooLong: when it is interrupted.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    seconds = (SECONDS if seconds is None else seconds) + size / bytes_per_second

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise TakesTooLong

    before = signal.signal(signal.SIGVTALRM, interrupt)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
