"""``apply --commit`` and ``apply --app``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ik_migrate.cli.apply_options import WriteOptions
    from ik_migrate.cli.file_selection import ChosenFiles
    from ik_migrate.cli.terminal_options import Terminal
    from ik_migrate.model.options import Options
    from ik_migrate.model.report import Report


def select_apps(report: Report, apps: tuple[str, ...]) -> tuple[Report, Report | None]:
    """Return the part of a report that is about some apps, and the rest; all of it, and None, for no apps.

    Raises:
        UnknownApp: when an app has no findings.
    """
    if not apps:
        return report, None
    from ik_migrate.rehearse import selection

    selection.check_apps(apps, report)
    selected = selection.select_apps(report, apps)
    return selected, selection.without_results(report, selected)


def tell_elsewhere(report: Report | None, terminal: Terminal) -> None:
    """Report on standard error what other apps still need."""
    if report is None or terminal.quiet:
        return
    from ik_migrate.rehearse.remaining import remaining_elsewhere
    from ik_migrate.reports.escape import escape

    lines = remaining_elsewhere(report)
    if lines:
        click.echo("Still to do in other apps:", err=True)
    for line in lines:
        click.echo(f"  {escape(line)}", err=True)


def apply_in_commits(files: ChosenFiles, care: WriteOptions, options: Options, terminal: Terminal) -> Report:
    """Rewrite files and commit them part by part; return what became of them.

    Raises:
        CannotCommit: when something is not committed, or cannot be.
    """
    from ik_migrate import api
    from ik_migrate.rehearse import commits, selection
    from ik_migrate.reports.escape import escape

    git = commits.check_repository(files.paths)
    with terminal.progress() as progress:
        report = api.scan(files.paths, options, only=files.only, progress=progress)
    report, elsewhere = select_apps(report, care.apps)
    planned = commits.plan_commits(
        report, files.paths, options, care.commit_by, lambda found: selection.select_apps(found, care.apps)
    )
    report = commits.write_commits(git, planned, report, files.paths)
    tell_elsewhere(elsewhere, terminal)
    if not terminal.quiet:
        for commit in planned:
            click.echo(escape(f"Committed: {commit.subject}"), err=True)
    return report
