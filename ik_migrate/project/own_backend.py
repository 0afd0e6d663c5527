"""An image cache backend of the project, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class OwnBackend:
    """A class of the project that is an image cache backend, and what can become of it.

    Args:
        path: the file.
        name: its name at the top level of the file.
        reason: why it can't be turned into a strategy; empty where it can.
        files: the files that have to be rewritten together with it, its own among them.
    """

    path: Path
    name: str
    reason: str
    files: frozenset[Path]
