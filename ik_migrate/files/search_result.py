"""What a search for files looks for and finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Search:
    """What was looked for and found.

    Args:
        files: the files with a trigger in them, sorted.
        searched: how many files were looked into, as far as known.
        skipped: skipped folders, to be reported once.
        errors: what could not be read, a path and a reason each.
        left_out: files with a trigger in them that are not in ``files``, with a reason each.
        remarks: what else the user should know about the search.
    """

    files: list[Path] = field(default_factory=list)
    searched: int = 0
    skipped: list[str] = field(default_factory=list)
    errors: list[tuple[Path, str]] = field(default_factory=list)
    left_out: list[tuple[Path, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
