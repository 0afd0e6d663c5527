"""Some apps only: which rewrites belong to them, and what the others still need."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ik_migrate.files.places import is_below
from ik_migrate.model.errors import IkMigrateError
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult
from ik_migrate.reports.apps import app_folders


class UnknownApp(IkMigrateError):
    """No file of an app was found."""


def app_names(report: Report) -> dict[str, str]:
    """Return the app of each file of a report: the name of its folder, ``.`` for the top folder."""
    folders = app_folders(result.path for result in report.results)
    return {path: folder.rpartition("/")[2] for path, folder in folders.items()}


def check_apps(apps: Sequence[str], report: Report) -> None:
    """See that there are findings in each of these apps.

    Raises:
        UnknownApp: when one has none, or is not there.
    """
    known = sorted({name for name in app_names(report).values() if name != "."})
    for app in apps:
        if app not in known:
            listed = f"There are {', '.join(known)}." if known else "No app has any."
            raise UnknownApp(f"no file of the app {app!r} uses ImageKit. {listed}")


def select_apps(report: Report, apps: Sequence[str]) -> Report:
    """Return the part of a report that is about some apps, all of it for none; see `select_results`."""
    return select_results(report, [Path(os.sep)], apps, Path(os.sep)) if apps else report


def select_results(report: Report, paths: Sequence[Path], apps: Sequence[str], base: Path) -> Report:
    """Return the part of a report that is about some paths and apps, with the support module where they need it.

    Args:
        report: the whole project.
        paths: files and folders, absolute and without links.
        apps: names of apps; empty for all in ``paths``.
        base: the folder that the paths of the report are relative to.
    """
    names = app_names(report)

    def is_chosen(result: FileResult) -> bool:
        return is_below(base / result.path, paths) and (not apps or names[result.path] in apps)

    chosen = [result for result in report.results if is_chosen(result) and not result.is_support]
    needs_support = any(result.needs_support for result in chosen)
    kept = [result for result in report.results if result in chosen or (result.is_support and needs_support)]
    return replace(report, results=tuple(kept))


def without_results(report: Report, part: Report) -> Report:
    """Return what is in a report, and not in a part of it."""
    known = {result.path for result in part.results}
    return replace(report, results=tuple(result for result in report.results if result.path not in known))
