"""Format errors of the project that the probe reports."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ik_migrate.verify.records import ErrorRecord, Frame

_NOT_OF_THE_PROJECT = re.compile(
    r"[/\\\\](site|dist)-packages[/\\\\]|[/\\\\]lib[/\\\\]python[\d.]+[/\\\\]", re.IGNORECASE
)


def traceback_text(error: ErrorRecord) -> str:
    """An error as Python would print it."""
    return _printed(error, error.traceback)


def project_traceback(error: ErrorRecord) -> str:
    """An error with the lines of the project only; with all lines where none is the project's."""
    return _printed(error, _project_frames(error) or error.traceback)


def place_of(error: ErrorRecord) -> str:
    """File and line in the project where an error was raised; empty where it was raised elsewhere."""
    frames = _project_frames(error)
    return f"{frames[-1].file}:{frames[-1].line}" if frames else ""


def _project_frames(error: ErrorRecord) -> list[Frame]:
    return [frame for frame in error.traceback if not _NOT_OF_THE_PROJECT.search(frame.file)]


def _printed(error: ErrorRecord, frames: Sequence[Frame]) -> str:
    lines = []
    for frame in frames:
        lines.append(f'File "{frame.file}", line {frame.line}, in {frame.function or "<module>"}')
        if frame.code:
            lines.append(f"  {frame.code}")
    return "\n".join([*lines, str(error)])
