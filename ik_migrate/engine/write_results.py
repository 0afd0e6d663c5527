"""The end of ``apply``: results are put on disk."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from ik_migrate.engine.progress import Progress, counted
from ik_migrate.files.backup import BackupExists, back_up
from ik_migrate.files.places import is_below, project_root
from ik_migrate.files.writing import ChangedOnDisk, create_file, remove_unfinished, replace_file
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult, Status


def written(report: Report, paths: Sequence[Path], base: Path, backup: str, progress: Progress) -> Report:
    """Write the changes, and return the report; a file that cannot be written has failed and is unchanged.

    Args:
        report: what was worked out.
        paths: the files and folders that were given; nothing is written outside of their projects.
        base: the folder that the paths of the report are relative to.
        backup: keep each rewritten file as it was beside it, with this added to its name; not if empty.
        progress: called for each file that is done.
    """
    places = _places(paths)
    _remove_leftovers(report, base)
    # The support modules first: without them, the other files would import what does not exist.
    in_order = sorted(report.results, key=lambda result: not result.is_support)
    found: dict[str, FileResult] = {}
    failed: list[str] = []
    for result in counted(in_order, len(in_order), "Writing", progress):
        if result.status is Status.CHANGED and result.needs_support and failed:
            found[result.path] = _not_written(result, f"it needs {failed[0]}, which could not be written.")
            continue
        found[result.path] = _written(result, base, backup, places) if result.status is Status.CHANGED else result
        if result.is_support and found[result.path].has_failed:
            failed.append(result.path)
    return replace(report, command="apply", results=tuple(found[result.path] for result in report.results))


def _written(result: FileResult, base: Path, backup: str, places: Collection[Path]) -> FileResult:
    """The result for a file after an attempt to write it; never outside of ``places``, to which links may lead."""
    path = base / result.path
    real = Path(os.path.realpath(path))
    if not is_below(real, places):
        return _not_written(result, f"it is a link to {real}, out of the project: have that rewritten where it lies.")
    copy: Path | None = None
    try:
        if result.is_new:
            create_file(path, result.after)
            return result
        copy = back_up(path, result.before, backup) if backup else None
        lost = str(replace_file(path, result.before, result.after))
    except BackupExists as error:
        return _not_written(result, f"{error}. Move it away, or use another suffix.")
    except (ChangedOnDisk, OSError) as error:
        if copy is not None:
            copy.unlink(missing_ok=True)
        if isinstance(error, ChangedOnDisk):
            return _not_written(result, f"{error}; run ik-migrate again.")
        return _not_written(result, f"cannot write it: {error.strerror or error}.")
    return replace(result, reason=f"{lost}.") if lost else result


def _places(paths: Sequence[Path]) -> set[Path]:
    """The folders that may be written in, without links on the way: the projects of ``paths``, and folders given."""
    folders = {project_root(path) for path in paths if path.exists()} | {path for path in paths if path.is_dir()}
    return {Path(os.path.realpath(folder)) for folder in folders}


def _remove_leftovers(report: Report, base: Path) -> None:
    """Take away what killed runs have left where they were writing."""
    # Also where nothing is to be changed any more: another run, or the user, may have done what the killed one did not.
    paths = {result.path for result in report.results} | {path for path, _ in report.left_out}
    for folder in {os.path.dirname(os.path.realpath(base / path)) for path in paths}:
        remove_unfinished(Path(folder))


def _not_written(result: FileResult, reason: str) -> FileResult:
    return replace(result, status=Status.FAILED, applied=(), after=result.before, reason=reason)
