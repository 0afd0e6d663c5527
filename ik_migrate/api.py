"""Scan a code base, or rewrite it: what the command line calls."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ik_migrate.discovery import Search, has_trigger, project_root, search
from ik_migrate.filetypes import is_of_concern
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
    found = _candidates(paths, options)
    errors = tuple((_shown(path, base), reason) for path, reason in found.errors)
    results: tuple[FileResult, ...] = ()
    if found.files:
        from ik_migrate.run import migrate_files

        results = migrate_files(found.files, base, options)
    return Report(
        "scan",
        results,
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


def _candidates(paths: Sequence[Path], options: Options) -> Search:
    """The files to look at: those named, and those in the folders named that mention ImageKit."""
    found = Search()
    for path in paths:
        try:
            if path.is_dir():
                inner = search(Path(os.path.abspath(path)), exclude=options.exclude)
                found.searched += inner.searched
                found.skipped += [name for name in inner.skipped if name not in found.skipped]
                found.errors += inner.errors
                found.files += inner.files
            elif path.exists():
                found.searched += 1
                if has_trigger(path.read_bytes()):
                    found.files.append(Path(os.path.abspath(path)))
            else:
                found.errors.append((path, "there is no such file or folder"))
        except OSError as error:
            found.errors.append((path, f"it can't be read: {error.strerror or error}"))
    found.files = [path for path in dict.fromkeys(found.files) if is_of_concern(path.name)]
    return found


def _shown(path: Path, base: Path) -> str:
    """How a path is named to the user: relative to ``base``, with forward slashes."""
    return Path(os.path.relpath(path, base)).as_posix()


__all__ = ["Options", "apply", "project_root", "scan"]
