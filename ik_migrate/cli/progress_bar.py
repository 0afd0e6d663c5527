"""A bar that shows how far a run has come: on a terminal, when it takes more than a moment."""

from __future__ import annotations

import os
import time
from types import TracebackType
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_DELAY = 0.5
_PAUSE = 0.1
"""Seconds before the bar is shown at all, and between two changes of it."""


class ProgressBar:
    """Draws progress as a `progress.Progress`, and records how long each phase took.

    It draws when it is called and at no other time: a thread would conflict with the processes that a run may
    start.

    Args:
        stream: where to draw; nothing is drawn where that is no terminal.
        shown: whether to draw at all.
        color: whether to use colour; None to find out.
    """

    def __init__(self, stream: IO[str], *, shown: bool = True, color: bool | None = None) -> None:
        self._stream = stream
        self._shown = shown and stream.isatty() and os.environ.get("TERM") != "dumb"
        self._color = color
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._phase = ""
        self._since = time.monotonic()
        self._due = self._since + _DELAY
        self.seconds: dict[str, float] = {}
        """How long each phase has taken, in the order in which they began."""

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._count_seconds(time.monotonic())
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Take notice of how far a phase has come; see `progress.Progress`."""
        now = time.monotonic()
        if phase != self._phase:
            self._count_seconds(now)
            self._phase = phase
        if self._shown and now >= self._due:
            self._due = now + _PAUSE
            self._draw(phase, done, total)

    def _count_seconds(self, now: float) -> None:
        if self._phase:
            self.seconds[self._phase] = self.seconds.get(self._phase, 0.0) + now - self._since
        self._since = now

    def _draw(self, phase: str, done: int, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        from ik_migrate.reports.terminal import wants_color

        if self._bar is None or self._task is None:
            color = wants_color(self._stream) if self._color is None else self._color
            console = Console(file=self._stream, force_terminal=True, no_color=not color)
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("files"))
            self._bar = Progress(
                *columns,
                console=console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._task = self._bar.add_task("")
            self._bar.start()
        self._bar.update(self._task, description=phase, completed=done, total=total or None)
        self._bar.refresh()
