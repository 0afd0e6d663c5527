"""Those who do the work on single files: this process alone, or several at a time."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ik_migrate.choice import Choose
from ik_migrate.options import Options

if TYPE_CHECKING:
    from ik_migrate.backends import OwnBackend
    from ik_migrate.facts import Facts
    from ik_migrate.findings import FileResult
    from ik_migrate.knowledge import Knowledge


@dataclass(frozen=True)
class Job:
    """What a crew works on.

    Args:
        root: the folder of the project.
        base: the folder that paths are shown relative to.
        options: what to rewrite.
        contents: what stands for files instead of what they hold, see `Project`.
        choose: asked about each rewrite, file by file, if given.
    """

    root: Path
    base: Path
    options: Options
    contents: Mapping[Path, bytes] = field(default_factory=dict)
    choose: Choose | None = None


class Crew(Protocol):
    """Who works on single files. What comes of it does not depend on who it is, but its order may."""

    def learn(self, knowledge: Knowledge) -> None:
        """Take in what is known of the project."""

    def facts(self, paths: Iterable[Path]) -> Iterator[Facts]:
        """What each of the files says that matters beyond it."""
        ...

    def own_backends(self, facts: Facts) -> dict[tuple[Path, str], OwnBackend]:
        """The image cache backends among the classes of the project."""
        ...

    def strategies(self, settings: Iterable[Path]) -> set[str]:
        """The strategies that succeed the backends named in settings files, see `backends.Successor`."""
        ...

    def results(self, paths: Iterable[Path]) -> Iterator[tuple[Path, FileResult]]:
        """What becomes of each of the files."""
        ...


class Alone:
    """This process, doing the work itself.

    Args:
        job: what to work on.
    """

    def __init__(self, job: Job) -> None:
        from ik_migrate.project import Project

        self._job = job
        self.project = Project(job.root, job.base, job.contents)

    def learn(self, knowledge: Knowledge) -> None:
        """See `Crew.learn`."""
        self.project.take_over(deepcopy(knowledge))

    def facts(self, paths: Iterable[Path]) -> Iterator[Facts]:
        """See `Crew.facts`."""
        from ik_migrate.facts import facts_of

        for path in paths:
            yield facts_of(self.project, path)
            self.project.make_room()

    def own_backends(self, facts: Facts) -> dict[tuple[Path, str], OwnBackend]:
        """See `Crew.own_backends`."""
        from ik_migrate.custom_backends import own_backends

        return own_backends(self.project, facts.backends, facts.settings)

    def strategies(self, settings: Iterable[Path]) -> set[str]:
        """See `Crew.strategies`."""
        from ik_migrate.backends import backend_settings, successor_of_setting

        found = set()
        for module in self.project.modules_at(sorted(settings)):
            for setting in backend_settings(module):
                successor = successor_of_setting(module, setting)
                found.add(successor.strategy if successor is not None else "")
        return found

    def results(self, paths: Iterable[Path]) -> Iterator[tuple[Path, FileResult]]:
        """See `Crew.results`."""
        from ik_migrate.pipeline import migrate_file

        for path in paths:
            yield path, migrate_file(self.project, path, self.project.shown(path), self._job.options, self._job.choose)
            self.project.make_room()


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Keep the collector from going through all syntax trees again and again; `Project.make_room` calls it."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
