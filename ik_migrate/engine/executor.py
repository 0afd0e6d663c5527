"""Those who do the work on single files: this process alone, or several at a time."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

from ik_migrate.engine.garbage import no_garbage_collection
from ik_migrate.engine.job import Executor, Job
from ik_migrate.engine.time_limit import time_limit

if TYPE_CHECKING:
    from ik_migrate.engine.facts import Facts
    from ik_migrate.model.result import FileResult
    from ik_migrate.project.facts import ProjectFacts

# What takes one process about two seconds; to start another takes a third of one.
_BYTES_PER_PROCESS = 150_000


class SerialExecutor:
    """This process, doing the work itself.

    Args:
        job: what to work on.
    """

    def __init__(self, job: Job) -> None:
        from ik_migrate.project.project import Project

        self._job = job
        self.project = Project(job.root, job.base, job.contents)

    def learn(self, knowledge: ProjectFacts) -> None:
        """See `Executor.learn`."""
        self.project.take_over(deepcopy(knowledge))

    def facts(self, paths: Iterable[Path]) -> Iterator[Facts]:
        """See `Executor.facts`."""
        return map(self.facts_of, paths)

    def facts_of(self, path: Path, unreadable: frozenset[Path] = frozenset()) -> Facts:
        """What a file says that matters beyond it.

        Args:
            path: the file.
            unreadable: files that must not be read.
        """
        from ik_migrate.engine.errors import describe_exception
        from ik_migrate.engine.facts import Facts
        from ik_migrate.engine.file_facts import facts_of

        self.project.unreadable = unreadable
        try:
            with time_limit(_size([path])):
                found = facts_of(self.project, path)
        except Exception as error:
            found = Facts(faults={path: describe_exception(error)})
        self.project.make_room()
        return found

    def strategies(self, settings: Iterable[Path]) -> set[str]:
        """See `Executor.strategies`."""
        from ik_migrate.engine.errors import describe_exception

        found: set[str] = set()
        for path in sorted(settings):
            try:
                with time_limit(_size([path])):
                    found |= self._strategies_of(path)
            except Exception as error:
                # The work on the file itself says what is the matter with it; here it is enough not to know.
                describe_exception(error)
                found.add("")
        return found

    def _strategies_of(self, path: Path) -> set[str]:
        from ik_migrate.imagekit.cache_backends import backend_settings, successor_of_setting

        module = self.project.module_at(path)
        successors = (successor_of_setting(module, setting) for setting in backend_settings(module)) if module else ()
        return {successor.strategy if successor is not None else "" for successor in successors}

    def results(self, paths: Iterable[Path]) -> Iterator[tuple[Path, FileResult]]:
        """See `Executor.results`; backwards, unless somebody is asked: what was read last is not forgotten yet."""
        order = paths if self._job.choose is not None else reversed(list(paths))
        return ((path, self.result_of(path)) for path in order)

    def result_of(self, path: Path, unreadable: frozenset[Path] = frozenset()) -> FileResult:
        """What becomes of a file; see `facts_of` for the arguments."""
        from ik_migrate.engine.pipeline import migrate_file

        self.project.unreadable = unreadable
        shown = self.project.shown(path)
        if self._job.with_fixes:
            from ik_migrate.engine.fixes import FixCollector

            collector = FixCollector()
            result = collector.added_to(migrate_file(self.project, path, shown, self._job.options, collector))
        else:
            result = migrate_file(self.project, path, shown, self._job.options, self._job.choose)
        self.project.make_room()
        return result


def count_processes(job: Job, paths: Collection[Path]) -> int:
    """How many processes are worth their start for the files that mention ImageKit."""
    if job.contents or job.choose is not None:
        return 1
    if job.options.jobs is not None:
        return max(1, min(job.options.jobs, len(paths)))
    return max(1, min(_available_processors(), _size(paths) // _BYTES_PER_PROCESS, len(paths)))


def _size(paths: Iterable[Path]) -> int:
    """Return the total size of the files that exist, in bytes."""
    size = 0
    for path in paths:
        with suppress(OSError):
            size += path.stat().st_size
    return size


def _available_processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def choose_executor(job: Job, paths: Collection[Path]) -> Iterator[Executor]:
    """Who is to work on the files of a project: several processes where there is much to do."""
    size = count_processes(job, paths)
    with no_garbage_collection():
        if size == 1:
            yield SerialExecutor(job)
            return
        from ik_migrate.engine.process_executor import ProcessExecutor

        with ProcessExecutor(job, size) as pool:
            yield pool
