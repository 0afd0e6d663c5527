"""The options of a run, from the command line and the configuration file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ik_migrate.model.path_patterns import matches

if TYPE_CHECKING:
    from ik_migrate.model.finding import Finding


@dataclass(frozen=True)
class Options:
    """How to scan and what to rewrite.

    Patterns of paths are relative to the root of the project, or absolute; see `ik_migrate.model.path_patterns`.

    Args:
        unsafe_fixes: also make rewrites that can change behaviour.
        select: codes of the rules to enable, or their beginnings; empty for all.
        ignore: codes of the rules to disable, or their beginnings.
        per_file_ignores: patterns of paths, and the codes of the rules to disable in matching files.
        exclude: patterns of paths to skip.
        include: patterns of paths to include that would be skipped.
        source_roots: folders that are on ``sys.path`` when the project runs, absolute.
        spec_field_classes: dotted names of classes and functions outside the project that make spec fields.
        respect_gitignore: skip files that git ignores.
        keep_cache_names: let the files of spec fields keep the names that ImageKit 2 gave them.
        came_from_2: take fields whose argument was renamed by hand for ImageKit 2's in everything else.
        faithful: keep what ImageKit 2 did at run time for all fields, not only for those that a rewrite concerns.
        support_module: the dotted name of the module for generated helpers; empty to choose it by the project.
        todo: add a TODO comment above each finding that is left.
        add_ignores: add a comment that ignores it above each finding that is left; not with ``todo``.
        target: the version of ImageKit to move to; None to choose by what the project says.
        jobs: how many processes to work with; None to choose by the work there is.
        baseline: a file of findings that do not count, see `ik_migrate.baseline.baseline_file`; None for none.
        only_packages: enter only those folders that are packages: not all that lies beside a file of no project, in a
            home folder for instance, has to do with it.
        said_in: the configuration file that sets some of these, for messages; empty for none.
    """

    unsafe_fixes: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    source_roots: tuple[Path, ...] = ()
    spec_field_classes: tuple[str, ...] = ()
    respect_gitignore: bool = True
    keep_cache_names: bool = False
    faithful: bool = False
    came_from_2: bool = False
    support_module: str = ""
    todo: bool = False
    add_ignores: bool = False
    target: str | None = None
    jobs: int | None = None
    baseline: Path | None = None
    only_packages: bool = field(default=False, compare=False)
    said_in: str = field(default="", compare=False)

    def for_file(self, path: Path, root: Path) -> Options:
        """The options for one file: what is ignored there is ignored.

        Args:
            path: the file, absolute.
            root: the folder of its project.
        """
        more = [code for pattern, codes in self.per_file_ignores if matches(path, pattern, root) for code in codes]
        return replace(self, ignore=(*self.ignore, *more)) if more else self

    def is_enabled(self, code: str) -> bool:
        """Whether the rule with that code is enabled."""
        selected = not self.select or _starts(code, self.select)
        return selected and not self.is_ignored(code)

    def is_ignored(self, code: str) -> bool:
        """Whether the rule with that code is explicitly disabled."""
        return _starts(code, self.ignore)

    @property
    def rewrite_flags(self) -> tuple[str, ...]:
        """The flags of the command line that decide how code is rewritten."""
        flags = {
            "--unsafe-fixes": self.unsafe_fixes,
            "--faithful": self.faithful,
            "--keep-cache-names": self.keep_cache_names,
        }
        return tuple(flag for flag, is_set in flags.items() if is_set)

    def should_apply(self, finding: Finding) -> bool:
        """Whether the finding's rewrite is to be made."""
        return bool(finding.changes) and finding.applicability.is_written(self.unsafe_fixes)


def _starts(code: str, beginnings: Collection[str]) -> bool:
    return any(code.startswith(beginning.upper()) for beginning in beginnings)
