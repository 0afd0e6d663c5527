"""Scan a code base, or rewrite it: what the command line calls."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ik_migrate.discovery import Search, has_trigger, is_below, project_root, search
from ik_migrate.findings import FileResult, Report, Status
from ik_migrate.options import Options


def scan(paths: Sequence[Path], options: Options | None = None, *, base: Path | None = None) -> Report:
    """Find what ImageKit 3 changes, and work out the rewrites; write nothing.

    Args:
        paths: files and folders to look at.
        options: what to rewrite and what to leave out.
        base: the folder that paths are shown relative to; the current one if not given.
    """
    options = options or Options()
    base = base or Path.cwd()
    found = Search()
    results: dict[str, FileResult] = {}
    for root, wanted in _by_project(paths, found).items():
        inner = _mentioning(root, wanted, options)
        found.searched += inner.searched
        found.errors += [error for error in inner.errors if error not in found.errors and is_below(error[0], wanted)]
        found.skipped += [name for name in inner.skipped if name not in found.skipped]
        if inner.files:
            from ik_migrate.run import migrate_project

            for result in migrate_project(root, inner.files, wanted, base, options):
                results[result.path] = result
    results = _each_once(results, base)
    errors = tuple((_shown(path, base), reason) for path, reason in found.errors)
    return Report(
        "scan",
        tuple(results[path] for path in sorted(results)),
        files_searched=found.searched,
        errors=errors,
        unsafe_fixes=options.unsafe_fixes,
        skipped_trees=tuple(found.skipped),
    )


def apply(paths: Sequence[Path], options: Options | None = None, *, base: Path | None = None) -> Report:
    """Rewrite files in place, each whole or not at all; see `scan` for the arguments."""
    from ik_migrate.source import ChangedOnDisk, replace_file

    base = base or Path.cwd()
    report = scan(paths, options, base=base)
    results = []
    for result in report.results:
        if result.status is Status.CHANGED:
            try:
                replace_file(base / result.path, result.before, result.after)
            except ChangedOnDisk as error:
                result = _not_written(result, f"{error}; run ik-migrate again.")
            except OSError as error:
                result = _not_written(result, f"it can't be written: {error.strerror or error}.")
        results.append(result)
    return replace(report, command="apply", results=tuple(results))


def _not_written(result: FileResult, reason: str) -> FileResult:
    return replace(result, status=Status.FAILED, applied=(), after=result.before, reason=reason)


def _by_project(paths: Sequence[Path], found: Search) -> dict[Path, list[Path]]:
    """The paths that were given, by the projects that they lie in; those that are not there are errors."""
    projects: dict[Path, list[Path]] = {}
    for path in paths:
        if not path.exists():
            found.errors.append((path, "there is no such file or folder"))
        else:
            projects.setdefault(project_root(path), []).append(Path(os.path.abspath(path)))
    return projects


def _mentioning(root: Path, wanted: Sequence[Path], options: Options) -> Search:
    """The files of a project that mention ImageKit, and those named on their own even if git ignores them."""
    found = search(root, exclude=options.exclude)
    for path in wanted:
        try:
            if path.is_dir() and not os.access(path, os.R_OK | os.X_OK):
                found.errors.append((path, "it can't be read"))
            elif path.is_file() and path not in found.files and has_trigger(path.read_bytes()):
                found.files.append(path)
        except OSError as error:
            found.errors.append((path, f"it can't be read: {error.strerror or error}"))
    return found


def _each_once(results: dict[str, FileResult], base: Path) -> dict[str, FileResult]:
    """The results without those for a link to a file that has a result of its own."""
    links = [path for path in results if (base / path).is_symlink()]
    if not links:
        return results
    taken = {os.path.realpath(base / path) for path in results if path not in links}
    kept = dict(results)
    for path in links:
        target = os.path.realpath(base / path)
        if target in taken:
            del kept[path]
        taken.add(target)
    return kept


def _shown(path: Path, base: Path) -> str:
    """How a path is named to the user: relative to ``base``, with forward slashes."""
    return Path(os.path.relpath(path, base)).as_posix()


__all__ = ["Options", "apply", "project_root", "scan"]
