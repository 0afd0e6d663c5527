"""The support module of a project, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MARKER = "# ik-migrate: support module"
"""The first line of a support module; it tells later runs that the file is one."""
NAME = "imagekit_support"
"""The default name of the module."""


@dataclass(frozen=True)
class SupportModule:
    """The module of a project that keeps what ImageKit 2 did.

    Args:
        dotted: the name that models and settings import it by.
        path: the file.
        pieces: the names that it defines; none where it does not exist yet.
        can_grow: whether this run may add pieces to it: not if single files were requested.
    """

    dotted: str
    path: Path
    pieces: frozenset[str] = frozenset()
    can_grow: bool = True

    def offers(self, pieces: frozenset[str]) -> bool:
        """Whether code that uses some pieces can be written."""
        return self.can_grow or pieces <= self.pieces
