"""One file that is not Python: a template, a shell script, a requirements file."""

from __future__ import annotations

from dataclasses import dataclass

from ik_migrate.project.module import ProjectIndex
from ik_migrate.source.source_file import Source


@dataclass(frozen=True)
class TextFile:
    """A file that is searched as text.

    Args:
        path: how it is named to the user, with forward slashes.
        source: its content.
        project: the project that it belongs to.
    """

    path: str
    source: Source
    project: ProjectIndex

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]

    @property
    def suffix(self) -> str:
        """The ending of its name, lower case, dot included; empty where it has none."""
        dot = self.name.rfind(".")
        return self.name[dot:].lower() if dot > 0 else ""
