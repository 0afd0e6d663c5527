"""Signals that end a run: turned into an exception, so that everything is cleaned up, or postponed for a moment."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

# SIGHUP is unknown to Windows.
_WITHOUT_CLEANUP = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
_ENDING = (signal.SIGINT, *_WITHOUT_CLEANUP)


class EndedBySignal(BaseException):
    """A signal asks the process to end.

    Args:
        number: the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def name(self) -> str:
        """``SIGTERM`` or ``SIGHUP``."""
        return signal.Signals(self.number).name


@contextmanager
def raise_ending_signals() -> Iterator[None]:
    """Raise `EndedBySignal` on SIGTERM and SIGHUP, which end a process before it can clean up.

    Signals that are ignored (``nohup``) or have another handler are left as they are. The second such signal is
    ignored: the first one is being obeyed.
    """
    if not _is_main_thread():
        yield
        return

    def obey(number: int, frame: FrameType | None) -> None:
        for installed in replaced:
            signal.signal(installed, signal.SIG_IGN)
        raise EndedBySignal(number)

    replaced = [number for number in _WITHOUT_CLEANUP if signal.getsignal(number) is signal.SIG_DFL]
    try:
        for number in replaced:
            signal.signal(number, obey)
        yield
    finally:
        for number in replaced:
            signal.signal(number, signal.SIG_DFL)


def end_by_signal(number: int) -> None:
    """End this process by a signal, so that its parent sees which one it was."""
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


@contextmanager
def postpone_signals() -> Iterator[None]:
    """Postpone SIGINT, SIGTERM and SIGHUP until the block is done, so that they do not tear it apart."""
    if not _is_main_thread():
        # Handlers run in the main thread only.
        yield
        return
    received: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        received.append(number)

    previous: dict[int, Any] = {}
    for number in _ENDING:
        handler = signal.getsignal(number)
        # None is a handler that was not installed from Python, and could not be restored.
        if handler is not None and handler is not signal.SIG_IGN:
            previous[number] = handler
            signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        if received:
            signal.raise_signal(received[0])


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
