"""The work of one run, and who can do it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ik_migrate.engine.interactive import ConfirmCallback
from ik_migrate.model.options import Options

if TYPE_CHECKING:
    from ik_migrate.engine.facts import Facts
    from ik_migrate.model.result import FileResult
    from ik_migrate.project.facts import ProjectFacts
    from ik_migrate.project.own_backend import OwnBackend


@dataclass(frozen=True)
class Job:
    """What a crew works on.

    Args:
        root: the folder of the project.
        base: the folder that paths are shown relative to.
        options: what to rewrite.
        contents: what stands for files instead of what they hold, see `Project`.
        choose: asked about each rewrite, file by file, if given.
        with_fixes: also work out what each rewrite does on its own; not with ``choose``.
    """

    root: Path
    base: Path
    options: Options
    contents: Mapping[Path, bytes] = field(default_factory=dict)
    choose: ConfirmCallback | None = None
    with_fixes: bool = False


class Executor(Protocol):
    """Who works on single files. What comes of it does not depend on who it is, but its order may."""

    def learn(self, knowledge: ProjectFacts) -> None:
        """Take in what is known of the project."""

    def facts(self, paths: Iterable[Path]) -> Iterator[Facts]:
        """What each of the files says that matters beyond it."""
        ...

    def own_backends(self, facts: Facts) -> tuple[dict[tuple[Path, str], OwnBackend], str]:
        """The image cache backends among the classes of the project, and why they can't be told if they can't."""
        ...

    def strategies(self, settings: Iterable[Path]) -> set[str]:
        """The strategies that succeed the backends named in settings files, see `backends.Successor`."""
        ...

    def results(self, paths: Iterable[Path]) -> Iterator[tuple[Path, FileResult]]:
        """What becomes of each of the files."""
        ...
