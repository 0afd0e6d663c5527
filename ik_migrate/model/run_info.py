"""What a report says about its run besides the findings: which project, which target, when, and how it was started."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ProjectTarget:
    """The version of ImageKit that one project moves to.

    Args:
        project: the name of the project's folder.
        version: the version.
        reason: why that version, a sentence without the name of the project.
    """

    project: str
    version: str
    reason: str = ""


@dataclass(frozen=True)
class RunInfo:
    """How a report came about.

    Args:
        project: the name of the project's folder.
        revision: the commit that is checked out; empty where there is none.
        date: when, as ``2026-05-01T12:30:00+00:00``.
        command: the command line.
    """

    project: str
    revision: str
    date: str
    command: str
