"""Migrate one project, and keep all that the nets look at."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from nets.tool import Applicability, Finding, Options, Report, apply, scan

OPTION_SETS = {
    "default": Options(jobs=1),
    "unsafe": Options(unsafe_fixes=True, jobs=1),
    "names kept": Options(unsafe_fixes=True, keep_cache_names=True, jobs=1),
}


@dataclass(frozen=True)
class Subject:
    """A project to try.

    Args:
        files: the bytes of each file, by its path.
        python2: whether its modules are Python 2.
        parameters: keyword names that are the project's own and may look like ImageKit 2's, by the callable's name.
        attributes: the spec fields of each concrete model, by the model's name.
    """

    files: Mapping[str, bytes]
    python2: bool = False
    parameters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Trial:
    """What became of a project.

    Args:
        subject: the project.
        options: the name of the options, in `OPTION_SETS`.
        after: the bytes of each file after ``apply``.
        first: the report of ``apply``.
        second: the report of a ``scan`` after it.
    """

    subject: Subject
    options: str
    after: Mapping[str, bytes]
    first: Report
    second: Report

    @cached_property
    def left(self) -> list[Finding]:
        """The manual findings of the first run."""
        return [finding for finding in self.first.findings if finding.applicability is Applicability.MANUAL]

    @cached_property
    def open(self) -> list[Finding]:
        """All findings that the first run did not apply, notices aside."""
        return [finding for result in self.first.results for finding in result.remaining]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do."""
        return not self.open and not self.first.failed


def run_trial(subject: Subject, options: str) -> Trial:
    """Migrate a project in a folder of its own, and scan the result."""
    chosen = OPTION_SETS[options]
    with tempfile.TemporaryDirectory(prefix="ik-migrate-net-") as temporary:
        folder = Path(temporary, "project")
        for path, data in subject.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        first = apply([folder], chosen, base=folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        after = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
        second = scan([folder], chosen, base=folder)
    return Trial(subject, options, after, first, second)
