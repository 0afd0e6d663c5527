"""Findings as a baseline holds them, and how they compare with those of a run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class BaselineEntry:
    """A finding without what changes when code around it does.

    Args:
        path: the file.
        rule: the code of the rule.
        context: what the code stands in, by the indentation of the lines: ``class Photo/small``.
        code: the code of the finding, its white space collapsed; long code is cut and ends in a digest.
    """

    path: str
    rule: str
    context: str
    code: str


@dataclass(frozen=True)
class BaselineDiff:
    """What a baseline holds that a run has not found.

    Args:
        file: the baseline.
        fixed: entries whose code was removed or changed.
        unseen: what is not found any more though its code is as it was: something else has changed, in the project
            or in ik-migrate.
    """

    file: str
    fixed: tuple[BaselineEntry, ...] = ()
    unseen: tuple[BaselineEntry, ...] = ()
